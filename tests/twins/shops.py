"""The simulated shop as an event store in memory, so that an index over it is built without files or a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tests.twins.logs import FakeAudiences, FakeTraits

from finegrain.behaviour.building import build
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.service import QueryService
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.people.contract import Ownership
from finegrain.simulate.instants import find_instants
from finegrain.simulate.laws import PLATFORMS, SOURCES
from finegrain.simulate.messages import DELIVERED
from finegrain.simulate.portraits import user_ids
from finegrain.simulate.shop import simulate_shop
from finegrain.simulate.steps import EVENT_NAMES, Kind
from finegrain.simulate.tables import chosen
from finegrain.zones import Zone, from_us

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.simulate.instants import Instants
    from finegrain.simulate.plan import ShopPlan
    from finegrain.simulate.shop import Shop
    from finegrain.store.events import PropertyColumn


@dataclass(frozen=True)
class ShopWorld:
    """A simulated shop with the service that is asked about it, and the end of its history."""

    shop: Shop
    service: QueryService
    end: datetime


def shop_world(plan: ShopPlan) -> ShopWorld:
    """Simulate a shop as the demo does, and build the index over it."""
    for_shop, _ = np.random.default_rng(plan.seed).spawn(2)
    shop = simulate_shop(plan, for_shop)
    instants = find_instants(shop)
    events = ShopEvents(_events(shop, instants))
    state = build(events, ShopPeople(user_ids(plan.people), instants.signups), plan.currency)
    snapshot = Snapshot(state.index, state.log, PropertyColumns(events, Path("/nowhere")))
    engine = EmbeddedEngine(lambda: snapshot)
    service = QueryService(
        engine, FakeTraits(), FakeAudiences(), zone=Zone(plan.zone), currency=plan.currency, session_minutes=30
    )
    return ShopWorld(shop, service, from_us(instants.end_us))


@dataclass
class ShopEvents:
    """An event store in one table, its properties ``platform``, ``source`` and ``total`` included."""

    table: pa.Table

    def last_seq(self) -> int:
        """Give the number of events."""
        return int(self.table.num_rows)

    def scan(
        self,
        *,
        events: Sequence[str] | None = None,  # noqa: ARG002 - the contract's names
        columns: Sequence[PropertyColumn] = (),  # noqa: ARG002 - the index always reads the same two
        after_seq: int = 0,  # noqa: ARG002 - it is read once
    ) -> pa.RecordBatchReader:
        """Give everything."""
        return pa.RecordBatchReader.from_batches(self.table.schema, self.table.to_batches())

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:  # noqa: ARG002 - read once
        """Give one property; one that no event has is missing everywhere."""
        kind = pa.string() if column.type == "text" else pa.float64()
        known = column.name in self.table.column_names
        values = self.table[column.name].cast(kind) if known else pa.nulls(self.last_seq(), kind)
        return pa.table({"seq": self.table["seq"], "value": values}).to_reader()


@dataclass
class ShopPeople:
    """A people room in which every id is a person by itself, numbered from 1."""

    ids: Sequence[str]
    since_us: NDArray[np.int64]

    def watermark(self) -> tuple[int, int]:
        """Give the number of people."""
        return len(self.ids), 0

    def ownership(self, ids: Sequence[str] | None = None) -> Ownership:  # noqa: ARG002 - everybody is asked for
        """Give everybody as the owner of the own id."""
        numbers = np.arange(1, len(self.ids) + 1, dtype=np.int64)
        return Ownership(pa.array(self.ids, pa.string()), np.full(len(self.ids), -(2**63), dtype=np.int64), numbers)

    def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give since when everybody is known: the sign-up."""
        return np.arange(after + 1, len(self.ids) + 1, dtype=np.int64), self.since_us[after:]

    def register(self, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
        """Give the numbers of people, all of whom are known since they signed up."""
        del seen_at
        places: NDArray[np.int64] = pc.index_in(pa.array(distinct_ids), pa.array(self.ids)).to_numpy().astype(np.int64)
        return places + 1


@dataclass(frozen=True)
class _Rows:
    """Events of one sort: whose, places in ``_NAMES``, when, the order and the visit (−1 for none), the total in minor units."""

    person: NDArray[np.int64]
    name: NDArray[np.int64]
    time_us: NDArray[np.int64]
    order: NDArray[np.int64]
    minor: NDArray[np.int64]
    visit: NDArray[np.int64]


_NAMES = (*EVENT_NAMES, DELIVERED, "Order Refunded")


def _events(shop: Shop, instants: Instants) -> pa.Table:
    """Give all events, those of the order file included, in order of time."""
    parts = [_steps(shop, instants), _messages(shop, instants), _refunds(shop, instants)]
    rows = _Rows(*(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])))
    happened = np.flatnonzero(rows.time_us < instants.end_us)
    by_time = happened[np.argsort(rows.time_us[happened], kind="stable")]
    person, name, time_us, order, minor, visit = (values[by_time] for values in vars(rows).values())
    return pa.table(
        {
            "seq": np.arange(1, len(by_time) + 1),
            "distinct_id": chosen(user_ids(shop.world.plan.people), person),
            "event": chosen(_NAMES, name),
            "time": pa.array(time_us, pa.timestamp("us")),
            "order_id": pa.array(order, mask=order < 0).cast(pa.string()),
            "total": pa.array(minor / 100, mask=order < 0).cast(pa.decimal128(38, 6)),
            "platform": chosen([one.name for one in PLATFORMS], np.where(visit < 0, -1, shop.visits.platform[visit])),
            "source": chosen([one.name for one in SOURCES], np.where(visit < 0, -1, shop.visits.source[visit])),
        }
    )


def _steps(shop: Shop, instants: Instants) -> _Rows:
    steps, orders = shop.timed.steps, shop.orders
    ordered = steps.kind == Kind.ORDER_COMPLETED
    time_us, order, minor = instants.steps.copy(), np.full(steps.size, -1), np.zeros(steps.size, dtype=np.int64)
    time_us[ordered], order[ordered], minor[ordered] = instants.orders, np.arange(orders.size), orders.total_minor
    return _Rows(shop.visits.person[steps.visit], steps.kind.astype(np.int64), time_us, order, minor, steps.visit)


def _messages(shop: Shop, instants: Instants) -> _Rows:
    person = shop.messages.person
    name = np.full(len(person), _NAMES.index(DELIVERED))
    nothing = np.full(len(person), -1)
    return _Rows(person, name, instants.messages, nothing, np.zeros(len(person), dtype=np.int64), nothing)


def _refunds(shop: Shop, instants: Instants) -> _Rows:
    """Give one row a line that is given back."""
    order = shop.orders.line_order[shop.refunds.line]
    person = shop.visits.person[shop.orders.visit[order]]
    name = np.full(len(order), _NAMES.index("Order Refunded"))
    return _Rows(person, name, instants.refunds, order, shop.orders.line_paid_minor[shop.refunds.line], np.full(len(order), -1))
