"""Pooled risks and tests against published tables, simpler tests that they become, and hand-worked examples."""

from __future__ import annotations

import math
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finegrain.behaviour.churn.pooling import Strata, informative, pooled_risk, tables

UGDP = ([8, 22], [106, 98], [5, 16], [120, 85])
"""Deaths and people with tolbutamide and with placebo, below 55 years and from 55 on: the University Group Diabetes Program, as
printed in Rothman & Greenland, Modern Epidemiology."""
BERKELEY = (
    [512, 353, 120, 138, 53, 22],
    [825, 560, 325, 417, 191, 373],
    [89, 17, 202, 131, 94, 24],
    [108, 25, 593, 375, 393, 341],
)
"""Men admitted and applying, women admitted and applying, in six departments (Bickel, Hammel & O'Connell 1975)."""


def tail(statistic: float) -> float:
    """Give the probability that χ² of one degree of freedom, the square of a standard normal number, is larger."""
    return 2 * (1 - NormalDist().cdf(math.sqrt(statistic)))


def strata(a: list[int], n1: list[int], c: list[int], n0: list[int]) -> Strata:
    """Give the tables of some strata."""
    return Strata(*(np.array(counts, dtype=np.float64) for counts in (a, n1, c, n0)))


def test_the_pooled_ratio_of_the_diabetes_trial_is_the_published_one() -> None:
    risk = pooled_risk(strata(*UGDP))
    assert risk is not None
    # Modern Epidemiology gives RR_MH = 1.33. By hand: R = 8·120/226 + 22·85/183, S = 5·106/226 + 16·98/183.
    assert risk.ratio == pytest.approx((8 * 120 / 226 + 22 * 85 / 183) / (5 * 106 / 226 + 16 * 98 / 183))
    assert round(risk.ratio, 2) == 1.33


def test_the_variance_is_that_of_greenland_and_robins_worked_by_hand() -> None:
    # One stratum of 10 with 4 of 5 silent and one of 10 with 3 of 6; without: 1 of 5 and 1 of 4.
    risk = pooled_risk(strata([4, 3], [5, 6], [1, 1], [5, 4]))
    r, s = 4 * 5 / 10 + 3 * 4 / 10, 1 * 5 / 10 + 1 * 6 / 10
    above = (5 * 5 * 5 - 4 * 1 * 10) / 100 + (6 * 4 * 4 - 3 * 1 * 10) / 100
    assert risk is not None
    assert risk.ratio == pytest.approx(r / s)
    assert math.log(risk.high / risk.ratio) == pytest.approx(1.959964 * math.sqrt(above / (r * s)), rel=1e-6)
    assert risk.low * risk.high == pytest.approx(risk.ratio**2)


def test_the_test_of_berkeleys_admissions_has_the_published_statistic() -> None:
    risk = pooled_risk(strata(*BERKELEY))
    assert risk is not None
    # R's mantelhaen.test(UCBAdmissions, correct = FALSE): χ² = 1.5246, df = 1, p = 0.2169.
    assert risk.p == pytest.approx(0.2169, abs=5e-5)
    assert risk.p == pytest.approx(tail(1.5246), abs=5e-5)


four = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))


@given(counts=four)
def test_one_stratum_is_the_plain_relative_risk_with_katzs_interval(counts: tuple[int, int, int, int]) -> None:
    """Katz, Baptista, Azen & Pike 1978: the logarithm's variance is 1/a − 1/n₁ + 1/c − 1/n₀."""
    a, stayed, c, others_stayed = counts
    n1, n0 = a + stayed, c + others_stayed
    risk = pooled_risk(strata([a], [n1], [c], [n0]))
    ratio, spread = (a / n1) / (c / n0), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n0)
    reach = math.exp(NormalDist().inv_cdf(0.975) * spread)
    assert risk is not None
    assert (risk.ratio, risk.low, risk.high) == pytest.approx((ratio, ratio / reach, ratio * reach))


@given(counts=four)
def test_one_stratum_is_pearsons_test_but_for_one_person(counts: tuple[int, int, int, int]) -> None:
    a, stayed, c, others_stayed = counts
    total = sum(counts)
    risk = pooled_risk(strata([a], [a + stayed], [c], [c + others_stayed]))
    margins = (a + stayed) * (c + others_stayed) * (a + c) * (stayed + others_stayed)
    pearson = total * (a * others_stayed - c * stayed) ** 2 / margins
    assert risk is not None
    assert risk.p == pytest.approx(tail(pearson * (total - 1) / total), abs=1e-12)


