"""Answers queries with SQL on ClickHouse."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.periods import Days
from finegrain.behaviour.queries.reading import filters_of
from finegrain.behaviour.queries.sql.ownership import CurrentOwners
from finegrain.behaviour.queries.sql.people import people_sql
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.contract import AttributionSelection, Credits
    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.contract import PeopleSource
    from finegrain.behaviour.distribution.contract import Distribution
    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.funnel.contract import Chains
    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.intervals.contract import Intervals
    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.paths.contract import PathCounts, PathsSelection
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries.contract import Query
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.sql.people import PeopleSql
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
    from finegrain.store.events.clickhouse.store import ClickHouseEventStore
    from finegrain.zones import Zone


class ClickHouseEngine(EmbeddedEngine):
    """The database's answers, to the queries that there is SQL for; the others are answered by kernels over the index.

    Each query sees the events that were stored when it began, and whose they were.

    Args:
        store: the events.
        people: who the people are.
        snapshot: gives the current state of the index over the same events.
    """

    def __init__(self, store: ClickHouseEventStore, people: PeopleSource, snapshot: Callable[[], Snapshot]) -> None:
        super().__init__(snapshot)
        self._store = store
        self._everybody = people
        self._owners = CurrentOwners(store, people)

    def event_names(self) -> Sequence[str]:
        """Give the names of all events that were ever stored."""
        return tuple(self._store.event_counts())

    def data_days(self, zone: Zone) -> Days | None:
        """Give the civil days from the first event to the last; None without events."""
        rows = self._store.connection.rows(
            "SELECT count(), toUnixTimestamp64Micro(min(time)), toUnixTimestamp64Micro(max(time)) FROM events"
        )
        count, first_us, last_us = rows[0]
        return Days(zone.day_of(from_us(first_us)), zone.day_of(from_us(last_us))) if count else None

    def funnel(self, scope: Scope, query: FunnelQuery) -> Chains:
        """Give the chain of everybody who started one."""
        from finegrain.behaviour.funnel.clickhouse import find_chains

        with self._people(scope, query) as people:
            return find_chains(self._store.connection, people, scope, query)

    def retention(self, scope: Scope, query: RetentionQuery) -> Cohorts:
        """Give the cohorts' sizes, and how many came back when."""
        from finegrain.behaviour.retention.clickhouse import count_cohorts

        with self._people(scope, query) as people:
            return count_cohorts(self._store.connection, people, scope, query)

    def retention_people(self, scope: Scope, query: RetentionQuery, cell: RetentionCell) -> NDArray[np.int64]:
        """Give the ids of the people in one cell."""
        from finegrain.behaviour.retention.clickhouse import cell_people

        with self._people(scope, query) as people:
            return cell_people(self._store.connection, people, scope, query, cell)

    def intervals(self, scope: Scope, query: IntervalQuery) -> Intervals:
        """Give all intervals between two events."""
        from finegrain.behaviour.intervals.clickhouse import measure_intervals

        with self._people(scope, query) as people:
            return measure_intervals(self._store.connection, people, scope, query)

    def distribution(self, scope: Scope, query: DistributionQuery) -> Distribution:
        """Give what everybody is measured by."""
        from finegrain.behaviour.distribution.clickhouse import measure_all

        with self._people(scope, query) as people:
            return measure_all(self._store.connection, people, self._everybody, scope, query)

    def paths(self, scope: Scope, query: PathsQuery) -> PathCounts:
        """Count the paths at each node and edge."""
        from finegrain.behaviour.paths.clickhouse import count_paths

        with self._people(scope, query) as people:
            return count_paths(self._store.connection, people, scope, query)

    def paths_people(self, scope: Scope, query: PathsQuery, selection: PathsSelection) -> NDArray[np.int64]:
        """Give the ids of the people who have a path that is selected, ascending."""
        from finegrain.behaviour.paths.clickhouse import paths_people

        with self._people(scope, query) as people:
            return paths_people(self._store.connection, people, scope, query, selection)

    def attribution(self, scope: Scope, query: AttributionQuery) -> Credits:
        """Give what conversions are owed to."""
        from finegrain.behaviour.attribution.clickhouse import find_credits

        with self._people(scope, query) as people:
            return find_credits(self._store.connection, people, scope, query)

    def attribution_people(self, scope: Scope, query: AttributionQuery, selection: AttributionSelection) -> NDArray[np.int64]:
        """Give the ids of the people with a conversion that is selected, ascending."""
        from finegrain.behaviour.attribution.clickhouse import attribution_people

        with self._people(scope, query) as people:
            return attribution_people(self._store.connection, people, scope, query, selection)

    def trends(self, scope: Scope, query: TrendsQuery) -> Trends:
        """Count what a trend is made of."""
        from finegrain.behaviour.trends.clickhouse import find_trends

        with self._people(scope, query) as people:
            return find_trends(self._store.connection, people, scope, query)

    def trends_people(self, scope: Scope, query: TrendsQuery, selection: TrendSelection) -> NDArray[np.int64]:
        """Give the ids of the people behind a trend's figure, ascending."""
        from finegrain.behaviour.trends.clickhouse_people import trend_people

        with self._people(scope, query) as people:
            return trend_people(self._store.connection, people, scope, query, selection)

    def lifecycle(self, scope: Scope, query: LifecycleQuery) -> Lifecycle:
        """Count who is new, returning, resurrected and dormant."""
        from finegrain.behaviour.trends.clickhouse_lasting import find_lifecycle

        with self._people(scope, query) as people:
            return find_lifecycle(self._store.connection, people, scope, query)

    def lifecycle_people(self, scope: Scope, query: LifecycleQuery, selection: LifecycleSelection) -> NDArray[np.int64]:
        """Give the ids of the people in one state of life, ascending."""
        from finegrain.behaviour.trends.clickhouse_people import lifecycle_people

        with self._people(scope, query) as people:
            return lifecycle_people(self._store.connection, people, scope, query, selection)

    def stickiness(self, scope: Scope, query: StickinessQuery) -> Stickiness:
        """Count in how many buckets people have an event."""
        from finegrain.behaviour.trends.clickhouse_lasting import find_stickiness

        with self._people(scope, query) as people:
            return find_stickiness(self._store.connection, people, scope, query)

    def stickiness_people(self, scope: Scope, query: StickinessQuery, selection: StickinessSelection) -> NDArray[np.int64]:
        """Give the ids of the people with the event in so many buckets, ascending."""
        from finegrain.behaviour.trends.clickhouse_people import stickiness_people

        with self._people(scope, query) as people:
            return stickiness_people(self._store.connection, people, scope, query, selection)

    @contextmanager
    def _people(self, scope: Scope, query: Query) -> Iterator[PeopleSql]:
        self._owners.bring_up_to_date()
        with people_sql(self._store.connection, scope, filters_of(query)) as people:
            yield people
