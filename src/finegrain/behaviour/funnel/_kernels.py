"""Finds, for each actor, how far it comes in a funnel, and the events of the chain that comes so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from finegrain.behaviour._jit import inlined, inner, jit
from finegrain.behaviour.queries._view_kernels import Events, Matches, bits_at, first_at_or_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERED, STRICT, ANY_ORDER = 0, 1, 2
ANY_START, FIRST_EVER, FIRST_IN_PERIOD = 0, 1, 2

# With a plain number in its place, a function is compiled once more for that number.
_NONE, _ZERO, _ONE = (cast("int", np.int64(number)) for number in (-1, 0, 1))


class Rules(NamedTuple):
    """How a chain may run.

    Attributes:
        steps: how many there are; step ``k`` is bit ``k``, exclusion ``x`` is bit ``steps + x``.
        order, starts: one of the constants of this module.
        start_us, end_us: a chain starts in ``[start_us, end_us)``.
        window_us: no step lies later than this after the start.
        overlap: whether one event may match two steps.
        void_after, void_before: ``(X,) int64``, by exclusion, the steps (from 0) between which its event may not lie.
    """

    steps: int
    order: int
    starts: int
    start_us: int
    end_us: int
    window_us: int
    overlap: bool
    void_after: NDArray[np.int64]
    void_before: NDArray[np.int64]


class Scratch(NamedTuple):
    """Room for the matching events of one actor.

    Attributes:
        time_us, bits, place: of each of them.
        low, high: where those of the same instant begin and end.
        following: ``(bits, m + 1)``, the first of them at or after a given one that has the bit.
        chain, best: ``(steps,)``, the chain at hand, and the best one so far.
        taken: by step, the event that serves it while they are shared out; −1 for none.
        tried, wanted_by, queue: which events, or steps, were tried on the way, by whom, and what is still to be tried.
    """

    time_us: NDArray[np.int64]
    bits: NDArray[np.uint32]
    place: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    following: NDArray[np.int32]
    chain: NDArray[np.int64]
    best: NDArray[np.int64]
    taken: NDArray[np.int64]
    tried: NDArray[np.bool_]
    wanted_by: NDArray[np.int64]
    queue: NDArray[np.int64]


def make_scratch(most: int, steps: int, exclusions: int) -> Scratch:
    """Make room for up to ``most`` events of an actor."""
    return Scratch(
        np.empty(most, np.int64),
        np.empty(most, np.uint32),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty((steps + exclusions, most + 1), np.int32),
        np.empty(steps, np.int64),
        np.empty(steps, np.int64),
        np.empty(steps, np.int64),
        np.empty(max(most, steps), np.bool_),
        np.empty(max(most, steps), np.int64),
        np.empty(steps + 1, np.int64),
    )


@jit
def fill_levels(
    events: Events,
    matches: Matches,
    rules: Rules,
    scratch: Scratch,
    low: int,
    high: int,
    level: NDArray[np.int8],
    places: NDArray[np.int32],
) -> None:
    """Write how far the actors ``[low, high)`` come, and the places of their chains' events, −1 for steps not reached."""
    for actor in range(low, high):
        level[actor] = 0
        places[actor, :] = -1
        if matches.by_actor[actor]:
            level[actor] = _fill_actor(events, matches, rules, actor, scratch)
            for step in range(level[actor]):
                places[actor, step] = scratch.best[step]


@inlined
def _fill_actor(events: Events, matches: Matches, rules: Rules, actor: int, scratch: Scratch) -> int:
    if rules.order == STRICT:
        return _strict(events, matches, rules, actor, scratch)
    count = _gather(events, matches, rules, actor, scratch)
    if count == 0:
        return 0
    if rules.order == ANY_ORDER:
        return _any_order(rules, count, scratch)
    _link(rules, count, scratch)
    return _ordered(rules, count, scratch)


