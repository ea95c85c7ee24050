"""Transitions on their way to the event store: written with the state they lead to, gone once they are stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import delete, func, select

from finegrain.audience.transitions.tables import TransitionToSendTable
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.store.ops.inserting import insert_new

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

SOURCE = "finegrain"
BATCH = 20_000
_T = TransitionToSendTable


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

    def _next(self) -> Sequence[TransitionToSendTable]:
        with self._ops.reading() as session:
            return session.scalars(select(_T).order_by(_T.id).limit(BATCH)).all()

    def _table(self, rows: Sequence[TransitionToSendTable]) -> pa.Table:
        received = self._clock.now().replace(tzinfo=None)
        facts = [
            {
                "message_id": row.message_id,
                "distinct_id": row.distinct_id,
                "event": row.event,
                "time": row.time.replace(tzinfo=None),
                "received_at": received,
                "source": SOURCE,
                "historical": False,
                "properties": json.dumps(row.properties, ensure_ascii=False),
            }
            for row in rows
        ]
        return pa.Table.from_pylist(facts, schema=EVENT_SCHEMA)
