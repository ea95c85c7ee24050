"""Events of a few names alone: most questions are about some names, and need not pass all the others again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries import _thinning_kernels as kernels
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries._view_kernels import Events
from finegrain.behaviour.queries.columns import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SHARE = 0.6
"""The share of all events up to which passing the wanted ones alone is worth their copy."""


class ThinEvents:
    """Keeps the wanted events of the questions that were asked last, as many as there are events in all.

    Safe to use from several threads.

    Args:
        events: all events by actor.
        names: how many names there are.
    """

    def __init__(self, events: Events, names: int) -> None:
        self._events = events
        self._counts = np.bincount(events.event, minlength=max(names, 1))
        self._kept: OrderedDict[bytes, Events] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, wanted: NDArray[np.bool_]) -> Events:
        """Give the events of the wanted names by actor; all events where the wanted ones are most of them.

        Args:
            wanted: ``(n_names,)``.
        """
        if self._counts[wanted].sum() > MOST_SHARE * len(self._events.event):
            return self._events
        key = wanted.tobytes()
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None:
                found = thin(self._events, wanted)
            self._kept[key] = found
            self._forget_oldest()
        return found

    def _forget_oldest(self) -> None:
        while len(self._kept) > 1 and sum(len(one.event) for one in self._kept.values()) > len(self._events.event):
            self._kept.popitem(last=False)


def thin(events: Events, wanted: NDArray[np.bool_]) -> Events:
    """Give the events of the wanted names, by the same actors.

    Args:
        events: all events by actor.
        wanted: ``(n_names,)``.
    """
    wanted, parts = frozen(wanted), parallel.ranges(events.offsets)
    offsets = np.zeros(len(events.offsets), dtype=np.int64)
    parallel.run(lambda low, high: kernels.count_wanted(events, wanted, low, high, offsets[1:]), parts)
    np.cumsum(offsets, out=offsets)
    size = int(offsets[-1])
    time_us, event, row = np.empty(size, np.int64), np.empty(size, np.int32), np.empty(size, np.int32)
    parallel.run(lambda low, high: kernels.copy_wanted(events, wanted, low, high, frozen(offsets), time_us, event, row), parts)
    return Events(frozen(offsets), frozen(time_us), frozen(event), frozen(row))