@inlined
def _gather(events: Events, matches: Matches, rules: Rules, actor: int, scratch: Scratch) -> int:
    """Collect the events from which a chain can be made: none where no chain can start."""
    low, high = events.offsets[actor], events.offsets[actor + 1]
    starting = np.uint32((1 << rules.steps) - 1) if rules.order == ANY_ORDER else np.uint32(1)
    if rules.starts != FIRST_EVER:
        low = first_at_or_after(events.time_us, low, high, rules.start_us)
    last_us = rules.end_us - 1 + rules.window_us
    for place in range(low, high):
        time_us = events.time_us[place]
        if time_us >= rules.end_us:
            break
        if bits_at(events, matches, actor, place) & starting:
            if time_us < rules.start_us:
                return 0  # the first ever lies before the period
            return _keep_from(events, matches, actor, first_at_or_after(events.time_us, low, place, time_us), last_us, scratch)
    return 0


@inlined
def _keep_from(events: Events, matches: Matches, actor: int, place: int, last_us: int, scratch: Scratch) -> int:
    """Keep all matching events from ``place`` on; what came earlier at the instant of the start may serve a later step."""
    count = 0
    while place < events.offsets[actor + 1] and events.time_us[place] <= last_us:
        count = _keep(events, matches, actor, place, count, scratch)
        place += 1
    return count


@inlined
def _keep(events: Events, matches: Matches, actor: int, place: int, count: int, scratch: Scratch) -> int:
    bits = bits_at(events, matches, actor, place)
    if bits == 0:
        return count
    scratch.time_us[count], scratch.bits[count], scratch.place[count] = events.time_us[place], bits, place
    return count + 1


@inlined
def _link(rules: Rules, count: int, scratch: Scratch) -> None:
    """Find the bounds of each instant, and what follows."""
    for kept in range(count):
        same = kept > 0 and scratch.time_us[kept] == scratch.time_us[kept - 1]
        scratch.low[kept] = scratch.low[kept - 1] if same else kept
    for bit in range(rules.steps + len(rules.void_after)):
        scratch.following[bit, count] = count
    for kept in range(count - 1, -1, -1):
        same = kept + 1 < count and scratch.time_us[kept] == scratch.time_us[kept + 1]
        scratch.high[kept] = scratch.high[kept + 1] if same else kept + 1
        for bit in range(rules.steps + len(rules.void_after)):
            has = scratch.bits[kept] & np.uint32(1 << bit)
            scratch.following[bit, kept] = kept if has else scratch.following[bit, kept + 1]


@inlined
def _ordered(rules: Rules, count: int, scratch: Scratch) -> int:
    best, first = 0, _ZERO + scratch.following[0, 0]
    start = first
    while start < count and scratch.time_us[start] < rules.end_us:
        if rules.starts != ANY_START and scratch.time_us[start] > scratch.time_us[first]:
            break
        reached = _void(rules, _chain(rules, start, count, scratch), count, scratch)
        if reached > best:
            best = reached
            for step in range(reached):
                scratch.best[step] = scratch.place[scratch.chain[step]]
            if best == rules.steps:
                break
        start = scratch.following[0, start + 1]
    return best


@inlined
def _chain(rules: Rules, start: int, count: int, scratch: Scratch) -> int:
    """Write the chain that begins at ``start``; give its length."""
    scratch.chain[0] = start
    reached, latest_us = _ONE, scratch.time_us[start] + rules.window_us
    if rules.overlap and scratch.high[start] - scratch.low[start] > 1:
        reached = _share_out(rules, reached, scratch.low[start], scratch.high[start], start, scratch)
    while reached < rules.steps:
        at = scratch.chain[reached - 1]
        following = scratch.following[reached, scratch.high[at] if rules.overlap else scratch.low[at]]
        if following >= count or scratch.time_us[following] > latest_us:
            break
        if rules.overlap and scratch.high[following] - scratch.low[following] > 1:
            reached = _share_out(rules, reached, scratch.low[following], scratch.high[following], _NONE, scratch)
        else:
            scratch.chain[reached] = following
            reached += 1
    return reached


