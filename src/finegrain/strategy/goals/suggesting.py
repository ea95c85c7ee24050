"""Goals that the data suggest for each tier of a scheme, with the reason: what comparable people reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from finegrain.audience.tiers.contract import Note
from finegrain.i18n import N_, _
from finegrain.money import Money
from finegrain.strategy.goals.contract import METRIC_LABELS, Metric, NewGoal, Whom
from finegrain.strategy.goals.metrics import Meter, Window
from finegrain.strategy.goals.survey import held_by
from finegrain.zones import to_us

if TYPE_CHECKING:
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import SchemeName, Tier
    from finegrain.audience.tiers.service import TierService
    from finegrain.strategy.goals.metrics import Past
    from finegrain.zones import Zone

NEEDED = 100
"""People below which what they reached says more about chance than about them."""
MOST_STRETCHES, FEWEST_STRETCHES = 6, 4
HALF, LEAST_GAIN, Z_90 = 0.5, 0.05, 1.2816
_ORDER = "ordercompleted"

FEW_BOUGHT = N_(
    "Only {bought} of the people who were in this tier {days} days ago have bought since: an order is the first to gain."
)
FEW_AGAIN = N_("{bought} of the people who were in this tier {days} days ago have bought since, but only {again} of these twice.")
MOST_AGAIN = N_(
    "Most of the people who were in this tier {days} days ago have bought twice since: what they spend can still grow."
)
BEST_QUARTER = N_(
    "Comparable people reached {value}: those in this tier at the start of the best quarter of {stretches} stretches."
)
NEXT_TIER = N_("A quarter of the way to the next tier up, “{tier}”, whose people reached {value}.")
THIN_PEOPLE = N_("“{tier}”: the data are thin, {found} people were in it {days} days ago, {needed} are needed for a suggestion.")
THIN_PAST = N_("The data are thin: the first event lies less than {days} days back, so nobody can be compared.")
NOBODY = N_("“{tier}”: nobody is in it now.")
NOTHING_MORE = N_("“{tier}”: no comparable people reached noticeably more, so nothing is suggested.")
NO_ORDERS = N_("Nobody has ordered anything yet.")


@dataclass(frozen=True)
class GoalSuggestion:
    """A goal for the people who are in a tier now.

    Attributes:
        tier: ``scheme/key``.
        tier_name: an English text, marked for translation.
        metric: what is to be reached.
        people: how many are in the tier now.
        expected: what those reached who were in the tier that many days ago, and known by then: what happens by itself. It is the
            baseline of the goal, once that is set.
        target: the value to reach.
        worth_minor: what reaching it would bring over ``expected``, in minor units, if those gained spend what those like them
            spent. That is a comparison, not what a strategy adds; that shows against a holdout.
        first_day, last_day: civil days.
        reasons: why this metric, and why this target.
    """

    tier: str
    tier_name: str
    metric: Metric
    people: int
    expected: float
    target: float
    worth_minor: int
    first_day: date
    last_day: date
    reasons: tuple[Note, ...]

    def goal(self, name: str = "") -> NewGoal:
        """Give the goal, ready to be set, under a name; by default that of tier and metric in the reader's language."""
        named = name or f"{_(self.tier_name)} · {_(METRIC_LABELS[self.metric.name])}"
        return NewGoal(named, self.metric, Whom(tier=self.tier), self.target, self.first_day, self.last_day)

    def to_dict(self) -> dict[str, Any]:
        """Give the suggestion as JSON values; name and reasons in the reader's language."""
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        told = {
            "tier_name": _(self.tier_name),
            "metric": self.metric.to_dict(),
            "reasons": [note.text() for note in self.reasons],
        }
        return {**vars(self), **days, **told}


@dataclass(frozen=True)
class GoalSuggestionResult:
    """What the data suggest for one scheme.

    Attributes:
        scheme: its name.
        as_of: aware, in UTC.
        suggestions: at most one a tier, what is worth most first.
        note_templates: the tiers for which nothing is suggested, and why.
    """

    scheme: SchemeName
    as_of: datetime
    suggestions: tuple[GoalSuggestion, ...]
    note_templates: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Why there are none, or not for all tiers, in the reader's language."""
        return tuple(note.text() for note in self.note_templates)

    def to_dict(self) -> dict[str, Any]:
        """Give the suggestions as JSON values, in the reader's language."""
        suggestions = [suggestion.to_dict() for suggestion in self.suggestions]
        return {"scheme": self.scheme, "as_of": self.as_of.isoformat(), "suggestions": suggestions, "notes": list(self.notes)}


