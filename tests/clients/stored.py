"""What stands in a workspace that nobody else has open, for tests that sent something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import finegrain as fg

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.store.events import EventRow


def events_of(home: Path, *distinct_ids: str) -> dict[str, EventRow]:
    """Give the events of some ids by name; no name may come twice."""
    with fg.open(home) as workspace:
        rows = workspace.events.timeline(distinct_ids)
    assert len({row.event for row in rows}) == len(rows)
    return {row.event: row for row in rows}


def traits_of(home: Path, distinct_id: str) -> dict[str, Any]:
    """Give the traits of the person who has an id."""
    with fg.open(home) as workspace:
        return workspace.people.find(distinct_id).traits


def ids_of(home: Path, distinct_id: str) -> set[str]:
    """Give all ids that are now of the person who has one of them."""
    with fg.open(home) as workspace:
        spans = workspace.people.spans(workspace.people.find(distinct_id).id)
    return {span.distinct_id for span in spans if span.until_us is None}


def item_of(home: Path, kind: str, key: str) -> dict[str, Any] | None:
    """Give the values of an item; None when it was deleted."""
    with fg.open(home) as workspace:
        item = workspace.items.get(kind, key)
    return None if item.deleted else item.values


def historical_events(home: Path) -> set[str]:
    """Give the names of the events that must never trigger a message."""
    import duckdb

    with duckdb.connect(str(home / "events.duckdb")) as events:
        return {row[0] for row in events.execute("SELECT event FROM events WHERE historical").fetchall()}
