"""What answers queries: kernels over the behaviour index, or SQL on ClickHouse; and what either needs of the rooms around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

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
    from finegrain.behaviour.queries.contract import Audience
    from finegrain.behaviour.queries.periods import Days
    from finegrain.behaviour.queries.scope import Scope, TraitHistory, TraitValues
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


class QueryEngine(Protocol):
    """Finds out what results are made of; both engines find the same."""

    def event_names(self) -> Sequence[str]:
        """Give the names of all events that were ever stored."""
        ...

    def data_days(self, zone: Zone) -> Days | None:
        """Give the civil days from the first event to the last; None without events."""
        ...

    def funnel(self, scope: Scope, query: FunnelQuery) -> Chains:
        """Give the chain of everybody who started one."""
        ...

    def retention(self, scope: Scope, query: RetentionQuery) -> Cohorts:
        """Give the cohorts' sizes, and how many came back when."""
        ...

    def retention_people(self, scope: Scope, query: RetentionQuery, cell: RetentionCell) -> NDArray[np.int64]:
        """Give the ids of the people in one cell, ascending, each once; nobody where groups are counted."""
        ...

    def intervals(self, scope: Scope, query: IntervalQuery) -> Intervals:
        """Give all intervals between two events."""
        ...

    def distribution(self, scope: Scope, query: DistributionQuery) -> Distribution:
        """Give what everybody is measured by."""
        ...

    def trends(self, scope: Scope, query: TrendsQuery) -> Trends:
        """Count what a trend is made of."""
        ...

    def trends_people(self, scope: Scope, query: TrendsQuery, selection: TrendSelection) -> NDArray[np.int64]:
        """Give the ids of the people behind a trend's figure, ascending."""
        ...

    def lifecycle(self, scope: Scope, query: LifecycleQuery) -> Lifecycle:
        """Count who is new, returning, resurrected and dormant."""
        ...

    def lifecycle_people(self, scope: Scope, query: LifecycleQuery, selection: LifecycleSelection) -> NDArray[np.int64]:
        """Give the ids of the people in one state of life, ascending."""
        ...

    def stickiness(self, scope: Scope, query: StickinessQuery) -> Stickiness:
        """Count in how many buckets people have an event."""
        ...

    def stickiness_people(self, scope: Scope, query: StickinessQuery, selection: StickinessSelection) -> NDArray[np.int64]:
        """Give the ids of the people with the event in so many buckets, ascending."""
        ...

    def paths(self, scope: Scope, query: PathsQuery) -> PathCounts:
        """Count the paths at each node and edge."""
        ...

    def paths_people(self, scope: Scope, query: PathsQuery, selection: PathsSelection) -> NDArray[np.int64]:
        """Give the ids of the people who have a path that is selected, ascending."""
        ...

    def attribution(self, scope: Scope, query: AttributionQuery) -> Credits:
        """Give what conversions are owed to."""
        ...

    def attribution_people(self, scope: Scope, query: AttributionQuery, selection: AttributionSelection) -> NDArray[np.int64]:
        """Give the ids of the people with a conversion that is selected, ascending."""
        ...

    def process(self, scope: Scope, query: ProcessQuery) -> Cases:
        """Give the cases of a process."""
        ...

    def churn(self, scope: Scope, query: ChurnQuery) -> Histories:
        """Give everybody's index moment and what lies in the window before it."""
        ...


class TraitSource(Protocol):
    """What queries ask of the people room."""

    def trait_names(self) -> Sequence[str]:
        """Give the names of all traits that anybody has."""
        ...

    def trait_values(self, name: str) -> TraitValues:
        """Give one trait of everybody who has it."""
        ...

    def trait_history(self, name: str) -> TraitHistory:
        """Give one trait of everybody over time."""
        ...


class AudienceSource(Protocol):
    """Who knows whom an audience names."""

    def people_in(self, audience: Audience, as_of: datetime) -> NDArray[np.int64]:
        """Give the ids of an audience's people as of a moment, ascending.

        Raises:
            UnknownNameError: there is no such tier or segment.
        """
        ...
