"""The metrics of goals, each as of a moment over a window of civil days, for a list of people.

Of ``n`` people, over the days of the window up to the moment:

* ``conversion``: the share of the people with the event at least once.
* ``repeat_rate``: of the people with a purchase, the share with two or more. None where nobody purchased.
* ``revenue_per_person``: the net revenue divided by all the people, those without an order included, in minor units.
* ``average_order_value``: the net revenue divided by the purchases, in minor units. None without a purchase.
* ``active_days``: the civil days with the event, counted for each person and added up, divided by all the people.
* ``retention``: of the people with the event in as many days just before the window, the share with it in the window. None where
  nobody had it before.
* ``tier_share``: the share of the people who are in the tier at the moment; what happened when does not count.

A purchase is an order that is not refunded in full by the moment, revenue is net of refunds, each at its order's time; see
``behaviour.contract.PersonFacts``. Where there is nobody, no metric has a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.tiers.schemes import scheme_named
from finegrain.behaviour.facts import facts
from finegrain.behaviour.receiving import messages_among
from finegrain.behaviour.slicing import some_people
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.deeds.matched import MatchedEvents
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.strategy.goals.contract import Metric, MetricName
    from finegrain.zones import Zone

FEW = 4
"""Up to which part of everybody, a fourth, people are looked at alone: more would take as much memory as the index."""


@dataclass(frozen=True)
class Tally:
    """What a metric is made of: its value is ``top / bottom``.

    Attributes:
        top, bottom: what is divided by what.
        people: how many people were looked at.
    """

    top: int
    bottom: int
    people: int

    @property
    def value(self) -> float | None:
        """The metric's value; None where there is nothing to divide by."""
        return self.top / self.bottom if self.bottom else None


@dataclass(frozen=True)
class Window:
    """The civil days of a goal or of its baseline, both included."""

    first: date
    last: date

    @property
    def before(self) -> Window:
        """As many days, just before."""
        length = self.last - self.first + timedelta(days=1)
        return Window(self.first - length, self.first - timedelta(days=1))


@dataclass(frozen=True)
class _Doings:
    """What counts as the metric's event, by person code and then by time: ``(n,) int64`` each."""

    codes: NDArray[np.int64]
    time_us: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> _Doings:
        """Give those of the people chosen, ``(n_people,) bool``."""
        return self._only(chosen[self.codes])

    def between(self, start_us: int, end_us: int) -> _Doings:
        """Give those in ``[start_us, end_us)``."""
        return self._only((self.time_us >= start_us) & (self.time_us < end_us))

    def _only(self, kept: NDArray[np.bool_]) -> _Doings:
        return _Doings(self.codes[kept], self.time_us[kept])


