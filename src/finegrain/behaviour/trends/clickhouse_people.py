"""Who is behind the figures of trends, life-cycles and stickiness, from ClickHouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.sql.edges import EdgesSql
from finegrain.behaviour.queries.sql.expressions import certain, name, number
from finegrain.behaviour.trends.query import LARGEST
from finegrain.behaviour.trends.selecting import check_place, group_number, selected_range
from finegrain.behaviour.trends.sql_counting import SideSql, bucket_of
from finegrain.behaviour.trends.windows import start_before, whole_buckets
from finegrain.store.events.clickhouse.columns import call

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Unit
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
    from finegrain.behaviour.trends.query import LifecycleQuery, Series, StickinessQuery, TrendsQuery
    from finegrain.store.events.clickhouse.connection import Connection


def trend_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: TrendsQuery, selection: TrendSelection
) -> NDArray[np.int64]:
    """Give the ids of the people behind a trend's figure; exactly what ``embedded_people.trend_people`` gives.

    Raises:
        BadQueryError: there is no such series, bucket or group.
        EventStoreError: the database refused.
    """
    series, start_us, end_us = selected_range(scope, query, selection)
    side = SideSql.of(connection, people, scope, query, query.series[0])
    counted = series.unit_of(query.unit)
    unit: Unit = "people" if counted == "events" else counted
    group = group_number(side.names, selection.group)
    events = side.selected(unit, series, start_us, end_us, group, numbered=_numbered(series))
    return side.ids(events, "trend_people", {})


def lifecycle_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: LifecycleQuery, selection: LifecycleSelection
) -> NDArray[np.int64]:
    """Give the ids of the people in a state of life; exactly what ``embedded_people.lifecycle_people`` gives.

    Raises:
        BadQueryError: there is no such bucket or group.
        EventStoreError: the database refused.
    """
    edges = whole_buckets(scope, query.granularity).edges_us.tolist()
    check_place("bucket", selection.bucket, 0, len(edges) - 2)
    before_us, start_us, end_us = [start_before(scope, query.granularity), *edges][selection.bucket :][:3]
    side = SideSql.of(connection, people, scope, query, query.event)
    events = side.selected(query.unit, query.event, None, end_us, group_number(side.names, selection.group))
    return side.ids(events, "lifecycle_people", {"state": selection.state, "before_us": before_us, "start_us": start_us})


def stickiness_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: StickinessQuery, selection: StickinessSelection
) -> NDArray[np.int64]:
    """Give the ids of the people with the event in so many buckets; exactly what ``embedded_people.stickiness_people`` gives.

    Raises:
        BadQueryError: there are not so many buckets, or there is no such group.
        EventStoreError: the database refused.
    """
    edges = EdgesSql("bucket", cut(scope.days, query.granularity, scope.zone).edges_us)
    check_place("buckets", selection.buckets, 1, len(edges.edges_us) - 1)
    side = SideSql.of(connection, people, scope, query, query.event)
    group = group_number(side.names, selection.group)
    events = side.selected(query.unit, query.event, scope.start_us, scope.end_us, group, bucket=bucket_of(edges))
    return side.ids(events, "stickiness_people", edges.parameters() | {"buckets": selection.buckets})


def _numbered(series: Series) -> exp.Expr:
    """Say whether an event has what the series measures."""
    if not series.property:
        return number(1)
    return certain(exp.LTE(this=call("abs", name("number")), expression=number(LARGEST)))
