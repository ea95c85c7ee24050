"""Adds what was counted to the tables of the catalogue, and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from finegrain.collect.catalogue.contract import CatalogueProgress
from finegrain.collect.catalogue.counting import EventKey, merge_examples
from finegrain.collect.catalogue.masking import CUT, storable
from finegrain.collect.catalogue.tables import CataloguedEventTable, CataloguedPropertyTable, CatalogueProgressTable
from finegrain.zones import from_us

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.collect.catalogue.counting import Additions, EventAddition, PropertyAddition

NAME_CHARS = 300
_COUNTS = ("count", "texts", "times", "booleans", "lists", "objects", "nulls")


def read_progress(session: Session, stored: int) -> CatalogueProgress:
    """Give how far the catalogue has come; ``stored`` is the newest arrival number."""
    row = session.get(CatalogueProgressTable, 1)
    if row is None:
        return CatalogueProgress(0, stored, 0, None)
    return CatalogueProgress(row.counted, stored, row.other_events, row.refreshed_at)


def known_events(session: Session) -> dict[EventKey, int]:
    """Give the events of the catalogue with their row numbers."""
    rows = session.execute(select(CataloguedEventTable.event_hash, CataloguedEventTable.source_hash, CataloguedEventTable.id))
    return {EventKey(event, source): number for event, source, number in rows}


def known_properties(session: Session, event_id: int) -> set[str]:
    """Give the hashes of the properties that the catalogue has of one event."""
    return set(session.scalars(select(CataloguedPropertyTable.name_hash).where(CataloguedPropertyTable.event_id == event_id)))


def add(session: Session, additions: Additions, *, after: int, until: int, now: datetime) -> bool:
    """Add what the events with ``after < seq ≤ until`` hold; in the caller's transaction.

    Gives False, and changes nothing, where somebody else has counted them meanwhile.
    """
    progress = session.get(CatalogueProgressTable, 1, with_for_update=True)
    if (progress.counted if progress else 0) != after:
        return False
    if progress is None:
        progress = CatalogueProgressTable(id=1, counted=0, other_events=0, refreshed_at=now)
        session.add(progress)
    progress.counted, progress.refreshed_at = until, now
    progress.other_events += additions.other_events
    known = known_events(session)
    for key, event in additions.events.items():
        _add_properties(session, _add_event(session, key, event, known.get(key)), event)
    return True


def clear(session: Session) -> None:
    """Empty the catalogue."""
    for table in (CataloguedPropertyTable, CataloguedEventTable, CatalogueProgressTable):
        session.execute(delete(table))


def _add_event(session: Session, key: EventKey, event: EventAddition, event_id: int | None) -> int:
    if event_id is None:
        row = CataloguedEventTable(
            event_hash=key.event,
            source_hash=key.source,
            event=_name(event.event),
            source=_name(event.source),
            count=event.count,
            other_properties=event.other_properties,
            first_seen=from_us(event.first_us),
            last_seen=from_us(event.last_us),
        )
        session.add(row)
        session.flush()
        return row.id
    row = session.get_one(CataloguedEventTable, event_id)
    row.count += event.count
    row.other_properties += event.other_properties
    row.first_seen = min(row.first_seen, from_us(event.first_us))
    row.last_seen = max(row.last_seen, from_us(event.last_us))
    return event_id


def _add_properties(session: Session, event_id: int, event: EventAddition) -> None:
    query = select(CataloguedPropertyTable).where(CataloguedPropertyTable.event_id == event_id)
    kept = {row.name_hash: row for row in session.scalars(query)}
    fresh, changed = [], []
    for key, added in event.properties.items():
        row = kept.get(key)
        if row is None:
            fresh.append(_new_property(event_id, key, added))
        else:
            changed.append(_changed_property(row, added))
    if fresh:
        session.execute(insert(CataloguedPropertyTable), fresh)
    if changed:
        session.execute(update(CataloguedPropertyTable), changed)


def _new_property(event_id: int, key: str, added: PropertyAddition) -> dict[str, object]:
    counts = {name: getattr(added, name) for name in _COUNTS}
    return {
        **counts,
        "event_id": event_id,
        "name_hash": key,
        "name": _name(added.name),
        "examples": added.examples,
        "last_seen": from_us(added.last_us),
    }


def _changed_property(row: CataloguedPropertyTable, added: PropertyAddition) -> dict[str, object]:
    counts = {name: getattr(row, name) + getattr(added, name) for name in _COUNTS}
    return {
        **counts,
        "id": row.id,
        "examples": merge_examples(added.examples, row.examples),
        "last_seen": max(row.last_seen, from_us(added.last_us)),
    }


def _name(name: str) -> str:
    text = storable(name)
    return text if len(text) <= NAME_CHARS else text[: NAME_CHARS - 1] + CUT
