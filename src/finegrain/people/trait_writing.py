"""Writing what is said of traits: to the log of each id, and folded to the traits of each person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, delete, func, select

from finegrain.people import writing
from finegrain.people.identity import NEVER
from finegrain.people.neighbourhood import CHUNK, ids_of, read_ids, register_unseen
from finegrain.people.tables import PersonTable, TraitChangeTable, TraitTable
from finegrain.people.traits import Kept, Said, fold, trait_text
from finegrain.store.ops.among import among, among_named, listed
from finegrain.store.ops.rows import ROWS_AT_ONCE, insert_rows, read_rows, update_rows
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.people.contract import TraitChange
    from finegrain.people.neighbourhood import KnownId

_TRAITS = cast("Table", TraitTable.__table__)
_LOG = cast("Table", TraitChangeTable.__table__)
_PEOPLE = cast("Table", PersonTable.__table__)
# Built once: building a statement takes longer than running it, and most commits of the collector run these.
_TRAITS_OF = select(TraitTable.person_id, TraitTable.name, TraitTable.value, TraitTable.set_at, TraitTable.source).where(
    among_named(TraitTable.person_id, "wanted")
)
_NEWEST_OF = select(PersonTable.id, PersonTable.traits_at).where(
    among_named(PersonTable.id, "wanted"), PersonTable.traits_at.is_not(None)
)
_ENDS = (
    select(TraitChangeTable.distinct_id, func.max(TraitChangeTable.until).label("until"))
    .where(among_named(TraitChangeTable.distinct_id, "wanted"))
    .group_by(TraitChangeTable.distinct_id)
    .subquery()
)
_LAST_SAID = (
    select(_LOG.c.distinct_id, _LOG.c.id, _LOG.c.action, _LOG.c["values"], _LOG.c.until, _LOG.c.source)
    .join(_ENDS, and_(_LOG.c.distinct_id == _ENDS.c.distinct_id, _LOG.c.until == _ENDS.c.until))
    .order_by(_LOG.c.id)
)
_DROP_TRAIT = delete(_TRAITS).where(_TRAITS.c.person_id == bindparam("pid"), _TRAITS.c.name == bindparam("trait"))
_ALWAYS = 2**63 - 1
_State = dict[int, dict[str, Kept]]


class _Stretch(NamedTuple):
    """An id while it is one person's: from one moment until before another, in microseconds."""

    person_id: int
    from_us: int
    until_us: int


class _Folded(NamedTuple):
    """The traits of some people, and when the newest thing was said of each."""

    traits: _State
    newest: dict[int, int]


def set_traits(session: Session, changes: Sequence[TraitChange]) -> int:
    """Apply changes of traits; see ``PeopleService.set_traits``."""
    if not changes:
        return 0
    known = register_unseen(session, [(change.distinct_id, change.at) for change in changes])
    said = _by_person(known, changes)
    before, newest = read_traits(session, list(said)), _newest(session, list(said))
    _log(session, changes, maybe_again=bool(newest))
    writing.bump_trait_log(session)
    # Mostly what is said is the newest, and what was said before need not be read again.
    late = [person for person, new in said.items() if min(new).at_us < newest.get(person, NEVER)]
    after = {person: fold(new, before.get(person)) for person, new in said.items()} | _fold_log(session, late).traits
    _note_newest(session, newest, {person: max(new).at_us for person, new in said.items()})
    return _write(session, before, after)


def refold(session: Session, moved: Sequence[str], people: Iterable[int]) -> None:
    """Derive anew the traits of ``people``, after ids moved between them."""
    if not any(_is_logged(session, part) for part in writing.chunks(moved, CHUNK)):
        return
    wanted = sorted(people)
    after = _fold_log(session, wanted)
    _write(session, read_traits(session, wanted), {person: after.traits.get(person, {}) for person in wanted})
    update_rows(session.connection(), _PEOPLE, [{"id": person, "traits_at": None} for person in wanted], key="id")
    _note_newest(session, {}, after.newest)


def read_traits(session: Session, people: Sequence[int]) -> _State:
    """Give the traits of some people, of those who have any."""
    found: _State = {}
    for part in writing.chunks(people, CHUNK):
        for person, name, value, set_at, source in read_rows(session.connection(), _TRAITS_OF, {"wanted": listed(part)}):
            found.setdefault(person, {})[name] = Kept(value, to_us(set_at), source)
    return found


def _by_person(known: Mapping[str, KnownId], changes: Sequence[TraitChange]) -> dict[int, list[Said]]:
    """Give what is said of each person; it is said of whom the id belonged to at that moment."""
    said: dict[int, list[Said]] = {}
    for place, change in enumerate(changes):
        at_us = to_us(change.at)
        one = Said(at_us, place, change.action, change.traits, change.source)
        said.setdefault(known[change.distinct_id].owner_at(at_us), []).append(one)
    return said


def _newest(session: Session, people: Sequence[int]) -> dict[int, int]:
    newest: dict[int, int] = {}
    for part in writing.chunks(people, CHUNK):
        rows = read_rows(session.connection(), _NEWEST_OF, {"wanted": listed(part)})
        newest.update((person, to_us(at)) for person, at in rows if at is not None)
    return newest


