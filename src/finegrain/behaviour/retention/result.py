"""What retention says: the cohort table, its average curve, and how to take them along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.behaviour.retention.grid import grid_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.retention.contract import Cohorts
    from finegrain.behaviour.retention.grid import Grid
    from finegrain.behaviour.retention.query import RetentionQuery


@dataclass(frozen=True)
class RetentionCohort:
    """Those who started in one civil bucket, one figure a period after it, from 0 on.

    Attributes:
        start: the bucket's first day, or hour, in ISO form.
        size: how many started.
        counts: how many of them came back.
        shares: their share; None where nobody started.
        open: whether the period's bucket has not ended.
    """

    start: str
    size: int
    counts: tuple[int, ...]
    shares: tuple[float | None, ...]
    open: tuple[bool, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class RetentionPoint:
    """One period of the average curve, over the cohorts whose bucket of that period has ended.

    Attributes:
        period: how many buckets after the cohorts' own.
        size: how many are in these cohorts.
        count: how many of them came back.
        share: ``count / size``, which weighs each cohort by its size; None where nobody is in them.
    """

    period: int
    size: int
    count: int
    share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class RetentionGroup:
    """The retention of one group of the breakdown.

    Attributes:
        group: which.
        size: the cohorts' sizes together. Who is in several recurring cohorts counts in each.
        cohorts: one a bucket of the period.
        curve: one a period, from 0 on.
    """

    group: Group
    size: int
    cohorts: tuple[RetentionCohort, ...]
    curve: tuple[RetentionPoint, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "group": self.group.to_dict(),
            "size": self.size,
            "cohorts": [cohort.to_dict() for cohort in self.cohorts],
            "curve": [point.to_dict() for point in self.curve],
        }


@dataclass(frozen=True, repr=False)
class RetentionResult(Frames):
    """Retention's answer. The people behind a cell are listed by ``QueryService.people``.

    Attributes:
        asked: the question and its scope.
        total: the retention of all.
        groups: by group of the breakdown, empty without one; their counts add up to those of all.
    """

    asked: Asked
    total: RetentionGroup
    groups: tuple[RetentionGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        return {**self.asked.to_dict(), **self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row a group, cohort and period, with the cohort's ``size`` and the period's ``count``, ``share``, ``open``."""
        import pyarrow as pa

        rows = [
            {
                "group": one.group.name,
                "cohort": cohort.start,
                "size": cohort.size,
                "period": period,
                "count": count,
                "share": cohort.shares[period],
                "open": cohort.open[period],
            }
            for one in (self.total, *self.groups)
            for cohort in one.cohorts
            for period, count in enumerate(cohort.counts)
        ]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        shares = ", ".join("–" if point.share is None else f"{point.share:.1%}" for point in self.total.curve)
        return f"RetentionResult({self.asked.first}..{self.asked.last}: {self.total.size:,} started; {shares})"


def retention_result(query: RetentionQuery, scope: Scope, found: Cohorts) -> RetentionResult:
    """Make a retention table of what an engine counted."""
    grid = grid_of(query, scope)
    still = grid.open(scope.now_us)
    whole = _group(grid, still, Group("all"), found.sizes.sum(axis=0), found.came.sum(axis=0))
    names = groups_of(found.groups) if found.groups.broken_down else ()
    groups = tuple(_group(grid, still, name, found.sizes[place], found.came[place]) for place, name in enumerate(names))
    return RetentionResult(Asked.of(query, scope), whole, groups)


def _group(
    grid: Grid, still: NDArray[np.bool_], group: Group, sizes: NDArray[np.int64], came: NDArray[np.int64]
) -> RetentionGroup:
    cohorts = tuple(_cohort(*row) for row in zip(grid.starts, sizes.tolist(), came.tolist(), still.tolist(), strict=True))
    closed_sizes = (sizes[:, None] * ~still).sum(axis=0).tolist()
    closed_counts = (came * ~still).sum(axis=0).tolist()
    curve = tuple(
        RetentionPoint(period, size, count, count / size if size else None)
        for period, (size, count) in enumerate(zip(closed_sizes, closed_counts, strict=True))
    )
    return RetentionGroup(group, int(sizes.sum()), cohorts, curve)


def _cohort(start: str, size: int, counts: list[int], still: list[bool]) -> RetentionCohort:
    shares = tuple(count / size if size else None for count in counts)
    return RetentionCohort(start, size, tuple(counts), shares, tuple(still))