class _Spent(NamedTuple):
    """What some people bought in a stretch."""

    people: int
    buyers: int
    again: int
    revenue_minor: int
    again_minor: int


class Suggester:
    """Looks for goals on one state of the index.

    Args:
        past: what everybody did.
        tiering: who is in which tier.
        zone: in which days are counted.
        currency: of amounts.
        scheme: whose tiers.
        days: how long the goals last.
        as_of: the present, aware; the goals begin on its civil day.
    """

    def __init__(
        self, past: Past, tiering: TierService, zone: Zone, currency: str, *, scheme: SchemeName, days: int, as_of: datetime
    ) -> None:
        self._past, self._tiering, self._zone, self._currency = past, tiering, zone, currency
        self._scheme, self._days, self._as_of = scheme, days, as_of
        self._today = zone.day_of(as_of)
        self._tiers = tiering.compute(scheme, as_of, index=past.index)

    def suggest(self) -> GoalSuggestionResult:
        """Suggest a goal for every tier whose data allow it, and say of the others why not."""
        if self._order is None:
            return self._result([], [Note(NO_ORDERS)])
        if not self._stretches:
            return self._result([], [Note(THIN_PAST, {"days": self._days})])
        found = [self._of(tier) for tier in self._tiers.tiers]
        suggestions = [one for one in found if isinstance(one, GoalSuggestion)]
        return self._result(suggestions, [one for one in found if isinstance(one, Note)])

    def _result(self, suggestions: list[GoalSuggestion], notes: list[Note]) -> GoalSuggestionResult:
        ordered = sorted(suggestions, key=lambda one: -one.worth_minor)
        return GoalSuggestionResult(self._scheme, self._as_of, tuple(ordered), tuple(notes))

    @cached_property
    def _order(self) -> str | None:
        return next((name for name in self._past.index.event_names if name.lower().replace(" ", "") == _ORDER), None)

    @cached_property
    def _stretches(self) -> list[Window]:
        """Stretches of the past that are over, the latest first, since the first event."""
        last = self._today - timedelta(days=1)
        stretches = [Window(last - timedelta(days=self._days - 1), last)]
        while len(stretches) < MOST_STRETCHES:
            stretches.append(stretches[-1].before)
        first_us = int(self._past.index.time_us.min())
        return [stretch for stretch in stretches if first_us <= to_us(self._zone.day_start(stretch.first))]

    def _of(self, tier: Tier) -> GoalSuggestion | Note:
        spent = self._spent(tier.key)
        name = _Named(tier.name)
        if not tier.people:
            return Note(NOBODY, {"tier": name})
        if spent.people < NEEDED:
            return Note(THIN_PEOPLE, {"tier": name, "found": spent.people, "days": self._days, "needed": NEEDED})
        metric, why = self._metric(spent)
        expected = self._reached.get((metric, tier.key, self._stretches[0]))
        target = None if expected is None else self._target(metric, tier, expected)
        if expected is None or target is None:
            return Note(NOTHING_MORE, {"tier": name})
        value, because = target
        worth = round((value - expected) * _worth(metric, spent) * tier.people)
        if worth <= 0:
            return Note(NOTHING_MORE, {"tier": name})
        last = self._today + timedelta(days=self._days - 1)
        return GoalSuggestion(
            tier=f"{self._scheme}/{tier.key}",
            tier_name=tier.name,
            metric=metric,
            people=tier.people,
            expected=expected,
            target=value,
            worth_minor=worth,
            first_day=self._today,
            last_day=last,
            reasons=(why, because),
        )

    @cached_property
    def _metrics(self) -> tuple[Metric, Metric, Metric]:
        return Metric("conversion", self._order or ""), Metric("repeat_rate"), Metric("revenue_per_person")

    def _metric(self, spent: _Spent) -> tuple[Metric, Note]:
        """Choose what is to grow: what less than half of the people do, the first step first."""
        first, second, third = self._metrics
        bought = spent.buyers / spent.people
        again = spent.again / spent.buyers if spent.buyers else 0.0
        shares = {"bought": _percent(bought), "again": _percent(again), "days": self._days}
        if bought < HALF:
            return first, Note(FEW_BOUGHT, shares)
        return (second, Note(FEW_AGAIN, shares)) if again < HALF else (third, Note(MOST_AGAIN, shares))

    def _target(self, metric: Metric, tier: Tier, expected: float) -> tuple[float, Note] | None:
        reached = (self._reached.get((metric, tier.key, stretch)) for stretch in self._stretches)
        values = sorted((value for value in reached if value is not None), reverse=True)
        if len(values) >= FEWEST_STRETCHES:
            best = _rounded(metric, values[ceil(len(values) / 4) - 1])
            if noticeable(metric, expected, best, tier.people):
                return best, Note(BEST_QUARTER, {"value": self._told(metric, best), "stretches": len(values)})
        return self._towards_next(metric, tier, expected)

    def _towards_next(self, metric: Metric, below: Tier, expected: float) -> tuple[float, Note] | None:
        others = [
            (self._reached.get((metric, tier.key, self._stretches[0])), tier) for tier in self._tiers.tiers if tier is not below
        ]
        above = [(value, tier) for value, tier in others if value is not None and value > expected]
        if not above:
            return None
        value, tier = min(above, key=lambda pair: pair[0])
        target = _rounded(metric, expected + (value - expected) / 4)
        facts = {"tier": _Named(tier.name), "value": self._told(metric, value)}
        return (target, Note(NEXT_TIER, facts)) if noticeable(metric, expected, target, below.people) else None

    @cached_property
    def _reached(self) -> dict[tuple[Metric, str, Window], float | None]:
        """What those reached in each stretch who were in each tier at its start; tiers of too few people are left out."""
        found = {}
        for stretch in self._stretches:  # one after the other: a stretch's order facts serve all tiers and metrics
            people = {tier.key: self._people(tier.key, stretch) for tier in self._tiers.tiers}
            for metric in self._metrics:
                meter, end_us = self._meter(metric, stretch)
                many = {key: ids for key, ids in people.items() if len(ids) >= NEEDED}
                found.update({(metric, key, stretch): meter.tally(ids, end_us).value for key, ids in many.items()})
        return found

    def _meter(self, metric: Metric, stretch: Window) -> tuple[Meter, int]:
        end_us = to_us(self._zone.day_start(stretch.last + timedelta(days=1)))
        return Meter(self._past, self._tiering, self._zone, metric, stretch), end_us

    def _people(self, key: str, stretch: Window) -> NDArray[np.int64]:
        return held_by(self._tiering, self._past.index, f"{self._scheme}/{key}", self._zone.day_start(stretch.first))

    def _spent(self, key: str) -> _Spent:
        stretch = self._stretches[0]
        people = self._people(key, stretch)
        period = self._zone.period(stretch.first, stretch.last)
        facts, codes = self._past.facts(period.end_us, period.start_us), self._past.codes_of(people)
        purchases, revenue = facts.window_purchases[codes], facts.window_revenue_minor[codes]
        again = purchases > 1
        return _Spent(len(people), int((purchases > 0).sum()), int(again.sum()), int(revenue.sum()), int(revenue[again].sum()))

    def _told(self, metric: Metric, value: float) -> str | Money:
        return Money(self._currency, round(value)) if metric.unit == "minor" else _percent(value)


