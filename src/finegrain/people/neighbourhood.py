"""The part of all people that some ids touch: read from the ops store, as much as deriving it anew needs and no more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from finegrain.people import writing
from finegrain.people.identity import (
    NEVER,
    Derivation,
    IdFacts,
    LinkFacts,
    OutsideId,
    Span,
    claim,
    derive,
    joins,
)
from finegrain.people.tables import DistinctIdTable, EdgeTable, IdSpanTable
from finegrain.store.ops.among import among_named, listed
from finegrain.store.ops.rows import read_rows
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

CHUNK = 10_000
"""Ids asked for at once."""

_ID_COLUMNS = (
    DistinctIdTable.distinct_id,
    DistinctIdTable.own_id,
    DistinctIdTable.linked_at,
    DistinctIdTable.person_id,
    DistinctIdTable.login,
    DistinctIdTable.crowded,
)
_EDGE_COLUMNS = (
    EdgeTable.id,
    EdgeTable.kind,
    EdgeTable.from_id,
    EdgeTable.to_id,
    EdgeTable.at,
    EdgeTable.again,
    EdgeTable.from_login,
    EdgeTable.to_login,
    EdgeTable.number,
)
_IN_FORCE = EdgeTable.dropped_at.is_(None)
_BEGUN = IdSpanTable.number != 0


@dataclass(frozen=True)
class KnownId:
    """An id as it is kept: whose it is from the beginning, then each later span."""

    facts: IdFacts
    login: bool
    crowded: bool
    spans: tuple[Span, ...]

    @property
    def outside(self) -> OutsideId:
        """What others need to know of it."""
        return OutsideId(self.login, self.spans[0].person_id)

    def owner_at(self, at_us: int) -> int:
        """Give the person whose the id is at a moment."""
        return next(span.person_id for span in reversed(self.spans) if span.from_us <= at_us)


class Neighbourhood:
    """Ids, their people, and the links between them, read as far as they touch one another.

    Args:
        session: an open transaction.
        seeds: the ids whose links changed.
        known: ids that were read in this transaction, and need not be read again.
    """

    def __init__(self, session: Session, seeds: Iterable[str], known: Mapping[str, KnownId] | None = None) -> None:
        self._session = session
        self._read_before = known or {}
        self.ids: dict[str, KnownId] = {}
        self._fringe: dict[str, KnownId] = {}
        self._outside: dict[str, OutsideId] = {}
        self._links: dict[int, LinkFacts] = {}
        self._asked: set[str] = set()
        self._read(seeds)

    def derive(self) -> Derivation:
        """Derive all people that the ids touch, reading on where a link leads further."""
        result = self._derive()
        while missing := (self._joined_outside() | result.missing) - self._asked:
            self._read(missing)
            result = self._derive()
        while missing := self._behind(result) - self._asked:
            self._read_fringe(missing)
            result = self._derive()
        return result

    @property
    def known(self) -> dict[str, KnownId]:
        """All ids that were derived, as they were before."""
        return self.ids | self._fringe

    @property
    def fringe_people(self) -> set[int]:
        """People who were read only for their numbers."""
        return {span.person_id for row in self._fringe.values() for span in row.spans}

    def _derive(self) -> Derivation:
        known = self.known
        facts = {key: row.facts for key, row in known.items()}
        outside = {key: row for key, row in self._outside.items() if key not in known}
        return derive(facts, self._links.values(), outside, fringe=frozenset(self._fringe))

    def _read(self, keys: Iterable[str]) -> None:
        """Read ids with everybody whose they are, and all their links."""
        wanted = set(keys)
        self._asked |= wanted
        rows = {key: self._read_before[key] for key in wanted if key in self._read_before}
        rows |= read_ids(self._session, wanted - rows.keys())
        people = {span.person_id for row in rows.values() for span in row.spans if span.number}
        rows |= read_ids(self._session, ids_of(self._session, people, begun=True) - rows.keys())
        self.ids |= rows
        for key in rows:
            self._fringe.pop(key, None)
        self._read_links(rows)

    def _read_fringe(self, keys: set[str]) -> None:
        self._asked |= keys
        rows = read_ids(self._session, keys)
        self._fringe |= rows
        self._read_links(rows)

    def _read_links(self, keys: Iterable[str]) -> None:
        links = read_links(self._session, keys)
        self._links |= links
        ends = {end for link in links.values() for end in (link.from_id, link.to_id)}
        unknown = ends - self._outside.keys() - self.known.keys()
        self._outside |= {key: row.outside for key, row in read_ids(self._session, unknown, spans=False).items()}

    def _logins(self) -> set[str]:
        marked = {link.from_id for link in self._links.values() if link.from_login}
        marked |= {link.to_id for link in self._links.values() if link.to_login}
        return marked | {key for key, row in self._outside.items() if row.login and key not in self.known}

    def _joined_outside(self) -> set[str]:
        """Ids outside that a link joins with one of ours, now or before: whose login an id is may have changed."""
        logins = self._logins()
        before = {key for key, row in self.ids.items() if row.login}
        found: set[str] = set()
        for link in self._links.values():
            ends = (link.from_id, link.to_id)
            inner = [key for key in ends if key in self.ids]
            if len(inner) == 1:
                turned = (inner[0] in logins) != (inner[0] in before)
                if turned or joins(link, logins):
                    found.update(key for key in ends if key not in self.ids)
        return found

    def _behind(self, result: Derivation) -> set[str]:
        """Anonymous ids outside that a login claims whose person changed, and what such ids are joined with."""
        changed = {key for key, row in self.ids.items() if key in result.logins and result.spans[key] != row.spans}
        logins = self._logins() | result.logins
        found: set[str] = set()
        for link in self._links.values():
            pair = claim(link, logins)
            if pair is not None and pair[1] in changed:
                found.add(pair[0])
            elif (link.from_id in self._fringe or link.to_id in self._fringe) and joins(link, logins):
                found |= {link.from_id, link.to_id}
        return found - self.known.keys()


def read_ids(session: Session, keys: Iterable[str], *, spans: bool = True) -> dict[str, KnownId]:
    """Give what is kept of some ids; those that are unknown are left out.

    Args:
        session: an open transaction.
        keys: ids.
        spans: whether later spans are wanted, too.
    """
    found: dict[str, KnownId] = {}
    wanted = list(keys)
    later = _later_spans(session, wanted) if spans else {}
    for row in _selected(session, _ID_COLUMNS, DistinctIdTable.distinct_id, wanted):
        key, own_id, seen_at, person_id, login, crowded = row
        first = Span(NEVER, person_id, own_id)
        found[key] = KnownId(IdFacts(own_id, to_us(seen_at)), login, crowded, (first, *later.get(key, ())))
    return found


def register_unseen(session: Session, sights: Sequence[tuple[str, datetime]]) -> dict[str, KnownId]:
    """Give the ids that were seen, registering those that are unknown or were known only later.

    Args:
        session: an open transaction.
        sights: each an id and when it was seen.
    """
    writing.lock(session)
    known = read_ids(session, {key for key, _ in sights})
    news = [(key, at) for key, at in sights if key not in known or to_us(at) < known[key].facts.seen_us]
    if news:
        writing.register(session, [key for key, _ in news], [at for _, at in news])
        known |= read_ids(session, {key for key, _ in news})
    return known


def read_links(session: Session, keys: Iterable[str]) -> dict[int, LinkFacts]:
    """Give all links in force that have one of ``keys`` at either end, by number."""
    wanted, found = list(keys), {}
    for end in (EdgeTable.from_id, EdgeTable.to_id):
        for row in _selected(session, _EDGE_COLUMNS, end, wanted, _IN_FORCE):
            number, kind, from_id, to_id, at, again, from_login, to_login, life = row
            found[number] = LinkFacts(kind, from_id, to_id, (to_us(at), *again), from_login, to_login, life)
    return found


def _later_spans(session: Session, keys: Sequence[str]) -> dict[str, list[Span]]:
    columns = (IdSpanTable.distinct_id, IdSpanTable.from_us, IdSpanTable.person_id, IdSpanTable.number)
    later: dict[str, list[Span]] = defaultdict(list)
    for key, from_us, person_id, number in sorted(_selected(session, columns, IdSpanTable.distinct_id, keys)):
        later[key].append(Span(from_us, person_id, number))
    return later


def ids_of(session: Session, people: Iterable[int], *, begun: bool = False) -> set[str]:
    """Give the ids that are or were some people's.

    Args:
        session: an open transaction.
        people: numbers of people.
        begun: only ids that they were the first to own, from the beginning or since a new life of the id began.
    """
    wanted = list(people)
    first = _selected(session, (DistinctIdTable.distinct_id,), DistinctIdTable.person_id, wanted)
    conditions = (_BEGUN,) if begun else ()
    later = _selected(session, (IdSpanTable.distinct_id,), IdSpanTable.person_id, wanted, *conditions)
    return {row[0] for row in first} | {row[0] for row in later}


def _selected(
    session: Session, columns: Sequence[Any], where: Any, wanted: Sequence[Any], *conditions: ColumnElement[bool]
) -> Iterator[Any]:
    if not wanted:
        return
    connection = session.connection()
    query = _statement(tuple(columns), where, conditions)
    for start in range(0, len(wanted), CHUNK):
        yield from read_rows(connection, query, {"wanted": listed(wanted[start : start + CHUNK])})


@lru_cache(maxsize=64)
def _statement(columns: tuple[Any, ...], where: Any, conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    # Building a statement takes longer than running it, and each commit of the collector runs dozens.
    return select(*columns).where(among_named(where, "wanted"), *conditions)
