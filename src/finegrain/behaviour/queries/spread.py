"""How lengths of time are spread: mean, percentiles, histogram."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECOND = 1_000_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
BREAKS_S = (
    0, 10, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY,
    3 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY, 21 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 365 * _DAY, 730 * _DAY,
)  # fmt: skip
"""Where one bar of a histogram ends and the next begins, in seconds."""


@dataclass(frozen=True)
class Spread:
    """How lengths of time are spread; all in seconds.

    Attributes:
        count: how many there are.
        mean_s, median_s, p75_s, p90_s, p95_s, p99_s: None where there are none; percentiles interpolate linearly between the
            two nearest (Hyndman & Fan 1996, type 7).
        breaks_s: ``(b + 1,)``, edges of the histogram's bars, ascending; the last bar holds its upper edge.
        counts: ``(b,)``, how many lie in each bar; they add up to ``count``.
    """

    count: int
    mean_s: float | None
    median_s: float | None
    p75_s: float | None
    p90_s: float | None
    p95_s: float | None
    p99_s: float | None
    breaks_s: tuple[float, ...]
    counts: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)


def spread_of(lengths_us: NDArray[np.int64], longest_us: int) -> Spread:
    """Give how lengths of time are spread.

    Args:
        lengths_us: ``(n,) int64`` microseconds, not negative.
        longest_us: none is longer; the histogram ends there.
    """
    longest_s = longest_us / _SECOND
    breaks = (*(edge for edge in BREAKS_S if edge < longest_s), longest_s)
    # Sorted once, which serves the histogram and all percentiles.
    ascending = np.sort(lengths_us)
    inner = np.array([edge * _SECOND for edge in breaks[1:-1]], dtype=np.int64)
    counts = np.diff(np.searchsorted(ascending, inner), prepend=0, append=len(ascending))
    edges, bars = tuple(float(edge) for edge in breaks), tuple(counts.tolist())
    if not len(ascending):
        return Spread(0, None, None, None, None, None, None, edges, bars)
    mean = float(ascending.mean()) / _SECOND
    p50, p75, p90, p95, p99 = (_percentile(ascending, share) / _SECOND for share in (0.5, 0.75, 0.9, 0.95, 0.99))
    return Spread(len(ascending), mean, p50, p75, p90, p95, p99, edges, bars)


def _percentile(ascending: NDArray[np.int64], share: float) -> float:
    place = share * (len(ascending) - 1)
    below = int(place)
    low, high = ascending[below], ascending[min(below + 1, len(ascending) - 1)]
    return float(low + (high - low) * (place - below))


def bars_of(lengths_us: NDArray[np.int64], longest_us: int) -> NDArray[np.int64]:
    """Give in which bar of ``spread_of``'s histogram each length lies, ``(n,) int64``, from 0."""
    breaks = np.array([*(edge for edge in BREAKS_S if edge < longest_us / _SECOND), longest_us / _SECOND])
    places = np.searchsorted(breaks, lengths_us / _SECOND, side="right") - 1
    found: NDArray[np.int64] = np.minimum(places, len(breaks) - 2)
    return found
