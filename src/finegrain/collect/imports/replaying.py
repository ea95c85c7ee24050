"""Replaying dead letters: their rows are read again with a corrected mapping, and what they say joins what is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.collect.dead_letters import close_replayed, replayable
from finegrain.store.events.contract import PropertyColumn

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finegrain.collect.imports.staging import Stager
    from finegrain.collect.imports.workbench import Workbench
    from finegrain.store.events.contract import EventRow, EventStore

_PEOPLE_AT_ONCE = 500
_EVERYTHING = 2**62
_SIGHTS = ("Order Completed", "Order Updated")


class Replay:
    """The dead letters of one replay.

    Args:
        kind: what their rows are.
        import_id: only those of this import; None for all.
        reason: only those with this reason; None for all.
    """

    def __init__(self, kind: str, import_id: int | None, reason: str | None) -> None:
        self._kind = kind
        self._import_id = import_id
        self._reason = reason
        self._tried: list[int] = []
        self._columns: dict[str, None] = {}

    @property
    def rows(self) -> int:
        """How many dead letters were read."""
        return len(self._tried)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that any of them has."""
        return tuple(self._columns)

    def read(self, session: Session, stager: Stager) -> None:
        """Give their rows to ``stager``, columns as text; the number of the dead letter stands for the line."""
        for part in replayable(session, self._kind, self._import_id, self._reason):
            ids = [number for number, _ in part]
            self._tried.extend(ids)
            rows = _as_text([raw for _, raw in part])
            self._columns.update(dict.fromkeys(rows.column_names))
            stager.take(0, rows, np.array(ids, dtype=np.int64))

    def close(self, session: Session, bench: Workbench, import_id: int) -> None:
        """Mark what was taken, and keep the new reasons of what was refused again."""
        close_replayed(session, import_id, self._tried, dict(bench.rows("refused_lines")))


def add_stored_lines(bench: Workbench, events: EventStore) -> None:
    """Give orders written in lines what is stored of them: a replayed line joins its order instead of replacing it."""
    keys = {order_id for (order_id,) in bench.rows("order_keys")}
    people = _people_of(events, list(keys))
    found: dict[str, _StoredOrder] = {}
    for start in range(0, len(people), _PEOPLE_AT_ONCE):
        for row in events.timeline(people[start : start + _PEOPLE_AT_ONCE], limit=_EVERYTHING):
            order_id = str(row.properties.get("order_id"))
            if row.event in _SIGHTS and order_id in keys:
                found.setdefault(order_id, _StoredOrder()).see(row)
    bench.register("stored_orders", pa.Table.from_pylist([order.row() for order in found.values()], _STORED_SCHEMA))
    bench.run("join_stored_lines")


def _people_of(events: EventStore, order_ids: list[str]) -> list[str]:
    wanted = pa.array(order_ids, pa.string())
    people: dict[str, None] = {}
    for batch in events.scan(events=_SIGHTS, columns=[PropertyColumn("order_id", "text")]):
        found = batch.filter(pc.is_in(batch.column("order_id"), value_set=wanted))
        people.update(dict.fromkeys(found.column("distinct_id").to_pylist()))
    return list(people)


class _StoredOrder:
    """What is stored of one order: whose it was first, its earliest time, its latest total and products."""

    def __init__(self) -> None:
        self._first: EventRow | None = None
        self._latest: EventRow | None = None
        self._time = datetime.max.replace(tzinfo=UTC)

    def see(self, row: EventRow) -> None:
        """Take in one event of the order."""
        self._time = min(self._time, row.time)
        if self._first is None or row.seq < self._first.seq:
            self._first = row
        if self._latest is None or row.seq > self._latest.seq:
            self._latest = row

    def row(self) -> dict[str, Any]:
        """Give it as a row for the workbench."""
        assert self._first is not None  # noqa: S101 - see() comes before row()
        assert self._latest is not None  # noqa: S101
        properties = self._latest.properties
        return {
            "person": self._first.distinct_id,
            "order_id": str(properties["order_id"]),
            "time": self._time.replace(tzinfo=None),
            "total": str(properties.get("total")),
            "products": json.dumps(properties.get("products") or [], ensure_ascii=False)[1:-1],
        }


_STORED_SCHEMA = pa.schema(
    [
        ("person", pa.string()),
        ("order_id", pa.string()),
        ("time", pa.timestamp("us")),
        ("total", pa.string()),
        ("products", pa.string()),
    ]
)


def _as_text(rows: list[dict[str, Any]]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names})


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