@inner
def _share_out(rules: Rules, first: int, low: int, high: int, start: int, scratch: Scratch) -> int:
    """Give the events of one instant to as many of the steps from ``first`` on as can be served; give the next step.

    Each event serves one step. Of the ways in which as many are served, the one that takes, step by step, what arrived first.
    """
    scratch.taken[:] = -1
    end = first
    while end < rules.steps and _serve(end, first, low, high, start, scratch):
        end += 1
    for step in range(first, end):
        _take_earliest(step, end, low, high, start, scratch)
        scratch.chain[step] = scratch.taken[step]
    return end


@inner
def _serve(step: int, first: int, low: int, high: int, start: int, scratch: Scratch) -> bool:
    """Serve one step more, moving those from ``first`` on that were served (by an augmenting path; Berge 1957)."""
    scratch.tried[low:high] = False
    return _augment(step, first, low, high, start, scratch)


@inner
def _augment(root: int, first: int, low: int, high: int, start: int, scratch: Scratch) -> bool:
    """Look for an untried event for step ``root``, moving steps from ``first`` on to others; say whether there is one.

    Breadth first, because compiled functions that call themselves cannot be kept on disk.
    """
    scratch.queue[0] = root
    asked, waiting = 0, 1
    while asked < waiting:
        step = scratch.queue[asked]
        asked += 1
        for one in range(low, high):
            if one == start or scratch.tried[one] or not scratch.bits[one] & np.uint32(1 << step):
                continue
            scratch.tried[one] = True
            scratch.wanted_by[one] = step
            holder = _holder(one, first, len(scratch.taken), scratch)
            if holder < 0:
                _move(root, one, scratch)
                return True
            scratch.queue[waiting] = holder
            waiting += 1
    return False


@inner
def _move(root: int, one: int, scratch: Scratch) -> None:
    """Give each step on the way back to ``root`` the event that it wanted."""
    step = scratch.wanted_by[one]
    while step != root:
        before = scratch.taken[step]
        scratch.taken[step] = one
        one = before
        step = scratch.wanted_by[one]
    scratch.taken[root] = one


@inner
def _take_earliest(step: int, end: int, low: int, high: int, start: int, scratch: Scratch) -> None:
    """Give ``step`` the first event with which the steps after it can still be served; those before it keep theirs."""
    for one in range(low, scratch.taken[step]):
        if one == start or not scratch.bits[one] & np.uint32(1 << step) or _is_held(one, step, scratch):
            continue
        before = scratch.taken[step]
        holder = _holder(one, step + 1, end, scratch)
        scratch.taken[step] = one
        if holder < 0:
            return
        # The later step that held it has to find another, without touching this step or those before it.
        scratch.taken[holder] = -1
        scratch.tried[low:high] = False
        scratch.tried[one] = True
        for held in range(step):
            if low <= scratch.taken[held] < high:
                scratch.tried[scratch.taken[held]] = True
        if _augment(holder, step + 1, low, high, start, scratch):
            return
        scratch.taken[step], scratch.taken[holder] = before, one


@inner
def _is_held(one: int, step: int, scratch: Scratch) -> bool:
    return _holder(one, _ZERO, step, scratch) >= 0


@inner
def _holder(one: int, first: int, end: int, scratch: Scratch) -> int:
    for step in range(first, end):
        if scratch.taken[step] == one:
            return step
    return -1


@inlined
def _void(rules: Rules, reached: int, count: int, scratch: Scratch) -> int:
    """Cut a chain off where an excluded event lies strictly between two of its steps."""
    for exclusion in range(len(rules.void_after)):
        after, before = rules.void_after[exclusion], rules.void_before[exclusion]
        if before < reached:
            following = scratch.following[rules.steps + exclusion, scratch.high[scratch.chain[after]]]
            if following < count and scratch.time_us[following] < scratch.time_us[scratch.chain[before]]:
                reached = before
    return reached


