"""The diagnosis's formulas against published examples, closed forms and plain sums."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.behaviour.process.estimates import design_effect, newcombe, shrunk, two_sided, wilson


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_of_newcombe_1998_table_1(successes: int, total: int, low: float, high: float) -> None:
    """Newcombe 1998, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17:857, method 3."""
    assert list(wilson(successes, total)) == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "interval"),
    [
        ((56, 70), (48, 80), [0.0524, 0.3339]),
        ((9, 10), (3, 10), [0.1705, 0.8090]),
        ((5, 56), (0, 29), [-0.0381, 0.1926]),
        ((10, 10), (0, 10), [0.6075, 1.0]),
    ],
)
def test_newcombe_gives_the_intervals_of_table_2(one: tuple[int, int], other: tuple[int, int], interval: list[float]) -> None:
    """Newcombe 1998, Interval estimation for the difference between independent proportions, method 10."""
    found = newcombe(one[0] / one[1], wilson(*one), other[0] / other[1], wilson(*other))
    assert list(found) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize("each", [1, 2, 5])
def test_equal_cases_of_one_person_count_as_one(each: int) -> None:
    """With k cases each, all alike, the variance is k times that of independent cases, and m/(m−1) for the estimated mean."""
    won = np.array([0, 1, 1, 0, 0, 1, 0, 0]) * each
    found = design_effect(8 * each, int(won.sum()), (np.full(8, each), won))
    assert found == pytest.approx(each * 8 / 7)


def test_there_is_no_design_effect_without_a_spread() -> None:
    assert design_effect(3, 1, (np.array([3]), np.array([1]))) == 1
    assert design_effect(4, 4, (np.array([2, 2]), np.array([2, 2]))) == 1
    # People who balance each other out spread less than chance; that is not believed.
    assert design_effect(4, 2, (np.array([2, 2]), np.array([1, 1]))) == 1


def test_a_share_of_nothing_is_anything() -> None:
    assert wilson(0, 0) == (0, 1)


def test_the_normal_tails_are_those_of_the_tables() -> None:
    assert [round(two_sided(z), 4) for z in (0, 1.645, -1.96, 2.5758)] == [1.0, 0.1, 0.05, 0.01]


def test_days_that_differ_by_chance_alone_are_all_drawn_to_the_mean() -> None:
    assert shrunk(np.array([5, 4, 6, 5]), np.array([10, 10, 10, 10])).tolist() == [0.5] * 4
    assert shrunk(np.array([0, 0]), np.array([3, 4])).tolist() == [0, 0]


def test_small_groups_are_drawn_further_than_large_ones() -> None:
    small, low, high = shrunk(np.array([4, 300, 700]), np.array([4, 1000, 1000]))
    assert low == pytest.approx(0.3, abs=0.01)
    assert high == pytest.approx(0.7, abs=0.01)
    assert 0.5 < small < 0.9


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=2, max_size=8), st.floats(1, 4))
def test_shrinking_follows_the_sums_written_out(rows: list[tuple[int, float]], design: float) -> None:
    n = [total for total, _ in rows]
    y = [round(total * share) for total, share in rows]
    p = sum(y) / sum(n)
    found = shrunk(np.array(y), np.array(n), design).tolist()
    if p in {0, 1}:
        assert found == [p] * len(n)
        return
    w = [one / (p * (1 - p) * design) for one in n]
    q = sum(w[i] * (y[i] / n[i] - p) ** 2 for i in range(len(n)))
    tau2 = max(0.0, (q - (len(n) - 1)) / (sum(w) - sum(one**2 for one in w) / sum(w)))
    assert found == pytest.approx([p + tau2 / (tau2 + 1 / w[i]) * (y[i] / n[i] - p) for i in range(len(n))])


def test_a_design_effect_of_four_doubles_an_interval() -> None:
    once, four = wilson(5_000, 10_000), wilson(5_000, 10_000, 4.0)
    assert (four[1] - four[0]) / (once[1] - once[0]) == pytest.approx(sqrt(4), rel=1e-3)
