"""Counts who started in which bucket, and who of them came back how many buckets later."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._bucket_kernels import bucket_at
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

STARTS, RETURNS = np.uint32(1), np.uint32(2)


class Rules(NamedTuple):
    """What makes a cohort, and what counts as coming back.

    Attributes:
        start_us, end_us: a start lies in ``[start_us, end_us)``.
        edges_us: ``(buckets + 1,) int64``; see ``Grid``.
        per_us: buckets a microsecond, on average.
        periods: how many periods after a cohort's own are counted.
        first_time: whether only the first start of all history counts.
        on_or_after: whether a return counts for all periods up to its own.
    """

    start_us: int
    end_us: int
    edges_us: NDArray[np.int64]
    per_us: float
    periods: int
    first_time: bool
    on_or_after: bool


class Scratch(NamedTuple):
    """Room for the cohorts and the returns of one actor.

    Attributes:
        cohort, group, again: of each cohort: its bucket, its group, and whether there was a return in its own bucket.
        came: the buckets with a return, ascending; the number of buckets stands for any time beyond them.
    """

    cohort: NDArray[np.int64]
    group: NDArray[np.int64]
    again: NDArray[np.bool_]
    came: NDArray[np.int64]


class Cell(NamedTuple):
    """Whom to mark; a ``period`` or ``group`` of −1 stands for all."""

    cohort: int
    period: int
    group: int
    returned: bool


def make_scratch(most: int) -> Scratch:
    """Make room for an actor with up to ``most`` events."""
    return Scratch(np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.bool_), np.empty(most, np.int64))


@jit
def count_cells(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    scratch: Scratch,
    low: int,
    high: int,
    sizes: NDArray[np.int64],
    came: NDArray[np.int64],
) -> None:
    """Add the actors ``[low, high)`` to the sizes of their cohorts and to the periods in which they came back.

    With ``on_or_after`` an actor is added to the last of its periods alone.
    """
    for actor in range(low, high):
        if matches.by_actor[actor] & STARTS:
            starts, returns = _gather(events, matches, groups, rules, actor, scratch)
            following = 0
            for start in range(starts):
                following = _count(rules, scratch, start, returns, following, sizes, came)


@jit
def mark_cell(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    scratch: Scratch,
    cell: Cell,
    low: int,
    high: int,
    marked: NDArray[np.bool_],
) -> None:
    """Say of the actors ``[low, high)`` whether they are in a cell."""
    for actor in range(low, high):
        marked[actor] = False
        if matches.by_actor[actor] & STARTS:
            starts, returns = _gather(events, matches, groups, rules, actor, scratch)
            for start in range(starts):
                if scratch.cohort[start] == cell.cohort and (cell.group < 0 or scratch.group[start] == cell.group):
                    marked[actor] = cell.period < 0 or _returned(rules, scratch, start, returns, cell.period) == cell.returned


@inlined
def _gather(events: Events, matches: Matches, groups: Groups, rules: Rules, actor: int, scratch: Scratch) -> tuple[int, int]:
    """Collect the cohorts and the buckets with a return; give how many there are of either."""
    low, high = events.offsets[actor], events.offsets[actor + 1]
    if not rules.first_time:
        low = first_at_or_after(events.time_us, low, high, rules.start_us)
    starts, returns, last = 0, 0, len(rules.edges_us) - 1
    for place in range(low, high):
        bits = bits_at(events, matches, actor, place)
        if bits == 0 or (starts == 0 and not bits & STARTS):
            continue
        time_us = events.time_us[place]
        if starts == 0 and not rules.start_us <= time_us < rules.end_us:
            break
        bucket = bucket_at(rules.edges_us, rules.per_us, time_us)
        if bits & RETURNS and starts > 0:
            returns = _keep_return(scratch, starts, returns, bucket)
        if bucket >= last and (bits & RETURNS or not rules.on_or_after):
            break
        if bits & STARTS and _begins(rules, starts, bucket, time_us, scratch):
            scratch.cohort[starts], scratch.group[starts] = bucket, group_at(events, groups, actor, place)
            scratch.again[starts] = _returned_before(events, matches, actor, place)
            starts += 1
            if rules.first_time:
                last = bucket + rules.periods + (0 if rules.on_or_after else 1)
    return starts, returns


@inlined
def _keep_return(scratch: Scratch, starts: int, returns: int, bucket: int) -> int:
    """Keep a return in ``bucket``; give how many buckets with one there are."""
    if scratch.cohort[starts - 1] == bucket:
        scratch.again[starts - 1] = True
    if returns > 0 and scratch.came[returns - 1] == bucket:
        return returns
    scratch.came[returns] = bucket
    return returns + 1


@inlined
def _begins(rules: Rules, starts: int, bucket: int, time_us: int, scratch: Scratch) -> bool:
    """Say whether a start is the first one of its cohort."""
    if starts == 0:
        return True
    return not rules.first_time and time_us < rules.end_us and scratch.cohort[starts - 1] != bucket


@inlined
def _returned_before(events: Events, matches: Matches, actor: int, start: int) -> bool:
    """Say whether a return arrived before the start event at the same instant."""
    place = start - 1
    while place >= events.offsets[actor] and events.time_us[place] == events.time_us[start]:
        if bits_at(events, matches, actor, place) & RETURNS:
            return True
        place -= 1
    return False


@inlined
def _count(
    rules: Rules,
    scratch: Scratch,
    start: int,
    returns: int,
    following: int,
    sizes: NDArray[np.int64],
    came: NDArray[np.int64],
) -> int:
    """Count one cohort of an actor; give the first return after its bucket, to go on from for the next cohort."""
    cohort, group = scratch.cohort[start], scratch.group[start]
    sizes[group, cohort] += 1
    if scratch.again[start]:
        came[group, cohort, 0] += 1
    while following < returns and scratch.came[following] <= cohort:
        following += 1
    if rules.on_or_after:
        if following < returns:
            came[group, cohort, min(scratch.came[returns - 1] - cohort, rules.periods)] += 1
        return following
    one = following
    while one < returns and scratch.came[one] - cohort <= rules.periods:
        came[group, cohort, scratch.came[one] - cohort] += 1
        one += 1
    return following


@inlined
def _returned(rules: Rules, scratch: Scratch, start: int, returns: int, period: int) -> bool:
    """Say whether there was a return in a period of one cohort of an actor."""
    if period == 0:
        return scratch.again[start]  # type: ignore[no-any-return]
    wanted = scratch.cohort[start] + period
    if rules.on_or_after:
        return returns > 0 and scratch.came[returns - 1] >= wanted
    one = 0
    while one < returns and scratch.came[one] < wanted:
        one += 1
    return one < returns and scratch.came[one] == wanted
