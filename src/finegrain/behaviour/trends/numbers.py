"""Counts events and the numbers they hold, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.trends import _row_kernels as kernels
from finegrain.behaviour.trends.contract import NumberCounts
from finegrain.behaviour.trends.query import LARGEST, PERCENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from finegrain.behaviour.trends._steps_kernels import Steps
    from finegrain.behaviour.trends.counting import Side
    from finegrain.behaviour.trends.query import Series

_BLOCK = 1 << 16
_WORD_BITS = 30
_NOBODY = frozen(np.zeros(0, dtype=np.int32))


@dataclass(frozen=True)
class LogSide:
    """The events of one matcher as they lie in the log.

    Attributes:
        people: the events by person, with what matches.
        matcher: its number, from 0.
    """

    people: Side
    matcher: int

    def events(self, steps: Steps) -> NDArray[np.int64]:
        """Give how many events there are by group and bucket, ``(G, B) int64``."""
        rows = self._rows()

        def count(low: int, high: int) -> NDArray[np.int64]:
            events = np.zeros(self._shape(steps), dtype=np.int64)
            kernels.count_rows(rows, steps, low, high, events)
            return events

        found: NDArray[np.int64] = np.sum(self._run(count), axis=0)
        return found

    def numbers(self, steps: Steps, series: Series) -> NumberCounts:
        """Give what there is to say of the numbers of the property of ``series``."""
        rows, values = self._rows(), self.values(series)
        parts = self._run(lambda low, high: self._sums(rows, steps, values, low, high))
        count = np.sum([part.numbered for part in parts], axis=0)
        least, most = np.min([part.least for part in parts], axis=0), np.max([part.most for part in parts], axis=0)
        return NumberCounts(
            np.sum([part.events for part in parts], axis=0),
            count,
            _whole(np.sum([part.words for part in parts], axis=0)),
            np.where(count == 0, np.nan, least) + 0.0,
            np.where(count == 0, np.nan, most) + 0.0,
            *self._places(rows, steps, values, count, PERCENTS.get(series.measure)),
        )

    def values(self, series: Series) -> NDArray[np.float64]:
        """Give the property of ``series`` by row of the log, ``(N,) float64``, NaN where there is none."""
        snapshot = self.people.snapshot
        return snapshot.columns.number(series.property, snapshot.log).values

    def _rows(self) -> kernels.Rows:
        side, log = self.people, self.people.snapshot.log
        bit = np.uint32(1 << self.matcher)
        whose = len(side.groups.by_actor) or not np.all(side.matches.by_actor & bit)
        person = frozen(side.snapshot.person_of_row) if whose else _NOBODY
        return kernels.Rows(frozen(log.time_us), frozen(log.event), person, side.matches, side.groups, bit)

    def _shape(self, steps: Steps) -> tuple[int, int]:
        return self.people.rows, len(steps.edges_us) - 1

    def _run(self, work: Callable[[int, int], Any]) -> list[Any]:
        """Work over ranges of rows, on all cores."""
        rows = len(self.people.snapshot.log.who)
        blocks = np.append(np.arange(0, rows, _BLOCK), rows)
        return parallel.run(lambda low, high: work(int(blocks[low]), int(blocks[high])), parallel.ranges(blocks))

    def _sums(self, rows: kernels.Rows, steps: Steps, values: NDArray[np.float64], low: int, high: int) -> kernels.Sums:
        shape = self._shape(steps)
        events, numbered, *words = np.zeros((5, *shape), dtype=np.int64)
        sums = kernels.Sums(events, numbered, np.array(words), np.full(shape, np.inf), np.full(shape, -np.inf))
        kernels.add_numbers(rows, steps, values, LARGEST, low, high, sums)
        return sums

    def _places(
        self, rows: kernels.Rows, steps: Steps, values: NDArray[np.float64], count: NDArray[np.int64], percent: int | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the two values between which a percentile lies, by group, in each bucket and in the whole period."""
        groups, buckets = count.shape
        below, above = (np.full((groups, buckets + 1), np.nan) for _ in range(2))
        if percent is None:
            return below, above
        ends = np.cumsum(count).reshape(count.shape)
        free, gathered = ends - count, np.empty(int(count.sum()))
        kernels.gather_numbers(rows, steps, values, LARGEST, free.copy(), gathered)
        for group in range(groups):
            for bucket in range(buckets):
                part = gathered[free[group, bucket] : ends[group, bucket]]
                below[group, bucket], above[group, bucket] = _between(part, percent)
            below[group, -1], above[group, -1] = _between(gathered[free[group, 0] : ends[group, -1]], percent)
        return below + 0.0, above + 0.0


def _between(values: NDArray[np.float64], percent: int) -> tuple[float, float]:
    if not len(values):
        return np.nan, np.nan
    low, rest = divmod((len(values) - 1) * percent, 100)
    high = low + (rest > 0)
    sorted_so_far = np.partition(values, [low, high])
    return float(sorted_so_far[low]), float(sorted_so_far[high])


def _whole(words: NDArray[np.int64]) -> NDArray[Any]:
    """Join sums of words of 30 bits into Python's whole numbers."""
    low, middle, top = words.astype(object)
    found: NDArray[Any] = low + middle * 2**_WORD_BITS + top * 2 ** (2 * _WORD_BITS)
    return found
