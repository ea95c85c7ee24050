"""Laws of the simulator over any small plan: what must hold for every seed, and what each parameter does and leaves alone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.simulate.instants import find_instants
from finegrain.simulate.laws import CHANNELS, PLATFORMS, SOURCES, ShopLaws
from finegrain.simulate.orders import NO_COUPON
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.population import draw_choices
from finegrain.simulate.seasons import Promotion, build_season, promotions_of
from finegrain.simulate.shop import Shop, simulate_shop
from finegrain.simulate.steps import Kind
from finegrain.simulate.visits import expected_purchases, season_sums

PLAN = ShopPlan(until=date(2024, 6, 30), people=400, days=120)
LAWS = ShopLaws()
few = hypothesis.settings(max_examples=10)
plans = st.builds(
    ShopPlan,
    until=st.dates(date(2018, 1, 1), date(2035, 12, 31)),
    people=st.integers(1, 60),
    days=st.integers(1, 200),
    currency=st.sampled_from(["CNY", "JPY", "KWD"]),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
)


def shop_with(**laws: Any) -> Shop:
    """Simulate the small shop with some laws changed."""
    return simulate_shop(PLAN, np.random.default_rng(1), replace(LAWS, **laws))


def arrays(part: Any) -> dict[str, Any]:
    """Give the arrays of a part of the shop as lists."""
    return {field.name: getattr(part, field.name).tolist() for field in fields(part)}


@few
@given(plan=plans, seed=st.integers(0, 2**32))
def test_every_shop_hangs_together(plan: ShopPlan, seed: int) -> None:
    shop = simulate_shop(plan, np.random.default_rng(seed))
    instants = find_instants(shop)
    assert int(shop.visits.is_signup.sum()) == plan.people
    assert shop.orders.size == int(shop.visits.is_purchase.sum())
    assert ((shop.visits.day >= 0) & (shop.visits.day < plan.days)).all()
    assert (shop.orders.line_paid_minor >= 0).all()
    assert (shop.orders.total_minor >= 0).all()
    assert int((shop.timed.steps.kind == Kind.SIGNED_UP).sum()) == plan.people
    assert int((shop.timed.steps.kind == Kind.ORDER_COMPLETED).sum()) == shop.orders.size
    assert (instants.orders[shop.orders.line_order[shop.refunds.line]] < instants.refunds).all()


@few
@given(plan=plans, seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_shop(plan: ShopPlan, seed: int) -> None:
    one, other = (simulate_shop(plan, np.random.default_rng(seed)) for _ in range(2))
    for part in ("visits", "orders", "refunds"):
        assert arrays(getattr(one, part)) == arrays(getattr(other, part))
    assert one.timed.offset_ms.tolist() == other.timed.offset_ms.tolist()


@pytest.mark.parametrize("law", ["refund_share", "review_share", "share_share", "checkout_share"])
def test_a_later_parameter_leaves_visits_and_orders_as_they_were(law: str) -> None:
    usual, changed = shop_with(), shop_with(**{law: 0.5})
    assert arrays(usual.visits) == arrays(changed.visits)
    assert arrays(usual.orders) == arrays(changed.orders)


@pytest.mark.parametrize(
    ("law", "kind"),
    [
        ("search_share", Kind.PRODUCTS_SEARCHED),
        ("share_share", Kind.PRODUCT_SHARED),
        ("review_share", Kind.PRODUCT_REVIEWED),
    ],
)
def test_a_share_of_zero_takes_a_kind_of_step_away(law: str, kind: Kind) -> None:
    assert (shop_with().timed.steps.kind == kind).any()
    assert not (shop_with(**{law: 0.0}).timed.steps.kind == kind).any()


def test_nobody_buys_in_a_shop_of_browsers() -> None:
    shop = shop_with(browser_share=1.0)
    assert shop.orders.size == len(shop.refunds.line) == 0
    assert expected_purchases(shop.world).sum() == 0
    assert find_instants(shop).placed.tolist() == []


@pytest.mark.parametrize(("share", "whole"), [(0.0, 0.5), (1.0, 1.0), (1.0, 0.0)])
def test_refunds_take_back_nothing_everything_or_one_line_an_order(share: float, whole: float) -> None:
    shop = shop_with(refund_share=share, full_refund_share=whole)
    wanted = 0 if not share else len(shop.orders.line_order) if whole else shop.orders.size
    assert len(shop.refunds.line) == wanted
    assert ((shop.refunds.delay_days >= 1) & (shop.refunds.delay_days <= 15)).all()


def test_people_who_stay_at_home_use_one_platform() -> None:
    shop = shop_with(home_platform_share=1.0)
    assert (shop.visits.platform == shop.world.population.platform[shop.visits.person]).all()


def test_without_further_pieces_every_line_is_of_one() -> None:
    assert set(shop_with(quantity_more=0.0).orders.line_quantity.tolist()) == {1}


def test_a_stronger_pull_brings_more_purchases_on_promotion_days_only() -> None:
    weak, strong = shop_with(promotion_pull=0.0), shop_with(promotion_pull=5.0)
    assert (expected_purchases(strong.world) >= expected_purchases(weak.world)).all()
    quiet = replace(PLAN, until=date(2024, 4, 30), days=60)
    one, other = (simulate_shop(quiet, np.random.default_rng(1), replace(LAWS, promotion_pull=pull)) for pull in (0.0, 5.0))
    assert one.world.season.promotion.sum() == 0
    assert expected_purchases(one.world).tolist() == expected_purchases(other.world).tolist()


def test_coupons_of_promotions_are_used_on_their_days_only() -> None:
    shop = simulate_shop(replace(PLAN, people=2_000), np.random.default_rng(2))
    promoted = shop.world.season.promotion[shop.visits.day[shop.orders.visit]] > 0
    used = shop.orders.coupon == 2
    assert used.any()
    assert not (used & ~promoted).any()
    assert (shop.orders.discount_minor[shop.orders.coupon == NO_COUPON] == 0).all()


@pytest.mark.parametrize("choices", [CHANNELS, PLATFORMS, SOURCES], ids=["channels", "platforms", "sources"])
def test_kinds_are_drawn_by_their_weights(choices: Any) -> None:
    drawn = np.bincount(draw_choices(choices, 100_000, np.random.default_rng(6)), minlength=len(choices)) / 100_000
    weights = np.array([choice.weight for choice in choices])
    # Four standard deviations of a share over 100,000 draws are below 0.0064.
    np.testing.assert_allclose(drawn, weights / weights.sum(), atol=0.0064)
    assert weights.sum() == pytest.approx(1)


@given(st.dates(date(2018, 1, 1), date(2035, 12, 31)), st.integers(-400, 400))
def test_a_promotion_is_strongest_on_its_peak_and_nothing_outside(day: date, shift: int) -> None:
    for promotion in promotions_of(day.year):
        strength = promotion.strength_on(day + timedelta(days=shift))
        assert 0 <= strength <= promotion.strength == promotion.strength_on(promotion.peak)
        assert (strength > 0) == (promotion.first <= day + timedelta(days=shift) <= promotion.last)


def test_a_promotion_of_one_day_stands_at_full_strength() -> None:
    day = date(2024, 5, 1)
    assert Promotion("一日", day, day, day, 1.5).strength_on(day) == 1.5


@given(first=st.dates(date(2018, 1, 1), date(2034, 1, 1)), days=st.integers(1, 500), data=st.data())
def test_sums_of_the_season_give_any_stretch_by_one_subtraction(first: date, days: int, data: st.DataObject) -> None:
    season = build_season(first, days)
    low, high = sorted(data.draw(st.lists(st.integers(0, days), min_size=2, max_size=2)))
    sums = season_sums(season)
    assert sums.ordinary[high] - sums.ordinary[low] == pytest.approx(season.weekday[low:high].sum())
    assert sums.promotion[high] - sums.promotion[low] == pytest.approx(season.promotion[low:high].sum())
    assert ((season.promotion_code >= 0) == (season.promotion > 0)).all()
