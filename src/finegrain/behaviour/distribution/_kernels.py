"""Measures each actor by its events, its days, or the sum of a property, over all and within each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVENTS, DAYS, SUM = 0, 1, 2


class Rules(NamedTuple):
    """What actors are measured by.

    Attributes:
        start_us, end_us: events lie in ``[start_us, end_us)``.
        measure: one of the constants of this module.
        edges_us: ``(days + 1,) int64``, where the civil days begin.
        numbers: ``(N,) float64`` by row of the log, NaN where there is none; empty where nothing is added up.
    """

    start_us: int
    end_us: int
    measure: int
    edges_us: NDArray[np.int64]
    numbers: NDArray[np.float64]


class Sums(NamedTuple):
    """What is known so far of one actor, by group, and in the last place over all.

    Attributes:
        value: ``(groups + 1,) float64``.
        day: ``(groups + 1,) int64``, the last day counted; −1 for none.
        seen: ``(groups + 1,) bool``, whether any event counted.
    """

    value: NDArray[np.float64]
    day: NDArray[np.int64]
    seen: NDArray[np.bool_]


class Rows(NamedTuple):
    """Where what actors are measured by is written, one row an actor and group."""

    actor: NDArray[np.int64]
    value: NDArray[np.float64]
    group: NDArray[np.int32]


def make_sums(groups: int) -> Sums:
    """Make room for one actor."""
    return Sums(np.zeros(groups + 1, np.float64), np.full(groups + 1, -1, np.int64), np.zeros(groups + 1, np.bool_))


def make_rows(most: int) -> Rows:
    """Make room for up to ``most`` rows; memory that is not written to is never taken."""
    return Rows(np.empty(most, np.int64), np.empty(most, np.float64), np.empty(most, np.int32))


def joined(parts: list[Rows]) -> Rows:
    """Put rows one after the other."""
    return Rows(
        np.concatenate([part.actor for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.group for part in parts]),
    )


@jit
def measure(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    sums: Sums,
    low: int,
    high: int,
    total: Rows,
    split: Rows,
    left_out: NDArray[np.int64],
) -> tuple[int, int]:
    """Write the rows of the actors ``[low, high)``, over all and within each group; give how many there are of either.

    ``left_out`` gets, by group, the events without a number added.
    """
    last, rows, parts = len(sums.value) - 1, 0, 0
    for actor in range(low, high):
        if matches.by_actor[actor] and _add_up(events, matches, groups, rules, actor, sums, left_out):
            total.actor[rows], total.value[rows], total.group[rows] = actor, sums.value[last], 0
            rows += 1
            for group in range(last):
                if sums.seen[group]:
                    split.actor[parts], split.value[parts], split.group[parts] = actor, sums.value[group], group
                    parts += 1
            sums.value[:] = 0
            sums.day[:] = -1
            sums.seen[:] = False
    return rows, parts


@inlined
def _add_up(
    events: Events,
    matches: Matches,
    groups: Groups,
    rules: Rules,
    actor: int,
    sums: Sums,
    left_out: NDArray[np.int64],
) -> bool:
    """Add up the events of one actor; say whether any counted."""
    begin, end, last, day = events.offsets[actor], events.offsets[actor + 1], len(sums.value) - 1, 0
    for place in range(first_at_or_after(events.time_us, begin, end, rules.start_us), end):
        if not bits_at(events, matches, actor, place):
            continue
        if events.time_us[place] >= rules.end_us:
            break
        group, number = group_at(events, groups, actor, place), 1.0
        if rules.measure == DAYS:
            while rules.edges_us[day + 1] <= events.time_us[place]:
                day += 1
        if rules.measure == SUM:
            number = rules.numbers[events.row[place]]
            if np.isnan(number):
                left_out[group] += 1
                continue
        _add(sums, rules, group, day, number)
        _add(sums, rules, last, day, number)
    return sums.seen[last]  # type: ignore[no-any-return]


@inlined
def _add(sums: Sums, rules: Rules, slot: int, day: int, number: float) -> None:
    if rules.measure != DAYS or sums.day[slot] != day:
        sums.value[slot] += number
    sums.day[slot] = day
    sums.seen[slot] = True
