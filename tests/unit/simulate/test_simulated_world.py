"""The plan, the catalogue and the season of the demo shop."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from finegrain.errors import BadValueError
from finegrain.simulate.catalogue import CATEGORIES, CATEGORIES_EN, QUERIES, build_catalogue
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.portraits import draw_portraits, member_levels
from finegrain.simulate.seasons import HOUR_WEIGHTS, WEEKDAY_FACTORS, build_season, draw_seconds, promotions_of

YEAR_END = date(2024, 12, 31)


@pytest.mark.parametrize(
    "wrong", [{"people": 0}, {"days": 0}, {"days": 3_651}, {"seed": -1}, {"zone": "Mars/Base"}, {"currency": "XXQ"}]
)
def test_plan_refuses_what_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(BadValueError):
        ShopPlan(until=YEAR_END, **wrong)  # type: ignore[arg-type]


def test_plan_counts_both_ends_of_the_history() -> None:
    assert ShopPlan(until=YEAR_END, days=1).first_day == YEAR_END


def test_catalogue_has_300_items_named_once_in_both_languages() -> None:
    items = build_catalogue(100, np.random.default_rng(0)).items
    assert len(items) == 300
    assert len({item.name for item in items}) == len({item.name_en for item in items}) == 300
    assert len(CATEGORIES) == len(CATEGORIES_EN) == 10
    assert all(item.name.split("·")[1] in QUERIES for item in items)


def test_catalogue_prices_follow_the_currency() -> None:
    yuan, yen = (build_catalogue(units, np.random.default_rng(0)) for units in (100, 1))
    assert (yuan.price_minor == 100 * yen.price_minor).all()


def test_picked_items_follow_popularity_within_their_category() -> None:
    rng = np.random.default_rng(1)
    catalogue = build_catalogue(100, rng)
    picked = catalogue.pick(np.full(200_000, 3), rng.random(200_000))
    counts = np.bincount(picked, minlength=300)
    weight = np.array([item.popularity * (item.category == 3) for item in catalogue.items])
    assert counts[weight == 0].sum() == 0
    np.testing.assert_allclose(counts / 200_000, weight / weight.sum(), atol=0.004)


def test_picks_at_the_edges_stay_inside_the_category() -> None:
    catalogue = build_catalogue(100, np.random.default_rng(1))
    for quantile in (0.0, np.nextafter(1.0, 0.0), 1.0):
        picked = catalogue.pick(np.arange(10), np.full(10, quantile))
        assert catalogue.category[picked].tolist() == list(range(10))


def test_promotions_peak_on_their_days() -> None:
    season = build_season(date(2024, 1, 1), 366)
    strongest = date(2024, 1, 1) + timedelta(days=int(season.promotion.argmax()))
    assert strongest == date(2024, 11, 11)
    june = {day: season.promotion[(date(2024, 6, day) - date(2024, 1, 1)).days] for day in range(1, 31)}
    assert max(june, key=lambda day: june[day]) == 18
    assert june[25] == 0


@pytest.mark.parametrize("year", [2024, 2031, 2050])
def test_new_year_goods_come_before_the_spring_festival(year: int) -> None:
    goods = next(promotion for promotion in promotions_of(year) if promotion.name == "年货节")
    assert goods.first < goods.peak < goods.last < date(year, 2, 21)


def test_weekdays_average_to_one() -> None:
    assert sum(WEEKDAY_FACTORS) / 7 == pytest.approx(1)


def test_seconds_follow_the_hours() -> None:
    hours = np.bincount(draw_seconds(500_000, np.random.default_rng(2)) // 3_600, minlength=24)
    np.testing.assert_allclose(hours / 500_000, np.array(HOUR_WEIGHTS) / sum(HOUR_WEIGHTS), atol=0.002)


def test_portraits_belong_to_nobody() -> None:
    portraits = draw_portraits(500, YEAR_END, np.random.default_rng(3))
    assert all(phone.startswith("+86 000 ") for phone in portraits.phone)
    assert all(email.endswith("@example.com") for email in portraits.email)
    assert len(set(portraits.user_id)) == len(set(portraits.phone)) == 500
    ages = [(YEAR_END - birthday).days / 365.25 for birthday in portraits.birthday]
    assert min(ages) >= 18
    assert max(ages) < 71


def test_member_levels_rise_with_what_was_spent() -> None:
    assert member_levels(np.array([-5, 0, 49_999, 50_000, 150_000, 400_000]), 100).tolist() == [0, 0, 0, 1, 2, 3]
