"""Finds the intervals of each actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

STARTS, ENDS = np.uint32(1), np.uint32(2)


class Rules(NamedTuple):
    """Which intervals count: those that start in ``[start_us, end_us)`` and take ``window_us`` at most.

    Attributes:
        every: whether an end belongs to every start since the last one, or to the latest alone.
    """

    start_us: int
    end_us: int
    window_us: int
    every: bool


class Found(NamedTuple):
    """Where intervals are written; see ``Intervals``. Each array has room for one interval an event."""

    actor: NDArray[np.int64]
    start_us: NDArray[np.int64]
    length_us: NDArray[np.int64]
    group: NDArray[np.int32]


def make_found(most: int) -> Found:
    """Make room for up to ``most`` intervals; memory that is not written to is never taken."""
    return Found(np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int32))


def joined(parts: list[Found]) -> Found:
    """Put what was found one after the other into one."""
    return Found(
        np.concatenate([part.actor for part in parts]),
        np.concatenate([part.start_us for part in parts]),
        np.concatenate([part.length_us for part in parts]),
        np.concatenate([part.group for part in parts]),
    )


@jit
def find_intervals(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    waiting: NDArray[np.int64],
    low: int,
    high: int,
    found: Found,
) -> int:
    """Write the intervals of the actors ``[low, high)``; give how many there are.

    ``waiting`` has room for the places of as many starts as an actor has events.
    """
    count = 0
    for actor in range(low, high):
        if matches.by_actor[actor] & STARTS:
            count = _find(events, matches, groups, rules, actor, waiting, count, found)
    return count


@inlined
def _find(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    actor: int,
    waiting: NDArray[np.int64],
    count: int,
    found: Found,
) -> int:
    begin, end = events.offsets[actor], events.offsets[actor + 1]
    starts, last_us = 0, rules.end_us - 1 + rules.window_us
    for place in range(first_at_or_after(events.time_us, begin, end, rules.start_us), end):
        bits = bits_at(events, matches, actor, place)
        if bits == 0:
            continue
        if events.time_us[place] > last_us:
            break
        if bits & ENDS:
            for one in range(starts):
                count = _close(events, groups, rules, actor, waiting[one], place, count, found)
            starts = 0
        if bits & STARTS:
            starts = starts if rules.every else 0
            waiting[starts] = place
            starts += 1
    return count


@inlined
def _close(events: Events, groups: Groups, rules: Rules, actor: int, start: int, place: int, count: int, found: Found) -> int:
    """Write the interval between two places, where it counts; give how many there are then."""
    start_us = events.time_us[start]
    length_us = events.time_us[place] - start_us
    if start_us >= rules.end_us or length_us > rules.window_us:
        return count
    found.actor[count], found.start_us[count], found.length_us[count] = actor, start_us, length_us
    found.group[count] = group_at(events, groups, actor, start)
    return count + 1
