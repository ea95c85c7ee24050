"""What is measured of a goal: its people's course over its own days, and over as many days of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.strategy.goals.metrics import Meter, Window
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.metrics import Past, Tally
    from finegrain.zones import Zone

    PeopleAt = Callable[[datetime], NDArray[np.int64]]
    """Gives ids of people as of a moment, ``(n_people,) int64``, each once."""


@dataclass(frozen=True)
class Survey:
    """Measures one goal on one state of the index.

    Attributes:
        goal: which one.
        past: what everybody did.
        tiering: who is in which tier.
        zone: in which days are counted.
        people_at: whom the goal is for as of a moment.
        held_at: whom its tier or segment held at a moment, which for a goal of frozen people may be others.
    """

    goal: Goal
    past: Past
    tiering: TierService
    zone: Zone
    people_at: PeopleAt
    held_at: PeopleAt

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

    def tallies(self, window: Window, people_at: PeopleAt, moments: Sequence[datetime]) -> list[Tally]:
        """Measure a window as of several moments, each of the people of that moment."""
        meter = self.meter(window)
        return [meter.tally(people_at(moment), to_us(moment)) for moment in moments]

    def meter(self, window: Window) -> Meter:
        """Give what measures a window; its first tally takes the longest."""
        return Meter(self.past, self.tiering, self.zone, self.goal.metric, window)


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
