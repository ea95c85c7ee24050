"""Looks up what holds of each code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour._jit import jit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@jit
def look_up(by_code: NDArray[np.bool_], codes: NDArray[np.int32], low: int, high: int, found: NDArray[np.bool_]) -> None:
    """Write what holds of the codes ``[low, high)``; the last of ``by_code`` is that of −1."""
    none = len(by_code) - 1
    for row in range(low, high):
        code = codes[row]
        found[row] = by_code[code if code >= 0 else none]
