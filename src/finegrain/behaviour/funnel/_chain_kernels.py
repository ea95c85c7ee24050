"""Copies chains out of the events, and counts them by the bucket in which they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour._jit import jit
from finegrain.behaviour.queries._bucket_kernels import bucket_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@jit
def copy_times(
    time_us: NDArray[np.int64],
    places: NDArray[np.int32],
    actors: NDArray[np.int64],
    low: int,
    high: int,
    reached_us: NDArray[np.int64],
) -> None:
    """Write when the chains ``[low, high)`` reached each step, 0 for steps that they did not reach.

    Args:
        time_us: of the events.
        places: ``(A, steps)``, the event of each step; −1 for none.
        actors: ``(n,)``, whose chains they are.
        low: the first chain.
        high: the one after the last.
        reached_us: ``(n, steps)``, out.
    """
    for chain in range(low, high):
        for step in range(places.shape[1]):
            place = places[actors[chain], step]
            reached_us[chain, step] = time_us[place] if place >= 0 else 0


@jit
def count_starts(
    reached_us: NDArray[np.int64],
    level: NDArray[np.int8],
    edges_us: NDArray[np.int64],
    per_us: float,
    entered: NDArray[np.int64],
    converted: NDArray[np.int64],
) -> None:
    """Add each chain to the bucket in which it starts, and to those that reached the last step.

    Args:
        reached_us: ``(n, steps)``; all first steps lie within the buckets.
        level: ``(n,)``.
        edges_us: ``(B + 1,)``.
        per_us: buckets a microsecond, on average.
        entered: ``(B,)``, out.
        converted: ``(B,)``, out.
    """
    steps = reached_us.shape[1]
    for chain in range(len(level)):
        bucket = bucket_at(edges_us, per_us, reached_us[chain, 0])
        entered[bucket] += 1
        converted[bucket] += level[chain] == steps
