"""Cutting people by a figure, exactly: whole numbers only, ties always together, no sort where counting is enough.

A cut is a tuple of *steps*, ascending whole numbers; a value's level is the number of steps that it reaches
(``value >= step``). All bounds, read from data or fixed by hand, come to this form.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Steps = tuple[int, ...]
COUNTABLE = 1 << 16
"""Widest range of values for which counting beats partitioning."""


def levels(values: NDArray[np.int64], steps: Steps) -> NDArray[np.int8]:
    """Give each value's level: how many of ``steps`` it reaches, 0 to ``len(steps)``."""
    result = np.zeros(len(values), dtype=np.int8)
    for step in steps:
        result += values >= step
    return result


def ranked(values: NDArray[np.int64], ranks: Sequence[int]) -> tuple[int, ...]:
    """Give the values at ``ranks`` (from 0) of the ascending order of ``values``, which must not be empty."""
    low, high = int(values.min()), int(values.max())
    if high - low < COUNTABLE:
        below_or_at = np.cumsum(np.bincount(values - low))
        return tuple(int(np.searchsorted(below_or_at, rank, side="right")) + low for rank in ranks)
    part = np.partition(values, sorted(set(ranks)))
    return tuple(int(part[rank]) for rank in ranks)


def quantile_steps(values: NDArray[np.int64], parts: int = 5) -> Steps:
    """Give the steps that score ``values`` by quantile, ties together.

    The level of a value v among n values is ``floor(parts × below(v) / n)``, where ``below(v)`` counts the values strictly
    less than v: in SQL, ``parts * (rank() OVER (ORDER BY v) - 1) // n``. Level s therefore starts above the
    ``ceil(s × n / parts)``-th smallest value.

    Returns:
        ``parts - 1`` steps; empty when there are no values.
    """
    n = len(values)
    if not n:
        return ()
    return tuple(value + 1 for value in ranked(values, [-(-level * n // parts) - 1 for level in range(1, parts)]))


def median(values: NDArray[np.int64]) -> Fraction:
    """Give the exact median (mean of the two middle values for an even number); ``values`` must not be empty."""
    n = len(values)
    low, high = ranked(values, [(n - 1) // 2, n // 2])
    return Fraction(low + high, 2)


def mean(values: NDArray[np.int64]) -> Fraction:
    """Give the exact mean; ``values`` must not be empty and their sum must fit 64 bits."""
    return Fraction(int(values.sum()), len(values))


def step_above(bound: Fraction) -> int:
    """Give the step reached by exactly the whole numbers greater than ``bound``."""
    return bound.numerator // bound.denominator + 1


def top_step_by_sum(values: NDArray[np.int64], shares: Sequence[Fraction]) -> Steps:
    """Give the steps that cut off, for each share, the fewest greatest values that together bring it, ties together.

    A value v is above the cut for a share s when the sum of the values strictly greater than v is less than s × total.

    Args:
        values: positive values, not empty.
        shares: parts of the whole, 0–1.
    """
    ascending = np.sort(values)
    above_or_at = np.cumsum(ascending[::-1])
    return tuple(_step_at(ascending, above_or_at, share) for share in shares)


def _step_at(ascending: NDArray[np.int64], above_or_at: NDArray[np.int64], share: Fraction) -> int:
    needed = share * int(above_or_at[-1])
    if not needed:
        return int(ascending[-1]) + 1
    enough = int(np.searchsorted(above_or_at, -(-needed.numerator // needed.denominator), side="left"))
    return int(ascending[len(ascending) - 1 - enough])


def top_step_by_count(values: NDArray[np.int64], shares: Sequence[Fraction]) -> Steps:
    """Give the steps that cut off, for each share, that part of the people with the greatest values, ties together.

    A value v is above the cut for a share s when fewer than s × n of the n values are strictly greater than v.
    """
    n = len(values)
    wanted = [-(-(share * n).numerator // (share * n).denominator) for share in shares]
    at = ranked(values, [n - max(count, 1) for count in wanted])
    return tuple(value if count else int(values.max()) + 1 for value, count in zip(at, wanted, strict=True))
