"""Storing rows of people: the people they name become known, and their traits are set."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from finegrain.people import trait_writing, writing
from finegrain.people.contract import TraitChange
from finegrain.people.tables import PersonTable, TraitTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from finegrain.collect.imports.workbench import Workbench

_ROWS_AT_ONCE = 5_000
_IN_LIST = 500

_Row = tuple[str, datetime | None, dict[str, Any]]


def store_people(session: Session, bench: Workbench, now: datetime) -> int:
    """Store the staged rows of people; of two rows with the same trait of the same person the later one holds.

    Args:
        session: an open transaction of the ops store.
        bench: holds ``staged``.
        now: the moment of the import: the age of the traits, and since when a person without a date is known.

    Returns:
        How many rows changed something.
    """
    return sum(_store_part(session, part, now) for part in _parts(bench))


def _parts(bench: Workbench) -> Iterator[list[_Row]]:
    part: list[_Row] = []
    for person, since, traits in bench.rows("people_rows"):
        part.append((person, since.replace(tzinfo=UTC) if since else None, json.loads(traits)))
        if len(part) == _ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _store_part(session: Session, rows: list[_Row], now: datetime) -> int:
    newest = session.scalar(select(PersonTable.id).order_by(PersonTable.id.desc()).limit(1)) or 0
    person_ids = _register_without_dates_last(session, rows, now)
    fresh = {person_id for person_id in person_ids if person_id > newest}
    known = {} if len(fresh) == len(set(person_ids)) else _known_traits(session, sorted(set(person_ids) - fresh))
    changed = 0
    for person_id, (_, _, traits) in zip(person_ids, rows, strict=True):
        before = known.setdefault(person_id, {})
        changed += person_id in fresh or any(before.get(name, _NOTHING) != value for name, value in traits.items())
        fresh.discard(person_id)
        before.update(traits)
    trait_writing.set_traits(session, [TraitChange(person, traits, now) for person, _, traits in rows])
    return changed


_NOTHING = object()


def _register_without_dates_last(session: Session, rows: list[_Row], now: datetime) -> list[int]:
    # A date in the file must not be beaten by the moment of the import, nor the other way round by a row without one.
    dated = [(person, since) for person, since, _ in rows if since]
    writing.register(session, [person for person, _ in dated], [since for _, since in dated])
    return [int(person_id) for person_id in writing.register(session, [person for person, _, _ in rows], now)]


def _known_traits(session: Session, person_ids: list[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(person_ids), _IN_LIST):
        part = TraitTable.person_id.in_(person_ids[start : start + _IN_LIST])
        for person_id, name, value in session.execute(
            select(TraitTable.person_id, TraitTable.name, TraitTable.value).where(part)
        ):
            found.setdefault(person_id, {})[name] = value
    return found
