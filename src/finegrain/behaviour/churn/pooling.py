"""Relative risks pooled over strata of comparable people, their intervals and tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Z95 = 1.959963984540054  # the standard normal distribution's 97.5th percentile


@dataclass(frozen=True)
class Strata:
    """Four-fold tables, one a stratum, each ``(S,) float64``.

    Attributes:
        exposed_silent: people with the sign who went silent.
        exposed: people with the sign.
        others_silent: people without it who went silent.
        others: people without it.
    """

    exposed_silent: NDArray[np.float64]
    exposed: NDArray[np.float64]
    others_silent: NDArray[np.float64]
    others: NDArray[np.float64]

    @property
    def all(self) -> NDArray[np.float64]:
        """People of each stratum."""
        return self.exposed + self.others

    @property
    def silent(self) -> NDArray[np.float64]:
        """People of each stratum who went silent."""
        return self.exposed_silent + self.others_silent


def tables(sign: NDArray[np.bool_], silent: NDArray[np.bool_], stratum: NDArray[np.int64], strata: int) -> Strata:
    """Count people into one four-fold table a stratum.

    Args:
        sign: ``(n,)``, who has the sign.
        silent: ``(n,)``, who went silent.
        stratum: ``(n,)``, number of each person's stratum, from 0.
        strata: how many there are.
    """
    cell = stratum * 4 + 2 * sign + silent
    counts = np.bincount(cell, minlength=4 * strata).reshape(strata, 4).astype(np.float64)
    others_stayed, others_silent, exposed_stayed, exposed_silent = counts.T
    return Strata(exposed_silent, exposed_silent + exposed_stayed, others_silent, others_silent + others_stayed)


def informative(found: Strata) -> NDArray[np.bool_]:
    """Say of each stratum whether it can tell anything: it has both silent and stayed, and both with and without the sign."""
    return (found.exposed > 0) & (found.others > 0) & (found.silent > 0) & (found.silent < found.all)


@dataclass(frozen=True)
class Risk:
    """A relative risk over all strata, its 95 % interval, and the p value of there being none."""

    ratio: float
    low: float
    high: float
    p: float


def pooled_risk(found: Strata) -> Risk | None:
    """Pool the relative risk of going silent, with the sign against without it, over strata.

    The ratio is that of Mantel and Haenszel, R / S with R = Σ aᵢ n₀ᵢ / Nᵢ and S = Σ cᵢ n₁ᵢ / Nᵢ, where of the n₁ᵢ people with the
    sign aᵢ went silent, and of the n₀ᵢ without it cᵢ. Its logarithm's variance is Σ (n₁ᵢ n₀ᵢ mᵢ − aᵢ cᵢ Nᵢ) / Nᵢ² / (R S) with
    mᵢ = aᵢ + cᵢ (Greenland & Robins 1985, Biometrics 41: 55–68, formula 13), which holds for few large strata and for many small
    ones alike. Where nobody with the sign, or nobody without it, went silent, the ratio would be 0 or without end: then each of
    both groups is given one person more, spread over the strata as the group is, half of whom went silent. In a single stratum
    that is one half more in each cell (Haldane 1956, Annals of Human Genetics 20: 309–311), and it draws the ratio towards 1.

    The p value is that of the Cochran–Mantel–Haenszel test, two-sided, without a correction for continuity, of the people that
    there are.

    Returns:
        None where nobody went silent, or no stratum has people both with and without the sign.
    """
    some = (found.exposed > 0) & (found.others > 0)
    kept = Strata(*(counts[some] for counts in vars(found).values()))
    if not kept.silent.any():
        return None
    r, s, variance = _mantel_haenszel(kept)
    if not r or not s:
        r, s, variance = _mantel_haenszel(_one_more_each(kept))
    ratio, reach = r / s, math.exp(_Z95 * math.sqrt(variance))
    return Risk(ratio, ratio / reach, ratio * reach, _cmh(kept))


def _mantel_haenszel(found: Strata) -> tuple[float, float, float]:
    """Give R, S, and the variance of log R / S; 0 for that where R or S is."""
    a, n1, c, n0, total = found.exposed_silent, found.exposed, found.others_silent, found.others, found.all
    r, s = float((a * n0 / total).sum()), float((c * n1 / total).sum())
    above = float(((n1 * n0 * found.silent - a * c * total) / total**2).sum())
    return r, s, above / (r * s) if r and s else 0.0


def _one_more_each(found: Strata) -> Strata:
    exposed, others = found.exposed / found.exposed.sum(), found.others / found.others.sum()
    return Strata(
        found.exposed_silent + exposed / 2, found.exposed + exposed, found.others_silent + others / 2, found.others + others
    )


def _cmh(found: Strata) -> float:
    """Give the p value of (Σ aᵢ − Σ n₁ᵢ mᵢ / Nᵢ)² / Σ n₁ᵢ n₀ᵢ mᵢ (Nᵢ − mᵢ) / (Nᵢ² (Nᵢ − 1)) as χ² of one degree of freedom."""
    n1, n0, silent, total = found.exposed, found.others, found.silent, found.all
    apart = float((found.exposed_silent - n1 * silent / total).sum())
    variance = float((n1 * n0 * silent * (total - silent) / (total**2 * (total - 1))).sum())
    return math.erfc(abs(apart) / math.sqrt(2 * variance)) if variance else 1.0
