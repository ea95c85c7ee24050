"""Finds what held at the time of each event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour._jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit
def places_at(
    person: NDArray[np.int32],
    time_us: NDArray[np.int64],
    offsets: NDArray[np.int64],
    from_us: NDArray[np.int64],
    places: NDArray[np.int64],
) -> None:
    """Write, for each event, the place of the last of its person's rows that began by its time; −1 where none did."""
    for row in range(len(person)):
        low, high = offsets[person[row]], offsets[person[row] + 1]
        later = np.searchsorted(from_us[low:high], time_us[row], side="right")
        places[row] = low + later - 1 if later else -1
