"""What an engine finds out for retention; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames


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
class RetentionCell:
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
