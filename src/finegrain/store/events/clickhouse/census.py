"""What the events of a range hold, on ClickHouse: events counted by the server, properties by the embedded store's statement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from finegrain.store.events.census import Census, EventUse, PropertyUse, property_uses
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("event", pa.string()),
        ("source", pa.string()),
        ("received_at", pa.timestamp("us")),
        ("properties", pa.string()),
    ]
)


def take_census(connection: Connection, after_seq: int, until_seq: int) -> Census:
    """Count what the events with ``after_seq < seq ≤ until_seq`` hold; nothing is computed before it is read."""
    return Census(_events(connection, after_seq, until_seq), _properties(connection, after_seq, until_seq))


def _events(connection: Connection, after_seq: int, until_seq: int) -> Iterator[EventUse]:
    rows = connection.rows(read_sql(_SQL, "census_events"), {"after_seq": after_seq, "until_seq": until_seq})
    yield from (EventUse(*row) for row in rows)


def _properties(connection: Connection, after_seq: int, until_seq: int) -> Iterator[PropertyUse]:
    batches = connection.batches(read_sql(_SQL, "census_documents"), {"after_seq": after_seq, "until_seq": until_seq})
    events = pa.RecordBatchReader.from_batches(_SCHEMA, (batch.cast(_SCHEMA) for batch in batches))
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as engine:
        engine.register("events", events)
        yield from property_uses(engine, after_seq, until_seq)
