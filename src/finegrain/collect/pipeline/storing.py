"""The commit of a group of requests: whom it sights and what it changes first, then its events.

The ops store is committed before the event store. A crash between the two leaves people without events, which the sender's
retry completes; the other order would leave events of people whom nobody knows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from finegrain.collect.items.writing import apply_item_calls
from finegrain.collect.pipeline.changes import apply_links, apply_traits, forget_applied, new_links
from finegrain.collect.pipeline.contract import Receipt
from finegrain.collect.pipeline.known import KnownIds, KnownLinks
from finegrain.collect.pipeline.letters import keep_refused
from finegrain.collect.pipeline.rows import event_table
from finegrain.collect.plan.violations import ViolationTally
from finegrain.collect.wire.contract import ItemCall
from finegrain.people import writing
from finegrain.store.errors import OpsStoreError
from finegrain.store.events.errors import BadEventsError
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.collect.pipeline.rows import Rows
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

_FORGET_EVERY = timedelta(hours=1)


class GroupStorage:
    """Stores groups of requests; people on one thread, events on the same or another one.

    Args:
        events, ops: the stores.
        window_days: for how long a message may be sent again.
    """

    def __init__(self, events: EventStore, ops: OpsStore, *, window_days: int = 30) -> None:
        self._events = events
        self._ops = ops
        self._window_days = window_days
        self._revision = -1
        self._forgot_at = datetime.min.replace(tzinfo=UTC)
        self.known = KnownIds()
        self.links = KnownLinks()

    def store_events(self, group: Sequence[Rows]) -> list[Receipt]:
        """Store the events of a group whose people are stored; give one receipt a request.

        An event that the event store cannot take is refused alone.

        Raises:
            StorageError: a store refused; the requests may be stored whole, in part or not at all.
        """
        try:
            stored = self._events.append(event_table(group))
        except BadEventsError:
            return self._store_one_by_one(group)
        ends = np.cumsum([len(rows) for rows in group])
        parts = np.split(stored, ends[:-1])
        return [_receipt(rows, part) for rows, part in zip(group, parts, strict=True)]

    def _store_one_by_one(self, group: Sequence[Rows]) -> list[Receipt]:
        receipts = []
        for rows in group:
            table = event_table([rows])
            stored = [self._store_event(rows, place, table.slice(place, 1)) for place in range(len(rows))]
            receipts.append(_receipt(rows, np.array(stored, np.bool_)))
        with self._ops.session() as session:
            keep_refused(session, [(rows.arrival, item) for rows in group for item in rows.refused])
        return receipts

    def _store_event(self, rows: Rows, place: int, event: pa.Table) -> bool:
        try:
            return bool(self._events.append(event)[0])
        except BadEventsError as error:
            rows.refuse(place, str(error))
            return False

    def store_people(self, group: Sequence[Rows]) -> None:
        """Store whom a group sights, and what it says beside its events.

        Raises:
            StorageError: the ops store refused; nothing of the group is stored.
        """
        news = self.known.news(rows.sightings for rows in group)
        refused = [(rows.arrival, item) for rows in group for item in rows.refused]
        generation = self.links.generation
        links = new_links(group, self.links)
        if not news and not refused and not links and not any(rows.says_more or rows.violations for rows in group):
            return
        try:
            with self._ops.session() as session:
                before = writing.lock(session)
                writing.register(session, list(news), [from_us(at) for at in news.values()])
                applied = apply_links(session, links)
                apply_traits(session, group)
                self._forget_applied(session, group)
                apply_item_calls(session, _item_calls(group))
                keep_refused(session, refused)
                _count_violations(session, group)
                after = writing.lock(session)
        except SQLAlchemyError as error:
            raise OpsStoreError(url=self._ops.address, reason=str(error).partition("\n")[0]) from error
        for rows in group:
            rows.violations = None  # counted, also where the event store refuses and the group is tried again
        if before != self._revision:
            self.links.forget()  # somebody else changed people
            generation = self.links.generation
        self._revision = after
        self.known.remember(news)
        self.links.remember(applied, generation)

    def _forget_applied(self, session: Session, group: Sequence[Rows]) -> None:
        now = max(rows.arrival.received_at for rows in group)
        if now - self._forgot_at >= _FORGET_EVERY:
            forget_applied(session, now, self._window_days)
            self._forgot_at = now


def _count_violations(session: Session, group: Sequence[Rows]) -> None:
    found = [(rows.violations, rows.arrival.received_at) for rows in group if rows.violations is not None]
    if found:
        counted = ViolationTally()
        for violations, _ in found:
            counted.merge(violations)
        counted.store(session, max(received_at for _, received_at in found))


def _item_calls(group: Sequence[Rows]) -> list[tuple[ItemCall, str]]:
    return [(call, rows.arrival.source) for rows in group for call in rows.changes if isinstance(call, ItemCall)]


def _receipt(rows: Rows, fresh: NDArray[np.bool_]) -> Receipt:
    rows.fresh = fresh
    stored = int(fresh.sum())
    return Receipt(stored, len(rows) - stored - len(rows.unstorable), tuple(rows.refused))
