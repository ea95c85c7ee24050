"""Reads events from a ClickHouse: in order of arrival, of some ids, and counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from finegrain.store.events.clickhouse.columns import DIALECT, column, property_of
from finegrain.store.events.contract import EventRow, IdSpan, PropertyColumn, PropertyType
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_EARLIEST_US, _LATEST_US = -(2**63), 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TYPES: dict[PropertyType, pa.DataType] = {
    "text": pa.string(),
    "decimal": pa.decimal128(38, 6),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_FIXED = {"seq": pa.int64(), "distinct_id": pa.string(), "event": pa.string(), "time": pa.timestamp("us")}


def scan(
    connection: Connection, events: Sequence[str] | None, columns: Sequence[PropertyColumn], after_seq: int
) -> pa.RecordBatchReader:
    """Read events in order of arrival, as batches; see the contract."""
    schema = pa.schema([*_FIXED.items(), *((wanted.name, _TYPES[wanted.type]) for wanted in columns)])
    batches = connection.batches(_scan_query(events, columns, after_seq).sql(dialect=DIALECT))
    return pa.RecordBatchReader.from_batches(schema, _shaped(batches, schema))


def read_properties(connection: Connection, wanted: PropertyColumn, after_seq: int) -> pa.RecordBatchReader:
    """Read one property of all events in order of arrival, as batches of ``seq`` and ``value``; see the contract."""
    query = exp.select(column("seq"), exp.alias_(property_of(wanted), "p0", quoted=True)).from_("events").order_by(column("seq"))
    if after_seq:
        query = query.where(column("seq") > after_seq)
    schema = pa.schema([("seq", pa.int64()), ("value", _TYPES[wanted.type])])
    return pa.RecordBatchReader.from_batches(schema, _shaped(connection.batches(query.sql(dialect=DIALECT)), schema))


def _scan_query(events: Sequence[str] | None, columns: Sequence[PropertyColumn], after_seq: int) -> exp.Select:
    # Names of any kind are given to the columns by the schema.
    read = [exp.alias_(property_of(wanted), f"p{place}", quoted=True) for place, wanted in enumerate(columns)]
    query = exp.select(*(column(name) for name in _FIXED), *read).from_("events").order_by(column("seq"))
    if after_seq:
        query = query.where(column("seq") > after_seq)
    if events is not None:
        query = query.where(column("event").isin(*events))
    return query


def _shaped(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        arrays = [array.cast(field.type) for array, field in zip(batch.columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def timeline(connection: Connection, ids: Sequence[str | IdSpan], before_seq: int | None, limit: int) -> list[EventRow]:
    """Give the newest events of some ids, newest first; see the contract."""
    before_us = None if before_seq is None else _time_of(connection, before_seq)
    spans = [IdSpan(key) if isinstance(key, str) else key for key in ids]
    parameters = {
        "distinct_ids": [span.distinct_id for span in spans],
        "from_us": [_EARLIEST_US if span.from_us is None else span.from_us for span in spans],
        "until_us": [_LATEST_US if span.until_us is None else span.until_us for span in spans],
        "before_us": _LATEST_US if before_us is None else before_us,
        "before_seq": before_seq or 0,
        "limit": limit,
    }
    return [_event_row(row) for row in connection.rows(read_sql(_SQL, "timeline"), parameters)]


def _time_of(connection: Connection, seq: int) -> int | None:
    rows = connection.rows(read_sql(_SQL, "event_time"), {"seq": seq})
    return int(rows[0][0]) if rows else None


def _event_row(row: tuple[Any, ...]) -> EventRow:
    seq, message_id, distinct_id, event, time_us, received_us, source, properties = row
    return EventRow(seq, message_id, distinct_id, event, _instant(time_us), _instant(received_us), source, json.loads(properties))


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def event_counts(connection: Connection) -> dict[str, int]:
    """Give how many events of each name are stored, most frequent first."""
    return dict(connection.rows(read_sql(_SQL, "event_counts")))


def volumes(connection: Connection, edges_us: Sequence[int], event: str | None, source: str | None) -> dict[str, list[int]]:
    """Count the events of each name between neighbouring edges; see the contract."""
    parameters = {
        "edges": list(edges_us),
        "first": edges_us[0],
        "last": edges_us[-1],
        "any_event": event is None,
        "event": event or "",
        "any_source": source is None,
        "source": source or "",
    }
    places = {edge: place for place, edge in enumerate(edges_us)}
    counts: dict[str, list[int]] = {}
    for name, edge, count in connection.rows(read_sql(_SQL, "volumes"), parameters):
        counts.setdefault(name, [0] * (len(edges_us) - 1))[places[edge]] = count
    return counts
