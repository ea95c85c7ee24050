"""The people of the shop: what is visible of them, and what truly drives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.catalogue import CATEGORIES
from finegrain.simulate.causes import Reach, breaks_for, draw_reach, dropout_factor
from finegrain.simulate.laws import CHANNELS, PLATFORMS, Choice, ShopLaws
from finegrain.simulate.seasons import Season, draw_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SIGN_UP_GROWTH = 1.6
_SIGN_UP_PULL = 0.6
_SIGN_UP_BASE = 0.4


@dataclass(frozen=True)
class Population:
    """The hidden parameters of all people; every array has one entry a person, in the order of sign-up numbers.

    Attributes:
        signup_day: civil day of sign-up, counted from the first of the history.
        signup_second: second of that day.
        channel, platform: places in ``CHANNELS`` and ``PLATFORMS``.
        purchase_rate: purchases per ordinary day while alive; 0 for those who never buy.
        visit_rate: visits without purchase per ordinary day while alive.
        lifetime_days: how long the person lives after sign-up, drawn; may reach beyond the history.
        dropout_rate: per day, what the lifetime was drawn from.
        price_sensitivity: 0–1.
        spend_quantile_power: above 1 for people who take cheap items, below 1 for those who take dear ones.
        taste: ``(n_people, n_categories)``, sums to 1.
        basket_more: mean number of further lines in an order.
        reach: how well the shop's messages reach the person.
        active_from, active_until: half-open range of civil days with visits after the first one, inside the history.
    """

    signup_day: NDArray[np.int64]
    signup_second: NDArray[np.int64]
    channel: NDArray[np.int64]
    platform: NDArray[np.int64]
    purchase_rate: NDArray[np.float64]
    visit_rate: NDArray[np.float64]
    lifetime_days: NDArray[np.float64]
    dropout_rate: NDArray[np.float64]
    price_sensitivity: NDArray[np.float64]
    taste: NDArray[np.float64]
    basket_more: NDArray[np.float64]
    reach: Reach
    active_from: NDArray[np.int64]
    active_until: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many people there are."""
        return len(self.signup_day)

    @property
    def spend_quantile_power(self) -> NDArray[np.float64]:
        """The exponent that bends a uniform draw over a category's price range towards the cheap (> 1) or dear end."""
        return np.exp(1.6 * (self.price_sensitivity - 0.5))

    def first_visit_purchase(self, laws: ShopLaws) -> NDArray[np.float64]:
        """Give the probability that each person means to buy during the first visit: 1 − exp(−rate × ``first_visit_days``)."""
        return -np.expm1(-self.purchase_rate * laws.first_visit_days)

    def purchase_success(self, laws: ShopLaws) -> NDArray[np.float64]:
        """Give the probability that what each person means to buy is bought: 1 less the share of broken check-outs."""
        return 1 - breaks_for(self.platform, laws)


def draw_population(people: int, season: Season, laws: ShopLaws, rng: np.random.Generator) -> Population:
    """Draw ``people`` people who sign up over the season, the more the later, and during promotions most."""
    signup_day, signup_second = _draw_signups(people, season, rng)
    channel = draw_choices(CHANNELS, people, rng)
    purchase_rate = _draw_purchase_rates(channel, laws, rng)
    reach = draw_reach(people, laws, rng.spawn(1)[0])
    dropout_rate = rng.gamma(laws.dropout_shape, 1 / laws.dropout_scale_days, people) * dropout_factor(reach, laws)
    lifetime = rng.exponential(1.0, people) / dropout_rate
    active_from = signup_day + 1
    return Population(
        signup_day=signup_day,
        signup_second=signup_second,
        channel=channel,
        platform=draw_choices(PLATFORMS, people, rng),
        purchase_rate=purchase_rate,
        visit_rate=_draw_visit_rates(purchase_rate, laws, rng),
        lifetime_days=lifetime,
        dropout_rate=dropout_rate,
        price_sensitivity=rng.beta(laws.sensitivity_a, laws.sensitivity_b, people),
        taste=rng.dirichlet(np.full(len(CATEGORIES), laws.taste_concentration), people),
        basket_more=_draw_baskets(people, laws, rng),
        reach=reach,
        active_from=active_from,
        active_until=np.minimum(active_from + np.minimum(lifetime, season.days).astype(np.int64), season.days),
    )


def draw_choices(choices: Sequence[Choice], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw ``count`` places in ``choices`` by their weights."""
    weights = np.array([choice.weight for choice in choices])
    return rng.choice(len(choices), size=count, p=weights / weights.sum())


def _draw_signups(people: int, season: Season, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    growth = _SIGN_UP_BASE + _SIGN_UP_GROWTH * np.arange(season.days) / season.days
    weights = growth * season.weekday * (1 + _SIGN_UP_PULL * season.promotion)
    day = rng.choice(season.days, size=people, p=weights / weights.sum())
    second = draw_seconds(people, rng)
    by_time = np.lexsort((second, day))
    return day[by_time], second[by_time]


def _draw_purchase_rates(channel: NDArray[np.int64], laws: ShopLaws, rng: np.random.Generator) -> NDArray[np.float64]:
    factors = np.array([choice.rate_factor for choice in CHANNELS])
    rates: NDArray[np.float64] = rng.gamma(laws.purchase_shape, laws.purchase_rate / laws.purchase_shape, len(channel))
    rates *= factors[channel]
    rates[rng.random(len(channel)) < laws.browser_share] = 0.0
    return rates


def _draw_visit_rates(purchase_rate: NDArray[np.float64], laws: ShopLaws, rng: np.random.Generator) -> NDArray[np.float64]:
    own = rng.gamma(laws.visit_shape, laws.visit_rate / laws.visit_shape, len(purchase_rate))
    return own + laws.visits_per_purchase * purchase_rate


def _draw_baskets(people: int, laws: ShopLaws, rng: np.random.Generator) -> NDArray[np.float64]:
    spread = laws.basket_spread
    return laws.basket_mean * np.exp(spread * rng.standard_normal(people) - spread**2 / 2)