@inner
def _strict(events: Events, matches: Matches, rules: Rules, actor: int, scratch: Scratch) -> int:
    low, high = events.offsets[actor], events.offsets[actor + 1]
    place = low if rules.starts == FIRST_EVER else first_at_or_after(events.time_us, low, high, rules.start_us)
    best, first_us = 0, np.int64(0)
    while place < high and events.time_us[place] < rules.end_us and best < rules.steps:
        if bits_at(events, matches, actor, place) & np.uint32(1):
            if best > 0 and rules.starts != ANY_START and events.time_us[place] > first_us:
                break
            if events.time_us[place] < rules.start_us:
                return 0
            first_us = events.time_us[place] if best == 0 else first_us
            reached = 1
            latest_us = events.time_us[place] + rules.window_us
            while reached < rules.steps and place + reached < high and events.time_us[place + reached] <= latest_us:
                if not bits_at(events, matches, actor, place + reached) & np.uint32(1 << reached):
                    break
                reached += 1
            if reached > best:
                best = reached
                for step in range(reached):
                    scratch.best[step] = place + step
        place += 1
    return best


@inner
def _any_order(rules: Rules, count: int, scratch: Scratch) -> int:
    all_bits, steps_mask = np.uint32(0), np.uint32((1 << rules.steps) - 1)
    for kept in range(count):
        all_bits |= scratch.bits[kept] & steps_mask
    most = _ZERO
    for step in range(rules.steps):
        most += 1 if all_bits & np.uint32(1 << step) else 0
    best, first_us = 0, np.int64(0)
    for anchor in range(count):
        if scratch.time_us[anchor] >= rules.end_us or best == most:
            break
        if not scratch.bits[anchor] & steps_mask:
            continue
        if best > 0 and rules.starts != ANY_START and scratch.time_us[anchor] > first_us:
            break
        first_us = scratch.time_us[anchor] if best == 0 else first_us
        reached = _fill_window(rules, anchor, count, most, scratch)
        if reached > best:
            best = reached
            for step in range(reached):
                scratch.best[step] = scratch.place[scratch.chain[step]]
    return best


@inner
def _fill_window(rules: Rules, anchor: int, count: int, most: int, scratch: Scratch) -> int:
    """Write the events at which one distinct step more is served, in order; give how many there are."""
    scratch.taken[:] = -1
    reached, latest_us, kept = 0, scratch.time_us[anchor] + rules.window_us, anchor
    while kept < count and scratch.time_us[kept] <= latest_us and reached < most:
        if _place_event(rules, kept, scratch):
            scratch.chain[reached] = kept
            reached += 1
        kept += 1
    return reached


@inner
def _place_event(rules: Rules, root: int, scratch: Scratch) -> bool:
    """Let the event ``root`` serve a step, moving other events where that makes room; say whether it does."""
    scratch.tried[: rules.steps] = False
    scratch.queue[0] = root
    asked, waiting = 0, 1
    while asked < waiting:
        one = scratch.queue[asked]
        asked += 1
        for step in range(rules.steps):
            if scratch.tried[step] or not scratch.bits[one] & np.uint32(1 << step):
                continue
            scratch.tried[step] = True
            scratch.wanted_by[step] = one
            if scratch.taken[step] < 0:
                _make_room(rules, root, step, scratch)
                return True
            scratch.queue[waiting] = scratch.taken[step]
            waiting += 1
    return False


@inner
def _make_room(rules: Rules, root: int, step: int, scratch: Scratch) -> None:
    """Let each event on the way back to ``root`` serve the step that it wanted."""
    one = scratch.wanted_by[step]
    while one != root:
        before = _holder(one, _ZERO, rules.steps, scratch)
        scratch.taken[step] = one
        step = before
        one = scratch.wanted_by[step]
    scratch.taken[step] = root
