"""What is measured of a goal: its people's course over its own days, and over as many days of the past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from finegrain.strategy.goals.keeping import About
from finegrain.strategy.goals.metrics import Meter, Window
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from numpy.typing import NDArray

    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.keeping import Tallies
    from finegrain.strategy.goals.metrics import Past, Tally
    from finegrain.zones import Zone

    PeopleAt = Callable[[datetime], NDArray[np.int64]]
    """Gives ids of people as of a moment, ``(n_people,) int64``, each once."""


class People(NamedTuple):
    """Whose figure is measured.

    Attributes:
        of: ``own``: whom the goal is for; ``held``: whom its tier or segment held, for a goal of frozen people maybe others.
        at: as of this moment.
    """

    of: Literal["own", "held"]
    at: datetime


class Deciding(NamedTuple):
    """What decides a goal's figures beside what happened: thresholds, rules, traits. Whatever of them changes, it changes.

    Attributes:
        metric: what decides which figure it is.
        whom: what decides whom the tier or segment holds.
    """

    metric: tuple[object, ...]
    whom: tuple[object, ...]


@dataclass(frozen=True)
class Survey:
    """Measures one goal on one state of the index.

    Attributes:
        goal: which one.
        past: what everybody did.
        tiering: who is in which tier.
        zone: in which days are counted.
        people_at: whom the goal is for as of a moment.
        held_at: whom its tier or segment held at a moment.
        tallies: gives what was measured before.
        deciding: by which thresholds and rules.
    """

    goal: Goal
    past: Past
    tiering: TierService
    zone: Zone
    people_at: PeopleAt
    held_at: PeopleAt
    tallies: Tallies
    deciding: Deciding
    _ids: dict[People, NDArray[np.int64]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _meters: dict[Window, Meter] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def window(self) -> Window:
        """The goal's own days."""
        return Window(self.goal.first_day, self.goal.last_day)

    def earlier(self, times: int) -> Window:
        """Give as many days, so many lengths of the goal before its own."""
        back = timedelta(days=self.goal.days * times)
        return Window(self.goal.first_day - back, self.goal.last_day - back)

    def reaches_back_to(self, window: Window) -> bool:
        """Say whether things had begun to happen by the start of a window; for a retention, of the days before it."""
        first = window.before.first if self.goal.metric.name == "retention" else window.first
        times = self.past.index.time_us
        return bool(len(times)) and int(times.min()) <= to_us(self.zone.day_start(first))

    def days_over(self, as_of: datetime) -> int:
        """Count the goal's days that are over as of a moment."""
        return sum(end <= as_of for end in self.ends(self.window))

    def ends(self, window: Window) -> list[datetime]:
        """Give the instants at which the days of a window end."""
        return [self.zone.day_start(window.first + timedelta(days=number + 1)) for number in range(self.goal.days)]

    def day(self, number: int) -> date:
        """Give one of the goal's days, counted from 0."""
        return self.goal.first_day + timedelta(days=number)

    def own(self, moment: datetime) -> People:
        """Name whom the goal is for as of a moment; where they are frozen, the same at any."""
        return People("own", self.zone.day_start(self.goal.first_day) if self.goal.whom.frozen else moment)

    def tally(self, window: Window, people: People, moment: datetime) -> Tally:
        """Measure a window as of a moment, where that was not done before; the first tally of a window takes the longest."""
        chosen = () if people.of == "own" and self.goal.whom.frozen else self.deciding.whom
        about = About(self.goal.id, (self.goal.changed_at, window, people, self.deciding.metric, chosen), to_us(moment))
        return self.tallies(about, lambda: self._meter(window).tally(self._people(people), about.until_us))

    def _meter(self, window: Window) -> Meter:
        if window not in self._meters:
            self._meters.clear()  # one at a time, since it holds what happened in the window
            self._meters[window] = Meter(self.past, self.tiering, self.zone, self.goal.metric, window)
        return self._meters[window]

    def _people(self, people: People) -> NDArray[np.int64]:
        if people not in self._ids:
            self._ids.clear()
            self._ids[people] = (self.people_at if people.of == "own" else self.held_at)(people.at)
        return self._ids[people]


def deciding(goal: Goal, tiering: TierService, rules: RuleService, index: BehaviourIndex) -> Deciding:
    """Give what decides a goal's figures beside what happened.

    Whoever becomes known may be in a segment that is a rule as of any moment, but in a tier only from then on.

    Raises:
        UnknownSchemeError: a scheme that it names is gone.
    """
    by_traits = any(one.of == "person" for one in goal.metric.filters)
    metric = _sorting(goal.metric.tier, tiering, rules) if goal.metric.tier else rules.state() if by_traits else ()
    if goal.whom.tier:
        return Deciding(metric, _sorting(goal.whom.tier, tiering, rules))
    return Deciding(metric, (*rules.state(), index.people_watermark))


def _sorting(tier: str, tiering: TierService, rules: RuleService) -> tuple[object, ...]:
    """Give what decides who is in a tier: the thresholds that were saved, or for a scheme of one's own all rules."""
    scheme, _slash, _key = tier.partition("/")
    if tiering.own_rules(scheme) is None:
        return tuple(tiering.saved_thresholds(scheme).items())
    return rules.state()


def held_by(tiering: TierService, index: BehaviourIndex, tier: str, moment: datetime) -> NDArray[np.int64]:
    """Give whom a tier held at a moment, of those who were known by then.

    A scheme sorts everybody who is known today, also as of the past; who became known later could not have been in a goal.

    Args:
        tiering: who is in which tier.
        index: what everybody did.
        tier: ``scheme/key``.
        moment: aware.

    Returns:
        Ids, ``(n_people,) int64``, ascending.

    Raises:
        UnknownSchemeError, UnknownTierError: there is no such tier.
    """
    scheme, _slash, key = tier.partition("/")
    result = tiering.compute(scheme, moment, index=index)
    known: NDArray[np.int64] = index.person_ids[result.basis.facts.known_since_us < to_us(moment)]
    return np.intersect1d(result.people(key), known, assume_unique=True)
