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
    """How many steps there are, when a chain may start, and how long it may go on.

    ``step_of`` gives the step that events of a name are, by its code, −1 for others; ``plain`` says that nothing but the name
    decides whether an event of somebody who counts is that step.
    """

    steps: int
    step_of: NDArray[np.int64]
    plain: bool
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
    places: NDArray[np.int32],
) -> None:
    """Write how far the actors ``[low, high)`` come, and the places of their chains' events, −1 for steps not reached.

    Args:
        events: by actor.
        matches: step ``k`` is bit ``k``.
        span: how a chain may run.
        started: ``(steps + 1,)``, room for the latest start from which each number of steps was reached; of none, this instant.
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
            reached, end = _highest(events, matches, span, actor, started)
            level[actor] = reached
            if reached:
                _write_first(events, matches, span, actor, reached, end, places)


@inlined
def _highest(events: Events, matches: Matches, span: Span, actor: int, started: NDArray[np.int64]) -> tuple[int, int]:
    """Give the highest step that is reached, and the place after the events of the instant at which it first was.

    It is found by the latest start from which each step was reached so far: that has the most of its window left, so that no
    other start can reach what it cannot.
    """
    high, reached, end = events.offsets[actor + 1], 0, 0
    place = first_at_or_after(events.time_us, events.offsets[actor], high, span.start_us)
    for step in range(span.steps + 1):
        started[step] = NEVER
    last_us = span.end_us + span.window_us
    while place < high and reached < span.steps:
        time_us, step = events.time_us[place], _step_at(events, matches, span, actor, place)
        if time_us >= last_us or (reached == 0 and time_us >= span.end_us):
            break
        started[0] = time_us if time_us < span.end_us else NEVER
        place += 1
        if place < high and events.time_us[place] == time_us:
            bits = _bit_of(step)
            while place < high and events.time_us[place] == time_us:
                bits |= _bit_of(_step_at(events, matches, span, actor, place))
                place += 1
            further = _take_together(span, bits, time_us, started)
        elif step >= 0:
            further = _take(span, step, time_us, started)
        else:
            continue
        end = place if further > reached else end
        reached = max(reached, further)
    return reached, end


@inlined
def _step_at(events: Events, matches: Matches, span: Span, actor: int, place: int) -> int:
    """Give the step that the event at ``place`` is, −1 where it is none."""
    step = span.step_of[events.event[place]]
    return step if span.plain or step < 0 or bits_at(events, matches, actor, place) else -1


@inlined
def _bit_of(step: int) -> np.uint32:
    return np.uint32(1 << step) if step >= 0 else np.uint32(0)


@inlined
def _take(span: Span, step: int, at_us: int | np.int64, started: NDArray[np.int64]) -> int:
    """Take in an event that is one step; give how many steps are reached by it, 0 where it comes too late or too early."""
    # Chosen instead of branched on, which takes two thirds of the time: what comes next cannot be foreseen.
    within = at_us - started[step] <= span.window_us
    started[step + 1] = started[step] if within else started[step + 1]
    return step + 1 if within else 0


@inlined
def _take_together(span: Span, bits: np.uint32, at_us: int | np.int64, started: NDArray[np.int64]) -> int:
    """Take in the events of one instant, step by step, so that they count in the order that serves the funnel."""
    further = 0
    for step in range(span.steps):
        if bits & np.uint32(1 << step):
            further = max(further, _take(span, step, at_us, started))
    return further


@inlined
def _write_first(
    events: Events, matches: Matches, span: Span, actor: int, reached: int, end: int, places: NDArray[np.int32]
) -> None:
    """Write the chain of the earliest start that reaches so far, with the earliest event of each step after it.

    The step is first reached by the event before ``end``. Every start up to a window before that, and not after the latest
    start that reached it, reaches it, too; an earlier start does not, since its window was over by then.
    """
    place, low = end - 1, events.offsets[actor]
    first_us = max(span.start_us, events.time_us[place] - span.window_us)
    while place >= low and events.time_us[place] >= first_us:
        if bits_at(events, matches, actor, place) & np.uint32(1) and events.time_us[place] < span.end_us:
            places[actor, 0] = place
        place -= 1
    place = places[actor, 0]
    for step in range(1, reached):
        # The next step may stand before this one at the same instant.
        while place > low and events.time_us[place - 1] == events.time_us[place]:
            place -= 1
        while not bits_at(events, matches, actor, place) & np.uint32(1 << step):
            place += 1
        places[actor, step] = place
