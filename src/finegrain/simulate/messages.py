"""What the shop sends: a message to everybody on member days and around promotions, of which each person gets a share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.laws import MESSAGE_CHANNELS
from finegrain.simulate.population import draw_choices

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from finegrain.simulate.seasons import Promotion, Season
    from finegrain.simulate.world import World

DELIVERED = "Message Delivered"
MEMBER_DAY = "会员日"
_MEMBER_WEEKDAY = 3  # Thursday
_FIRST_SECOND, _SPREAD_SECONDS = 10 * 3_600, 1_800
_TEASER_DAYS = 3


@dataclass(frozen=True)
class Campaign:
    """One message to everybody: what it is about, and the civil day of the history on which it goes out."""

    name: str
    day: int


@dataclass(frozen=True)
class Messages:
    """The messages that arrived, in order of their campaigns; every array has one entry a message.

    Attributes:
        campaigns: all that went out.
        campaign: place in ``campaigns``.
        person: sign-up number of who got it.
        second: second of the campaign's civil day.
        channel: place in ``MESSAGE_CHANNELS``.
    """

    campaigns: tuple[Campaign, ...]
    campaign: NDArray[np.int64]
    person: NDArray[np.int64]
    second: NDArray[np.int64]
    channel: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many arrived."""
        return len(self.person)

    @property
    def day(self) -> NDArray[np.int64]:
        """``(n,) int64``: the civil day of each, counted from the first of the history."""
        days = np.array([campaign.day for campaign in self.campaigns], dtype=np.int64)
        return days[self.campaign]


def campaigns_of(season: Season) -> tuple[Campaign, ...]:
    """Lay out the campaigns of a season.

    There is one every second Thursday (of ISO weeks with an even number), and around each promotion one three days before it,
    at its start, its peak and its end.
    """
    days = [season.first_day + timedelta(days=number) for number in range(season.days)]
    ordinary = [Campaign(MEMBER_DAY, place) for place, day in enumerate(days) if _is_member_day(day)]
    promoted = [campaign for promotion in season.promotions for campaign in _around(promotion, season)]
    return tuple(sorted(ordinary + promoted, key=lambda campaign: (campaign.day, campaign.name)))


def draw_messages(world: World, rng: np.random.Generator) -> Messages:
    """Draw which messages arrive: each of a person's with the person's reach, from the day after sign-up until the last day.

    Who has dropped out has also left the channels, and gets nothing any more.
    """
    population, campaigns = world.population, campaigns_of(world.season)
    there = [_there(world, campaign.day) for campaign in campaigns]
    got = [people[rng.random(len(people)) < population.reach.share[people]] for people in there]
    person = np.concatenate([np.zeros(0, dtype=np.int64), *got])
    return Messages(
        campaigns=campaigns,
        campaign=np.repeat(np.arange(len(campaigns)), [len(people) for people in got]),
        person=person,
        second=_FIRST_SECOND + rng.integers(0, _SPREAD_SECONDS, len(person)),
        channel=draw_choices(MESSAGE_CHANNELS, len(person), rng),
    )


def _is_member_day(day: date) -> bool:
    return day.weekday() == _MEMBER_WEEKDAY and day.isocalendar().week % 2 == 0


def _around(promotion: Promotion, season: Season) -> list[Campaign]:
    teaser = promotion.first - timedelta(days=_TEASER_DAYS)
    numbers = {(day - season.first_day).days for day in (teaser, promotion.first, promotion.peak, promotion.last)}
    return [Campaign(promotion.name, number) for number in numbers if 0 <= number < season.days]


def _there(world: World, day: int) -> NDArray[np.int64]:
    population = world.population
    return np.flatnonzero((population.active_from <= day) & (day < population.active_until))
