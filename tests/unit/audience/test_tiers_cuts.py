"""Cutting people by a figure: the steps against the definitions they stand for, written out slowly."""

from __future__ import annotations

import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.tiers import cuts

small = st.lists(st.integers(-5, 5), min_size=1, max_size=40)
wide = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40)
figures = st.one_of(small, wide)
shares = st.fractions(0, 1, max_denominator=1000)


def array(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


@given(values=figures, parts=st.integers(2, 7))
def test_quantile_levels_follow_the_number_of_people_below(values: list[int], parts: int) -> None:
    levels = cuts.levels(array(values), cuts.quantile_steps(array(values), parts))
    expected = [parts * sum(other < value for other in values) // len(values) for value in values]
    assert levels.tolist() == expected


@given(values=figures)
def test_ranked_values_are_those_of_the_sorted_list(values: list[int]) -> None:
    assert list(cuts.ranked(array(values), range(len(values)))) == sorted(values)


@given(values=figures)
def test_mean_and_median_are_exact(values: list[int]) -> None:
    assert cuts.mean(array(values)) == Fraction(sum(values), len(values))
    assert cuts.median(array(values)) == statistics.median(Fraction(value) for value in values)


@given(bound=st.fractions(-50, 50), value=st.integers(-60, 60))
def test_a_step_above_a_bound_is_reached_by_what_is_greater(bound: Fraction, value: int) -> None:
    assert (value >= cuts.step_above(bound)) == (value > bound)


@given(values=st.lists(st.integers(1, 9), min_size=1, max_size=30), share=shares)
def test_top_by_sum_takes_people_until_the_share_is_reached(values: list[int], share: Fraction) -> None:
    (step,) = cuts.top_step_by_sum(array(values), [share])
    for value in values:
        above = sum(other for other in values if other > value)
        assert (value >= step) == (above < share * sum(values))


@given(values=figures, share=shares)
def test_top_by_count_takes_that_part_of_the_people(values: list[int], share: Fraction) -> None:
    (step,) = cuts.top_step_by_count(array(values), [share])
    for value in values:
        assert (value >= step) == (sum(other > value for other in values) < share * len(values))


def test_pareto_example_takes_the_fewest_who_bring_eighty_percent() -> None:
    # 50 + 30 of 100 are 80 %: two people; the third would be more than needed.
    assert cuts.top_step_by_sum(array([50, 30, 10, 6, 4]), [Fraction(80, 100), Fraction(95, 100)]) == (30, 6)


def test_no_values_give_no_steps() -> None:
    assert cuts.quantile_steps(array([])) == ()


@pytest.mark.parametrize(("days", "scores"), [([5, 5, 5, 5, 5], [0] * 5), ([1, 2, 3, 4, 5], [0, 1, 2, 3, 4])])
def test_people_with_equal_figures_score_the_same(days: list[int], scores: list[int]) -> None:
    assert cuts.levels(array(days), cuts.quantile_steps(array(days))).tolist() == scores
