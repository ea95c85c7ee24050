"""Life-cycles and stickiness from ClickHouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.sql.edges import EdgesSql
from finegrain.behaviour.trends.clickhouse import count_actors
from finegrain.behaviour.trends.contract import Lifecycle, Stickiness
from finegrain.behaviour.trends.sql_counting import SideSql, bucket_of, numbers_of
from finegrain.behaviour.trends.windows import ratio_days, start_before, whole_buckets

if TYPE_CHECKING:
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery
    from finegrain.store.events.clickhouse.connection import Connection


def find_lifecycle(connection: Connection, people: PeopleSql, scope: Scope, query: LifecycleQuery) -> Lifecycle:
    """Count actors by what they are in each bucket; exactly what ``embedded_lasting.find_lifecycle`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets.
        EventStoreError: the database refused.
    """
    side = SideSql.of(connection, people, scope, query, query.event)
    whole = whole_buckets(scope, query.granularity).edges_us
    edges = EdgesSql("bucket", np.concatenate([[start_before(scope, query.granularity)], whole]))
    events = side.counted(query.unit, query.event, None, int(whole[-1]), bucket=bucket_of(edges))
    found = side.found(events, "lifecycle", edges.parameters())
    states = np.zeros((3, side.rows, len(whole)), dtype=np.int64)
    states[tuple(numbers_of(found, column) for column in ("state", "row", "bucket"))] = numbers_of(found, "actors")
    new, returning, resurrected = states[:, :, 1:]
    return Lifecycle(side.names, new, returning, resurrected, states.sum(axis=0)[:, :-1] - returning)


def find_stickiness(connection: Connection, people: PeopleSql, scope: Scope, query: StickinessQuery) -> Stickiness:
    """Count actors by the number of buckets with the event; exactly what ``embedded_lasting.find_stickiness`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets.
        EventStoreError: the database refused.
    """
    side = SideSql.of(connection, people, scope, query, query.event)
    edges = EdgesSql("bucket", cut(scope.days, query.granularity, scope.zone).edges_us)
    events = side.counted(query.unit, query.event, scope.start_us, scope.end_us, bucket=bucket_of(edges))
    found = side.found(events, "stickiness", edges.parameters())
    actors = np.zeros((side.rows, len(edges.edges_us)), dtype=np.int64)
    actors[numbers_of(found, "row"), numbers_of(found, "buckets")] = numbers_of(found, "actors")
    daily = count_actors(side, query.unit, query.event, cut(ratio_days(scope), "day", scope.zone).edges_us)
    return Stickiness(side.names, actors[:, 1:], daily.actors, daily.firsts.sum(axis=1))
