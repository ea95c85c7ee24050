"""Small statistics for forecasts: Student's t, and the middle and ends of what several normal distributions make together."""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTERVAL_SHARE = 0.8
"""How often the truth is to lie inside an interval."""
_UPPER = (1 + INTERVAL_SHARE) / 2
_LIGHT = 1e-6
_HALVINGS = 40


def student_t(freedom: int, share: float = _UPPER) -> float:
    """Give the quantile of Student's t distribution.

    Four terms of the expansion of Abramowitz & Stegun (1964), 26.7.5; right to three decimals from three degrees of freedom on.

    Args:
        freedom: degrees of freedom, from 3 up.
        share: 0.5–0.95.

    Examples:
        >>> round(student_t(10), 3)
        1.372
    """
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, 1)))


def mixture(
    weights: NDArray[np.float64], means: NDArray[np.float64], variances: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Give the mean of a mixture of normal distributions, and the ends of its central interval.

    Args:
        weights: ``(n,) float64``, not negative, of any sum above zero.
        means: of each, ``(n,) float64``.
        variances: of each, ``(n,) float64``.
    """
    kept = weights > weights.max() * _LIGHT
    w, m = weights[kept] / weights[kept].sum(), means[kept]
    s = np.sqrt(np.maximum(variances[kept], np.finfo(np.float64).tiny))
    return float(w @ m), _quantile(w, m, s, 1 - _UPPER), _quantile(w, m, s, _UPPER)


def _quantile(w: NDArray[np.float64], m: NDArray[np.float64], s: NDArray[np.float64], share: float) -> float:
    low, high = float((m - 10 * s).min()), float((m + 10 * s).max())
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        below = float(w @ _normal_cdf((middle - m) / s))
        low, high = (middle, high) if below < share else (low, middle)
    return (low + high) / 2


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([erfc(-one / sqrt(2)) / 2 for one in z.tolist()])
