"""Grouped arithmetic against loops."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finegrain.simulate.ragged import places_within, running_sums, split_exactly, sum_by

GROUPS = st.lists(st.integers(1, 5), max_size=12).map(lambda sizes: np.repeat(np.arange(len(sizes)), sizes))


@given(GROUPS)
def test_places_count_up_within_each_group(group: np.ndarray) -> None:
    naive = [int((group[:row] == group[row]).sum()) for row in range(len(group))]
    assert places_within(group).tolist() == naive


@given(GROUPS, st.integers(0, 10**6))
def test_running_sums_start_anew_in_each_group(group: np.ndarray, seed: int) -> None:
    values = np.random.default_rng(seed).integers(-50, 50, len(group))
    naive = [int(values[: row + 1][group[: row + 1] == group[row]].sum()) for row in range(len(group))]
    assert running_sums(values, group).tolist() == naive


def test_sums_of_absent_groups_are_zero() -> None:
    assert sum_by(np.array([2, 0, 2]), np.array([5, 1, 7]), 4).tolist() == [1, 0, 12, 0]


@given(GROUPS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_shares_add_up_to_the_whole_and_stay_near_proportion(group: np.ndarray, whole: int, seed: int) -> None:
    weight = np.random.default_rng(seed).integers(1, 10_000, len(group))
    groups = int(group.max(initial=-1)) + 1
    shares = split_exactly(np.full(groups, whole), weight, group)
    assert sum_by(group, shares, groups).tolist() == [whole] * groups
    exact = whole * weight / sum_by(group, weight, groups)[group] if groups else np.zeros(0)
    assert np.all(np.abs(shares - exact) < 1)
