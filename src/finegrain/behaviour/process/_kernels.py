"""Cuts each actor's events into cases, and follows every case step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, inner, jit
from finegrain.behaviour.process.contract import LONGEST, REPEATED, RETURNED
from finegrain.behaviour.queries._view_kernels import Events, Matches, bits_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF = 12
_CASES, _REWORK, _OPEN, _CASE, _START, _FURTHEST, _STEP, _RUN, _RUN_START, _LAST, _BACK, _LEFT, _LENGTH, _SEEN = range(14)
"""Places in the state: rows written so far. Of the case at hand: whether there is one, its row (−1 where it does not count, −2
where there is no room), when it began, its furthest step; the step it is at, how many events of it in a row, since when, the last
event's time; whether it came back to it, and when it left the later one; how long its way is; which steps were not skipped."""
STATE = 14


class Rules(NamedTuple):
    """How cases may run: step ``k`` is bit ``k``; they count where they open in ``[start_us, end_us)``."""

    steps: int
    start_us: int
    end_us: int
    window_us: int


class Found(NamedTuple):
    """Cases, one row each: whose, when it began, the place of the event that reached each step (−1), steps seen, and its way."""

    actor: NDArray[np.int64]
    start_us: NDArray[np.int64]
    places: NDArray[np.int64]
    seen: NDArray[np.int64]
    way: NDArray[np.int64]


class Again(NamedTuple):
    """Steps done again, one row each; see ``contract.Rework``."""

    case: NDArray[np.int64]
    step: NDArray[np.int64]
    kind: NDArray[np.int64]
    times: NDArray[np.int64]
    length_us: NDArray[np.int64]


def make_found(cases: int, steps: int) -> Found:
    """Make room for so many cases."""
    actor, start_us, seen = (np.empty(cases, dtype=np.int64) for _ in range(3))
    places, way = np.full((cases, steps), -1, dtype=np.int64), np.zeros((cases, 2), dtype=np.int64)
    return Found(actor, start_us, places, seen, way)


def make_again(rows: int) -> Again:
    """Make room for so many rows."""
    return Again(*(np.empty(rows, dtype=np.int64) for _ in range(5)))


@jit
def follow_cases(
    events: Events, matches: Matches, rules: Rules, state: NDArray[np.int64], low: int, high: int, found: Found, again: Again
) -> None:
    """Write the cases of the actors ``[low, high)`` as far as there is room, and count them in ``state[:2]``."""
    state[_CASES] = 0
    state[_REWORK] = 0
    for actor in range(low, high):
        if matches.by_actor[actor] & np.uint32(1):
            _follow(events, matches, rules, state, actor, found, again)


@inlined
def _follow(
    events: Events, matches: Matches, rules: Rules, state: NDArray[np.int64], actor: int, found: Found, again: Again
) -> None:
    state[_OPEN] = 0
    place, end = events.offsets[actor], events.offsets[actor + 1]
    while place < end and (state[_OPEN] or events.time_us[place] < rules.end_us):
        together = place + 1
        while together < end and events.time_us[together] == events.time_us[place]:
            together += 1
        if together == place + 1:
            bits = bits_at(events, matches, actor, place)
            if bits:
                _take(events, rules, state, actor, place, bits, found, again)
        else:
            _take_together(events, matches, rules, state, actor, place, together, found, again)
        place = together
    if state[_OPEN]:
        _close(state, found, again)


@inner
def _take_together(
    events: Events,
    matches: Matches,
    rules: Rules,
    state: NDArray[np.int64],
    actor: int,
    low: int,
    high: int,
    found: Found,
    again: Again,
) -> None:
    """Take the events of one instant in the order of the first step that each matches."""
    for step in range(rules.steps):
        for place in range(low, high):
            bits = bits_at(events, matches, actor, place)
            if bits and _first_step(bits) == step:
                _take(events, rules, state, actor, place, bits, found, again)


