"""The slow twins of trends, life-cycles and stickiness: one figure at a time, everything that counts looked through for it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.twins.logs import PEOPLE, TRAITS, ZONE, TwinEvent, actors_of, matches, number_of, text_of

from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.trends.query import ROLLING_DAYS
from finegrain.zones import bucket_start, from_us, next_bucket, to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.twins.behaviour import Happening

    from finegrain.behaviour.queries.contract import EventMatch, Granularity, Query
    from finegrain.behaviour.queries.result import Group
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.trends.query import LifecycleQuery, Series, StickinessQuery, TrendsQuery

Span = tuple[int, int]
PERCENT = {"median": 50, "p90": 90, "p95": 95, "p99": 99}


@dataclass(frozen=True)
class TwinLog:
    """The events that a query is about."""

    log: list[Happening]
    query: Query
    scope: Scope

    def actors(self, unit: str) -> dict[str, list[TwinEvent]]:
        """Give the events by whoever is counted; those of people where events are."""
        return actors_of(self.log, "people" if unit == "events" else unit, self.query.group)

    def matching(self, match: EventMatch, unit: str, where: Callable[[TwinEvent], bool]) -> dict[str, list[TwinEvent]]:
        """Give the matching events of those who have any, by actor."""
        found = {
            actor: [one for one in events if self.counts(one) and matches(match, one, self.scope.filters) and where(one)]
            for actor, events in self.actors(unit).items()
        }
        return {actor: events for actor, events in found.items() if events}

    def counts(self, one: TwinEvent) -> bool:
        """Say whether an event is of somebody who counts."""
        audience = self.query.audience
        return audience is None or one.who in audience.people

    def value(self, one: TwinEvent) -> str | None:
        """Give the value of the breakdown."""
        breakdown = self.query.breakdown
        assert breakdown is not None
        value = one.properties.get(breakdown.property)
        return text_of(TRAITS[breakdown.property].get(one.who) if breakdown.of == "person" else value)

    def named(self, first: EventMatch) -> list[str]:
        """Give the values that are groups of their own: by how many events of the period have them, then by their texts."""
        inside = (self.scope.start_us, self.scope.end_us)
        events = [one for events in self.matching(first, "people", between(*inside)).values() for one in events]
        values = [value for one in events if (value := self.value(one)) is not None]
        assert self.query.breakdown is not None
        return sorted(set(values), key=lambda value: (-values.count(value), value.encode()))[: self.query.breakdown.limit]

    def in_group(self, group: Group, named: list[str]) -> Callable[[TwinEvent], bool]:
        """Say how to tell whether an event is in a group."""
        if group.kind == "all":
            return lambda _one: True
        if group.kind == "value":
            return lambda one: self.value(one) == group.value
        if group.kind == "none":
            return lambda one: self.value(one) is None
        return lambda one: self.value(one) is not None and self.value(one) not in named


def between(start_us: int, end_us: int) -> Callable[[TwinEvent], bool]:
    """Say whether an event lies in a range of instants."""
    return lambda one: start_us <= one.at_us < end_us


def spans(scope: Scope, granularity: Granularity) -> list[Span]:
    """Give the buckets of the period."""
    edges = cut(scope.days, granularity, scope.zone).edges_us.tolist()
    return list(itertools.pairwise(edges))


@dataclass(frozen=True)
class TwinTrend:
    """One trend over one log."""

    twin: TwinLog
    query: TrendsQuery

    def figure(self, series: Series, span: Span, where: Callable[[TwinEvent], bool]) -> Any:
        """Give the figure of the events of a range of instants, by looking at each of them."""
        events = self.events(series, span, where)
        if series.measure in {"unique", *ROLLING_DAYS}:
            return len(self.actors(series, span, where))
        if series.measure.startswith("per_"):
            actors = self.actors(series, span, where)
            return len(events) / len(actors) if actors else None
        return len(events) if series.measure == "total" else measured(series.measure, numbers(series, events))

    def total(self, series: Series, scope: Scope, where: Callable[[TwinEvent], bool]) -> Any:
        """Give the figure of the whole period."""
        if series.measure in ROLLING_DAYS:
            return self.figure(series, spans(scope, self.query.granularity)[-1], where)
        return self.figure(series, (scope.start_us, scope.end_us), where)

    def values(self, series: Series, scope: Scope, where: Callable[[TwinEvent], bool]) -> list[Any]:
        """Give the figure of each bucket."""
        buckets = spans(scope, self.query.granularity)
        if self.query.cumulative:
            buckets = [(scope.start_us, end) for _start, end in buckets]
        return [self.figure(series, bucket, where) for bucket in buckets]

    def events(self, series: Series, span: Span, where: Callable[[TwinEvent], bool]) -> list[TwinEvent]:
        """Give the matching events of a range of instants, whoever they are of."""
        inside = between(*span)
        unit = "sessions" if self.unit_of(series) == "sessions" else "people"
        found = self.twin.matching(series, unit, lambda one: inside(one) and where(one))
        return [one for events in found.values() for one in events]

    def actors(self, series: Series, span: Span, where: Callable[[TwinEvent], bool]) -> set[str]:
        """Give those whom the series counts once each."""
        inside = between(*self.looked_back(series, span))
        return set(self.twin.matching(series, self.unit_of(series), lambda one: inside(one) and where(one)))

    def unit_of(self, series: Series) -> str:
        """Give what a series counts once each, people where it counts events."""
        return {"per_session": "sessions", "unique": self.query.unit}.get(series.measure, "people")

    def looked_back(self, series: Series, span: Span) -> Span:
        """Give the days over which a series looks back from the end of a bucket."""
        if series.measure not in ROLLING_DAYS:
            return span
        first = ZONE.day_of(from_us(span[1] - 1)) - timedelta(days=ROLLING_DAYS[series.measure] - 1)
        return to_us(ZONE.day_start(first)), span[1]

    def people(self, series: Series, span: Span, where: Callable[[TwinEvent], bool]) -> list[int]:
        """Give the numbers of the people behind a figure."""
        events = self.events(series, self.looked_back(series, span), where)
        if series.property:
            events = [one for one in events if number_of(one.properties.get(series.property)) == number_of_itself(series, one)]
        if series.measure == "unique" and self.query.unit == "groups":
            events = [one for one in events if one.properties.get(self.query.group) is not None]
        return numbers_of(one.who for one in events)


def number_of_itself(series: Series, one: TwinEvent) -> float:
    """Give an event's number; NaN, which equals nothing, where there is none."""
    return number_of(one.properties.get(series.property))


