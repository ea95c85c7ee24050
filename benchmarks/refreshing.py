"""Bringing an index of 20 M events up to date with 5,000 new ones; the stores are stood in for, so that it alone is timed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchmarks.events import END_US, NAMES, make_events, state_of
from benchmarks.figure import figure
from finegrain.behaviour.building import derive
from finegrain.behaviour.index import array_names
from finegrain.behaviour.refreshing import refresh
from finegrain.people.contract import NEVER, Ownership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from benchmarks.figure import Figures
    from finegrain.behaviour.building import IndexState
    from finegrain.store.events import PropertyColumn

PEOPLE, EVENTS, TAIL = 400_000, 20_000_000, 5_000
LATE_US = 30 * 86_400_000_000


def figures() -> Figures:
    """Measure a refresh in which every tenth new event is late, and compare it with an index that is derived anew."""
    rng = np.random.default_rng(20240603)
    refreshed, taken_s = refreshed_twice(state_of(make_events(PEOPLE, EVENTS, rng=rng)), rng)
    anew = derive(refreshed.log, refreshed.owners, "CNY")
    for name in array_names():
        if not np.array_equal(getattr(refreshed.index, name), getattr(anew, name)):
            raise AssertionError(f"{name} differs")
    note = (
        f"{TAIL:,} new events, a tenth up to a month late, among {EVENTS:,} of {PEOPLE:,} people; equal to an index derived anew."
    )
    return {"refresh_20m_s": figure(taken_s, "s", "lower", "limit 2 s", note)}


def refreshed_twice(state: IndexState, rng: np.random.Generator) -> tuple[IndexState, float]:
    """Bring an index up to date twice; give what it is then, and how many seconds the second time took."""
    people = Everybody(state)
    state = refresh(state, Tail(state, rng), people)  # reads the compiled kernels
    events = Tail(state, rng)
    start = time.perf_counter()
    refreshed = refresh(state, events, people)
    return refreshed, time.perf_counter() - start


class Tail:
    """An event store that holds what an index was made of, and some events more."""

    def __init__(self, state: IndexState, rng: np.random.Generator) -> None:
        self._first = state.log.last_seq
        who = rng.integers(0, state.index.people, TAIL)
        time_us = END_US + np.arange(TAIL)
        time_us[::10] -= rng.integers(0, LATE_US, TAIL // 10)
        self._table = pa.table(
            {
                "seq": self._first + 1 + np.arange(TAIL),
                "distinct_id": pa.array(who).cast(pa.string()),
                "event": pa.array([NAMES[code] for code in rng.integers(0, len(NAMES), TAIL)]),
                "time": pa.array(time_us).cast(pa.timestamp("us")),
                "order_id": pa.nulls(TAIL, pa.string()),
                "total": pa.nulls(TAIL, pa.decimal128(38, 6)),
            }
        )

    def last_seq(self) -> int:
        """Give the number of the newest event."""
        return self._first + TAIL

    def scan(
        self,
        *,
        events: Sequence[str] | None = None,  # noqa: ARG002 - the contract's names
        columns: Sequence[PropertyColumn] = (),  # noqa: ARG002 - the index always reads the same two
        after_seq: int = 0,  # noqa: ARG002 - only the tail is ever asked for
    ) -> pa.RecordBatchReader:
        """Give the new events."""
        return pa.RecordBatchReader.from_batches(self._table.schema, self._table.to_batches())

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Give nothing: the index reads no properties."""
        raise AssertionError(f"{column} was asked for after {after_seq}")


class Everybody:
    """A people room in which nothing changes."""

    def __init__(self, state: IndexState) -> None:
        self._state = state

    def watermark(self) -> tuple[int, int]:
        """Give what the index saw."""
        return self._state.owners.watermark

    def ownership(self, ids: Sequence[str] | None = None) -> Ownership:
        """Give the owners of the ids that are asked for."""
        names = pa.array(list(ids or ()), pa.string())
        return Ownership(names, np.full(len(names), NEVER), names.cast(pa.int64()).to_numpy() + 1)

    def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give nobody new."""
        return np.full(0, after), np.zeros(0, dtype=np.int64)

    def register(self, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
        """Refuse: everybody is known."""
        raise AssertionError(f"{len(distinct_ids)} ids were registered at {seen_at}")
