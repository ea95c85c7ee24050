"""A trend's counts from the behaviour index: by person where somebody counts once, else in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.contract import EventMatch
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.trends import _actor_kernels as kernels
from finegrain.behaviour.trends.contract import ActorCounts, EventCounts, RollingCounts, Trends
from finegrain.behaviour.trends.counting import Side, make_steps
from finegrain.behaviour.trends.numbers import LogSide
from finegrain.behaviour.trends.query import NUMERIC, ROLLING_DAYS, Series
from finegrain.behaviour.trends.windows import rolling_windows, scope_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Unit
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.trends._steps_kernels import Steps
    from finegrain.behaviour.trends.contract import Counts
    from finegrain.behaviour.trends.query import TrendsQuery


def find_trends(snapshot: Snapshot, scope: Scope, query: TrendsQuery) -> Trends:
    """Count what a trend is made of; see ``TrendsQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets, or the days before leave the calendar.
    """
    counter = _Counter(snapshot, scope, query)
    counts = counter.counts(scope)
    before = counter.counts(scope_before(scope)) if query.compare else None
    return Trends(counter.side("people").names, counts, before)


def count_actors(side: Side, matcher: int, steps: Steps) -> ActorCounts:
    """Count the events and actors of one matcher by bucket.

    Args:
        side: the events by actor.
        matcher: its number, from 0.
        steps: the edges of the buckets.
    """
    chosen = side.chosen(matcher)

    def count(low: int, high: int) -> NDArray[np.int64]:
        counted = np.zeros((3, side.rows, len(steps.edges_us) - 1), dtype=np.int64)
        kernels.count_actors(chosen, steps, low, high, side.seen(), kernels.Tally(*counted))
        return counted

    return ActorCounts(*side.add_up(count))


@dataclass
class _Counter:
    """Counts the series of one question; what two of them need is found once."""

    snapshot: Snapshot
    scope: Scope
    query: TrendsQuery
    sides: dict[Unit, Side] = field(default_factory=dict)

    def side(self, unit: Unit) -> Side:
        if unit not in self.sides:
            self.sides[unit] = Side.of(self.snapshot, self.scope, unit, self.query.group, self.query.series)
        return self.sides[unit]

    def counts(self, scope: Scope) -> tuple[Counts, ...]:
        """Count all series over the period of ``scope``."""
        steps = make_steps(cut(scope.days, self.query.granularity, scope.zone).edges_us)
        by_actor: dict[tuple[EventMatch, Unit], ActorCounts] = {}
        for place, series in enumerate(self.query.series):
            key = (_match_of(series), series.unit_of(self.query.unit))
            if key[1] != "events" and series.measure not in ROLLING_DAYS and key not in by_actor:
                by_actor[key] = count_actors(self.side(key[1]), place, steps)
        return tuple(self._count(scope, steps, place, by_actor) for place in range(len(self.query.series)))

    def _count(self, scope: Scope, steps: Steps, place: int, by_actor: dict[tuple[EventMatch, Unit], ActorCounts]) -> Counts:
        series = self.query.series[place]
        match, unit = _match_of(series), series.unit_of(self.query.unit)
        if series.measure in ROLLING_DAYS:
            return self._rolling(scope, place)
        if unit != "events":
            return by_actor[match, unit]
        log = LogSide(self.side("people"), place)
        if series.measure in NUMERIC:
            return log.numbers(steps, series)
        known = by_actor.get((match, "people"))
        return EventCounts(known.events if known else log.events(steps))

    def _rolling(self, scope: Scope, place: int) -> RollingCounts:
        windows = rolling_windows(scope, self.query.granularity, ROLLING_DAYS[self.query.series[place].measure])
        opens, closes = make_steps(windows.start_us), make_steps(windows.end_us)
        side = self.side("people")
        chosen = side.chosen(place)

        def count(low: int, high: int) -> NDArray[np.int64]:
            changes = np.zeros((side.rows, len(windows.end_us) + 1), dtype=np.int64)
            kernels.count_rolling(chosen, opens, closes, low, high, side.seen(), changes)
            return changes

        return RollingCounts(np.cumsum(side.add_up(count), axis=1)[:, :-1])


def _match_of(series: Series) -> EventMatch:
    """Give which events a series counts, without what it measures of them."""
    return EventMatch(series.event, series.filters, series.match)
