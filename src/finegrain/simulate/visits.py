"""When people come: sign-up visits, visits that end in an order and visits that do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.causes import breaks_on
from finegrain.simulate.laws import PLATFORMS, SOURCES, ShopLaws
from finegrain.simulate.population import Population, draw_choices
from finegrain.simulate.seasons import Season, draw_seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.world import World

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Visits:
    """All visits, person by person and in order of time; every array has one entry a visit.

    Attributes:
        person: sign-up number of who comes.
        day: civil day, counted from the first of the history.
        second: second of that day at which the visit means to start.
        is_signup: the person's very first visit, in which the account is made.
        is_purchase: whether the visit is to end in an order.
        is_broken: whether it was to, but the check-out fails after the payment was entered.
        platform, source: places in ``PLATFORMS`` and ``SOURCES``.
        category: place in ``CATEGORIES`` of what the visit is about.
    """

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    second: NDArray[np.int64]
    is_signup: NDArray[np.bool_]
    is_purchase: NDArray[np.bool_]
    is_broken: NDArray[np.bool_]
    platform: NDArray[np.int64]
    source: NDArray[np.int64]
    category: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many visits there are."""
        return len(self.person)


@dataclass(frozen=True)
class SeasonSums:
    """Sums of the season over the days before each day, so that any stretch of days is one subtraction.

    Attributes:
        ordinary, promotion: ``(n_days + 1,) float64``.
    """

    ordinary: NDArray[np.float64]
    promotion: NDArray[np.float64]


def season_sums(season: Season) -> SeasonSums:
    """Add the season up, day by day."""
    return SeasonSums(
        ordinary=np.concatenate([[0.0], np.cumsum(season.weekday)]),
        promotion=np.concatenate([[0.0], np.cumsum(season.promotion)]),
    )


def expected_purchases(world: World) -> NDArray[np.float64]:
    """Give the expected number of purchase visits of each person, given when the person drops out."""
    population, season, laws = world.population, world.season, world.laws
    sums, pull = season_sums(season), laws.promotion_pull * population.price_sensitivity
    first, last = population.active_from, population.active_until
    ordinary = sums.ordinary[last] - sums.ordinary[first]
    promoted = sums.promotion[last] - sums.promotion[first]
    meant = population.first_visit_purchase(laws) + population.purchase_rate * (ordinary + pull * promoted)
    return meant * population.purchase_success(laws)


def draw_visits(world: World, rng: np.random.Generator) -> Visits:
    """Draw all visits: one at sign-up, then Poisson processes of purchase visits and of others while the person is alive.

    A rate that varies as ``rate × (weekday + pull × promotion)`` is the sum of two Poisson processes, so each is drawn on its
    own: exact, and without a loop over days.
    """
    population, season, laws = world.population, world.season, world.laws
    pull = laws.promotion_pull * population.price_sensitivity
    buying = _process(population, population.purchase_rate, pull, season, rng)
    looking = _process(population, population.visit_rate, 0.5 * pull, season, rng)
    everybody = np.arange(population.size)
    buys_at_once = rng.random(population.size) < population.first_visit_purchase(laws)
    person = np.concatenate([everybody, buying[0], looking[0]])
    day = np.concatenate([population.signup_day, buying[1], looking[1]])
    second = np.concatenate([population.signup_second, draw_seconds(len(person) - population.size, rng)])
    is_signup = np.arange(len(person)) < population.size
    is_purchase = np.concatenate([buys_at_once, np.ones(len(buying[0]), bool), np.zeros(len(looking[0]), bool)])
    order = np.lexsort((second, day, person))
    person, is_purchase = person[order], is_purchase[order]
    platform, source = _draw_platforms(population.platform[person], laws, rng), draw_choices(SOURCES, len(person), rng)
    category = draw_categories(population.taste, person, rng)
    is_broken = is_purchase & (rng.random(len(person)) < breaks_on(platform, laws))
    return Visits(
        person=person,
        day=day[order],
        second=second[order],
        is_signup=is_signup[order],
        is_purchase=is_purchase & ~is_broken,
        is_broken=is_broken,
        platform=platform,
        source=source,
        category=category,
    )


def draw_categories(taste: NDArray[np.float64], person: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw one category for each entry of ``person``, by the taste of that person."""
    # All people's cumulated tastes in one ascending line: person i's lie between i and i + 1, so one search serves all.
    cumulated = np.cumsum(taste, axis=1)[:, :-1].clip(max=np.nextafter(1.0, 0.0))
    line = (cumulated + np.arange(len(taste))[:, None]).ravel()
    place: NDArray[np.int64] = np.searchsorted(line, person + rng.random(len(person))) - person * cumulated.shape[1]
    return place


def _process(
    population: Population, rate: NDArray[np.float64], pull: NDArray[np.float64], season: Season, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    sums = season_sums(season)
    ordinary = _poisson_days(rate, sums.ordinary, population, rng)
    promoted = _poisson_days(rate * pull, sums.promotion, population, rng)
    return np.concatenate([ordinary[0], promoted[0]]), np.concatenate([ordinary[1], promoted[1]])


def _poisson_days(
    rate: NDArray[np.float64], before: NDArray[np.float64], population: Population, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give person and day of each point of a Poisson process of ``rate`` times the day's share of ``before``."""
    start = before[population.active_from]
    mass = before[population.active_until] - start
    person = np.repeat(np.arange(population.size), rng.poisson(rate * mass))
    at = start[person] + rng.random(len(person)) * mass[person]
    day = np.searchsorted(before, at, side="right") - 1
    return person, np.clip(day, population.active_from[person], population.active_until[person] - 1)


def _draw_platforms(usual: NDArray[np.int64], laws: ShopLaws, rng: np.random.Generator) -> NDArray[np.int64]:
    anywhere = rng.integers(0, len(PLATFORMS), len(usual))
    return np.where(rng.random(len(usual)) < laws.home_platform_share, usual, anywhere)
