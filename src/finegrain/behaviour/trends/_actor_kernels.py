"""Counts people, sessions or groups once each: by bucket, over rolling days, by state of life, by number of buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import group_at
from finegrain.behaviour.trends._steps_kernels import Chosen, Seen, Steps, end_before, first_from, is_chosen, reached

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEW, RETURNING, RESURRECTED = 0, 1, 2


class Tally(NamedTuple):
    """What is counted by row and bucket, each ``(G, B) int64``; see ``ActorCounts``."""

    events: NDArray[np.int64]
    actors: NDArray[np.int64]
    firsts: NDArray[np.int64]


@jit
def count_actors(chosen: Chosen, steps: Steps, low: int, high: int, seen: Seen, tally: Tally) -> None:
    """Count the events and the actors ``[low, high)`` between the first and the last edge, by bucket."""
    events = chosen.events
    for actor in range(low, high):
        if not chosen.matches.by_actor[actor] & chosen.bit:
            continue
        last, first = -1, first_from(events, actor, steps.edges_us[0])
        for place in range(first, end_before(events, actor, first, steps.edges_us[-1])):
            if is_chosen(chosen, actor, place):
                bucket = reached(steps, events.time_us[place]) - 1
                # Adding truth values: whether a bucket is a new one cannot be guessed, and guessing wrong costs most.
                tally.events[0, bucket] += 1
                tally.actors[0, bucket] += bucket != last
                tally.firsts[0, bucket] += last < 0
                last = bucket
                if len(tally.events) > 1:
                    _tally(tally, seen, group_at(events, chosen.groups, actor, place) + 1, actor, bucket)


@inlined
def _tally(tally: Tally, seen: Seen, row: int, actor: int, bucket: int) -> None:
    tally.events[row, bucket] += 1
    if seen.actor[row] == actor and seen.bucket[row] == bucket:
        return
    if seen.actor[row] != actor:
        tally.firsts[row, bucket] += 1
    tally.actors[row, bucket] += 1
    seen.actor[row], seen.bucket[row] = actor, bucket


@jit
def count_rolling(
    chosen: Chosen, opens: Steps, closes: Steps, low: int, high: int, seen: Seen, changes: NDArray[np.int64]
) -> None:
    """Count the actors ``[low, high)`` in each of several windows, of which neither starts nor ends ever go back.

    ``changes`` ``(G, B + 1)`` gets by how much each window's count differs from the one before: an event lies in windows that
    follow each other, and those in which the actor stands already are passed over.
    """
    events = chosen.events
    for actor in range(low, high):
        if not chosen.matches.by_actor[actor] & chosen.bit:
            continue
        start = first_from(events, actor, opens.edges_us[0])
        for place in range(start, end_before(events, actor, start, closes.edges_us[-1])):
            if is_chosen(chosen, actor, place):
                first, last = reached(closes, events.time_us[place]), reached(opens, events.time_us[place]) - 1
                _span(changes, seen, 0, actor, first, last)
                if len(changes) > 1:
                    _span(changes, seen, group_at(events, chosen.groups, actor, place) + 1, actor, first, last)


@inlined
def _span(changes: NDArray[np.int64], seen: Seen, row: int, actor: int, first: int, last: int) -> None:
    if seen.actor[row] == actor:
        first = max(first, seen.bucket[row] + 1)
    if first <= last:
        changes[row, first] += 1
        changes[row, last + 1] -= 1
        seen.actor[row], seen.bucket[row] = actor, last


@jit
def count_states(chosen: Chosen, steps: Steps, low: int, high: int, seen: Seen, states: NDArray[np.int64]) -> None:
    """Count the actors ``[low, high)`` by what they are in each bucket: ``states`` ``(3, G, B)``.

    Whatever lies before the first edge is earlier history; of the first bucket only the sum of the states has a meaning.
    """
    events = chosen.events
    for actor in range(low, high):
        if not chosen.matches.by_actor[actor] & chosen.bit:
            continue
        first = events.offsets[actor]
        for place in range(first, end_before(events, actor, first, steps.edges_us[-1])):
            if is_chosen(chosen, actor, place):
                bucket = reached(steps, events.time_us[place]) - 1
                _state(states, seen, 0, actor, bucket)
                if states.shape[1] > 1:
                    _state(states, seen, group_at(events, chosen.groups, actor, place) + 1, actor, bucket)


@inlined
def _state(states: NDArray[np.int64], seen: Seen, row: int, actor: int, bucket: int) -> None:
    state = NEW
    if seen.actor[row] == actor:
        if seen.bucket[row] == bucket:
            return
        state = RETURNING if seen.bucket[row] == bucket - 1 else RESURRECTED
    if bucket >= 0:
        states[state, row, bucket] += 1
    seen.actor[row], seen.bucket[row] = actor, bucket


@jit
def count_buckets(chosen: Chosen, steps: Steps, low: int, high: int, seen: Seen, actors: NDArray[np.int64]) -> None:
    """Count the actors ``[low, high)`` by the number of buckets they have an event in: ``actors`` ``(G, B + 1)``.

    Column 0 has no meaning.
    """
    events = chosen.events
    for actor in range(low, high):
        if not chosen.matches.by_actor[actor] & chosen.bit:
            continue
        first = first_from(events, actor, steps.edges_us[0])
        for place in range(first, end_before(events, actor, first, steps.edges_us[-1])):
            if is_chosen(chosen, actor, place):
                bucket = reached(steps, events.time_us[place]) - 1
                _bucket(actors, seen, 0, actor, bucket)
                if len(actors) > 1:
                    _bucket(actors, seen, group_at(events, chosen.groups, actor, place) + 1, actor, bucket)


@inlined
def _bucket(actors: NDArray[np.int64], seen: Seen, row: int, actor: int, bucket: int) -> None:
    if seen.actor[row] != actor:
        seen.actor[row], seen.times[row] = actor, 0
    elif seen.bucket[row] == bucket:
        return
    actors[row, seen.times[row]] -= 1
    seen.bucket[row] = bucket
    seen.times[row] += 1
    actors[row, seen.times[row]] += 1
