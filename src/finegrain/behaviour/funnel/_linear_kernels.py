"""The commonest funnel in one pass: in order, from any start, nothing excluded, no event matching two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import Events, Matches, bits_at, first_at_or_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = -(2**62)
"""Earlier than any start by more than any window."""


class Span(NamedTuple):
    """How many steps there are, when a chain may start, and how long it may go on."""

    steps: int
    start_us: int
    end_us: int
    window_us: int


@jit
def fill_levels(
    events: Events,
    matches: Matches,
    span: Span,
    started: NDArray[np.int64],
    low: int,
    high: int,
    level: NDArray[np.int8],
    places: NDArray[np.int64],
) -> None:
    """Write how far the actors ``[low, high)`` come, and the places of their chains' events, −1 for steps not reached.

    Args:
        events: by actor.
        matches: step ``k`` is bit ``k``.
        span: how a chain may run.
        started: ``(steps,)``, room for the latest start by step.
        low: the first actor.
        high: the one after the last.
        level: ``(A,)``, out.
        places: ``(A, steps)``, out.
    """
    for actor in range(low, high):
        level[actor] = 0
        for step in range(span.steps):
            places[actor, step] = -1
        if matches.by_actor[actor]:
            reached = _highest(events, matches, span, actor, started)
            level[actor] = reached
            if reached:
                _find_first(events, matches, span, actor, reached, places)


@inlined
def _highest(events: Events, matches: Matches, span: Span, actor: int, started: NDArray[np.int64]) -> int:
    """Give the highest step that is reached, by the latest start from which each step was reached so far.

    The latest start has the most of its window left, so that no other start can reach what it cannot.
    """
    high, reached = events.offsets[actor + 1], 0
    place = first_at_or_after(events.time_us, events.offsets[actor], high, span.start_us)
    for step in range(span.steps):
        started[step] = NEVER
    together, at_us, last_us = np.uint32(0), np.int64(NEVER), span.end_us + span.window_us
    while place < high:
        bits = bits_at(events, matches, actor, place)
        if bits:
            time_us = events.time_us[place]
            if time_us != at_us:
                reached = _take(span, together, at_us, reached, started)
                together, at_us = np.uint32(0), time_us
                if reached == span.steps or time_us >= last_us or (reached == 0 and time_us >= span.end_us):
                    return reached
            together |= bits
        place += 1
    return _take(span, together, at_us, reached, started)


@inlined
def _take(span: Span, bits: np.uint32, at_us: int | np.int64, reached: int, started: NDArray[np.int64]) -> int:
    """Take in the events of one instant, step by step, so that they count in the order that serves the funnel."""
    if bits & np.uint32(1) and at_us < span.end_us:
        started[0] = at_us
        reached = max(reached, 1)
    for step in range(1, span.steps):
        if bits & np.uint32(1 << step) and at_us - started[step - 1] <= span.window_us:
            started[step] = started[step - 1]
            reached = max(reached, step + 1)
    return reached


@inlined
def _find_first(events: Events, matches: Matches, span: Span, actor: int, reached: int, places: NDArray[np.int64]) -> None:
    """Write the chain of the earliest start that reaches so far."""
    place = first_at_or_after(events.time_us, events.offsets[actor], events.offsets[actor + 1], span.start_us) - 1
    found = False
    while not found:
        place += 1
        if bits_at(events, matches, actor, place) & np.uint32(1):
            places[actor, 0] = place
            found = _follow(events, matches, span, actor, reached, places)


@inlined
def _follow(events: Events, matches: Matches, span: Span, actor: int, reached: int, places: NDArray[np.int64]) -> bool:
    """Write the earliest event of each step after the start; say whether all are there within the window."""
    place, low = places[actor, 0], events.offsets[actor]
    latest_us = events.time_us[place] + span.window_us
    for step in range(1, reached):
        # The next step may stand before this one at the same instant.
        while place > low and events.time_us[place - 1] == events.time_us[place]:
            place -= 1
        while place < events.offsets[actor + 1] and not bits_at(events, matches, actor, place) & np.uint32(1 << step):
            place += 1
        if place == events.offsets[actor + 1] or events.time_us[place] > latest_us:
            return False
        places[actor, step] = place
    return True
