"""Made-up orders of any number of people, and the index over them, for measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.index import BehaviourIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY_US = 86_400_000_000
START_US = 1_672_531_200_000_000  # 2023-01-01 UTC
DAYS = 730
END_US = START_US + DAYS * DAY_US


def make_orders(
    n_people: int = 1_000_000, n_orders: int = 10_000_000, *, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Make orders over two years from 2023-01-01 UTC, in order of time.

    Rates of buying vary between people (gamma, shape 0.5: a few buy often, a fifth never), everybody starts at a random day
    and stops at a random later one; amounts are log-normal around 120.00.

    Args:
        n_people: how many people there are, with or without an order.
        n_orders: how many orders.
        rng: the generator that all draws come from.

    Returns:
        Person codes ``(n_orders,) int32``, times ``int64`` microseconds UTC ascending, amounts ``int64`` in minor units.
    """
    shares = np.cumsum(rng.gamma(0.5, size=n_people))
    person = np.searchsorted(shares, rng.random(n_orders) * shares[-1]).astype(np.int32)
    start = rng.random(n_people)
    stop = start + (1 - start) * rng.random(n_people)
    moment = start[person] + (stop - start)[person] * rng.random(n_orders)
    time_us = START_US + (moment * DAYS * DAY_US).astype(np.int64)
    order = np.argsort(time_us, kind="stable")
    amount = np.rint(rng.lognormal(np.log(12_000), 0.8, n_orders)).astype(np.int64)
    return person[order], time_us[order], amount


def index_from_orders(
    person: NDArray[np.int32],
    time_us: NDArray[np.int64],
    amount_minor: NDArray[np.int64],
    *,
    n_people: int | None = None,
    currency: str = "CNY",
) -> BehaviourIndex:
    """Make an index straight from orders, each its own order id, without refunds.

    Args:
        person: person codes; person ids become ``code + 1``.
        time_us: times of the orders, in any order.
        amount_minor: their totals.
        n_people: how many people there are; by default the highest code tells.
        currency: ISO 4217 code.
    """
    people = n_people if n_people is not None else (int(person.max()) + 1 if len(person) else 0)
    offsets, rows = group_by_person(person, time_us, n_people=people)
    times = time_us[rows]
    none = np.zeros(0, dtype=np.int64)
    return BehaviourIndex(
        last_seq=len(person),
        people_watermark=(people, people),
        currency=currency,
        event_names=("Order Completed",),
        person_ids=np.arange(1, people + 1, dtype=np.int64),
        known_us=np.full(people, START_US, dtype=np.int64),
        offsets=offsets,
        time_us=times,
        event=np.zeros(len(person), dtype=np.int32),
        row=rows.astype(np.int32),
        order_offsets=offsets,
        order_time_us=times,
        order_amount_minor=amount_minor[rows],
        order_code=np.full(len(person), -1, dtype=np.int32),
        order_names=pa.chunked_array([], pa.large_string()),
        change_order=none,
        change_time_us=none,
        change_kind=none.astype(np.int8),
        change_minor=none,
        orphan_offsets=np.zeros(people + 1, dtype=np.int64),
        orphan_time_us=none,
        orphan_minor=none,
        orphan_until_us=none,
    )
