"""The event store on ClickHouse: tables, writing, reading, and how SQL reads an event."""

from __future__ import annotations

from finegrain.store.events.clickhouse.store import ClickHouseEventStore

__all__ = ["ClickHouseEventStore"]
