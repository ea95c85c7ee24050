"""The arrays that every query kernel reads, and how it asks whether an event matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finegrain.behaviour._jit import inlined, jit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Events(NamedTuple):
    """Events by actor; those of actor ``a`` stand at ``[offsets[a], offsets[a + 1])``, in time order.

    Attributes:
        offsets: ``(A + 1,) int64``.
        time_us: ``(n,) int64``.
        event: ``(n,) int32``, codes of names.
        row: ``(n,) int32``, rows of the log.
    """

    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    event: NDArray[np.int32]
    row: NDArray[np.int32]


class Matches(NamedTuple):
    """Which of up to 32 matchers each event meets; matcher ``i`` is bit ``i``.

    Attributes:
        by_name: ``(n_names,) uint32``, the matchers whose event it is.
        filtered: the matchers that have conditions on the event beside its name.
        by_row: ``(N,) uint32``, which of those hold, by row of the log; empty where none are filtered.
        by_actor: ``(A,) uint32``, which matchers the actor may meet at all; 0 for those who do not count.
    """

    by_name: NDArray[np.uint32]
    filtered: np.uint32
    by_row: NDArray[np.uint32]
    by_actor: NDArray[np.uint32]


class Groups(NamedTuple):
    """Into which group of a breakdown an event or an actor falls.

    Attributes:
        by_actor: ``(A,) int32``, for a breakdown by what an actor is; else empty.
        code: ``(N,) int32``, by row of the log, for one by what an event holds; −1 without a value; else empty.
        of_code: ``(n_codes + 1,) int32``, the group of each code, the last for −1.
    """

    by_actor: NDArray[np.int32]
    code: NDArray[np.int32]
    of_code: NDArray[np.int32]


@inlined
def bits_at(events: Events, matches: Matches, actor: int, place: int) -> np.uint32:
    """Give the matchers that the event at ``place`` of ``actor`` meets."""
    bits = matches.by_name[events.event[place]] & matches.by_actor[actor]
    if bits & matches.filtered:
        bits &= matches.by_row[events.row[place]] | ~matches.filtered
    return bits  # type: ignore[no-any-return]


@inlined
def group_at(events: Events, groups: Groups, actor: int, place: int) -> int:
    """Give the group of the event at ``place`` of ``actor``; 0 where nothing is broken down."""
    if len(groups.by_actor):
        return groups.by_actor[actor]  # type: ignore[no-any-return]
    if len(groups.code):
        return groups.of_code[groups.code[events.row[place]]]  # type: ignore[no-any-return]
    return 0


@inlined
def first_at_or_after(time_us: NDArray[np.int64], low: int, high: int, us: int) -> int:
    """Give the first place in ``[low, high)`` whose time is ``us`` or later, ``high`` where there is none."""
    if low < high and time_us[low] >= us:
        return low  # asked of every actor, and mostly so where a question is about all time
    while low < high:
        middle = (low + high) // 2
        if time_us[middle] < us:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def mark_rows(events: Events, matches: Matches, wanted: np.uint32, start_us: int, end_us: int, marked: NDArray[np.int64]) -> None:
    """Write 1 at the rows of the log whose event meets one of the matchers ``wanted`` and lies in ``[start_us, end_us)``."""
    for actor in range(len(events.offsets) - 1):
        if matches.by_actor[actor] & wanted:
            for place in range(events.offsets[actor], events.offsets[actor + 1]):
                inside = start_us <= events.time_us[place] < end_us
                if inside and bits_at(events, matches, actor, place) & wanted:
                    marked[events.row[place]] = 1
