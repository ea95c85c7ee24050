"""What is planted in the shop: lack of reach makes people drop out, one step is broken on one platform; and neither without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from finegrain.simulate.causes import breaks_on, draw_reach, dropout_factor, planted_causes
from finegrain.simulate.instants import Instants, find_instants
from finegrain.simulate.laws import MESSAGE_CHANNELS, PLATFORMS, ShopLaws
from finegrain.simulate.messages import MEMBER_DAY, campaigns_of
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.seasons import build_season
from finegrain.simulate.shop import Shop, simulate_shop
from finegrain.simulate.steps import Kind
from finegrain.simulate.truth import truth_document, truth_table
from finegrain.simulate.visits import expected_purchases

LAWS = ShopLaws()
ANDROID = [choice.name for choice in PLATFORMS].index(LAWS.broken_platform)


@pytest.fixture(scope="module")
def without() -> Shop:
    return simulate_shop(ShopPlan(until=date(2024, 12, 31), causes=False), np.random.default_rng(5))


def _hazard_ratio(shop: Shop) -> float:
    """Give the drop-outs a day of life of people hardly reached, against that of the others."""
    population, season = shop.world.population, shop.world.season
    lived = population.active_until - population.active_from
    gone = population.active_until < season.days
    hardly = population.reach.hardly
    return float(gone[hardly].sum() / lived[hardly].sum() / (gone[~hardly].sum() / lived[~hardly].sum()))


def _paid_and_ordered(shop: Shop, *, android: bool) -> float:
    """Give the share of visits with a payment entered that end in an order, on the broken platform or elsewhere."""
    steps, on = shop.timed.steps, (shop.visits.platform == ANDROID) == android
    paid, ordered = (np.unique(steps.visit[steps.kind == kind]) for kind in (Kind.PAYMENT_INFO_ENTERED, Kind.ORDER_COMPLETED))
    return float(on[ordered].sum() / on[paid].sum())


def test_people_who_are_hardly_reached_drop_out_more_only_where_that_is_planted(shop: Shop, without: Shop) -> None:
    # The rates' ratio is 2 / 0.571 = 3.5; heterogeneous people thin out, so that what is seen lies below it.
    assert 1.8 < _hazard_ratio(shop) < 3.5
    assert _hazard_ratio(without) == pytest.approx(1, abs=0.08)


def test_factors_keep_the_mean_drop_out_rate() -> None:
    reach = draw_reach(200_000, LAWS, np.random.default_rng(1))
    assert dropout_factor(reach, LAWS).mean() == pytest.approx(1, abs=0.01)
    assert set(dropout_factor(reach, LAWS.without_causes()).tolist()) == {1.0}


def test_reach_has_the_means_of_the_laws() -> None:
    reach = draw_reach(200_000, LAWS, np.random.default_rng(2))
    assert reach.hardly.mean() == pytest.approx(LAWS.hardly_reached_share, abs=0.005)
    assert reach.share[reach.hardly].mean() == pytest.approx(LAWS.hardly_reached_mean, abs=0.005)
    assert reach.share[~reach.hardly].mean() == pytest.approx(LAWS.well_reached_mean, abs=0.005)


def test_payments_fail_on_the_broken_platform_alone(shop: Shop, without: Shop) -> None:
    assert _paid_and_ordered(shop, android=True) < 0.55
    assert _paid_and_ordered(shop, android=False) > 0.8
    assert _paid_and_ordered(without, android=True) == pytest.approx(_paid_and_ordered(without, android=False), abs=0.01)


def test_expected_purchases_count_what_fails(shop: Shop) -> None:
    usual = shop.world.population.platform == ANDROID
    bought = np.bincount(shop.visits.person[shop.visits.is_purchase], minlength=len(usual))
    expected = expected_purchases(shop.world)
    for group in (usual, ~usual):
        assert abs(bought[group].sum() - expected[group].sum()) < 4 * np.sqrt(expected[group].sum())


def test_purchases_fail_with_the_share_of_the_laws(shop: Shop) -> None:
    visits = shop.visits
    meant = (visits.is_purchase | visits.is_broken) & (visits.platform == ANDROID)
    assert visits.is_broken[meant].mean() == pytest.approx(LAWS.broken_share, abs=0.02)
    assert not visits.is_broken[visits.platform != ANDROID].any()
    assert breaks_on(np.arange(len(PLATFORMS)), LAWS).sum() == LAWS.broken_share


def test_messages_arrive_by_reach_while_people_are_there(shop: Shop) -> None:
    population, messages = shop.world.population, shop.messages
    assert (messages.day >= population.active_from[messages.person]).all()
    assert (messages.day < population.active_until[messages.person]).all()
    days = np.array([campaign.day for campaign in messages.campaigns])
    sent = np.searchsorted(days, population.active_until) - np.searchsorted(days, population.active_from)
    got = np.bincount(messages.person, minlength=population.size)
    mean = float((sent * population.reach.share).sum())
    assert abs(got.sum() - mean) < 4 * np.sqrt(mean)


def test_a_message_comes_once_a_campaign_in_the_late_morning(shop: Shop, instants: Instants) -> None:
    messages = shop.messages
    assert len(np.unique(messages.person * len(messages.campaigns) + messages.campaign)) == messages.size
    assert ((messages.second >= 36_000) & (messages.second < 37_800)).all()
    assert instants.messages.max() < instants.end_us
    assert set(messages.channel.tolist()) == set(range(len(MESSAGE_CHANNELS)))


def test_campaigns_go_out_on_every_second_thursday_and_around_promotions() -> None:
    season = build_season(date(2024, 10, 1), 61)
    named = [(campaign.name, date(2024, 10, 1) + timedelta(days=campaign.day)) for campaign in campaigns_of(season)]
    promoted = [day for name, day in named if name == "双11"]
    assert promoted == [date(2024, 10, 25), date(2024, 10, 28), date(2024, 11, 11), date(2024, 11, 13)]
    ordinary = [day for name, day in named if name == MEMBER_DAY]
    assert ordinary == [date(2024, 10, 3), date(2024, 10, 17), date(2024, 10, 31), date(2024, 11, 14), date(2024, 11, 28)]


def test_truth_names_what_is_planted_and_whom_messages_hardly_reach(shop: Shop, instants: Instants, without: Shop) -> None:
    causes = truth_document(shop)["planted_causes"]
    assert causes["broken_step"] | {"platform": "Android", "after": "Payment Info Entered"} == causes["broken_step"]
    assert causes["lack_of_reach"]["dropout_factor"] == 2.0
    assert truth_document(without)["planted_causes"] == planted_causes(LAWS.without_causes()) == {}
    truth = truth_table(shop, instants)
    assert truth["reach_share"].to_pylist() == shop.world.population.reach.share.tolist()
    assert truth["hardly_reached"].to_pylist() == shop.world.population.reach.hardly.tolist()


def test_a_shop_without_causes_has_the_same_people_and_reach() -> None:
    plan = ShopPlan(until=date(2024, 6, 30), people=300, days=90)
    one, other = (simulate_shop(replace(plan, causes=causes), np.random.default_rng(1)) for causes in (True, False))
    assert one.world.population.reach.share.tolist() == other.world.population.reach.share.tolist()
    assert one.world.population.signup_day.tolist() == other.world.population.signup_day.tolist()
    assert one.world.plan.to_dict() != other.world.plan.to_dict()


def test_a_day_without_a_campaign_brings_no_message() -> None:
    shop = simulate_shop(ShopPlan(until=date(2024, 4, 2), people=5, days=1), np.random.default_rng(1))
    assert shop.messages.campaigns == ()
    assert find_instants(shop).messages.tolist() == shop.messages.day.tolist() == []