@given(pairs=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_pairs_are_mcnemars_test(pairs: list[tuple[bool, bool]]) -> None:
    """Of two people alike, one with the sign and one without it: only pairs of which one went silent tell anything."""
    with_it, without = sum(a and not c for a, c in pairs), sum(c and not a for a, c in pairs)
    assume(any(a for a, _ in pairs) and any(c for _, c in pairs))
    ones = [1] * len(pairs)
    risk = pooled_risk(strata([int(a) for a, _ in pairs], ones, [int(c) for _, c in pairs], ones))
    assert risk is not None
    expected = tail((with_it - without) ** 2 / (with_it + without)) if with_it + without else 1.0
    assert risk.p == pytest.approx(expected)


def test_swapping_with_and_without_turns_the_ratio_over() -> None:
    a, n1, c, n0 = UGDP
    one, other = pooled_risk(strata(a, n1, c, n0)), pooled_risk(strata(c, n0, a, n1))
    assert one is not None
    assert other is not None
    assert (other.ratio, other.low, other.high, other.p) == pytest.approx((1 / one.ratio, 1 / one.high, 1 / one.low, one.p))


@pytest.mark.parametrize("table", [([0], [5], [0], [5]), ([3], [5], [0], [0]), ([0], [0], [3], [5]), ([], [], [], [])])
def test_there_is_no_ratio_without_silent_people_or_without_people_on_both_sides(table: tuple[list[int], ...]) -> None:
    assert pooled_risk(strata(*table)) is None


def test_where_nobody_without_the_sign_went_silent_one_stratum_gets_half_a_person_in_each_cell() -> None:
    risk, test = pooled_risk(strata([30], [40], [0], [60])), pooled_risk(strata([61], [82], [1], [122]))
    assert risk is not None
    assert test is not None
    # (30 + ½) / (40 + 1) against ½ / (60 + 1): the table of 61 of 82 and 1 of 122 has twice the people in each cell.
    assert risk.ratio == pytest.approx((30.5 / 41) / (0.5 / 61)) == pytest.approx(test.ratio)
    assert math.log(risk.high / risk.ratio) == pytest.approx(1.959964 * math.sqrt(1 / 30.5 - 1 / 41 + 2 - 1 / 61), rel=1e-6)
    # By hand: 30 of 30 silent people have the sign, where 40 of 100 have it: (30 − 12)² / (40·60·30·70 / (100²·99)) = 63.64.
    assert risk.p == pytest.approx(tail(63.642857), rel=1e-3, abs=1e-15)


def test_who_never_goes_silent_with_a_sign_gives_the_ratio_turned_over() -> None:
    a, n1, c, n0 = ([0, 0], [20, 30], [8, 9], [20, 25])
    one, other = pooled_risk(strata(a, n1, c, n0)), pooled_risk(strata(c, n0, a, n1))
    assert one is not None
    assert other is not None
    assert 0 < one.low < one.ratio < one.high < 1
    assert (other.ratio, other.low, other.high, other.p) == pytest.approx((1 / one.ratio, 1 / one.high, 1 / one.low, one.p))


def test_a_stratum_in_which_everybody_went_silent_tells_nothing_of_chance() -> None:
    risk = pooled_risk(strata([5], [5], [5], [5]))
    assert risk is not None
    assert (risk.ratio, risk.p) == (1.0, 1.0)


def test_people_are_counted_into_their_strata() -> None:
    cells = list(product([False, True], [False, True], [0, 1]))
    rows = [cell for place, cell in enumerate(cells) for _ in range(place + 1)]
    sign, silent, stratum = (np.array(column) for column in zip(*rows, strict=True))
    found = tables(sign, silent, stratum, 3)
    assert found.exposed_silent.tolist() == [7, 8, 0]
    assert found.exposed.tolist() == [7 + 5, 8 + 6, 0]
    assert found.others_silent.tolist() == [3, 4, 0]
    assert found.others.tolist() == [3 + 1, 4 + 2, 0]
    assert informative(found).tolist() == [True, True, False]
