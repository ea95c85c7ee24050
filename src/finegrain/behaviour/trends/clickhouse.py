"""A trend's counts from ClickHouse: one statement a series, and one more for percentiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.queries.contract import EventMatch
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.sql.edges import EdgesSql
from finegrain.behaviour.queries.sql.expressions import name
from finegrain.behaviour.trends.contract import ActorCounts, EventCounts, NumberCounts, RollingCounts, Trends
from finegrain.behaviour.trends.query import LARGEST, NUMERIC, PERCENTS, ROLLING_DAYS
from finegrain.behaviour.trends.sql_counting import SideSql, bucket_of, filled, numbers_of
from finegrain.behaviour.trends.windows import rolling_windows, scope_before

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlglot import exp

    from finegrain.behaviour.queries.contract import Unit
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.behaviour.trends.contract import Counts
    from finegrain.behaviour.trends.query import Series, TrendsQuery
    from finegrain.store.events.clickhouse.connection import Connection

_WORD = 2**60


def find_trends(connection: Connection, people: PeopleSql, scope: Scope, query: TrendsQuery) -> Trends:
    """Count what a trend is made of; exactly what ``embedded.find_trends`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets, or the days before leave the calendar.
        EventStoreError: the database refused.
    """
    side = SideSql.of(connection, people, scope, query, query.series[0])
    before = _Counter(side, query, scope_before(scope)).counts() if query.compare else None
    return Trends(side.names, _Counter(side, query, scope).counts(), before)


def count_actors(side: SideSql, unit: Unit, match: EventMatch, edges_us: NDArray[np.int64]) -> ActorCounts:
    """Count the events and actors of one matcher by bucket.

    Args:
        side: what is counted.
        unit: who.
        match: which events.
        edges_us: of the buckets.
    """
    shape = (side.rows, len(edges_us) - 1)
    edges = EdgesSql("bucket", edges_us)
    events = side.counted(unit, match, int(edges_us[0]), int(edges_us[-1]), bucket=bucket_of(edges))
    found = side.found(events, "actors", edges.parameters())
    return ActorCounts(*(filled(found, column, shape) for column in ("events", "actors", "firsts")))


@dataclass
class _Counter:
    """Counts the series of one question over the period of a scope."""

    side: SideSql
    query: TrendsQuery
    scope: Scope

    def __post_init__(self) -> None:
        self.edges_us = cut(self.scope.days, self.query.granularity, self.scope.zone).edges_us
        self.by_actor: dict[tuple[EventMatch, Unit], ActorCounts] = {}

    def counts(self) -> tuple[Counts, ...]:
        return tuple(self._count(series) for series in self.query.series)

    def _count(self, series: Series) -> Counts:
        if series.measure in ROLLING_DAYS:
            return self._rolling(series)
        if series.measure in NUMERIC:
            return self._numbers(series)
        unit = series.unit_of(self.query.unit)
        return self._events(series) if unit == "events" else self._actors(series, unit)

    def _actors(self, series: Series, unit: Unit) -> ActorCounts:
        key = (EventMatch(series.event, series.filters, series.match), unit)
        if key not in self.by_actor:
            self.by_actor[key] = count_actors(self.side, unit, series, self.edges_us)
        return self.by_actor[key]

    def _events(self, series: Series) -> EventCounts:
        return EventCounts(filled(self._found(series, "events", {}), "events", self._shape()))

    def _numbers(self, series: Series) -> NumberCounts:
        found = self._found(series, "numbers", {"largest": LARGEST, "word": float(_WORD)})
        count = filled(found, "numbers", self._shape())
        millionths = np.zeros(self._shape(), dtype=object)
        sums = zip(found["high"].to_pylist(), found["low"].to_pylist(), strict=True)
        for row, bucket, (high, low) in zip(numbers_of(found, "row"), numbers_of(found, "bucket"), sums, strict=True):
            millionths[row, bucket] = int(high) * _WORD + int(low)
        least, most = (np.where(count == 0, np.nan, _floats(found, column, self._shape())) for column in ("least", "most"))
        return NumberCounts(filled(found, "events", self._shape()), count, millionths, least, most, *self._places(series))

    def _places(self, series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows, buckets = self._shape()
        shape = (rows, buckets + 1)
        if series.measure not in PERCENTS:
            return np.full(shape, np.nan), np.full(shape, np.nan)
        parameters = {"largest": LARGEST, "percent": PERCENTS[series.measure], "buckets": buckets}
        found = self._found(series, "percentiles", parameters)
        return _floats(found, "below", shape), _floats(found, "above", shape)

    def _rolling(self, series: Series) -> RollingCounts:
        windows = rolling_windows(self.scope, self.query.granularity, ROLLING_DAYS[series.measure])
        opens, closes = EdgesSql("opens", windows.start_us), EdgesSql("closes", windows.end_us)
        span: dict[str, exp.Expr] = {"first": closes.reached(name("time_us")), "last": bucket_of(opens)}
        events = self.side.counted("people", series, int(windows.start_us[0]), int(windows.end_us[-1]), **span)
        found = self.side.found(events, "rolling", opens.parameters() | closes.parameters())
        rows, buckets = self._shape()
        return RollingCounts(np.cumsum(filled(found, "change", (rows, buckets + 1)), axis=1)[:, :-1])

    def _found(self, series: Series, statement: str, parameters: dict[str, Any]) -> pa.Table:
        edges = EdgesSql("bucket", self.edges_us)
        start_us, end_us = int(self.edges_us[0]), int(self.edges_us[-1])
        events = self.side.counted("people", series, start_us, end_us, bucket=bucket_of(edges))
        return self.side.found(events, statement, edges.parameters() | parameters)

    def _shape(self) -> tuple[int, int]:
        return self.side.rows, len(self.edges_us) - 1


def _floats(found: pa.Table, column: str, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Put a column of numbers where ``row`` and ``bucket`` say, NaN elsewhere; none of them is −0."""
    values = np.full(shape, np.nan)
    values[numbers_of(found, "row"), numbers_of(found, "bucket")] = found[column].to_numpy()
    return values + 0.0
