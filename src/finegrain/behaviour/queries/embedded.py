"""Answers queries with kernels over the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour.queries.periods import Days
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.contract import AttributionSelection, Credits
    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.churn.contract import Histories
    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.distribution.contract import Distribution
    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.funnel.contract import Chains
    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.intervals.contract import Intervals
    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.paths.contract import PathCounts, PathsSelection
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.process.contract import Cases
    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.retention.contract import Cohorts, RetentionCell
    from finegrain.behaviour.retention.query import RetentionQuery
    from finegrain.behaviour.trends.contract import (
        Lifecycle,
        LifecycleSelection,
        Stickiness,
        StickinessSelection,
        Trends,
        TrendSelection,
    )
    from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery, TrendsQuery
    from finegrain.zones import Zone


class EmbeddedEngine:
    """The kernels' answers; each query sees one state of the index while it runs.

    Args:
        snapshot: gives the current state.
    """

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def event_names(self) -> Sequence[str]:
        """Give the names of all events that were ever stored."""
        return self._snapshot().index.event_names

    def data_days(self, zone: Zone) -> Days | None:
        """Give the civil days from the first event to the last; None without events."""
        log = self._snapshot().log
        if not len(log.time_us):
            return None
        first, last = (zone.day_of(from_us(int(us))) for us in (log.time_us.min(), log.time_us.max()))
        return Days(first, last)

    def funnel(self, scope: Scope, query: FunnelQuery) -> Chains:
        """Give the chain of everybody who started one."""
        from finegrain.behaviour.funnel.embedded import find_chains

        return find_chains(self._before(scope), scope, query)

    def retention(self, scope: Scope, query: RetentionQuery) -> Cohorts:
        """Give the cohorts' sizes, and how many came back when."""
        from finegrain.behaviour.retention.embedded import count_cohorts

        return count_cohorts(self._before(scope), scope, query)

    def retention_people(self, scope: Scope, query: RetentionQuery, cell: RetentionCell) -> NDArray[np.int64]:
        """Give the ids of the people in one cell."""
        from finegrain.behaviour.retention.embedded import cell_people

        return cell_people(self._before(scope), scope, query, cell)

    def intervals(self, scope: Scope, query: IntervalQuery) -> Intervals:
        """Give all intervals between two events."""
        from finegrain.behaviour.intervals.embedded import measure_intervals

        return measure_intervals(self._before(scope), scope, query)

    def distribution(self, scope: Scope, query: DistributionQuery) -> Distribution:
        """Give what everybody is measured by."""
        from finegrain.behaviour.distribution.embedded import measure_all

        return measure_all(self._before(scope), scope, query)

    def trends(self, scope: Scope, query: TrendsQuery) -> Trends:
        """Count what a trend is made of."""
        from finegrain.behaviour.trends.embedded import find_trends

        return find_trends(self._before(scope), scope, query)

    def trends_people(self, scope: Scope, query: TrendsQuery, selection: TrendSelection) -> NDArray[np.int64]:
        """Give the ids of the people behind a trend's figure, ascending."""
        from finegrain.behaviour.trends.embedded_people import trend_people

        return trend_people(self._before(scope), scope, query, selection)

    def lifecycle(self, scope: Scope, query: LifecycleQuery) -> Lifecycle:
        """Count who is new, returning, resurrected and dormant."""
        from finegrain.behaviour.trends.embedded_lasting import find_lifecycle

        return find_lifecycle(self._before(scope), scope, query)

    def lifecycle_people(self, scope: Scope, query: LifecycleQuery, selection: LifecycleSelection) -> NDArray[np.int64]:
        """Give the ids of the people in one state of life, ascending."""
        from finegrain.behaviour.trends.embedded_people import lifecycle_people

        return lifecycle_people(self._before(scope), scope, query, selection)

    def stickiness(self, scope: Scope, query: StickinessQuery) -> Stickiness:
        """Count in how many buckets people have an event."""
        from finegrain.behaviour.trends.embedded_lasting import find_stickiness

        return find_stickiness(self._before(scope), scope, query)

    def stickiness_people(self, scope: Scope, query: StickinessQuery, selection: StickinessSelection) -> NDArray[np.int64]:
        """Give the ids of the people with the event in so many buckets, ascending."""
        from finegrain.behaviour.trends.embedded_people import stickiness_people

        return stickiness_people(self._before(scope), scope, query, selection)

    def paths(self, scope: Scope, query: PathsQuery) -> PathCounts:
        """Count the paths at each node and edge."""
        from finegrain.behaviour.paths.embedded import count_paths

        return count_paths(self._before(scope), scope, query)

    def paths_people(self, scope: Scope, query: PathsQuery, selection: PathsSelection) -> NDArray[np.int64]:
        """Give the ids of the people who have a path that is selected, ascending."""
        from finegrain.behaviour.paths.embedded import paths_people

        return paths_people(self._before(scope), scope, query, selection)

    def attribution(self, scope: Scope, query: AttributionQuery) -> Credits:
        """Give what conversions are owed to."""
        from finegrain.behaviour.attribution.embedded import find_credits

        return find_credits(self._before(scope), scope, query)

    def attribution_people(self, scope: Scope, query: AttributionQuery, selection: AttributionSelection) -> NDArray[np.int64]:
        """Give the ids of the people with a conversion that is selected, ascending."""
        from finegrain.behaviour.attribution.embedded import attribution_people

        return attribution_people(self._before(scope), scope, query, selection)

    def process(self, scope: Scope, query: ProcessQuery) -> Cases:
        """Give the cases of a process."""
        from finegrain.behaviour.process.embedded import find_cases

        return find_cases(self._before(scope), scope, query)

    def churn(self, scope: Scope, query: ChurnQuery) -> Histories:
        """Give everybody's index moment and what lies in the window before it."""
        from finegrain.behaviour.churn.embedded import find_histories

        return find_histories(self._before(scope), scope, query)

    def _before(self, scope: Scope) -> Snapshot:
        """Give what had happened before the present: what lies after it is not known yet."""
        return self._snapshot().until(scope.now_us)
