"""Follows paths from their anchors, and counts the names, nodes and edges that they pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNBOUNDED = 2**61
"""A length of time that nothing exceeds, and that can be added to a time."""


class Walk(NamedTuple):
    """How paths run.

    Attributes:
        depth: most positions.
        backward: whether paths go back in time from the anchor.
        by_session: whether each session has a path, instead of each actor.
        gap_us: so long without an event ends a session; ``UNBOUNDED`` where there are none.
        window_us: no event lies further from the anchor than this; ``UNBOUNDED`` where it may.
        start_us, end_us: the anchor lies in ``[start_us, end_us)``.
        anchor, shown: the matchers that make an anchor, and a position.
    """

    depth: int
    backward: bool
    by_session: bool
    gap_us: int
    window_us: int
    start_us: int
    end_us: int
    anchor: np.uint32
    shown: np.uint32


class Names(NamedTuple):
    """What events are called, as codes of names.

    Attributes:
        by_event: ``(n_names,) int32``, by code of the event's own name.
        value: ``(N,) int32``, codes of the naming property's values by row of the log, −1 for none; empty where none names.
        of_value: ``(n_values + 1,) int32``, the name of each value; −1 where the event's own name counts.
        labelled: the matchers that give a name.
        of_bit: ``(32,) int32``, which.
    """

    by_event: NDArray[np.int32]
    value: NDArray[np.int32]
    of_value: NDArray[np.int32]
    labelled: np.uint32
    of_bit: NDArray[np.int32]


class Cells(NamedTuple):
    """Counts of paths and of different actors; see ``PathCounts``. The ``seen`` say which actor was counted last, −1 for none."""

    paths: NDArray[np.int64]
    actors: NDArray[np.int64]
    seen: NDArray[np.int32]
    node_actors: NDArray[np.int64]
    node_seen: NDArray[np.int32]
    stopped: NDArray[np.int64]
    beyond: NDArray[np.int64]
    edges: NDArray[np.int64]
    edge_actors: NDArray[np.int64]
    edge_seen: NDArray[np.int32]


class Wanted(NamedTuple):
    """Whom to mark: place in ``path`` and its name, what follows it (a place in the names, or a constant), and the slot."""

    position: int
    name: int
    then: int
    slot: int


ANYTHING, STOPPED, BEYOND = -1, -2, -3


@jit
def count_names(
    events: Events,
    matches: Matches,
    names: Names,
    walk: Walk,
    low: int,
    high: int,
    path: NDArray[np.int32],
    count: NDArray[np.int64],
) -> int:
    """Add the paths of the actors ``[low, high)`` to ``count`` ``(depth, n_codes)``; give how many there are."""
    paths = 0
    for actor in range(low, high):
        if not matches.by_actor[actor]:
            continue
        anchor = _next_anchor(events, matches, walk, actor, _first_place(events, walk, actor))
        while anchor < events.offsets[actor + 1]:
            length, reached = _follow(events, matches, names, walk, actor, anchor, path)
            for position in range(min(length, walk.depth)):
                count[position, path[position]] += 1
            paths += 1
            anchor = _next_anchor(events, matches, walk, actor, _next_session(events, walk, actor, max(anchor + 1, reached)))
    return paths


@jit
def count_cells(
    events: Events,
    matches: Matches,
    groups: Groups,
    names: Names,
    walk: Walk,
    low: int,
    high: int,
    path: NDArray[np.int32],
    place: NDArray[np.int32],
    cells: Cells,
) -> None:
    """Add the paths of the actors ``[low, high)``; ``place`` ``(depth, n_codes)`` gives a name's place at a position."""
    broken_down = len(cells.paths) > 1
    for actor in range(low, high):
        if not matches.by_actor[actor]:
            continue
        anchor = _next_anchor(events, matches, walk, actor, _first_place(events, walk, actor))
        while anchor < events.offsets[actor + 1]:
            length, reached = _follow(events, matches, names, walk, actor, anchor, path)
            for position in range(min(length, walk.depth)):
                path[position] = place[position, path[position]]
            _add_path(walk, actor, length, path, 0, cells)
            if broken_down:
                _add_path(walk, actor, length, path, 1 + group_at(events, groups, actor, anchor), cells)
            anchor = _next_anchor(events, matches, walk, actor, _next_session(events, walk, actor, max(anchor + 1, reached)))


@jit
def mark_actors(
    events: Events,
    matches: Matches,
    groups: Groups,
    names: Names,
    walk: Walk,
    low: int,
    high: int,
    path: NDArray[np.int32],
    place: NDArray[np.int32],
    wanted: Wanted,
    marked: NDArray[np.bool_],
) -> None:
    """Mark those of the actors ``[low, high)`` who have a path that is wanted."""
    for actor in range(low, high):
        if not matches.by_actor[actor]:
            continue
        anchor = _next_anchor(events, matches, walk, actor, _first_place(events, walk, actor))
        while anchor < events.offsets[actor + 1]:
            inside = wanted.slot == 0 or wanted.slot == 1 + group_at(events, groups, actor, anchor)
            length, reached = _follow(events, matches, names, walk, actor, anchor, path)
            if inside and length > wanted.position and place[wanted.position, path[wanted.position]] == wanted.name:
                marked[actor] |= _follows(walk, length, path, place, wanted)
            anchor = _next_anchor(events, matches, walk, actor, _next_session(events, walk, actor, max(anchor + 1, reached)))


