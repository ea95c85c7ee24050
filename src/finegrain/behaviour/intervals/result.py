"""What intervals say: how long they take, how that changes over time, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.behaviour.queries.spread import Spread, bars_of, spread_of
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.intervals.contract import Intervals
    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.queries.periods import Buckets
    from finegrain.behaviour.queries.scope import Scope

_US = 1_000_000


@dataclass(frozen=True)
class IntervalBucket:
    """The intervals that start in one civil bucket.

    Attributes:
        start: the bucket's first day, or hour, in ISO form.
        intervals: how many there are.
        actors: how many people, sessions or groups have one.
        mean_s, median_s, p90_s: in seconds, None where there are none; percentiles as in ``Spread``.
        open: whether a start of this bucket can still find its end.
    """

    start: str
    intervals: int
    actors: int
    mean_s: float | None
    median_s: float | None
    p90_s: float | None
    open: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class IntervalGroup:
    """The intervals of one group of the breakdown.

    Attributes:
        group: which.
        actors: how many people, sessions or groups have an interval.
        time: how long intervals take, and how many there are.
        actors_by_bar: how many have an interval in each bar of ``time``'s histogram; who has several can be in several bars.
        over_time: one a bucket of the period.
    """

    group: Group
    actors: int
    time: Spread
    actors_by_bar: tuple[int, ...]
    over_time: tuple[IntervalBucket, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "group": self.group.to_dict(),
            "actors": self.actors,
            "time": self.time.to_dict(),
            "actors_by_bar": self.actors_by_bar,
            "over_time": [bucket.to_dict() for bucket in self.over_time],
        }


@dataclass(frozen=True, repr=False, eq=False)
class IntervalResult(Frames):
    """The answer about intervals.

    Attributes:
        asked: the question and its scope.
        total: the intervals of all.
        groups: by group of the breakdown, empty without one. Their intervals add up to those of all; somebody with intervals in
            several groups counts in each.
        intervals: what all of it was counted from.
        window_us: no interval is longer; the histogram ends there.
    """

    asked: Asked
    total: IntervalGroup
    groups: tuple[IntervalGroup, ...]
    intervals: Intervals
    window_us: int

    def people(self, bar: int | None = None, group: int | None = None) -> NDArray[np.int64]:
        """Give the ids of the people behind a number, ascending, each once; nobody where groups are counted.

        Where people are counted they are as many as ``actors``, or as the bar's place in ``actors_by_bar``.

        Args:
            bar: number of the histogram's bar in which they have an interval, from 0; None for any.
            group: place in ``groups``; None for all.

        Raises:
            BadQueryError: there is no such bar or group.
        """
        _within("bar", bar, len(self.total.actors_by_bar) - 1)
        _within("group", group, len(self.groups) - 1)
        wanted = self.intervals.person_id > 0
        if bar is not None:
            wanted &= bars_of(self.intervals.length_us, self.window_us) == bar
        if group is not None:
            wanted &= self.intervals.group == group
        return np.unique(self.intervals.person_id[wanted])

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values; times in seconds."""
        return {**self.asked.to_dict(), **self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row a group and bucket of time: ``group`` and the fields of ``IntervalBucket``."""
        import pyarrow as pa

        rows = [{"group": one.group.name, **bucket.to_dict()} for one in (self.total, *self.groups) for bucket in one.over_time]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        time = self.total.time
        median = "–" if time.median_s is None else f"{time.median_s:,.0f} s"
        return f"IntervalResult({self.asked.first}..{self.asked.last}: {time.count:,} intervals, median {median})"


def interval_result(query: IntervalQuery, scope: Scope, found: Intervals) -> IntervalResult:
    """Sum up intervals."""
    buckets = cut(scope.days, query.granularity, scope.zone)
    still = buckets.open(scope.now_us - query.window_us)
    facts = _Facts.of(found, buckets, query.window_us)
    whole = facts.group(Group("all"), np.ones(len(found.actor), dtype=np.bool_), buckets, still)
    names = groups_of(found.groups) if found.groups.broken_down else ()
    groups = tuple(facts.group(name, found.group == place, buckets, still) for place, name in enumerate(names))
    return IntervalResult(Asked.of(query, scope), whole, groups, found, query.window_us)


@dataclass(frozen=True)
class _Facts:
    """Intervals with their bars and buckets, in the contract's order."""

    actor: NDArray[np.int64]
    length_us: NDArray[np.int64]
    bar: NDArray[np.int64]
    bucket: NDArray[np.int64]
    window_us: int

    @classmethod
    def of(cls, found: Intervals, buckets: Buckets, window_us: int) -> _Facts:
        bucket = np.searchsorted(buckets.edges_us, found.start_us, side="right") - 1
        return cls(found.actor, found.length_us, bars_of(found.length_us, window_us), bucket, window_us)

    def group(self, group: Group, rows: NDArray[np.bool_], buckets: Buckets, still: tuple[bool, ...]) -> IntervalGroup:
        actor, length_us, bar, bucket = self.actor[rows], self.length_us[rows], self.bar[rows], self.bucket[rows]
        time = spread_of(length_us, self.window_us)
        by_bar = tuple(_distinct(actor[bar == place]) for place in range(len(time.counts)))
        return IntervalGroup(group, _distinct(actor), time, by_bar, _over_time(actor, length_us, bucket, buckets, still))


def _distinct(actor: NDArray[np.int64]) -> int:
    # Those of one actor lie together, which spares sorting them.
    return int(np.count_nonzero(np.diff(actor))) + 1 if len(actor) else 0


def _over_time(
    actor: NDArray[np.int64], length_us: NDArray[np.int64], bucket: NDArray[np.int64], buckets: Buckets, still: tuple[bool, ...]
) -> tuple[IntervalBucket, ...]:
    fresh = np.ones(len(actor), dtype=np.bool_)
    fresh[1:] = (np.diff(actor) != 0) | (np.diff(bucket) != 0)  # those of one actor lie in the order of their starts
    actors = np.bincount(bucket[fresh], minlength=len(buckets)).tolist()
    ordered = length_us[np.lexsort((length_us, bucket))]
    counts = np.bincount(bucket, minlength=len(buckets))
    parts = np.split(ordered, np.cumsum(counts)[:-1])
    return tuple(
        IntervalBucket(start, len(part), people, *_figures(part), is_open)
        for start, part, people, is_open in zip(buckets.starts, parts, actors, still, strict=True)
    )


def _figures(ascending_us: NDArray[np.int64]) -> tuple[float | None, float | None, float | None]:
    if not len(ascending_us):
        return None, None, None
    return float(ascending_us.mean()) / _US, _percentile(ascending_us, 0.5) / _US, _percentile(ascending_us, 0.9) / _US


def _percentile(ascending: NDArray[np.int64], share: float) -> float:
    """Give a percentile of ascending values, interpolated linearly between the two nearest (Hyndman & Fan 1996, type 7)."""
    place = (len(ascending) - 1) * share
    low = int(place)
    high = min(low + 1, len(ascending) - 1)
    return float(ascending[low] + (ascending[high] - ascending[low]) * (place - low))


def _within(field: str, value: int | None, high: int) -> None:
    if value is not None and not 0 <= value <= high:
        raise BadQueryError(field=field, value=value, allowed=Phrase("a whole number from {low} to {high}", low=0, high=high))
