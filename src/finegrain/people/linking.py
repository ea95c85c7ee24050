"""Applying links, dropping them and taking them up again: what they touch is derived anew and written where it changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Table, delete, select

from finegrain.people import trait_writing, writing
from finegrain.people.errors import UnknownEdgeError
from finegrain.people.keeping import LinkKey, choose
from finegrain.people.neighbourhood import KnownId, Neighbourhood, register_unseen
from finegrain.people.tables import DistinctIdTable, EdgeTable, IdSpanTable, PersonTable, TraitTable
from finegrain.store.ops.among import among_named, listed
from finegrain.store.ops.rows import ROWS_AT_ONCE, insert_rows, read_rows, update_rows
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.people.contract import Link
    from finegrain.people.identity import Derivation
    from finegrain.people.keeping import Kept, KeptLink

_PEOPLE = cast("Table", PersonTable.__table__)
_IDS = cast("Table", DistinctIdTable.__table__)
_SPANS = cast("Table", IdSpanTable.__table__)
_EDGES = cast("Table", EdgeTable.__table__)
_TRAITS = cast("Table", TraitTable.__table__)
# Built once: building a statement takes longer than running it, and most commits of the collector run these.
_KNOWN_SINCE = select(_PEOPLE.c.id, _PEOPLE.c.known_since).where(among_named(_PEOPLE.c.id, "wanted"))
_DROP_SPANS = delete(_SPANS).where(among_named(_SPANS.c.distinct_id, "wanted"))
_DROP_TRAITS = delete(_TRAITS).where(among_named(_TRAITS.c.person_id, "wanted"))
_DROP_PEOPLE = delete(_PEOPLE).where(among_named(_PEOPLE.c.id, "wanted"))


@dataclass(frozen=True)
class Applied:
    """What links did, for those who remember what they need not apply again.

    Attributes:
        moved: ids that are somebody else's now, at least for some time.
        settled: link → the moment from which on the same says nothing new for a day, unless it moves again.
        crowded: ids about which no link says anything any more.
    """

    moved: frozenset[str] = frozenset()
    settled: Mapping[LinkKey, int] = field(default_factory=dict)
    crowded: frozenset[str] = frozenset()


def apply_links(session: Session, links: Sequence[Link]) -> Applied:
    """Apply links in the caller's transaction, whatever their order; those that say nothing new change nothing."""
    sights = [(end, link.at) for link in links for end in (link.from_id, link.to_id)]
    known = register_unseen(session, sights)
    kept = choose(session, links, known)
    _add_edges(session, [one for one in kept.added if one.link is not None])
    _extend_edges(session, kept.extended)
    seeds = {end for one in kept.added if one.link for end in (one.link.from_id, one.link.to_id)}
    derived = rederive(session, seeds, known) if seeds else Derived(frozenset(), {})
    return Applied(derived.moved, _lasting(kept, known | derived.known), frozenset(kept.crowded))


def drop_edge(session: Session, edge_id: int, at: datetime, by: str) -> bool:
    """Drop a link that was kept, and derive anew whom it joined; give whether it was in force.

    Raises:
        UnknownEdgeError: there is no link ``edge_id``.
    """
    return _switch_edge(session, edge_id, at, by)


def restore_edge(session: Session, edge_id: int) -> bool:
    """Take a dropped link up again; give whether it had been dropped.

    Raises:
        UnknownEdgeError: there is no link ``edge_id``.
    """
    return _switch_edge(session, edge_id, None, "")


def _switch_edge(session: Session, edge_id: int, dropped_at: datetime | None, by: str) -> bool:
    writing.lock(session)
    edge = session.get(EdgeTable, edge_id) if 0 < edge_id < 2**63 else None
    if edge is None:
        raise UnknownEdgeError(edge=edge_id)
    if (edge.dropped_at is None) == (dropped_at is None):
        return False
    edge.dropped_at, edge.dropped_by = dropped_at, by
    session.flush()
    rederive(session, {edge.from_id, edge.to_id})
    return True


class Derived(NamedTuple):
    """Ids that were derived anew: those that moved, and all of them as they are kept now."""

    moved: frozenset[str]
    known: dict[str, KnownId]


