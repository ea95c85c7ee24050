"""Intervals from ClickHouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.intervals.contract import Intervals
from finegrain.behaviour.queries.sql.events import EventsSql, grouped
from finegrain.behaviour.queries.sql.running import actor_numbers, over
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"


def measure_intervals(connection: Connection, people: PeopleSql, scope: Scope, query: IntervalQuery) -> Intervals:
    """Give all intervals; what ``embedded.measure_intervals`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    events = EventsSql(connection, scope, query, query.matchers, people)
    names = events.groups([0])
    matched = grouped(events.select(from_us=scope.start_us, to_us=scope.end_us + query.window_us), names)
    parameters = {"end_us": scope.end_us, "window_us": query.window_us, "closing": query.closing}
    return _intervals(over(connection, matched, read_sql(_SQL, "intervals"), parameters), query, names)


def _intervals(found: pa.Table, query: IntervalQuery, names: GroupNames) -> Intervals:
    start_us, length_us, group = (found[one].to_numpy().astype(np.int64) for one in ("start_us", "length_us", "group"))
    person_id = np.zeros(len(start_us), dtype=np.int64)
    if query.unit != "groups":
        person_id = found["person"].to_numpy().astype(np.int64)
    actor = person_id if query.unit == "people" else actor_numbers(found["actor"])
    return Intervals(actor, person_id, start_us, length_us, group.astype(np.int32), names)