@inlined
def _follows(walk: Walk, length: int, path: NDArray[np.int32], place: NDArray[np.int32], wanted: Wanted) -> bool:
    following = wanted.position + 1
    if wanted.then == ANYTHING:
        return True
    if wanted.then == STOPPED:
        return length == following
    if wanted.then == BEYOND:
        return following == walk.depth < length
    return following < min(length, walk.depth) and place[following, path[following]] == wanted.then


@inlined
def _first_place(events: Events, walk: Walk, actor: int) -> int:
    """Give where to look for the first anchor: where the session begins that holds the period's first event."""
    low, high = events.offsets[actor], events.offsets[actor + 1]
    if low == high or events.time_us[low] >= walk.start_us:
        return low  # type: ignore[no-any-return]
    at = first_at_or_after(events.time_us, low, high, walk.start_us)
    if walk.by_session and at < high:
        while at > low and events.time_us[at] - events.time_us[at - 1] < walk.gap_us:
            at -= 1
    return at


@inlined
def _next_anchor(events: Events, matches: Matches, walk: Walk, actor: int, begin: int) -> int:
    """Give the first anchor that counts, from the session on that begins at ``begin``; the end of the actor's events for none."""
    high, looking = events.offsets[actor + 1], True
    for at in range(begin, high):
        time_us = events.time_us[at]
        if at > begin and time_us - events.time_us[at - 1] >= walk.gap_us:
            looking = True
        if time_us >= walk.end_us:
            break
        if looking and bits_at(events, matches, actor, at) & walk.anchor:
            if time_us >= walk.start_us:
                return at
            looking = False
    return high  # type: ignore[no-any-return]


@inlined
def _next_session(events: Events, walk: Walk, actor: int, place: int) -> int:
    """Give where the next session begins, from ``place`` on; the end of the actor's events for none."""
    high = events.offsets[actor + 1]
    if not walk.by_session:
        return high  # type: ignore[no-any-return]
    while place < high and events.time_us[place] - events.time_us[place - 1] < walk.gap_us:
        place += 1
    return place


@inlined
def _follow(
    events: Events, matches: Matches, names: Names, walk: Walk, actor: int, anchor: int, path: NDArray[np.int32]
) -> tuple[int, int]:
    """Write the codes of the names from the anchor on.

    Returns:
        How many there are, or ``depth + 1`` where there are more; and the place at which the path was left.
    """
    low, high, step = events.offsets[actor], events.offsets[actor + 1], -1 if walk.backward else 1
    path[0] = _name_at(events, names, anchor, bits_at(events, matches, actor, anchor) & (walk.anchor | walk.shown))
    length, at, before_us = 1, anchor + step, events.time_us[anchor]
    while low <= at < high:
        time_us = events.time_us[at]
        if abs(time_us - before_us) >= walk.gap_us or abs(time_us - events.time_us[anchor]) > walk.window_us:
            break
        bits = bits_at(events, matches, actor, at) & walk.shown
        if bits:
            code = _name_at(events, names, at, bits)
            if code != path[length - 1]:
                if length == walk.depth:
                    return length + 1, at
                path[length] = code
                length += 1
        before_us = time_us
        at += step
    return length, at


@inlined
def _name_at(events: Events, names: Names, place: int, bits: np.uint32) -> int:
    if bits & names.labelled:
        bit = 0
        while not bits & names.labelled & np.uint32(1 << bit):
            bit += 1
        return names.of_bit[bit]  # type: ignore[no-any-return]
    if len(names.value):
        code = names.of_value[names.value[events.row[place]]]
        if code >= 0:
            return code  # type: ignore[no-any-return]
    return names.by_event[events.event[place]]  # type: ignore[no-any-return]


@inlined
def _add_path(walk: Walk, actor: int, length: int, path: NDArray[np.int32], slot: int, cells: Cells) -> None:
    cells.paths[slot] += 1
    cells.actors[slot] += cells.seen[slot] != actor
    cells.seen[slot] = actor
    last = min(length, walk.depth) - 1
    for position in range(last + 1):
        name = path[position]
        cells.node_actors[slot, position, name] += cells.node_seen[slot, position, name] != actor
        cells.node_seen[slot, position, name] = actor
        if position < last:
            _add_edge(slot, position, name, path[position + 1], actor, cells)
    if length > walk.depth:
        cells.beyond[slot, path[last]] += 1
    else:
        cells.stopped[slot, last, path[last]] += 1


@inlined
def _add_edge(slot: int, position: int, name: int, following: int, actor: int, cells: Cells) -> None:
    cells.edges[slot, position, name, following] += 1
    cells.edge_actors[slot, position, name, following] += cells.edge_seen[slot, position, name, following] != actor
    cells.edge_seen[slot, position, name, following] = actor
