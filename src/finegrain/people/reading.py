"""The reads of the people room, inside a transaction that the caller holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import or_, select

from finegrain.people.columns import read_columns
from finegrain.people.contract import NEVER, Edge, IdSpan, Ownership, Person, Trait
from finegrain.people.errors import UnknownPersonError
from finegrain.people.neighbourhood import CHUNK, ids_of, read_ids
from finegrain.people.tables import DistinctIdTable, EdgeTable, IdSpanTable, PersonTable
from finegrain.people.trait_writing import read_traits
from finegrain.people.traits import trait_type
from finegrain.people.writing import chunks
from finegrain.store.ops.among import among
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.people.neighbourhood import KnownId
    from finegrain.people.traits import Kept

_MANY = 20_000
"""Numbers from which on reading a whole column takes less time than asking for each."""


def living(session: Session, number: int) -> int:
    """Give the person who has the number ``number`` now: oneself, or the one into whom that person was merged.

    Raises:
        UnknownPersonError: nobody ever had it.
    """
    if not 0 < number < 2**63:
        raise UnknownPersonError(person=number)
    own = select(DistinctIdTable.person_id).where(DistinctIdTable.own_id == number)
    begun = select(IdSpanTable.person_id).where(IdSpanTable.number == number).limit(1)
    for query in (select(PersonTable.id).where(PersonTable.id == number), own, begun):
        found = session.scalar(query)
        if found is not None:
            return found
    raise UnknownPersonError(person=number)


def living_all(session: Session, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the people who have some numbers now; 0 for a number that nobody ever had."""
    alive = _people_of(session, numbers, PersonTable.id, PersonTable.id)
    for number, person in (
        (DistinctIdTable.own_id, DistinctIdTable.person_id),
        (IdSpanTable.number, IdSpanTable.person_id),
    ):
        gone = np.setdiff1d(numbers, np.fromiter(alive, np.int64, len(alive)))
        alive = _people_of(session, gone, number, person) | alive
    return np.fromiter((alive.get(one, 0) for one in numbers.tolist()), np.int64, len(numbers))


def _people_of(session: Session, numbers: NDArray[np.int64], number: Any, person: Any) -> dict[int, int]:
    query = select(number, person)
    if len(numbers) > _MANY:
        wanted = set(numbers.tolist())
        ids, people = read_columns(session, query, pa.int64(), pa.int64())
        return {one: owner for one, owner in zip(ids.to_pylist(), people.to_pylist(), strict=True) if one in wanted}
    parts = [session.execute(query.where(among(number, part))) for part in chunks(numbers.tolist(), CHUNK)]
    return {row[0]: row[1] for part in parts for row in part}


def people(session: Session, numbers: Sequence[int]) -> list[Person]:
    """Give living people, in no order."""
    owned = distinct_ids(session, numbers)
    traits = read_traits(session, list(numbers))
    rows = session.execute(select(PersonTable.id, PersonTable.known_since).where(among(PersonTable.id, numbers)))
    return [_person(number, owned.get(number, ()), traits.get(number, {}), since) for number, since in rows]


def distinct_ids(session: Session, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Give the distinct ids of living people: logins first, then those that were seen first."""
    wanted, ids = set(numbers), read_ids(session, ids_of(session, numbers))
    owned: dict[int, list[str]] = {}
    for key in sorted(ids, key=lambda key: (not ids[key].login, ids[key].facts.seen_us, key)):
        for person_id in {span.person_id for span in ids[key].spans} & wanted:
            owned.setdefault(person_id, []).append(key)
    return {person_id: tuple(found) for person_id, found in owned.items()}


def _person(number: int, ids: tuple[str, ...], traits: dict[str, Kept], known_since: Any) -> Person:
    kept = dict(sorted(traits.items()))
    details = {name: Trait(one.value, trait_type(one.value), from_us(one.set_us), one.source) for name, one in kept.items()}
    return Person(number, ids, {name: one.value for name, one in kept.items()}, known_since, details)


def spans(session: Session, person_id: int) -> list[IdSpan]:
    """Give the ids of a person, each with the time in which it is the person's."""
    found: list[IdSpan] = []
    for key, row in sorted(read_ids(session, ids_of(session, [person_id])).items()):
        found += _merged(key, row, person_id)
    return found


def _merged(key: str, row: KnownId, person_id: int) -> list[IdSpan]:
    found: list[IdSpan] = []
    ends = [*(span.from_us for span in row.spans[1:]), None]
    for span, until_us in zip(row.spans, ends, strict=True):
        from_us_ = None if span.from_us == NEVER else span.from_us
        if span.person_id != person_id:
            continue
        if found and found[-1].until_us == from_us_:
            from_us_ = found.pop().from_us
        found.append(IdSpan(key, from_us_, until_us))
    return found


def ownership(session: Session, ids: Sequence[str] | None) -> Ownership:
    """Give to whom the events of each id belong; see ``PeopleService.ownership``."""
    first = select(DistinctIdTable.distinct_id, DistinctIdTable.person_id)
    later = select(IdSpanTable.distinct_id, IdSpanTable.person_id, IdSpanTable.from_us)
    own = _read(session, first, DistinctIdTable.distinct_id, ids, pa.string(), pa.int64())
    moved = _read(session, later, IdSpanTable.distinct_id, ids, pa.string(), pa.int64(), pa.int64())
    begin = np.full(len(own[0]), NEVER, np.int64)
    if not len(moved[0]):
        return Ownership(own[0], begin, own[1].to_numpy())
    keys = pa.concat_arrays([own[0], moved[0]])
    from_us_ = np.concatenate([begin, moved[2].to_numpy()])
    order = np.lexsort((from_us_, pc.index_in(keys, value_set=own[0]).to_numpy()))
    person_ids = np.concatenate([own[1].to_numpy(), moved[1].to_numpy()])
    return Ownership(keys.take(pa.array(order)), from_us_[order], person_ids[order])


def _read(session: Session, query: Any, key: Any, ids: Sequence[str] | None, *types: pa.DataType) -> list[pa.Array]:
    chosen = [query] if ids is None else [query.where(among(key, part)) for part in chunks(ids, CHUNK)]
    parts = [read_columns(session, one, *types) for one in chosen]
    return [pa.concat_arrays([pa.array([], kind), *(part[place] for part in parts)]) for place, kind in enumerate(types)]


def edges(session: Session, person_id: int) -> list[Edge]:
    """Give all links of a person's ids, also dropped ones, the oldest first."""
    found: dict[int, EdgeTable] = {}
    for part in chunks(sorted(ids_of(session, [person_id])), CHUNK):
        query = select(EdgeTable).where(or_(among(EdgeTable.from_id, part), among(EdgeTable.to_id, part)))
        found |= {row.id: row for row in session.scalars(query)}
    return sorted((_edge(row) for row in found.values()), key=lambda edge: (edge.at, edge.id))


def _edge(row: EdgeTable) -> Edge:
    return Edge(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        from_id=row.from_id,
        to_id=row.to_id,
        at=row.at,
        last_at=from_us(row.again[-1]) if row.again else row.at,
        from_login=row.from_login,
        to_login=row.to_login,
        source=row.source,
        message_id=row.message_id,
        dropped_at=row.dropped_at,
        dropped_by=row.dropped_by,
    )
