"""Copies the events of some names out of all events, by actor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour._jit import jit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries._view_kernels import Events


@jit
def count_wanted(events: Events, wanted: NDArray[np.bool_], low: int, high: int, counts: NDArray[np.int64]) -> None:
    """Write how many events of the wanted names the actors ``[low, high)`` have.

    Args:
        events: by actor.
        wanted: ``(n_names,)``.
        low: the first actor.
        high: the one after the last.
        counts: ``(A,)``, out.
    """
    for actor in range(low, high):
        count = 0
        for place in range(events.offsets[actor], events.offsets[actor + 1]):
            count += wanted[events.event[place]]
        counts[actor] = count


@jit
def copy_wanted(
    events: Events,
    wanted: NDArray[np.bool_],
    low: int,
    high: int,
    offsets: NDArray[np.int64],
    time_us: NDArray[np.int64],
    event: NDArray[np.int32],
    row: NDArray[np.int32],
) -> None:
    """Copy the wanted events of the actors ``[low, high)`` to where they stand without the others.

    Args:
        events: by actor.
        wanted: ``(n_names,)``.
        low: the first actor.
        high: the one after the last.
        offsets: ``(A + 1,)``, where each actor's wanted events begin.
        time_us: ``(n_wanted,)``, out.
        event: likewise.
        row: likewise.
    """
    to = offsets[low]
    for place in range(events.offsets[low], events.offsets[high]):
        if wanted[events.event[place]]:
            time_us[to], event[to], row[to] = events.time_us[place], events.event[place], events.row[place]
            to += 1
