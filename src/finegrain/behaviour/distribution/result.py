"""What a distribution says: bars of people, their middle and their spread, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.distribution.breaks import natural_breaks
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.distribution.contract import Amounts, Distribution
    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class DistributionBar:
    """Those whose value lies in ``[low, high)``.

    Attributes:
        low: None for the first bar where any number is possible.
        high: None for the last bar, which has no upper end.
        count: how many people, sessions or groups there are.
        share: their share of all; None where there is nobody.
    """

    low: float | None
    high: float | None
    count: int
    share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class DistributionGroup:
    """The distribution of one group of the breakdown.

    Attributes:
        group: which.
        count: how many people, sessions or groups there are.
        sum: of their values.
        mean, median, p90, max: of their values, None where there is nobody; percentiles interpolate linearly between the two
            nearest (Hyndman & Fan 1996, type 7).
        bars: ascending, the same in every group; their counts add up to ``count``.
        left_out: events without a number to add up.
    """

    group: Group
    count: int
    sum: float
    mean: float | None
    median: float | None
    p90: float | None
    max: float | None
    bars: tuple[DistributionBar, ...]
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "group": self.group.to_dict(), "bars": [bar.to_dict() for bar in self.bars]}


@dataclass(frozen=True, repr=False, eq=False)
class DistributionResult(Frames):
    """A distribution's answer.

    Attributes:
        asked: the question and its scope.
        breaks: where the second bar begins, and each after it; chosen or natural.
        total: the distribution of all.
        groups: by group of the breakdown, empty without one. Broken down by a property of the event, somebody can be in several.
        found: what all of it was counted from.
    """

    asked: Asked
    breaks: tuple[float, ...]
    total: DistributionGroup
    groups: tuple[DistributionGroup, ...]
    found: Distribution

    def people(self, bar: int | None = None, group: int | None = None) -> NDArray[np.int64]:
        """Give the ids of the people behind a number, ascending, each once; nobody where groups are counted.

        Where people are counted they are as many as the group's ``count``, or its bar's.

        Args:
            bar: number of the bar, from 0; None for any.
            group: place in ``groups``; None for all.

        Raises:
            BadQueryError: there is no such bar or group.
        """
        _within("bar", bar, len(self.breaks))
        _within("group", group, len(self.groups) - 1)
        amounts = self.found.total if group is None else self.found.split
        wanted = amounts.person_id > 0
        if bar is not None:
            wanted &= _bars_of(amounts.value, self.breaks) == bar
        if group is not None:
            wanted &= amounts.group == group
        return np.unique(amounts.person_id[wanted])

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        return {**self.asked.to_dict(), **self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row a group and bar: ``group`` and the fields of ``DistributionBar``."""
        import pyarrow as pa

        rows = [{"group": one.group.name, **bar.to_dict()} for one in (self.total, *self.groups) for bar in one.bars]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        counts = ", ".join(f"{'…' if bar.low is None else f'{bar.low:g}'}: {bar.count:,}" for bar in self.total.bars)
        return f"DistributionResult({self.asked.first}..{self.asked.last}: {self.total.count:,} counted; {counts})"


def distribution_result(query: DistributionQuery, scope: Scope, found: Distribution) -> DistributionResult:
    """Sum up what everybody is measured by."""
    least = _least(query)
    breaks = query.breaks or natural_breaks(found.total.value, query.bars)
    breaks = tuple(float(one) for one in breaks if least is None or one > least)
    edges = (None if least is None else float(least), *breaks, None)
    whole = _group(Group("all"), edges, found.total.value, int(found.left_out.sum()))
    names = groups_of(found.groups) if found.groups.broken_down else ()
    groups = tuple(
        _group(name, edges, _of_group(found.split, place), int(found.left_out[place])) for place, name in enumerate(names)
    )
    return DistributionResult(Asked.of(query, scope), breaks, whole, groups, found)


def _least(query: DistributionQuery) -> float | None:
    """Give the lowest value that anybody can have; None where any number is possible."""
    if query.measure == "sum":
        return None
    return 0 if query.zero else 1


def _of_group(amounts: Amounts, group: int) -> NDArray[np.float64]:
    found: NDArray[np.float64] = amounts.value[amounts.group == group]
    return found


def _group(name: Group, edges: tuple[float | None, ...], values: NDArray[np.float64], left_out: int) -> DistributionGroup:
    places = _bars_of(values, tuple(edge for edge in edges[1:-1] if edge is not None))
    counts = np.bincount(places, minlength=len(edges) - 1).tolist()
    bars = tuple(
        DistributionBar(low, high, count, count / len(values) if len(values) else None)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
    return DistributionGroup(name, len(values), float(values.sum()), *_figures(values), bars, left_out)


def _bars_of(values: NDArray[np.float64], breaks: tuple[float, ...]) -> NDArray[np.int64]:
    return np.searchsorted(np.array(breaks, dtype=np.float64), values, side="right")


def _figures(values: NDArray[np.float64]) -> tuple[float | None, float | None, float | None, float | None]:
    if not len(values):
        return None, None, None, None
    median, p90 = np.percentile(values, [50, 90]).tolist()
    return float(values.mean()), median, p90, float(values.max())


def _within(field: str, value: int | None, high: int) -> None:
    if value is not None and not 0 <= value <= high:
        raise BadQueryError(field=field, value=value, allowed=Phrase("a whole number from {low} to {high}", low=0, high=high))
