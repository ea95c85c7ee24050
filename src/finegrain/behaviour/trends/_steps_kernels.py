"""Finds the bucket of an instant by one look into a table instead of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finegrain.behaviour._jit import inlined
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELLS_PER_BUCKET = 32
MOST_CELLS = 1 << 14


class Steps(NamedTuple):
    """Instants in order, with a table that says how many lie at or before the start of each cell of time.

    Attributes:
        edges_us: ``(E,) int64``, ascending, one or more.
        table: ``(cells,) int32``, from the first edge to the last.
        shift: a cell is ``2 ** shift`` microseconds long.
    """

    edges_us: NDArray[np.int64]
    table: NDArray[np.int32]
    shift: int


class Chosen(NamedTuple):
    """Which events are counted, and into which row.

    Attributes:
        events, matches, groups: the arrays of the view.
        bit: of the matcher, ``uint32``.
    """

    events: Events
    matches: Matches
    groups: Groups
    bit: np.uint32


class Seen(NamedTuple):
    """By row: the actor who was there last, in which bucket, and how often."""

    actor: NDArray[np.int64]
    bucket: NDArray[np.int64]
    times: NDArray[np.int64]


@inlined
def reached(steps: Steps, time_us: int) -> int:
    """Give how many edges lie at or before an instant."""
    if time_us < steps.edges_us[0]:
        return 0
    cell = (time_us - steps.edges_us[0]) >> steps.shift
    if cell >= len(steps.table):
        return len(steps.edges_us)
    count = steps.table[cell]
    while count < len(steps.edges_us) and steps.edges_us[count] <= time_us:
        count += 1
    return count  # type: ignore[no-any-return]


@inlined
def first_from(events: Events, actor: int, start_us: int) -> int:
    """Give the place of an actor's first event at ``start_us`` or later."""
    low, high = events.offsets[actor], events.offsets[actor + 1]
    if low == high or events.time_us[low] >= start_us:
        return low  # type: ignore[no-any-return]
    return first_at_or_after(events.time_us, low, high, start_us)


@inlined
def end_before(events: Events, actor: int, low: int, end_us: int) -> int:
    """Give the place after an actor's last event before ``end_us``, ``low`` at least."""
    high = events.offsets[actor + 1]
    if low == high or events.time_us[high - 1] < end_us:
        return high  # type: ignore[no-any-return]
    return first_at_or_after(events.time_us, low, high, end_us)


@inlined
def is_chosen(chosen: Chosen, actor: int, place: int) -> bool:
    """Say whether the event at ``place`` of ``actor`` is counted."""
    return (bits_at(chosen.events, chosen.matches, actor, place) & chosen.bit) != 0  # type: ignore[no-any-return]


@inlined
def in_group(chosen: Chosen, group: int, actor: int, place: int) -> bool:
    """Say whether the event at ``place`` of ``actor`` is in a group; −1 stands for all."""
    return group < 0 or group_at(chosen.events, chosen.groups, actor, place) == group
