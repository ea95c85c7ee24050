"""Natural breaks: cutting values into a few bars within which they differ as little as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_VALUES = 400
"""Distinct values up to which the best cut is sought among all; of more, among so many that hold about as many rows each."""


def natural_breaks(values: NDArray[np.float64], bars: int) -> tuple[float, ...]:
    """Give where the second bar begins, and each after it, ascending.

    The cut is the one with the least sum of squared differences from the bars' means (Fisher 1958, "On grouping for maximum
    homogeneity"; known from maps as Jenks's). As few distinct values as bars, or fewer, are a bar each.

    Args:
        values: ``(n,) float64``, finite, in any order.
        bars: how many there may be.

    Returns:
        At most ``bars - 1`` of the values; none where there are no two distinct ones.

    Examples:
        >>> natural_breaks(np.array([1.0, 1, 2, 9, 10, 50]), 3)
        (9.0, 50.0)
    """
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= bars:
        return tuple(distinct[1:].tolist())
    lowest, rows, sums = _gathered(distinct, counts)
    return tuple(lowest[_best_cut(sums / rows, rows, bars)].tolist())


def _gathered(
    distinct: NDArray[np.float64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the lowest value, the rows and the sum of each piece: a value, or neighbours together where there are many."""
    firsts = np.arange(len(distinct))
    if len(distinct) > MOST_VALUES:
        below = np.cumsum(counts) - counts
        firsts = np.unique(np.searchsorted(below, np.linspace(0, counts.sum(), MOST_VALUES, endpoint=False)))
        firsts = firsts[firsts < len(distinct)]
    rows = np.add.reduceat(counts, firsts).astype(np.float64)
    return distinct[firsts], rows, np.add.reduceat(distinct * counts, firsts)


def _best_cut(means: NDArray[np.float64], rows: NDArray[np.float64], bars: int) -> list[int]:
    """Give the places at which the second and each later bar begins, by dynamic programming."""
    apart = _apart(means, rows)
    pieces = len(means)
    cost, begins = apart[0].copy(), np.zeros((bars, pieces), dtype=np.int64)
    for bar in range(1, bars):
        # cost of the first bars up to `begin - 1` plus that of a bar from `begin` to `end`
        whole = np.full((pieces, pieces), np.inf)
        whole[1:] = cost[:-1, None] + apart[1:]
        begins[bar] = whole.argmin(axis=0)
        cost = whole.min(axis=0)
    cut, end = [], pieces - 1
    for bar in range(bars - 1, 0, -1):
        cut.append(int(begins[bar, end]))
        end = cut[-1] - 1
    return cut[::-1]


def _apart(means: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the sum of squared differences of the pieces from the first to the last, by both; infinite where none lie between."""
    centred = means - np.average(means, weights=rows)  # smaller numbers lose fewer digits
    count, total, squares = (np.append(0.0, np.cumsum(rows * centred**power)) for power in (0, 1, 2))
    first, last = np.meshgrid(np.arange(len(means)), np.arange(1, len(means) + 1), indexing="ij")
    filled = np.where(first < last, count[last] - count[first], 1.0)
    within = squares[last] - squares[first] - (total[last] - total[first]) ** 2 / filled
    return np.where(first < last, within, np.inf)