@inlined
def _first_step(bits: np.uint32) -> int:
    step = 0
    while not bits & np.uint32(1 << step):
        step += 1
    return step


@inlined
def _take(
    events: Events,
    rules: Rules,
    state: NDArray[np.int64],
    actor: int,
    place: int,
    bits: np.uint32,
    found: Found,
    again: Again,
) -> None:
    time_us = events.time_us[place]
    if state[_OPEN] and time_us - state[_START] > rules.window_us:
        _close(state, found, again)
    if state[_OPEN]:
        following = state[_FURTHEST] + 1
        step = following if bits & np.uint32(1 << following) else _first_step(bits)
    elif bits & np.uint32(1):
        step = 0
        _open(rules, state, actor, time_us, found)
    else:
        return
    _reach(state, step, place, found)
    _stand_at(state, step, time_us, found, again)
    if step == rules.steps - 1:
        _close(state, found, again)


@inlined
def _open(rules: Rules, state: NDArray[np.int64], actor: int, time_us: int, found: Found) -> None:
    state[_OPEN], state[_START], state[_FURTHEST], state[_STEP] = 1, time_us, -1, -1
    state[_RUN], state[_BACK], state[_LENGTH], state[_SEEN] = 0, 0, 0, 0
    state[_CASE] = -1
    if rules.start_us <= time_us < rules.end_us:
        if state[_CASES] < len(found.actor):
            state[_CASE] = state[_CASES]
            found.actor[state[_CASE]], found.start_us[state[_CASE]] = actor, time_us
        else:
            state[_CASE] = -2  # it counts, but there is no room
        state[_CASES] += 1


@inlined
def _reach(state: NDArray[np.int64], step: int, place: int, found: Found) -> None:
    if step > state[_FURTHEST]:
        if state[_CASE] >= 0:
            for passed in range(state[_FURTHEST] + 1, step + 1):
                found.places[state[_CASE], passed] = place
        state[_FURTHEST] = step
        state[_SEEN] |= 1 << step


@inlined
def _stand_at(state: NDArray[np.int64], step: int, time_us: int, found: Found, again: Again) -> None:
    if step == state[_STEP]:
        state[_RUN] += 1
    else:
        _end_run(state, time_us if step > state[_STEP] else state[_LAST], again)
        state[_BACK], state[_LEFT] = step < state[_STEP], state[_LAST]
        state[_STEP], state[_RUN], state[_RUN_START] = step, 1, time_us
        _lengthen(state, step, found)
    state[_LAST] = time_us


@inlined
def _lengthen(state: NDArray[np.int64], step: int, found: Found) -> None:
    case, length = state[_CASE], state[_LENGTH]
    if case >= 0:
        if length < LONGEST:
            found.way[case, length // _HALF] |= np.int64(step + 1) << np.int64(55 - 5 * (length % _HALF))
        else:
            found.way[case, 1] |= np.int64(1) << np.int64(60)
    state[_LENGTH] += 1


@inlined
def _end_run(state: NDArray[np.int64], until_us: int, again: Again) -> None:
    if state[_RUN] > 1:
        _write(state, REPEATED, state[_RUN] - 1, state[_LAST] - state[_RUN_START], again)
    if state[_RUN] > 0 and state[_BACK]:
        _write(state, RETURNED, 1, until_us - state[_LEFT], again)


@inlined
def _write(state: NDArray[np.int64], kind: int, times: int, length_us: int, again: Again) -> None:
    if state[_CASE] == -1:
        return
    row = state[_REWORK]
    if row < len(again.case):
        again.case[row], again.step[row], again.kind[row] = state[_CASE], state[_STEP], kind
        again.times[row], again.length_us[row] = times, length_us
    state[_REWORK] += 1


@inlined
def _close(state: NDArray[np.int64], found: Found, again: Again) -> None:
    _end_run(state, state[_LAST], again)
    if state[_CASE] >= 0:
        found.seen[state[_CASE]] = state[_SEEN]
    state[_OPEN] = 0
