"""How many findings of many tests are false: q values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def false_discovery(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the q value of each p value: the share of false findings, were this and all smaller ones called findings.

    It is the step-up procedure of Benjamini and Yekutieli (2001, Annals of Statistics 29: 1165–1188), qᵢ = min over j ≥ i of
    pⱼ m h(m) / j with h(m) = 1 + 1/2 + … + 1/m, which holds however the tests depend on each other. Those of a diagnosis do: who
    fills no cart starts no check-out, and where one platform does worse, another does better than all others. Benjamini and
    Hochberg's, without h(m), would ask for tests that depend in one direction only.

    Args:
        p: ``(m,)``, between 0 and 1.

    Examples:
        >>> false_discovery(np.array([0.01, 0.02])).round(3).tolist()
        [0.03, 0.03]
    """
    m = len(p)
    order = np.argsort(p, kind="stable")
    harmonic = float((1 / np.arange(1, m + 1)).sum())
    stepped = p[order] * m * harmonic / np.arange(1, m + 1)
    q = np.empty(m, dtype=np.float64)
    q[order] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return q
