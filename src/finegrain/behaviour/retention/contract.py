"""What an engine finds out for retention; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.queries.contract import Selection
from finegrain.behaviour.queries.limits import check_within
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.retention.query import RetentionQuery


@dataclass(frozen=True)
class Cohorts:
    """How many started in each bucket, and how many of them came back, by group of the breakdown.

    Who starts is in exactly one group of a cohort: that of the start event, or of what the person is. The values that are groups
    of their own are those of most start events in the period.

    Attributes:
        sizes: ``(groups, B) int64``, by bucket of the period.
        came: ``(groups, B, periods + 1) int64``, by bucket and period after it.
        groups: the names of the groups.
    """

    sizes: NDArray[np.int64]
    came: NDArray[np.int64]
    groups: GroupNames


@dataclass(frozen=True)
class RetentionCell(Selection):
    """Whom to list of a retention table.

    Attributes:
        cohort: place of the cohort's bucket in the period, from 0.
        period: the period after it, from 0; None for the whole cohort.
        outcome: those who came back in the period, or those who did not.
        group: number of the breakdown's group, from 0; None for all.
    """

    cohort: int
    period: int | None = None
    outcome: Literal["returned", "lost"] = "returned"
    group: int | None = None

    def check(self, query: RetentionQuery, scope: Scope) -> None:
        """Refuse a cell that a retention table does not have."""
        from finegrain.behaviour.retention.grid import grid_of

        _within("cohort", self.cohort, grid_of(query, scope).cohorts - 1)
        if self.period is not None:
            _within("period", self.period, query.periods)
        if self.group is not None:
            _within("group", self.group, query.breakdown.limit + 1 if query.breakdown else 0)


def _within(field: str, value: int, high: int) -> None:
    check_within(f"cell.{field}", value, 0, high, Phrase("a whole number from {low} to {high}", low=0, high=high))
