"""Questions about what happens over time: trends, the life-cycle of people, and how often they come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Granularity, Query, Unit
from finegrain.behaviour.trends.formulas import read_formula
from finegrain.i18n import Phrase

Measure = Literal[
    "total",
    "unique",
    "sum",
    "average",
    "min",
    "max",
    "median",
    "p90",
    "p95",
    "p99",
    "per_person",
    "per_session",
    "dau",
    "wau",
    "mau",
]
PERCENTS = {"median": 50, "p90": 90, "p95": 95, "p99": 99}
"""Measures that are percentiles, and which."""
NUMERIC = frozenset({"sum", "average", "min", "max", *PERCENTS})
"""Measures of a numeric property."""
ROLLING_DAYS = {"dau": 1, "wau": 7, "mau": 30}
"""Measures that look back, and over how many civil days."""
MOST_SERIES = 26
MOST_FORMULAS = 26
LARGEST = 2.0**53
"""Numbers beyond this, in either direction, are none: ``float64`` does not tell neighbouring whole numbers apart there."""


@dataclass(frozen=True)
class Series(EventMatch):
    """Which events one line of a trend counts, and what of them it measures.

    Attributes:
        measure: ``total``: the events. ``unique``: the people, sessions or groups (the query's unit) with such an event, exactly.
            ``sum``, ``average``, ``min``, ``max``, ``median``, ``p90``, ``p95``, ``p99``: of a numeric property; percentiles
            interpolate linearly between the two nearest values (Hyndman & Fan 1996, type 7). ``per_person``, ``per_session``:
            events divided by the people, or sessions, that have one. ``dau``, ``wau``, ``mau``: the people with such an event in
            the 1, 7 or 30 civil days that end with the bucket's last day inside the period; days before the period count.
        property: of the numeric measures. Events without a number there (missing, a text that is none, or beyond ±2⁵³) are left
            out, and counted as such; truth values are 1 and 0. Sums add numbers rounded to six decimal places (half to even,
            of ``value * 1e6`` in ``float64``), exactly, so that their order plays no part.
    """

    measure: Measure = "total"
    property: str = ""

    def unit_of(self, unit: Unit) -> Unit:
        """Give what the series counts once each: the query's ``unit``, or what its measure says; ``events`` for nothing."""
        if self.measure == "unique":
            return unit
        if self.measure == "per_session":
            return "sessions"
        return "people" if self.measure == "per_person" or self.measure in ROLLING_DAYS else "events"


@dataclass(frozen=True, kw_only=True)
class TrendsQuery(Query):
    """Ask how figures go over time.

    Attributes:
        series: 1 to 26, lettered A, B, C … The first one ranks the values of a breakdown.
        formulas: calculations over series by letter, such as ``A / B * 100``: numbers, ``+ - * /`` and parentheses. Where a
            series has no value, or zero divides, there is none.
        granularity: civil buckets.
        compare: whether the same figures are given for as many civil days just before the period, with the same groups.
        cumulative: whether each bucket holds everything from the period's start to its end. Unique people count once, in their
            first bucket. Percentiles and ``dau``, ``wau``, ``mau`` do not add up so, and are refused.
    """

    series: tuple[Series, ...]
    formulas: tuple[str, ...] = ()
    granularity: Granularity = "day"
    compare: bool = False
    cumulative: bool = False

    def check(self) -> None:
        """Refuse what no trend can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        if not 1 <= len(self.series) <= MOST_SERIES:
            allowed = Phrase("{low} to {high} series", low=1, high=MOST_SERIES)
            raise BadQueryError(field="series", value=len(self.series), allowed=allowed)
        if len(self.formulas) > MOST_FORMULAS:
            allowed = Phrase("at most {high} formulas", high=MOST_FORMULAS)
            raise BadQueryError(field="formulas", value=len(self.formulas), allowed=allowed)
        for place, formula in enumerate(self.formulas):
            read_formula(formula, len(self.series), f"formulas[{place}]")
        for place, series in enumerate(self.series):
            self._check_series(f"series[{place}]", series)

    def _check_series(self, field: str, series: Series) -> None:
        if series.measure in NUMERIC and not series.property:
            raise BadQueryError(field=f"{field}.property", value="“”", allowed=Phrase("the name of a numeric property"))
        if series.measure not in NUMERIC and series.property:
            allowed = Phrase("nothing: only sum, average, min, max and percentiles measure a property")
            raise BadQueryError(field=f"{field}.property", value=series.property, allowed=allowed)
        if series.measure == "unique" and self.unit == "events":
            allowed = Phrase("people, sessions or groups; the measure total counts events")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
        if series.measure in ROLLING_DAYS and self.granularity == "hour":
            allowed = Phrase("day, week, month or quarter: dau, wau and mau look back over whole days")
            raise BadQueryError(field="granularity", value=self.granularity, allowed=allowed)
        if self.cumulative and (series.measure in PERCENTS or series.measure in ROLLING_DAYS):
            allowed = Phrase("another measure, or no running figures: percentiles and dau, wau, mau do not add up")
            raise BadQueryError(field=f"{field}.measure", value=series.measure, allowed=allowed)


@dataclass(frozen=True, kw_only=True)
class LifecycleQuery(Query):
    """Ask how people come, stay, leave and come back, by one event.

    In each bucket somebody with the event is *new* (the first ever is in it), *returning* (also in the bucket before) or
    *resurrected* (not in the bucket before, but earlier). Who had it in the bucket before and not in this one is *dormant*. The
    whole history counts, also before the period. Buckets that reach over the period's edges count whole, since a part of one
    says little of who stayed away. With a breakdown by a property of the event, each group has a life-cycle of its own, made of
    the events with its values.

    Attributes:
        event: what somebody does who is there.
        granularity: civil buckets.
    """

    event: EventMatch
    granularity: Granularity = "day"

    def check(self) -> None:
        """Refuse units that have no life.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        _check_lasting(self)


@dataclass(frozen=True, kw_only=True)
class StickinessQuery(Query):
    """Ask in how many different buckets of the period people do something, and how many of a month's people come on one day.

    The DAU/MAU ratio is the mean of the daily unique people over the unique people of the same 30 civil days: those that end
    with the period's last day, or with the last day that is over where that one is not. Days before the period count.

    Attributes:
        event: what they do.
        granularity: civil buckets, of which the parts inside the period count.
    """

    event: EventMatch
    granularity: Granularity = "day"

    def check(self) -> None:
        """Refuse units that do not come back.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        _check_lasting(self)


def _check_lasting(query: Query) -> None:
    if query.unit in {"events", "sessions"}:
        allowed = Phrase("people or groups: events and sessions do not come back")
        raise BadQueryError(field="unit", value=query.unit, allowed=allowed)
