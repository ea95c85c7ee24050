"""Made-up behaviour of any number of people, as the index keeps it and as plain columns, for measuring queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchmarks.data import DAY_US, START_US
from finegrain.behaviour.building import IndexState, derive
from finegrain.behaviour.owners import Owners
from finegrain.behaviour.reading import EventLog

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = (
    "Page Viewed", "Product Viewed", "Product Added", "Checkout Started", "Payment Info Entered", "Order Paid",
    "Products Searched", "Cart Viewed", "Coupon Entered", "Product Shared", "Product Reviewed", "App Opened",
)  # fmt: skip
_SHARES = (0.30, 0.22, 0.08, 0.04, 0.03, 0.02, 0.08, 0.06, 0.01, 0.01, 0.01, 0.14)
DAYS = 90
END_US = START_US + DAYS * DAY_US


@dataclass(frozen=True)
class Columns:
    """Events in order of arrival, which is that of time: person codes, times in microseconds UTC, codes of names."""

    person: NDArray[np.int32]
    time_us: NDArray[np.int64]
    event: NDArray[np.int32]
    people: int


def make_events(n_people: int, n_events: int, *, rng: np.random.Generator) -> Columns:
    """Make events of 90 days from 2023-01-01 UTC: a few people do much, everybody comes in visits of half an hour.

    Args:
        n_people: how many people there are.
        n_events: how many events.
        rng: the generator that all draws come from.
    """
    shares = np.cumsum(rng.gamma(0.7, size=n_people))
    visits = n_events // 8
    who = np.searchsorted(shares, rng.random(visits) * shares[-1]).astype(np.int32)
    start_us = START_US + rng.integers(0, DAYS * DAY_US - 1_800_000_000, visits)
    visit = rng.integers(0, visits, n_events)
    time_us = start_us[visit] + rng.integers(0, 1_800_000_000, n_events)
    order = np.argsort(time_us, kind="stable")
    event = rng.choice(len(NAMES), n_events, p=_SHARES).astype(np.int32)
    return Columns(who[visit][order], time_us[order], event[order], n_people)


def state_of(columns: Columns) -> IndexState:
    """Give the index over these events, each person having one id."""
    none = np.zeros(0, dtype=np.int64)
    log = EventLog(
        last_seq=len(columns.person),
        distinct_ids=pa.chunked_array([pa.array(np.arange(columns.people)).cast(pa.string())]),
        who=columns.person,
        time_us=columns.time_us,
        event=columns.event,
        event_names=NAMES,
        order_rows=none,
        order_kind=none.astype(np.int8),
        order_id=none.astype(np.int32),
        order_ids=pa.chunked_array([], pa.large_string()),
        minor=none,
        has_total=none.astype(np.bool_),
    )
    codes = np.arange(columns.people)
    offsets, known_us = np.zeros(columns.people + 1, dtype=np.int64), np.full(columns.people, START_US)
    owners = Owners((1, 0), codes + 1, known_us, codes.astype(np.int32), offsets, none, none.astype(np.int32))
    return IndexState(log, owners, derive(log, owners, "CNY"))