class Past:
    """One state of the index, with the order facts that were asked for last: several metrics and tiers need the same.

    Args:
        snapshot: what everybody did.
        matched: the events that meet conditions, of the same state.
    """

    def __init__(self, snapshot: Snapshot, matched: MatchedEvents) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index
        self.matched = matched
        self._kept: tuple[tuple[int, int], PersonFacts] | None = None

    def facts(self, until_us: int, start_us: int) -> PersonFacts:
        """Give everybody's order facts before a moment, with the window from another one on."""
        if self._kept is None or self._kept[0] != (until_us, start_us):
            self._kept = (until_us, start_us), facts(self.index, until_us, start_us)
        return self._kept[1]

    def known_by(self, until_us: int) -> NDArray[np.int64]:
        """Give the ids of those who had become known before a moment, ascending; see ``PersonFacts.known_since_us``."""
        since, some = self.index.known_us.copy(), np.diff(self.index.offsets) > 0
        since[some] = np.minimum(since[some], self.index.time_us[self.index.offsets[:-1][some]])
        return self.index.person_ids[since < until_us]

    def codes_of(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the places of people in the arrays of the index, ascending; those whom it does not know are left out."""
        return np.flatnonzero(np.isin(self.index.person_ids, people, assume_unique=True))


class Meter:
    """Measures one metric over one window, as of any moment, on one state of the index.

    Args:
        past: what everybody did.
        tiering: who is in which tier.
        zone: in which days are counted.
        metric: what is measured.
        window: over which days.
    """

    def __init__(self, past: Past, tiering: TierService, zone: Zone, metric: Metric, window: Window) -> None:
        self._past, self._index = past, past.index
        self._tiering = tiering
        self._metric = metric
        self._period = zone.period(window.first, window.last)
        self._base = zone.period(window.before.first, window.before.last)
        self._edges_us = zone.edges_us(window.first, window.last)
        self._of: tuple[NDArray[np.int64], _Doings] | None = None
        self._last: NDArray[np.int64] | None = None
        self._part: BehaviourIndex | None = None

    def tally(self, people: NDArray[np.int64], until_us: int) -> Tally:
        """Measure the window's days up to a moment.

        Args:
            people: ids, ``(n_people,) int64``, each once; those whom the index does not know did nothing.
            until_us: the moment, exclusive, microseconds since 1970 UTC; nothing after the window's end counts.

        Raises:
            UnknownSchemeError, UnknownTierError: there is no such tier.
        """
        top, bottom = _TALLIES[self._metric.name](self, people, min(until_us, self._period.end_us))
        return Tally(top, bottom, len(people))

    def conversion(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Count who had the event, and everybody."""
        return len(_distinct(self._did(people, self._period.start_us, until_us).codes)), len(people)

    def active_days(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Count the days on which each had the event, and everybody."""
        did = self._did(people, self._period.start_us, until_us)
        days = np.searchsorted(self._edges_us, did.time_us, side="right")
        return len(_distinct(did.codes * np.int64(len(self._edges_us) + 1) + days)), len(people)

    def retention(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Count who had the event in the window among those who had it in the days before."""
        base = _distinct(self._did(people, self._base.start_us, self._base.end_us).codes)
        came = _distinct(self._did(people, self._period.start_us, until_us).codes)
        return len(np.intersect1d(base, came, assume_unique=True)), len(base)

    def repeat_rate(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Count who purchased twice or more, and who purchased."""
        purchases, _revenue = self._ordered(people, until_us)
        return int((purchases > 1).sum()), int((purchases > 0).sum())

    def revenue_per_person(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Add up the net revenue, and count everybody."""
        _purchases, revenue = self._ordered(people, until_us)
        return int(revenue.sum()), len(people)

    def average_order_value(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Add up the net revenue, and the purchases."""
        purchases, revenue = self._ordered(people, until_us)
        return int(revenue.sum()), int(purchases.sum(dtype=np.int64))

    def tier_share(self, people: NDArray[np.int64], until_us: int) -> tuple[int, int]:
        """Count who is in the tier at the moment, and everybody."""
        scheme, _slash, key = self._metric.tier.partition("/")
        part = self._alone(people) if self._sorts_each_alone else None
        if part is not None:
            keys, codes = self._tiering.codes(scheme, from_us(until_us), part, self._index, from_us(until_us))
            return int((codes == keys.index(key)).sum()), len(people)
        inside = self._tiering.compute(scheme, from_us(until_us), index=self._index).people(key)
        return len(np.intersect1d(inside, people, assume_unique=True)), len(people)

    @cached_property
    def _sorts_each_alone(self) -> bool:
        """Whether nobody's tier depends on what others do, nor on rules."""
        name, _slash, _key = self._metric.tier.partition("/")
        if self._tiering.own_rules(name) is not None:
            return False
        values = {one.name: one.value for one in self._tiering.thresholds(name)}
        return not scheme_named(name).moving_bounds(values)

    def _ordered(self, people: NDArray[np.int64], until_us: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Give how often each of the people purchased in the window, and their net revenue; those not known are left out."""
        part = self._alone(people)
        if part is not None:
            of_them = facts(part, until_us, self._period.start_us)
            return of_them.window_purchases, of_them.window_revenue_minor
        found, codes = self._past.facts(until_us, self._period.start_us), self._past.codes_of(people)
        return found.window_purchases[codes], found.window_revenue_minor[codes]

    def _alone(self, people: NDArray[np.int64]) -> BehaviourIndex | None:
        """Give the index of few people alone, as soon as they come again; None for others."""
        # Frozen people come as the same array every day; to take them out takes as long as to look at everybody once or twice.
        if self._last is not people:
            self._last, self._part = people, None
        elif self._part is None and len(people) * FEW <= self._index.people:
            self._part = some_people(self._index, self._past.codes_of(people))
        return self._part

    def _did(self, people: NDArray[np.int64], start_us: int, end_us: int) -> _Doings:
        # Frozen people come as the same array every day; to find theirs takes longer than all days together.
        if self._of is None or self._of[0] is not people:
            self._of = people, self._doings.of(np.isin(self._index.person_ids, people, assume_unique=True))
        return self._of[1].between(start_us, end_us)

    @cached_property
    def _doings(self) -> _Doings:
        # Once for the whole course: to look through all events takes far longer than to look through those that count.
        if self._metric.filters:
            deeds = self._past.matched.of(self._metric.doing)
            return _Doings(np.repeat(np.arange(len(deeds.offsets) - 1), np.diff(deeds.offsets)), deeds.time_us)
        index, names = self._index, np.array(self._index.event_names, dtype=np.str_)
        counts = names == self._metric.event if self._metric.event else ~messages_among(index.event_names)
        start_us = self._base.start_us if self._metric.name == "retention" else self._period.start_us
        rows = np.flatnonzero((index.time_us >= start_us) & (index.time_us < self._period.end_us))
        rows = rows[counts[index.event[rows]]]
        return _Doings(np.searchsorted(index.offsets, rows, side="right") - 1, index.time_us[rows])


def _distinct(ascending: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each of some numbers once, none of which is below zero; they are in order, and need no sorting."""
    found: NDArray[np.int64] = ascending[np.diff(ascending, prepend=-1) != 0]
    return found


_TALLIES: Mapping[MetricName, Callable[[Meter, NDArray[np.int64], int], tuple[int, int]]] = {
    "conversion": Meter.conversion,
    "repeat_rate": Meter.repeat_rate,
    "revenue_per_person": Meter.revenue_per_person,
    "average_order_value": Meter.average_order_value,
    "active_days": Meter.active_days,
    "retention": Meter.retention,
    "tier_share": Meter.tier_share,
}
