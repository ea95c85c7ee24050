"""Finds who is behind a figure: one actor at a time, without the short cuts of counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour._jit import jit
from finegrain.behaviour.trends._steps_kernels import Chosen, Steps, end_before, first_from, in_group, is_chosen, reached

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARLIER, BEFORE, HERE = 1, 2, 4


@jit
def mark_actors(
    chosen: Chosen, group: int, start_us: int, end_us: int, wanted: NDArray[np.bool_], marked: NDArray[np.bool_]
) -> None:
    """Mark the actors with an event in ``[start_us, end_us)``.

    Args:
        chosen: which events.
        group: number of the events' group, −1 for any.
        start_us: from when.
        end_us: before when.
        wanted: ``(N,) bool``, by row of the log, which events count at all; empty for all of them.
        marked: ``(A,) bool``, written to.
    """
    events = chosen.events
    for actor in range(len(events.offsets) - 1):
        first = first_from(events, actor, start_us)
        for place in range(first, end_before(events, actor, first, end_us)):
            if is_chosen(chosen, actor, place) and in_group(chosen, group, actor, place):
                marked[actor] |= len(wanted) == 0 or wanted[events.row[place]]


@jit
def mark_times(chosen: Chosen, group: int, before_us: int, start_us: int, end_us: int, times: NDArray[np.int8]) -> None:
    """Write when each actor had an event: ``EARLIER`` than ``before_us``, ``BEFORE`` ``start_us``, ``HERE`` before ``end_us``."""
    events = chosen.events
    for actor in range(len(events.offsets) - 1):
        first = events.offsets[actor]
        for place in range(first, end_before(events, actor, first, end_us)):
            if is_chosen(chosen, actor, place) and in_group(chosen, group, actor, place):
                time_us = events.time_us[place]
                times[actor] |= HERE if time_us >= start_us else BEFORE if time_us >= before_us else EARLIER


@jit
def mark_buckets(chosen: Chosen, group: int, steps: Steps, distinct: NDArray[np.int64]) -> None:
    """Write in how many buckets each actor has an event."""
    events = chosen.events
    for actor in range(len(events.offsets) - 1):
        last, first = 0, first_from(events, actor, steps.edges_us[0])
        for place in range(first, end_before(events, actor, first, steps.edges_us[-1])):
            if is_chosen(chosen, actor, place) and in_group(chosen, group, actor, place):
                bucket = reached(steps, events.time_us[place])
                distinct[actor] += bucket != last
                last = bucket