def rederive(session: Session, seeds: Iterable[str], read: Mapping[str, KnownId] | None = None) -> Derived:
    """Derive anew all people that ``seeds`` touch, and write what changed; ``read`` are ids that need not be read again."""
    near = Neighbourhood(session, seeds, read)
    result = near.derive()
    known = near.known
    moved = [key for key, spans in result.spans.items() if spans != known[key].spans]
    before = {span.person_id for row in near.ids.values() for span in row.spans if span.number}
    gone = before - result.known_us.keys()
    _write_people(session, result, before | near.fringe_people)
    _write_ids(session, result, known)
    _write_spans(session, result, known, moved)
    owners = {span.person_id for key in moved for span in (*known[key].spans, *result.spans[key])}
    trait_writing.refold(session, moved, owners - gone)
    _delete_people(session, gone)
    writing.bump_revision(session)
    return Derived(frozenset(moved), {key: _known_now(key, known[key], result) for key in result.spans})


def _known_now(key: str, before: KnownId, result: Derivation) -> KnownId:
    return KnownId(before.facts, key in result.logins, key in result.crowded, result.spans[key])


def _lasting(kept: Kept, known: Mapping[str, KnownId]) -> dict[LinkKey, int]:
    """Leave out links that did not have the last word on whose an id is now."""
    lasting = {}
    for key, at_us in kept.settled.items():
        one, other = known[key.from_id], known[key.to_id]
        same = one.spans[-1].person_id == other.spans[-1].person_id
        if key.kind != "unbind" and (same or (one.login == other.login)):
            lasting[key] = max(at_us, one.spans[-1].from_us, other.spans[-1].from_us)
    return lasting


def _add_edges(session: Session, added: Sequence[KeptLink]) -> None:
    if not added:
        return
    unbound = [one for one in added if one.link and one.link.kind == "unbind"]
    numbers = {id(one): number for one, number in zip(unbound, writing.new_numbers(session, len(unbound)), strict=True)}
    rows = [_edge_row(one.link, one, numbers.get(id(one), 0)) for one in added if one.link]
    insert_rows(session.connection(), _EDGES, rows)


def _edge_row(link: Link, one: KeptLink, number: int) -> dict[str, Any]:
    return {
        "kind": link.kind, "from_id": link.from_id, "to_id": link.to_id, "from_login": link.from_login,
        "to_login": link.to_login, "at": from_us(one.times_us[0]), "again": one.times_us[1:], "number": number,
        "source": link.source, "message_id": link.message_id, "dropped_at": None, "dropped_by": "",
    }  # fmt: skip


def _extend_edges(session: Session, extended: Sequence[KeptLink]) -> None:
    rows = [{"id": one.id, "at": from_us(one.times_us[0]), "again": one.times_us[1:]} for one in extended]
    update_rows(session.connection(), _EDGES, rows, key="id")


def _write_people(session: Session, result: Derivation, before: set[int]) -> None:
    connection = session.connection()
    made = [{"id": number, "known_since": from_us(us)} for number, us in result.known_us.items() if number not in before]
    insert_rows(connection, _PEOPLE, made)
    kept = [number for number in before if number in result.known_us]
    changed = []
    for numbers in writing.chunks(kept, ROWS_AT_ONCE):
        rows = read_rows(connection, _KNOWN_SINCE, {"wanted": listed(numbers)})
        changed += [number for number, since in rows if to_us(since) != result.known_us[number]]
    moved = [{"id": number, "known_since": from_us(result.known_us[number])} for number in changed]
    update_rows(connection, _PEOPLE, moved, key="id")


def _write_ids(session: Session, result: Derivation, known: Mapping[str, KnownId]) -> None:
    rows = []
    for key, spans in result.spans.items():
        row, login, crowded = known[key], key in result.logins, key in result.crowded
        if (row.spans[0].person_id, row.login, row.crowded) != (spans[0].person_id, login, crowded):
            rows.append({"distinct_id": key, "person_id": spans[0].person_id, "login": login, "crowded": crowded})
    update_rows(session.connection(), _IDS, rows, key="distinct_id")


def _write_spans(session: Session, result: Derivation, known: Mapping[str, KnownId], moved: Sequence[str]) -> None:
    changed = [key for key in moved if known[key].spans[1:] != result.spans[key][1:]]
    old = [key for key in changed if known[key].spans[1:]]
    for part in writing.chunks(old, ROWS_AT_ONCE):
        session.connection().execute(_DROP_SPANS, {"wanted": listed(part)})
    rows = [{"distinct_id": key, **span._asdict()} for key in changed for span in result.spans[key][1:]]
    insert_rows(session.connection(), _SPANS, rows)


def _delete_people(session: Session, gone: set[int]) -> None:
    for part in writing.chunks(sorted(gone), ROWS_AT_ONCE):
        for drop in (_DROP_TRAITS, _DROP_PEOPLE):
            session.connection().execute(drop, {"wanted": listed(part)})
