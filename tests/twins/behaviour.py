"""Slow twins of the order facts and the overview, in plain dicts and decimals, and fakes of the stores they are fed from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from finegrain.behaviour.contract import NEVER
from finegrain.money import Money
from finegrain.people.contract import Ownership
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.store.events import PropertyColumn

CURRENCY = "CNY"
START = datetime(2024, 3, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Happening:
    """One event as the twins see it; its place in a list is its order of arrival."""

    who: str
    event: str
    at: datetime
    order_id: str | None = None
    total: Decimal | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class TwinOrder:
    """One order as far as it is known."""

    who: str
    at: datetime
    amount: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    taken_back: bool = False
    cancelled: bool = False


@dataclass
class TwinFacts:
    """What ``PersonFacts`` holds, for one person."""

    known_since_us: int
    last_event_us: int = NEVER
    first_purchase_us: int = NEVER
    last_purchase_us: int = NEVER
    purchases: int = 0
    revenue_minor: int = 0
    window_purchases: int = 0
    window_revenue_minor: int = 0


@st.composite
def happenings(draw: st.DrawFn) -> list[Happening]:
    """Logs of a few people over ten days around a change to summer time, with ties, and events of an order in any order."""
    names = st.sampled_from(
        ["Order Completed"] * 3 + ["Order Updated", "Order Refunded", "Order Cancelled", "Page Viewed", "Email Delivered"]
    )
    times = st.integers(0, 240).map(lambda hour: START + hour * HOUR)
    totals = st.sampled_from([None, *map(Decimal, ("0", "10", "10", "3.5", "25.005", "12.344999", "-4", "0.004"))])
    orders = st.sampled_from([None, "", "a", "b", "c", "d"])
    one = st.builds(Happening, st.sampled_from("xyz"), names, times, orders, totals)
    return draw(st.lists(one, max_size=25))


def shows_activity(one: Happening) -> bool:
    """Say whether an event shows that somebody is there: any but messages, of which logs hold one kind."""
    return one.event != "Email Delivered"


def twin_orders(log: list[Happening]) -> tuple[dict[str, TwinOrder], list[Happening]]:
    """Give the orders behind a log, and the refunds that name none of them."""
    orders: dict[str, TwinOrder] = {}
    for seq, one in enumerate(log):
        key = one.order_id or f"nameless {seq}"
        if one.event == "Order Completed" and (key not in orders or one.at < orders[key].at):
            orders[key] = TwinOrder(one.who, one.at)
    orphans = []
    for seq, one in enumerate(log):
        order = orders.get(one.order_id or f"nameless {seq}")
        if one.event == "Order Refunded" and order is None:
            orphans.append(one)
        elif order is not None:
            _apply(order, one)
    for order in orders.values():
        order.taken_back = order.cancelled or (order.taken_back and order.refunded >= order.amount)
        order.refunded = order.amount if order.cancelled else min(order.refunded, order.amount)
    return orders, orphans


def _apply(order: TwinOrder, one: Happening) -> None:
    if one.event in ("Order Completed", "Order Updated") and one.total is not None:
        order.amount = max(cents(one.total), Decimal(0))
    elif one.event == "Order Refunded" and one.total is not None:
        order.refunded += abs(cents(one.total))
        order.taken_back = True
    elif one.event in ("Order Refunded", "Order Cancelled"):
        order.cancelled = True


def twin_facts(log: list[Happening], known: dict[str, datetime], as_of: datetime, window_start: datetime) -> dict[str, TwinFacts]:
    """Give the facts of everybody in ``known``, from nothing but the events before ``as_of``."""
    past = [one for one in log if one.at < as_of]
    facts = {who: TwinFacts(known_since_us=to_us(since)) for who, since in known.items()}
    for who, mine in facts.items():
        times = [to_us(one.at) for one in past if one.who == who]
        if times:
            mine.known_since_us = min(mine.known_since_us, *times)
            mine.last_event_us = max((to_us(one.at) for one in past if one.who == who and shows_activity(one)), default=NEVER)
    orders, orphans = twin_orders(past)
    for order in sorted(orders.values(), key=lambda order: order.at):
        _add(facts[order.who], order, in_window=order.at >= window_start)
    for one in orphans:
        back = int(abs(cents(one.total or Decimal(0))))
        facts[one.who].revenue_minor -= back
        facts[one.who].window_revenue_minor -= back if one.at >= window_start else 0
    return facts


def _add(mine: TwinFacts, order: TwinOrder, *, in_window: bool) -> None:
    net = int(order.amount - order.refunded)
    mine.revenue_minor += net
    mine.window_revenue_minor += net if in_window else 0
    if order.taken_back:
        return
    mine.purchases += 1
    mine.window_purchases += in_window
    mine.last_purchase_us = to_us(order.at)
    if mine.purchases == 1:
        mine.first_purchase_us = to_us(order.at)


def twin_overview(
    log: list[Happening], known: dict[str, datetime], start: datetime, end: datetime, edges: list[datetime]
) -> dict[str, Any]:
    """Give an overview's figures of the instants ``[start, end)`` and its series between ``edges``."""
    past = [one for one in log if one.at < end]
    inside = [one for one in past if one.at >= start]
    orders, orphans = twin_orders(past)
    bought = [order for order in orders.values() if not order.taken_back]
    buyers = {order.who for order in bought if order.at >= start}
    again = {who for who in buyers if sum(order.who == who for order in bought) > 1}
    money = [(order.at, order.amount - order.refunded) for order in orders.values()]
    money += [(one.at, -abs(cents(one.total or Decimal(0)))) for one in orphans]
    spans = list(itertools.pairwise(edges))
    return {
        "people": sum(since < end for since in known.values()),
        "active_people": len({one.who for one in inside if shows_activity(one)}),
        "revenue_minor": int(sum(amount for at, amount in money if at >= start)),
        "orders": sum(order.at >= start for order in bought),
        "repeat_rate": len(again) / len(buyers) if buyers else None,
        "series": [
            (
                sum(low <= order.at < high for order in bought),
                int(sum(amount for at, amount in money if low <= at < high)),
                len({one.who for one in inside if low <= one.at < high and shows_activity(one)}),
            )
            for low, high in spans
        ],
    }


