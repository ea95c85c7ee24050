"""The civil buckets of a retention table: those of its cohorts, and those in which they may come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.periods import Days, cut
from finegrain.i18n import Phrase
from finegrain.zones import next_bucket

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Granularity
    from finegrain.behaviour.queries.periods import Buckets
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.retention.query import RetentionQuery

MOST_CELLS = 200_000
"""Cells that one answer may have, all groups together."""
_LEAST_HOURS = 20
"""No civil day has fewer hours."""


@dataclass(frozen=True)
class Grid:
    """Civil buckets from the first cohort's on.

    Attributes:
        starts: ``(B,)``, when each cohort's bucket begins as civil time; see ``Buckets``.
        edges_us: ``(B + periods + 1,) int64``; bucket ``i`` covers ``[edges_us[i], edges_us[i + 1])``; the first edge is the
            period's start, all others are those of whole buckets, so that the last ones lie beyond the period.
        periods: how many periods after a cohort's own are told.
    """

    starts: tuple[str, ...]
    edges_us: NDArray[np.int64]
    periods: int

    @property
    def cohorts(self) -> int:
        """How many cohorts there are."""
        return len(self.starts)

    def open(self, now_us: int) -> NDArray[np.bool_]:
        """Say of each cohort and period, ``(B, periods + 1) bool``, whether its bucket has not ended at ``now_us``."""
        place = np.add.outer(np.arange(self.cohorts), np.arange(self.periods + 1))
        found: NDArray[np.bool_] = self.edges_us[place + 1] > now_us
        return found


def grid_of(query: RetentionQuery, scope: Scope) -> Grid:
    """Give the buckets of a retention table.

    Raises:
        BadQueryError: there would be too many buckets or cells, or some beyond the calendar.
    """
    cohorts = cut(scope.days, query.granularity, scope.zone)
    groups = query.breakdown.limit + 2 if query.breakdown else 1
    if len(cohorts) * (query.periods + 1) * groups > MOST_CELLS:
        allowed = Phrase(
            "fewer periods, a shorter period or a longer granularity, so that there are at most {most} cells", most=MOST_CELLS
        )
        raise BadQueryError(field="periods", value=query.periods, allowed=allowed)
    whole = _beyond(query, scope, cohorts)
    edges = np.append(np.int64(scope.start_us), whole.ends_us[: len(cohorts) + query.periods])
    return Grid(cohorts.starts, edges, query.periods)


def _beyond(query: RetentionQuery, scope: Scope, cohorts: Buckets) -> Buckets:
    """Cut the period and what comes after it, as far as the last cohort's last period."""
    try:
        last = _last_day(cohorts.starts[-1], query.granularity, query.periods, scope.days.last)
        return cut(Days(scope.days.first, last), query.granularity, scope.zone)
    except OverflowError as error:
        allowed = Phrase("fewer periods, so that the last one lies within the calendar")
        raise BadQueryError(field="periods", value=query.periods, allowed=allowed) from error


def _last_day(start: str, granularity: Granularity, periods: int, last: date) -> date:
    if granularity == "hour":
        return last + timedelta(days=-(-periods // _LEAST_HOURS))
    day = type(last).fromisoformat(start)
    for _ in range(periods + 1):
        day = next_bucket(day, granularity)
    return day - timedelta(days=1)
