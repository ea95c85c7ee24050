"""Arithmetic over rows that lie grouped: places within a group, sums within a group, and exact shares of a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def starts_of(group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the first row of each run of equal values."""
    marks = np.ones(len(group), dtype=np.bool_)
    marks[1:] = group[1:] != group[:-1]
    return marks


def places_within(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the rows of each run of equal values from 0 on.

    Examples:
        >>> places_within(np.array([4, 4, 7, 9, 9, 9])).tolist()
        [0, 1, 0, 0, 1, 2]
    """
    rows = np.arange(len(group))
    return rows - np.maximum.accumulate(np.where(starts_of(group), rows, 0))


def running_sums(values: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add ``values`` up within each run of equal ``group`` values, each row included.

    Examples:
        >>> running_sums(np.array([1, 2, 5, 1]), np.array([0, 0, 3, 3])).tolist()
        [1, 3, 5, 6]
    """
    sums = np.cumsum(values)
    before = sums - values
    rows = np.arange(len(group))
    first = np.maximum.accumulate(np.where(starts_of(group), rows, 0))
    return sums - before[first]


def sum_by(group: NDArray[np.int64], values: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Add whole ``values`` up by ``group`` (0 to ``groups`` − 1), exactly; a group without rows has 0."""
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, group, values)
    return sums


def split_exactly(whole: NDArray[np.int64], weight: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split each group's ``whole`` over its rows in proportion to ``weight``, in whole units that add up exactly.

    Args:
        whole: ``(n_groups,)`` what is to be split, by group number.
        weight: ``(n_rows,)`` positive weights.
        group: ``(n_rows,)`` ascending group numbers.

    Examples:
        >>> split_exactly(np.array([100]), np.array([1, 1, 1]), np.array([0, 0, 0])).tolist()
        [33, 33, 34]
    """
    total = sum_by(group, weight, len(whole))
    # The difference of two rounded-down running shares: telescopes to the whole, and never exceeds weight + 1 unit.
    until = whole[group] * running_sums(weight, group) // total[group]
    shares = until.copy()
    later = ~starts_of(group)
    shares[later] -= until[np.flatnonzero(later) - 1]
    return shares