def cents(total: Decimal) -> Decimal:
    """Round an amount in yuan half up to whole 分."""
    return Decimal(Money.from_major(total, CURRENCY).amount_minor)


@dataclass
class FakeEvents:
    """An event store in a list, whose batches are small so that codes must be joined across them."""

    log: list[Happening]
    batch_rows: int = 4

    def last_seq(self) -> int:
        """Give the number of events."""
        return len(self.log)

    def scan(
        self,
        *,
        events: Sequence[str] | None = None,  # noqa: ARG002 - the contract's names
        columns: Sequence[PropertyColumn] = (),  # noqa: ARG002 - the index always reads the same two
        after_seq: int = 0,
    ) -> pa.RecordBatchReader:
        """Give the log in batches of ``batch_rows``."""
        rows = list(enumerate(self.log, start=1))[after_seq:]
        table = pa.table(
            {
                "seq": pa.array([seq for seq, _ in rows], pa.int64()),
                "distinct_id": pa.array([one.who for _, one in rows], pa.string()),
                "event": pa.array([one.event for _, one in rows], pa.string()),
                "time": pa.array([one.at.astimezone(UTC).replace(tzinfo=None) for _, one in rows], pa.timestamp("us")),
                "order_id": pa.array([one.order_id for _, one in rows], pa.string()),
                "total": pa.array([one.total for _, one in rows], pa.decimal128(38, 6)),
            }
        )
        return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(self.batch_rows))

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Give one property in batches of ``batch_rows``, read as the stores read it."""
        from tests.twins.logs import number_of, text_of

        rows = list(enumerate(self.log, start=1))[after_seq:]
        read, kind = (text_of, pa.string()) if column.type == "text" else (number_of, pa.float64())
        values = pa.array([read(one.properties.get(column.name)) for _, one in rows], kind)
        table = pa.table({"seq": pa.array([seq for seq, _ in rows], pa.int64()), "value": values})
        return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(self.batch_rows))


@dataclass
class FakePeople:
    """A people room in dicts; person ids count from 1 in order of registration.

    ``later`` holds, by distinct id, since when it belongs to whom beside its first owner, in order of time; ``first`` the first
    owners who are not those of the registration, and ``merged`` the people who are gone.
    """

    since: dict[str, datetime] = field(default_factory=dict)
    later: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    revision: int = 0

    def register(self, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
        """Make the missing people, and move the others back."""
        moments = [seen_at] * len(distinct_ids) if isinstance(seen_at, datetime) else seen_at
        for distinct_id, at in zip(distinct_ids, moments, strict=True):
            before = self.since.get(distinct_id, at)
            self.since[distinct_id] = min(at, before)
            self.revision += at < before
        return np.array([self._own(one) for one in distinct_ids], dtype=np.int64)

    def _own(self, distinct_id: str) -> int:
        return list(self.since).index(distinct_id) + 1

    def link(self, first: dict[str, int], later: dict[str, list[tuple[int, int]]], merged: set[int]) -> None:
        """Make others the owners, from now on or from the beginning."""
        self.first, self.later, self.merged, self.revision = first, later, merged, self.revision + 1

    def watermark(self) -> tuple[int, int]:
        """Give the number of people, and one that follows what changed for those there are."""
        return len(self.since), self.revision

    def ownership(self, ids: Sequence[str] | None = None) -> Ownership:
        """Give everybody's ids and their owners."""
        rows = [
            (distinct_id, *row)
            for distinct_id in self.since
            if ids is None or distinct_id in ids
            for row in [(NEVER, self.first.get(distinct_id, self._own(distinct_id))), *self.later.get(distinct_id, [])]
        ]
        names, from_us, owners = zip(*rows, strict=True) if rows else ((), (), ())
        return Ownership(pa.array(names, pa.string()), np.array(from_us, np.int64), np.array(owners, np.int64))

    def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give since when everybody is known who is not gone."""
        rows = [(number, to_us(at)) for number, at in enumerate(self.since.values(), start=1)]
        found = np.array([row for row in rows if row[0] > after and row[0] not in self.merged], np.int64).reshape(-1, 2)
        return found[:, 0].copy(), found[:, 1].copy()


def instants(edges_us: NDArray[np.int64]) -> list[datetime]:
    """Give microseconds as aware instants."""
    return [from_us(us) for us in edges_us.tolist()]
