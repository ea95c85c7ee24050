"""The event store: append-only, each event once; one contract, one module an engine."""

from __future__ import annotations

from finegrain.store.events.contract import (
    EVENT_SCHEMA,
    EventRow,
    EventStore,
    IdSpan,
    PropertyColumn,
    PropertyType,
    empty_events,
)
from finegrain.store.events.duckdb import DuckDBEventStore

__all__ = [
    "EVENT_SCHEMA",
    "DuckDBEventStore",
    "EventRow",
    "EventStore",
    "IdSpan",
    "PropertyColumn",
    "PropertyType",
    "empty_events",
]
