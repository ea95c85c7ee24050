"""Durations counted on a logarithmic scale, so that quantiles of any number of them take a few hundred bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Scale:
    """Bounds of buckets, each so many times the one before; the last bucket takes all that is longer.

    Args:
        first_s: upper bound of the first bucket, in seconds.
        per_octave: buckets while a duration doubles.
        octaves: how often the first bound is doubled.

    Attributes:
        bounds: upper bounds in seconds, ascending; there is one bucket more than bounds.
    """

    def __init__(self, first_s: float, *, per_octave: int, octaves: int) -> None:
        self.per_octave = per_octave
        self.bounds = first_s * 2.0 ** (np.arange(per_octave * octaves + 1) / per_octave)

    def empty(self) -> NDArray[np.int64]:
        """Give counts of nothing."""
        return np.zeros(len(self.bounds) + 1, np.int64)

    def count(self, seconds: ArrayLike) -> NDArray[np.int64]:
        """Give how many of ``seconds`` lie in each bucket; a bound belongs to the bucket that it ends."""
        places = np.searchsorted(self.bounds, np.asarray(seconds, np.float64), side="left")
        return np.bincount(places, minlength=len(self.bounds) + 1).astype(np.int64)

    def quantile(self, counts: NDArray[np.int64], share: float) -> float | None:
        """Give the duration below which ``share`` of them lie, interpolated within its bucket; None where there are none.

        What lies beyond the last bound counts as that bound.
        """
        total = int(counts.sum())
        if not total:
            return None
        reached = np.cumsum(counts)
        place = int(np.searchsorted(reached, share * total, side="left"))
        if place >= len(self.bounds):
            return float(self.bounds[-1])
        low = float(self.bounds[place - 1]) if place else 0.0
        part = (share * total - (reached[place] - counts[place])) / counts[place]
        return low + float(part) * (float(self.bounds[place]) - low)


ANSWERS = Scale(0.001, per_octave=4, octaves=16)
"""From 1 ms to 65 s: how long answers and commits take."""
LAGS = Scale(0.001, per_octave=2, octaves=35)
"""From 1 ms to a year: how long after it happened an event is received."""


def sparse(counts: NDArray[np.int64]) -> dict[str, int]:
    """Give counts as bucket → count, for JSON."""
    return {str(place): int(counts[place]) for place in np.flatnonzero(counts)}


def dense(found: dict[str, int], scale: Scale) -> NDArray[np.int64]:
    """Give what ``sparse`` gave as counts on ``scale``."""
    counts = scale.empty()
    for place, count in found.items():
        counts[min(int(place), len(counts) - 1)] += count
    return counts
