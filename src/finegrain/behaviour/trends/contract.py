"""What an engine finds out for trends, life-cycles and stickiness; the results are made of it.

Arrays have one row a group: the first row is of all, the others are the groups of the breakdown in their order (named, other,
none), where there is one. Columns are the buckets of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from finegrain.behaviour.queries.contract import Selection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames

LifecycleState = Literal["new", "returning", "resurrected", "dormant"]


@dataclass(frozen=True)
class EventCounts:
    """For the measure ``total``: ``events``, ``(G, B) int64``."""

    events: NDArray[np.int64]


@dataclass(frozen=True)
class ActorCounts:
    """For ``unique``, ``per_person`` and ``per_session``.

    Attributes:
        events: ``(G, B) int64``; where groups are counted, those that belong to one.
        actors: ``(G, B) int64``, people, sessions or groups with an event in the bucket.
        firsts: ``(G, B) int64``, each of them once in the whole period, in the bucket of the first event inside it.
    """

    events: NDArray[np.int64]
    actors: NDArray[np.int64]
    firsts: NDArray[np.int64]


@dataclass(frozen=True)
class NumberCounts:
    """For the measures of a numeric property.

    Attributes:
        events: ``(G, B) int64``, with or without a number.
        count: ``(G, B) int64``, those with one.
        millionths: ``(G, B) object``, Python's whole numbers: the sum of the values, each rounded to millionths.
        least, most: ``(G, B) float64``, NaN without a number; never −0.
        below, above: ``(G, B + 1) float64``, for percentiles: the values at the places ``⌊h⌋`` and ``⌈h⌉`` in ascending order,
            ``h = (count − 1) · percent / 100``; the last column is over the whole period. NaN without a number, and for the
            other measures. Never −0.
    """

    events: NDArray[np.int64]
    count: NDArray[np.int64]
    millionths: NDArray[Any]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]


@dataclass(frozen=True)
class RollingCounts:
    """For ``dau``, ``wau`` and ``mau``: ``people``, ``(G, B) int64``, in the days that end with each bucket."""

    people: NDArray[np.int64]


Counts = EventCounts | ActorCounts | NumberCounts | RollingCounts


@dataclass(frozen=True)
class Trends:
    """The counts of a trend, one entry a series.

    Attributes:
        groups: names of the breakdown's groups.
        counts: of the period.
        before: of the days before it; None where they were not asked for.
    """

    groups: GroupNames
    counts: tuple[Counts, ...]
    before: tuple[Counts, ...] | None


@dataclass(frozen=True)
class TrendSelection(Selection):
    """Which of a trend's figures is meant.

    Attributes:
        series: its number, from 1.
        bucket: its place in the period; None for the whole period (of ``dau``, ``wau``, ``mau``: the last bucket's days).
        group: place in the result's groups; None for all.
        before: whether the days before the period are meant.
    """

    series: int = 1
    bucket: int | None = None
    group: int | None = None
    before: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """The life-cycle of actors, by bucket.

    Attributes:
        groups: names of the breakdown's groups.
        new, returning, resurrected, dormant: ``(G, B) int64``.
    """

    groups: GroupNames
    new: NDArray[np.int64]
    returning: NDArray[np.int64]
    resurrected: NDArray[np.int64]
    dormant: NDArray[np.int64]


@dataclass(frozen=True)
class LifecycleSelection(Selection):
    """Which of a life-cycle's figures is meant: a state, the place of a bucket, and the place of a group (None for all)."""

    state: LifecycleState
    bucket: int
    group: int | None = None


@dataclass(frozen=True)
class Stickiness:
    """How many different buckets actors have the event in.

    Attributes:
        groups: names of the breakdown's groups.
        actors: ``(G, B) int64``; column ``n − 1`` holds those with the event in exactly ``n`` buckets.
        daily: ``(G, 30) int64``, actors with the event on each of the days over which the ratio is taken.
        monthly: ``(G,) int64``, actors with the event on any of them.
    """

    groups: GroupNames
    actors: NDArray[np.int64]
    daily: NDArray[np.int64]
    monthly: NDArray[np.int64]


@dataclass(frozen=True)
class StickinessSelection(Selection):
    """Who had the event in exactly ``buckets`` buckets, in the group at a place (None for all)."""

    buckets: int
    group: int | None = None
