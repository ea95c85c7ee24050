"""Suggested thresholds: the figures behind the reasons, and that applying them always works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.contract import SCHEMES, SchemeName, SuggestionResult
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.audience.tiers.suggest import NEEDED, share_of_top, suggest, within_days
from finegrain.behaviour.contract import PersonFacts
from finegrain.i18n import speaking
from finegrain.zones import MICROSECONDS_PER_DAY as DAY
from finegrain.zones import Zone

AS_OF_US = 20_000 * DAY


def buyers(days_since: list[int], purchases: list[int], revenue: list[int]) -> PersonFacts:
    """People who bought, all of it in the window."""
    last = AS_OF_US - np.array(days_since, dtype=np.int64) * DAY
    count, money = np.array(purchases, dtype=np.int32), np.array(revenue, dtype=np.int64)
    ids = np.arange(len(last), dtype=np.int64)
    return PersonFacts(AS_OF_US, 0, ids, last, last, last, last, count, money, count, money)


def value_of(result: SuggestionResult, name: str) -> Any:
    return result.values()[name]


def test_ninety_percent_of_gaps_lie_within_the_days_said() -> None:
    assert within_days(np.arange(1, 101, dtype=np.float64), 90) == 90
    assert within_days(np.full(10, 6.5), 90) == 7


@given(gaps=st.lists(st.floats(0, 3000), min_size=1, max_size=60), percent=st.integers(1, 100))
def test_days_within_are_the_fewest_that_hold_the_share(gaps: list[float], percent: int) -> None:
    days = within_days(np.array(gaps), percent)
    inside = [sum(gap <= limit for gap in gaps) * 100 >= percent * len(gaps) for limit in (days, days - 1)]
    assert inside[0]
    assert days == 1 or not inside[1]


def test_the_top_fifth_brings_what_pareto_says() -> None:
    assert share_of_top(np.array([80, 5, 5, 5, 5], dtype=np.int64), 20) == 80


def test_silence_begins_where_nine_of_ten_have_come_back() -> None:
    result = suggest("activity", buyers([1], [1], [1]), np.arange(1, 201, dtype=np.float64), "CNY")
    assert result.values() == {"new_days": 100, "silent_days": 180, "churned_days": 198}
    assert result.suggestions[1].text() == "90% of repeat purchases come within 180 days of the one before."


def test_reasons_are_given_in_the_readers_language() -> None:
    result = suggest("frequency", buyers([1], [1], [1]), np.full(200, 30.0), "CNY")
    with speaking("zh_CN"):
        assert result.suggestions[0].text() == "90% 的复购发生在上一次购买后的 30 天以内。"


def test_fixed_splits_suggested_part_people_as_the_median_does() -> None:
    rng = np.random.default_rng(7)
    facts = buyers(*(rng.integers(1, 300, 501).tolist() for _ in range(3)))
    scheme = scheme_named("rfm")
    suggested = {**suggest("rfm", facts, np.array([]), "CNY").values(), "view": "eight", "split": "fixed"}
    by_hand, by_median = (
        compute(scheme, facts, resolve(scheme, given_values), zone=Zone("UTC"), currency="CNY").assignment.codes.tolist()
        for given_values in (suggested, {"view": "eight", "split": "median"})
    )
    assert by_hand == by_median


def test_fixed_scores_suggested_score_people_as_quantiles_do() -> None:
    rng = np.random.default_rng(8)
    facts = buyers(*(rng.integers(1, 300, 501).tolist() for _ in range(3)))
    scheme = scheme_named("rfm")
    suggested = {**suggest("rfm", facts, np.array([]), "CNY").values(), "view": "quintile", "scores": "fixed"}
    by_hand, by_quantile = (
        compute(scheme, facts, resolve(scheme, given_values), zone=Zone("UTC"), currency="CNY").assignment.codes.tolist()
        for given_values in (suggested, {"view": "quintile"})
    )
    assert by_hand == by_quantile


@pytest.mark.parametrize("name", SCHEMES)
@given(data=st.data())
def test_whatever_is_suggested_is_accepted(name: SchemeName, data: st.DataObject) -> None:
    seed, spread = data.draw(st.integers(0, 10_000)), data.draw(st.integers(1, 400))
    rng = np.random.default_rng(seed)
    n = data.draw(st.integers(0, 3 * NEEDED))
    facts = buyers(*(rng.integers(1, 1 + spread, n).tolist() for _ in range(3)))
    gaps = rng.exponential(spread, data.draw(st.integers(0, 3 * NEEDED)))
    result = suggest(name, facts, gaps, "CNY")
    scheme = scheme_named(name)
    assert resolve(scheme, result.values()).keys() == resolve(scheme).keys()
    assert all(suggestion.text() for suggestion in result)
    assert len(result) or result.notes or name == "value"


@pytest.mark.parametrize("name", SCHEMES)
def test_one_gap_too_few_is_thin(name: SchemeName) -> None:
    few = [1] * (NEEDED - 1)
    result = suggest(name, buyers(few, few, few), np.ones(NEEDED - 1), "CNY")
    assert not result.suggestions
    assert f"{NEEDED} are needed" in result.notes[0]
    assert value_of(suggest("frequency", buyers([1], [1], [1]), np.ones(NEEDED), "CNY"), "lapsed_days") == 1


def test_gaps_without_a_tail_suggest_no_factors_of_lateness() -> None:
    # Every gap is 30 days: nine tenths and 99 in 100 lie within the same factor, which would part nobody.
    values = suggest("lifecycle", buyers([1] * 9, [3] * 9, [1] * 9), np.full(NEEDED, 30.0), "CNY").values()
    assert values == {"typical_gap_days": 30}


def test_one_buyer_who_brings_everything_suggests_no_shares() -> None:
    assert suggest("value", buyers([1] * NEEDED, [1] * NEEDED, [10**9] + [1] * (NEEDED - 1)), np.array([]), "CNY").values() == {}


@pytest.mark.parametrize("name", SCHEMES)
@given(seed=st.integers(0, 10_000), spread=st.integers(1, 5_000))
def test_suggestions_lie_inside_the_limits_of_their_thresholds(name: SchemeName, seed: int, spread: int) -> None:
    rng = np.random.default_rng(seed)
    facts = buyers(*(rng.integers(1, 1 + spread, 150).tolist() for _ in range(3)))
    declared = {row.name: row for row in scheme_named(name).declared}
    for suggestion in suggest(name, facts, rng.exponential(spread, 150), "CNY"):
        row = declared[suggestion.name]
        assert row.minimum is not None
        assert row.maximum is not None
        assert row.minimum <= float(suggestion.value) <= row.maximum
        assert not row.whole or suggestion.value == int(suggestion.value)