def numbers_of(names: Iterable[str]) -> list[int]:
    """Give the numbers of people, ascending, each once."""
    return sorted({PEOPLE.index(who) + 1 for who in names})


def numbers(series: Series, events: list[TwinEvent]) -> list[float]:
    """Give the numbers that events have, ascending."""
    found = (number_of_itself(series, one) for one in events)
    return sorted(value for value in found if abs(value) <= 2**53)


def measured(measure: str, values: list[float]) -> Any:
    """Say something of numbers."""
    whole = sum((Fraction(rounded(value)) for value in values), Fraction(0))
    if measure == "sum":
        return float(whole)
    if not values:
        return None
    if measure in PERCENT:
        return percentile(values, PERCENT[measure])
    return {"average": float(whole / len(values)), "min": values[0], "max": values[-1]}[measure]


def rounded(value: float) -> Decimal:
    """Round to six decimal places, half to even."""
    return Decimal(value * 1e6).quantize(Decimal(1), ROUND_HALF_EVEN) / 10**6


def percentile(values: list[float], percent: int) -> float:
    """Interpolate in a sorted list, in fractions."""
    place = Fraction((len(values) - 1) * percent, 100)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return float(Fraction(values[low]) + (Fraction(values[high]) - Fraction(values[low])) * (place - low))


@dataclass(frozen=True)
class TwinLifecycle:
    """One life-cycle over one log."""

    twin: TwinLog
    query: LifecycleQuery

    def buckets(self) -> list[tuple[Span, Span]]:
        """Give each whole civil bucket that touches the period, with the one before it."""
        if self.query.granularity == "hour":
            everything = spans(self.twin.scope, "hour")
            before = (everything[0][0] - 3_600_000_000, everything[0][0])
            return list(zip([before, *everything[:-1]], everything, strict=True))
        found, day = [], bucket_start(self.twin.scope.days.first, self.query.granularity)
        while day <= self.twin.scope.days.last:
            found.append((self.span(bucket_start(day - timedelta(days=1), self.query.granularity)), self.span(day)))
            day = next_bucket(day, self.query.granularity)
        return found

    def span(self, day: date) -> Span:
        """Give the instants of the bucket that starts on ``day``."""
        end = next_bucket(day, self.query.granularity)  # type: ignore[arg-type]
        return to_us(ZONE.day_start(day)), to_us(ZONE.day_start(end))

    def states(self, before: Span, here: Span, where: Callable[[TwinEvent], bool]) -> dict[str, set[str]]:
        """Give who is what in one bucket."""

        def active(start_us: int, end_us: int) -> set[str]:
            inside = between(start_us, end_us)
            return set(self.twin.matching(self.query.event, self.query.unit, lambda one: inside(one) and where(one)))

        now, last, ever = active(*here), active(*before), active(-(2**62), here[0])
        return {"new": now - ever, "returning": now & last, "resurrected": (now & ever) - last, "dormant": last - now}


@dataclass(frozen=True)
class TwinStickiness:
    """One stickiness over one log."""

    twin: TwinLog
    query: StickinessQuery

    def by_buckets(self, where: Callable[[TwinEvent], bool]) -> dict[int, set[str]]:
        """Give who has the event in so many buckets."""
        buckets = spans(self.twin.scope, self.query.granularity)
        inside = between(buckets[0][0], buckets[-1][1])
        found: dict[int, set[str]] = {place: set() for place in range(1, len(buckets) + 1)}
        active = self.twin.matching(self.query.event, self.query.unit, lambda one: inside(one) and where(one))
        for actor, events in active.items():
            found[len({bucket for bucket in buckets for one in events if between(*bucket)(one)})].add(actor)
        return found

    def ratio(self, last: date, where: Callable[[TwinEvent], bool]) -> float | None:
        """Give the mean of the daily actors over those of the 30 days that end with ``last``."""
        days = [last - timedelta(days=place) for place in range(30)]
        daily = [self.active(day, day, where) for day in days]
        monthly = self.active(days[-1], last, where)
        return sum(len(one) for one in daily) / 30 / len(monthly) if monthly else None

    def active(self, first: date, last: date, where: Callable[[TwinEvent], bool]) -> set[str]:
        """Give who has the event from one civil day to another."""
        period = ZONE.period(first, last)
        inside = between(period.start_us, period.end_us)
        return set(self.twin.matching(self.query.event, self.query.unit, lambda one: inside(one) and where(one)))
