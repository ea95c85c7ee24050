"""From counts to a trend's figures, measure by measure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from finegrain.behaviour.trends.contract import ActorCounts, EventCounts, RollingCounts
from finegrain.behaviour.trends.query import PERCENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from finegrain.behaviour.trends.contract import Counts, NumberCounts

Figure = float | int | None
_MILLION = 1_000_000


@dataclass(frozen=True)
class Figures:
    """One value a bucket, the whole period's, and how many events without a number are left out of it."""

    values: tuple[Figure, ...]
    total: Figure
    left_out: int = 0


def figures_of(counts: Counts, measure: str, row: int, *, cumulative: bool) -> Figures:
    """Give the figures of one series and one group.

    Args:
        counts: of the series.
        measure: one that goes with these counts.
        row: the group's: 0 for all.
        cumulative: whether each bucket holds what came before it in the period, too.
    """
    if isinstance(counts, EventCounts):
        events = counts.events[row].tolist()
        return Figures(_run(events, cumulative), sum(events))
    if isinstance(counts, RollingCounts):
        people = counts.people[row].tolist()
        return Figures(tuple(people), people[-1])
    if isinstance(counts, ActorCounts):
        return _of_actors(counts, measure, row, cumulative=cumulative)
    return _of_numbers(counts, measure, row, cumulative=cumulative)


def _run(values: list[int], cumulative: bool) -> tuple[int, ...]:  # noqa: FBT001 - one word for one fact
    return tuple(accumulate(values)) if cumulative else tuple(values)


def _of_actors(counts: ActorCounts, measure: str, row: int, *, cumulative: bool) -> Figures:
    firsts, events = counts.firsts[row].tolist(), counts.events[row].tolist()
    actors = _run(firsts if cumulative else counts.actors[row].tolist(), cumulative)
    if measure == "unique":
        return Figures(actors, sum(firsts))
    pairs = zip(_run(events, cumulative), actors, strict=True)
    return Figures(tuple(_share(*pair) for pair in pairs), _share(sum(events), sum(firsts)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _of_numbers(counts: NumberCounts, measure: str, row: int, *, cumulative: bool) -> Figures:
    left_out = int(counts.events[row].sum() - counts.count[row].sum())
    values, total = _numbers(counts, measure, row, cumulative=cumulative)
    return Figures(values, total, left_out)


def _numbers(counts: NumberCounts, measure: str, row: int, *, cumulative: bool) -> tuple[tuple[Figure, ...], Figure]:
    count, millionths = counts.count[row].tolist(), counts.millionths[row].tolist()
    if measure == "sum":
        return tuple(one / _MILLION for one in _run(millionths, cumulative)), sum(millionths) / _MILLION
    if measure == "average":
        pairs = zip(_run(millionths, cumulative), _run(count, cumulative), strict=True)
        return tuple(_share(part, whole * _MILLION) for part, whole in pairs), _share(sum(millionths), sum(count) * _MILLION)
    if measure in {"min", "max"}:
        return _outermost(counts, measure, row, cumulative=cumulative)
    whole = (*count, sum(count))
    neighbours = zip(whole, counts.below[row].tolist(), counts.above[row].tolist(), strict=True)
    *values, total = (_percentile(PERCENTS[measure], *one) for one in neighbours)
    return tuple(values), total


def _outermost(counts: NumberCounts, measure: str, row: int, *, cumulative: bool) -> tuple[tuple[Figure, ...], Figure]:
    best: Callable[[Iterable[float]], float] = min if measure == "min" else max
    found = [None if math.isnan(one) else one for one in (counts.least if measure == "min" else counts.most)[row].tolist()]

    def outer(one: float | None, other: float | None) -> float | None:
        there = [value for value in (one, other) if value is not None]
        return best(there) if there else None

    so_far = tuple(accumulate(found, outer))
    return so_far if cumulative else tuple(found), so_far[-1]


def _percentile(percent: int, count: int, below: float, above: float) -> float | None:
    """Interpolate between two neighbours in order (Hyndman & Fan 1996, type 7)."""
    return below + (above - below) * ((count - 1) * percent % 100 / 100) if count else None
