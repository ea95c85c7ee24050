"""What is true of the people: visits, purchases and drop-out follow the parameters that were drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from finegrain.simulate.causes import dropout_factor
from finegrain.simulate.laws import CHANNELS, PLATFORMS
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.shop import Shop, simulate_shop
from finegrain.simulate.visits import draw_categories, expected_purchases


def _purchases(shop: Shop) -> np.ndarray:
    buys = shop.visits.person[shop.visits.is_purchase]
    return np.bincount(buys, minlength=shop.world.population.size)


def test_purchases_follow_the_drawn_rates_at_every_level(shop: Shop) -> None:
    """A Poisson count has its mean as variance, so each tenth of the people lies within four standard deviations."""
    expected, seen = expected_purchases(shop.world), _purchases(shop)
    for group in np.array_split(np.argsort(expected), 10):
        mean = expected[group].sum()
        assert abs(seen[group].sum() - mean) <= 4 * np.sqrt(mean) + 1e-9


def test_purchases_are_as_scattered_as_poisson_counts(shop: Shop) -> None:
    expected, seen = expected_purchases(shop.world), _purchases(shop)
    many = expected > 2
    dispersion = ((seen[many] - expected[many]) ** 2 / expected[many]).mean()
    assert dispersion == pytest.approx(1, abs=0.1)


def test_who_never_buys_never_buys(shop: Shop) -> None:
    assert _purchases(shop)[shop.world.population.purchase_rate == 0].sum() == 0


def test_purchase_rates_are_the_gamma_distribution_of_the_laws(shop: Shop) -> None:
    """Mean r/α and variance r/α², after the channel's factor is taken out."""
    population, laws = shop.world.population, shop.world.laws
    factor = np.array([choice.rate_factor for choice in CHANNELS])[population.channel]
    rates = (population.purchase_rate / factor)[population.purchase_rate > 0]
    assert rates.mean() == pytest.approx(laws.purchase_rate, rel=0.05)
    assert rates.mean() ** 2 / rates.var() == pytest.approx(laws.purchase_shape, rel=0.1)


def test_lifetimes_have_the_median_of_the_pareto_distribution(shop: Shop) -> None:
    """After the factor by which reach scales the drop-out rate is taken out."""
    population, laws = shop.world.population, shop.world.laws
    median = laws.dropout_scale_days * (2 ** (1 / laws.dropout_shape) - 1)
    lifetimes = population.lifetime_days * dropout_factor(population.reach, laws)
    assert np.median(lifetimes) == pytest.approx(median, rel=0.06)


def test_nobody_comes_before_signing_up_or_after_dropping_out(shop: Shop) -> None:
    population, visits = shop.world.population, shop.visits
    later = ~visits.is_signup
    person, day = visits.person[later], visits.day[later]
    assert (day >= population.active_from[person]).all()
    assert (day < population.active_until[person]).all()
    assert (visits.day[visits.is_signup] == population.signup_day).all()


def test_tastes_decide_what_visits_are_about() -> None:
    taste = np.array([[0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])
    drawn = draw_categories(taste, np.repeat([0, 1], [1_000, 100_000]), np.random.default_rng(4))
    assert set(drawn[:1_000].tolist()) == {1}
    np.testing.assert_allclose(np.bincount(drawn[1_000:]) / 100_000, taste[1], atol=0.006)


def test_people_keep_to_their_platform(shop: Shop) -> None:
    laws, visits = shop.world.laws, shop.visits
    at_home = (visits.platform == shop.world.population.platform[visits.person]).mean()
    assert at_home == pytest.approx(laws.home_platform_share + (1 - laws.home_platform_share) / len(PLATFORMS), abs=0.01)


@pytest.mark.parametrize(
    ("seed", "until"), [(1, date(2024, 3, 31)), (2, date(2024, 5, 31)), (3, date(2024, 8, 31)), (4, date(2024, 11, 20))]
)
def test_about_thirty_percent_of_buyers_have_been_silent_for_ninety_days(seed: int, until: date) -> None:
    plan = ShopPlan(until=until)
    shop = simulate_shop(plan, np.random.default_rng(seed))
    last = np.full(plan.people, -1)
    bought = shop.visits.is_purchase
    np.maximum.at(last, shop.visits.person[bought], shop.visits.day[bought])
    silent = last[last >= 0] < plan.days - 90
    assert 0.25 <= silent.mean() <= 0.35


def test_the_smallest_shop_stands() -> None:
    shop = simulate_shop(ShopPlan(until=date(2024, 1, 1), people=1, days=1), np.random.default_rng(0))
    assert shop.visits.size == 1