def _note_newest(session: Session, before: Mapping[int, int], newest: Mapping[int, int]) -> None:
    rows = [{"id": person, "traits_at": from_us(us)} for person, us in newest.items() if us > before.get(person, NEVER)]
    update_rows(session.connection(), _PEOPLE, rows, key="id")


def _log(session: Session, changes: Sequence[TraitChange], *, maybe_again: bool) -> None:
    """Keep what was said; a client that says the same again only moves the end of what it said before."""
    last = _last_said(session, sorted({change.distinct_id for change in changes})) if maybe_again else {}
    rows: list[dict[str, Any]] = []
    again: dict[int, datetime] = {}
    for change in changes:
        same = last.get(change.distinct_id)
        if same is not None and same.is_repeated_by(change):
            again[same.id] = max(again.get(same.id, change.at), change.at)
        else:
            last.pop(change.distinct_id, None)
            rows.append(_log_row(change))
    insert_rows(session.connection(), _LOG, rows)
    update_rows(session.connection(), _LOG, [{"id": row, "until": end} for row, end in again.items()], key="id")


def _log_row(change: TraitChange) -> dict[str, Any]:
    return {
        "distinct_id": change.distinct_id, "action": change.action, "values": change.traits, "at": change.at,
        "until": change.at, "source": change.source, "message_id": change.message_id,
    }  # fmt: skip


class _LastSaid(NamedTuple):
    """The newest entry of an id in the log."""

    id: int
    action: str
    values: str
    until: datetime
    source: str

    def is_repeated_by(self, change: TraitChange) -> bool:
        """Say whether ``change`` only says the same once more."""
        if (self.action, change.action, self.source) != ("set", "set", change.source) or change.at < self.until:
            return False
        return self.values == json.dumps(change.traits, sort_keys=True)


def _last_said(session: Session, distinct_ids: Sequence[str]) -> dict[str, _LastSaid]:
    last = {}
    for part in writing.chunks(distinct_ids, CHUNK):
        for key, row, action, values, until, source in read_rows(session.connection(), _LAST_SAID, {"wanted": listed(part)}):
            last[key] = _LastSaid(row, action, json.dumps(values, sort_keys=True), until, source)
    return last


def _is_logged(session: Session, distinct_ids: Sequence[str]) -> bool:
    query = select(TraitChangeTable.id).where(among(TraitChangeTable.distinct_id, distinct_ids)).limit(1)
    return session.scalar(query) is not None


def _fold_log(session: Session, people: Sequence[int]) -> _Folded:
    """Fold all that was ever said of some people."""
    stretches = _stretches(session, people)
    said: dict[int, list[Said]] = {}
    for key, one, until_us in _entries(session, sorted(stretches)):
        for stretch in stretches[key]:
            for at_us in {one.at_us, until_us}:
                if stretch.from_us <= at_us < stretch.until_us:
                    said.setdefault(stretch.person_id, []).append(one._replace(at_us=at_us))
    newest = {person: max(every).at_us for person, every in said.items()}
    return _Folded({person: fold(every) for person, every in said.items()}, newest)


def _stretches(session: Session, people: Sequence[int]) -> dict[str, list[_Stretch]]:
    wanted, found = set(people), {}
    for key, row in read_ids(session, ids_of(session, people)).items():
        ends = [*(span.from_us for span in row.spans[1:]), _ALWAYS]
        spans = zip(row.spans, ends, strict=True)
        found[key] = [_Stretch(span.person_id, span.from_us, end) for span, end in spans if span.person_id in wanted]
    return found


def _entries(session: Session, distinct_ids: Sequence[str]) -> Iterator[tuple[str, Said, int]]:
    log = TraitChangeTable
    columns = (log.distinct_id, log.id, log.action, log.values, log.at, log.until, log.source)
    for part in writing.chunks(distinct_ids, CHUNK):
        for key, row, action, values, at, until, source in session.execute(select(*columns).where(among(log.distinct_id, part))):
            yield key, Said(to_us(at), row, action, values, source), to_us(until)


def _write(session: Session, before: _State, after: _State) -> int:
    new, changed, gone, count = [], [], [], 0
    for person, traits in after.items():
        had = before.get(person, {})
        for name, kept in traits.items():
            if name not in had:
                new.append(_trait_row(person, name, kept))
            elif not _is_same(had[name], kept):
                changed.append(_trait_row(person, name, kept))
                count += had[name].value != kept.value or type(had[name].value) is not type(kept.value)
        gone += [{"pid": person, "trait": name} for name in had.keys() - traits.keys()]
    connection = session.connection()
    insert_rows(connection, _TRAITS, new)
    update_rows(connection, _TRAITS, changed, key=("person_id", "name"))
    for part in writing.chunks(gone, ROWS_AT_ONCE):
        connection.execute(_DROP_TRAIT, part)
    if new or gone or count:
        writing.bump_traits(session)
    return len(new) + len(gone) + count


def _is_same(one: Kept, other: Kept) -> bool:
    return one == other and type(one.value) is type(other.value)


def _trait_row(person: int, name: str, kept: Kept) -> dict[str, Any]:
    return {
        "person_id": person, "name": name, "value": kept.value, "text": trait_text(kept.value),
        "set_at": from_us(kept.set_us), "source": kept.source,
    }  # fmt: skip
