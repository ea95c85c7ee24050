"""The formulas of the diagnosis: intervals of shares, tests between groups, days beyond their noise.

Cases of one person are not independent, so shares are judged by the people: a *design effect* says how many times wider the
spread between people makes a share than as many independent cases would.
"""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
Interval = tuple[float, float]


def design_effect(total: int, successes: int, by_owner: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    """Give by how much cases that share an owner widen the variance of a share; never below 1.

    The variance of the ratio Σy/Σn over owners, m/(m−1) Σ(yᵢ − p nᵢ)² / n², over that of independent cases, p(1−p)/n (Rao & Scott
    1992, A simple method for the analysis of clustered binary data, Biometrics 48, section 2).

    Args:
        total: cases n, 1 or more.
        successes: those of them that succeeded.
        by_owner: both by owner, ``(m,) int64``.
    """
    share = successes / total
    cases, won = by_owner
    m = len(cases)
    if m < 2 or successes in {0, total}:  # noqa: PLR2004 - a variance takes two
        return 1.0
    variance = m / (m - 1) * float(np.sum((won - share * cases) ** 2)) / total**2
    return max(1.0, variance * total / (share * (1 - share)))


def wilson(successes: float, total: float, design: float = 1.0) -> Interval:
    """Give the 95 % interval of a share by Wilson's score (1927), both numbers divided by the design effect (Rao & Scott 1992).

    Args:
        successes: how many succeeded.
        total: of how many; 0 gives the whole range.
        design: the design effect.

    Examples:
        >>> [round(bound, 4) for bound in wilson(81, 263)]
        [0.2553, 0.3662]
    """
    n = total / design
    if n == 0:
        return 0.0, 1.0
    p = successes / total
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(p1: float, interval1: Interval, p2: float, interval2: Interval) -> Interval:
    """Give the 95 % interval of p1 − p2 from Wilson's of both (Newcombe 1998, Statistics in Medicine 17:873, method 10).

    Examples:
        >>> [round(bound, 4) for bound in newcombe(56 / 70, wilson(56, 70), 48 / 80, wilson(48, 80))]
        [0.0524, 0.3339]
    """
    (low1, high1), (low2, high2) = interval1, interval2
    difference = p1 - p2
    low = difference - sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    return low, difference + sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)


def two_sided(z: float) -> float:
    """Give the probability of a standard normal number at least as far from 0.

    Examples:
        >>> round(two_sided(1.959964), 4)
        0.05
    """
    return erfc(abs(z) / sqrt(2))


def shrunk(successes: NDArray[np.int64], totals: NDArray[np.int64], design: float = 1.0) -> NDArray[np.float64]:
    """Give the shares of groups, each drawn to the share of all as far as chance explains the distance, ``(g,) float64``.

    Group i becomes p + τ² / (τ² + vᵢ) (pᵢ − p), vᵢ = p(1−p)·design/nᵢ: the best linear guess of its true share (Efron & Morris
    1975, Data analysis using Stein's estimator, JASA 70). τ², by how much true shares differ, is estimated from how far the
    observed ones lie apart (DerSimonian & Laird 1986, equation 8); 0 where that is no more than chance, when all are p.

    Args:
        successes: ``(g,) int64``.
        totals: ``(g,) int64``, each 1 or more; two groups at least.
        design: the design effect of the cases.
    """
    p = successes.sum() / totals.sum()
    if p in {0.0, 1.0}:
        return np.full(len(totals), p)
    variance = p * (1 - p) * design / totals
    weight = 1 / variance
    q = float(np.sum(weight * (successes / totals - p) ** 2))
    tau2 = max(0.0, (q - (len(totals) - 1)) / float(weight.sum() - np.sum(weight**2) / weight.sum()))
    drawn: NDArray[np.float64] = p + tau2 / (tau2 + variance) * (successes / totals - p)
    return drawn


def weighted_quantile(values: NDArray[np.float64], weights: NDArray[np.int64], share: float) -> float:
    """Give the lowest value up to which at least ``share`` of the weight lies.

    Examples:
        >>> weighted_quantile(np.array([0.2, 0.9, 0.5]), np.array([5, 1, 4]), 0.9)
        0.5
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])
