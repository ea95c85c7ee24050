"""Runs kernels over ranges of actors on all cores; kernels do not hold Python's lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_T = TypeVar("_T")
_U = TypeVar("_U")
LEAST_EVENTS = 200_000
"""Events for which a further thread is worth its start."""


def ranges(offsets: NDArray[np.int64], parts: int | None = None) -> list[tuple[int, int]]:
    """Cut actors into ranges with about as many events each.

    Args:
        offsets: ``(A + 1,) int64``, by actor into the events.
        parts: how many ranges at most; by default twice as many as cores, fewer where there are few events.

    Returns:
        ``[low, high)`` of each range, in order, together all actors; one range where there is nobody.
    """
    actors, events = len(offsets) - 1, int(offsets[-1])
    wanted = min(parts or 2 * cores(), max(1, events // LEAST_EVENTS) if parts is None else parts)
    # Whole numbers: for others, numpy would turn all offsets into floats first, 10 ms for a million actors.
    bounds = np.searchsorted(offsets, np.ceil(np.linspace(0, events, wanted + 1)[1:-1]).astype(np.int64))
    edges = np.unique(np.concatenate([[0], bounds, [actors]]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)) or [(0, 0)]


def even(size: int) -> list[tuple[int, int]]:
    """Cut ``size`` things into ranges of as many each, one a core, or one range where they are few."""
    edges = np.linspace(0, size, cores() + 1 if size >= LEAST_EVENTS else 2).astype(np.int64)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def at_once(works: Sequence[Callable[[], _T]], own: Callable[[], _U]) -> tuple[list[_T], _U]:
    """Give what each of several pieces of work gives, in order, and what ``own`` does, which is done here meanwhile.

    They are worth a thread where they do not hold Python's lock.
    """
    waiting = [_pool().submit(work) for work in works]
    done = own()
    return [one.result() for one in waiting], done


def run(work: Callable[[int, int], _T], parts: list[tuple[int, int]]) -> list[_T]:
    """Give what ``work`` gives for each range, in order; on several threads where there are several ranges."""
    if len(parts) == 1:
        return [work(*parts[0])]
    return list(_pool().map(lambda part: work(*part), parts))


def most_events(offsets: NDArray[np.int64], low: int, high: int) -> int:
    """Give how many events the actor with most of them has, among those from ``low`` up to ``high``; 1 at least."""
    return max(1, int(np.diff(offsets[low : high + 1]).max(initial=1)))


def cores() -> int:
    """Give how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="finegrain-query")
