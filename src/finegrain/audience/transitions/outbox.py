"""Transitions on their way to the event store: written with the state they lead to, gone once they are stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import Text, cast, delete, func, select

from finegrain.audience.transitions.tables import TransitionToSendTable
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.store.ops.inserting import insert_new

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

SOURCE = "finegrain"
BATCH = 20_000
_T = TransitionToSendTable
_SENT = (_T.id, _T.message_id, _T.distinct_id, _T.event, _T.time, cast(_T.properties, Text).label("properties"))


class Outbox:
    """Holds events until they are stored. Safe to use from several threads.

    Args:
        ops: where they wait.
        events: where they go.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, events: EventStore, clock: Clock) -> None:
        self._ops = ops
        self._events = events
        self._clock = clock

    @staticmethod
    def put(session: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Write events in the caller's transaction; one whose message id waits already is left out."""
        insert_new(session, _T, rows, key=("message_id",))

    def waiting(self) -> int:
        """Give how many wait."""
        with self._ops.reading() as session:
            return session.scalar(select(func.count()).select_from(_T)) or 0

    def send(self) -> int:
        """Store what waits, and give how many events were new.

        A crash after they were stored and before they are forgotten sends them again: the event store knows their ids.
        """
        stored = 0
        while rows := self._next():
            stored += int(self._events.append(self._table(rows)).sum())
            with self._ops.session() as session:
                session.execute(delete(_T).where(_T.id <= rows[-1].id))
        return stored

    def _next(self) -> Sequence[Row[*tuple[Any, ...]]]:
        with self._ops.reading() as session:
            return session.execute(select(*_SENT).order_by(_T.id).limit(BATCH)).all()

    def _table(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> pa.Table:
        # Many move for the same reason, and have the same properties.
        spelled = {text: json.dumps(json.loads(text), ensure_ascii=False) for text in {row.properties for row in rows}}
        columns = {
            "message_id": [row.message_id for row in rows],
            "distinct_id": [row.distinct_id for row in rows],
            "event": [row.event for row in rows],
            "time": [row.time.replace(tzinfo=None) for row in rows],
            "received_at": [self._clock.now().replace(tzinfo=None)] * len(rows),
            "source": [SOURCE] * len(rows),
            "historical": [False] * len(rows),
            "properties": [spelled[row.properties] for row in rows],
        }
        return pa.Table.from_pydict(columns, schema=EVENT_SCHEMA)
