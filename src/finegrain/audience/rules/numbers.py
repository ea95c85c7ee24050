"""How a rule compares numbers: one meaning for what people did, bought, and are predicted to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.conditions import BOUNDS, several

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import NumberOperator, Numbers


def compare(op: NumberOperator, numbers: NDArray[np.float64], wanted: Numbers) -> NDArray[np.bool_]:
    """Say which numbers pass, ``(n,) bool``; NaN passes ``is_not`` alone.

    Args:
        op: the comparison.
        numbers: ``(n,) float64``.
        wanted: one number, for ``between`` the lower and the upper one, both included; for ``is`` and ``is_not`` one or several.
    """
    values = [float(value) for value in several(wanted)]
    if op == "between":
        return (numbers >= values[0]) & (numbers <= values[1])
    if op in BOUNDS:
        passed: NDArray[np.bool_] = BOUNDS[op](numbers, values[0])
        return passed
    same = np.isin(numbers, values) if len(values) > 1 else numbers == values[0]
    return ~same if op == "is_not" else same