class _Named(str):
    """A text of ours that stands as a fact in a sentence, and is told in the reader's language."""

    __slots__ = ()

    def __str__(self) -> str:
        """Give it in the reader's language."""
        return _(super().__str__())


def noticeable(metric: Metric, expected: float, target: float, people: int) -> bool:
    """Say whether a target lies far enough above what happens by itself to be told from it.

    That is a twentieth of it, and for a share also more than chance alone would show in nine of ten cases: 1.28 standard errors
    of the difference of two shares of so many people (Fleiss 1981, Statistical methods for rates and proportions, chapter 2).

    Examples:
        >>> noticeable(Metric("repeat_rate"), 0.20, 0.22, 500), noticeable(Metric("repeat_rate"), 0.20, 0.22, 5_000)
        (False, True)
    """
    gain, pooled = target - expected, (target + expected) / 2
    chance = Z_90 * (2 * pooled * (1 - pooled) / people) ** 0.5 if metric.unit == "share" else 0.0
    return gain > max(chance, LEAST_GAIN * expected)


def _worth(metric: Metric, spent: _Spent) -> float:
    """Say what one more in the metric brings for each person of the tier, in minor units."""
    if metric.name == "conversion":
        return spent.revenue_minor / spent.buyers if spent.buyers else 0.0
    if metric.name == "repeat_rate":
        once = spent.buyers - spent.again
        more = spent.again_minor / max(spent.again, 1) - (spent.revenue_minor - spent.again_minor) / max(once, 1)
        return max(more, 0.0) * spent.buyers / spent.people
    return 1.0


def _rounded(metric: Metric, value: float) -> float:
    return float(round(value)) if metric.unit == "minor" else round(value, 3)


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"
