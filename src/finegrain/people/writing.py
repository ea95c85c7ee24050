"""Registering ids, inside a transaction that the caller holds, so that an import commits it with its own rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from sqlalchemy import Table, bindparam, select, update

from finegrain.people.tables import DistinctIdTable, IdSpanTable, PeopleRevisionTable, PersonTable
from finegrain.store.ops.among import among_named, listed
from finegrain.store.ops.rows import ROWS_AT_ONCE, insert_rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

_T = TypeVar("_T")
_PEOPLE = cast("Table", PersonTable.__table__)
_IDS = cast("Table", DistinctIdTable.__table__)
_HELD = "people_revision"
# Built once: building a statement takes longer than running it, and each commit of the collector runs a dozen.
_KNOWN = select(DistinctIdTable.distinct_id, DistinctIdTable.person_id, DistinctIdTable.linked_at).where(
    among_named(DistinctIdTable.distinct_id, "wanted")
)
_OWNERS = (
    select(IdSpanTable.distinct_id, IdSpanTable.person_id)
    .where(among_named(IdSpanTable.distinct_id, "wanted"))
    .order_by(IdSpanTable.from_us)
)
_LOCK = select(PeopleRevisionTable.revision).with_for_update()
_NEWEST_ID = select(PeopleRevisionTable.newest_id)
_SET_NEWEST_ID = update(PeopleRevisionTable).values(newest_id=bindparam("newest"))
_BUMP = update(PeopleRevisionTable).values(revision=PeopleRevisionTable.revision + 1)
_BUMP_TRAITS = update(PeopleRevisionTable).values(traits=PeopleRevisionTable.traits + 1)
_BUMP_TRAIT_LOG = update(PeopleRevisionTable).values(trait_log=PeopleRevisionTable.trait_log + 1)


def register(session: Session, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
    """Give the person of each id, making a new person for each unknown one; see ``PeopleService.register``."""
    lock(session)
    first_seen = _earliest(distinct_ids, seen_at)
    known = _known(session, list(first_seen))
    earlier = {key: first_seen[key] for key, (_, since) in known.items() if first_seen[key] < since}
    if earlier:
        _move_back(session, {key: (known[key][0], at) for key, at in earlier.items()})
        bump_revision(session)
    people = {key: person_id for key, (person_id, _) in known.items()} | _owners_now(session, list(known))
    # Who is new is told by the newest number, and needs no revision.
    people |= _create(session, {key: at for key, at in first_seen.items() if key not in known})
    return np.fromiter((people[key] for key in distinct_ids), np.int64, len(distinct_ids))


def lock(session: Session) -> int:
    """Let no other transaction change people until this one ends; give their revision."""
    held: int | None = session.info.get(_HELD)
    if held is None:
        # Asked once a transaction: each commit of the collector comes by here five times.
        held = session.info[_HELD] = session.connection().scalar(_LOCK) or 0
    return held


def bump_revision(session: Session) -> None:
    """Tell all who keep something of people that it has changed."""
    lock(session)
    session.connection().execute(_BUMP)
    session.info[_HELD] += 1


def bump_traits(session: Session) -> None:
    """Tell all who keep traits of people that some have changed."""
    session.connection().execute(_BUMP_TRAITS)


def bump_trait_log(session: Session) -> None:
    """Tell all who keep what traits were at a time that more was said of them."""
    session.connection().execute(_BUMP_TRAIT_LOG)


def new_numbers(session: Session, count: int) -> range:
    """Give ``count`` numbers that no person ever had."""
    if not count:
        return range(0)
    connection = session.connection()
    newest = connection.scalar(_NEWEST_ID) or 0
    connection.execute(_SET_NEWEST_ID, {"newest": newest + count})
    return range(newest + 1, newest + count + 1)


def _earliest(distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> dict[str, datetime]:
    if isinstance(seen_at, datetime):
        return dict.fromkeys(distinct_ids, seen_at)
    earliest: dict[str, datetime] = {}
    for distinct_id, at in zip(distinct_ids, seen_at, strict=True):
        if distinct_id not in earliest or at < earliest[distinct_id]:
            earliest[distinct_id] = at
    return earliest


def _known(session: Session, distinct_ids: list[str]) -> dict[str, tuple[int, datetime]]:
    if not distinct_ids:
        return {}
    rows = read_rows(session.connection(), _KNOWN, {"wanted": listed(distinct_ids)})
    return {key: (person_id, linked_at) for key, person_id, linked_at in rows}


def _owners_now(session: Session, distinct_ids: list[str]) -> dict[str, int]:
    """Give the person of those ids that changed hands."""
    if not distinct_ids:
        return {}
    return dict(read_rows(session.connection(), _OWNERS, {"wanted": listed(distinct_ids)}))


def _move_back(session: Session, seen: Mapping[str, tuple[int, datetime]]) -> None:
    connection = session.connection()
    see = update(_IDS).where(_IDS.c.distinct_id == bindparam("key")).values(linked_at=bindparam("at"))
    # Before anything else an id was its first owner's.
    know = update(_PEOPLE).where(_PEOPLE.c.id == bindparam("pid"), _PEOPLE.c.known_since > bindparam("at"))
    rows = [{"key": key, "pid": person_id, "at": at} for key, (person_id, at) in seen.items()]
    for part in chunks(rows, ROWS_AT_ONCE):
        connection.execute(see, [{"key": row["key"], "at": row["at"]} for row in part])
        connection.execute(know.values(known_since=bindparam("at")), [{"pid": row["pid"], "at": row["at"]} for row in part])


def _create(session: Session, first_seen: Mapping[str, datetime]) -> dict[str, int]:
    if not first_seen:
        return {}
    # Tables, not classes: the unit of work takes as long again over a million people as the database does.
    connection = session.connection()
    created = dict(zip(first_seen, new_numbers(session, len(first_seen)), strict=True))
    for keys in chunks(list(first_seen), ROWS_AT_ONCE):
        insert_rows(connection, _PEOPLE, [{"id": created[key], "known_since": first_seen[key]} for key in keys])
        insert_rows(connection, _IDS, [_own_row(key, created[key], first_seen[key]) for key in keys])
    return created


def _own_row(key: str, number: int, at: datetime) -> dict[str, Any]:
    return {"distinct_id": key, "person_id": number, "linked_at": at, "own_id": number, "login": False, "crowded": False}


def chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """Give ``items`` in parts of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))
