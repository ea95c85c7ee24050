"""Counts events and adds up their numbers in order of arrival, where nobody has to be counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.trends._steps_kernels import Steps, reached

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries._view_kernels import Groups, Matches

_MILLION = 1e6
_WORD = 2.0**30
_WORDS = 2.0**60


class Rows(NamedTuple):
    """The log, and which of its events are counted.

    Attributes:
        time_us, event: ``(N,) int64`` and ``(N,) int32``, by row.
        person: ``(N,) int32``, codes of people; empty where it does not matter whose an event is.
        matches, groups: by row and by person.
        bit: of the matcher, ``uint32``.
    """

    time_us: NDArray[np.int64]
    event: NDArray[np.int32]
    person: NDArray[np.int32]
    matches: Matches
    groups: Groups
    bit: np.uint32


class Sums(NamedTuple):
    """What is added up by row and bucket, each ``(G, B)``.

    Attributes:
        events, numbered: all events, and those with a number.
        words: ``(3, G, B) int64``, the sum in millionths, in words of 30 bits: the lowest first.
        least, most: ``float64``; ±infinity at the start.
    """

    events: NDArray[np.int64]
    numbered: NDArray[np.int64]
    words: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


@inlined
def _is_counted(rows: Rows, row: int) -> bool:
    bits = rows.matches.by_name[rows.event[row]] & rows.bit
    if bits and len(rows.person):
        bits &= rows.matches.by_actor[rows.person[row]]
    if bits & rows.matches.filtered:
        bits &= rows.matches.by_row[row]
    return bits != 0  # type: ignore[no-any-return]


@inlined
def _group(rows: Rows, row: int) -> int:
    if len(rows.groups.by_actor):
        return rows.groups.by_actor[rows.person[row]]  # type: ignore[no-any-return]
    return rows.groups.of_code[rows.groups.code[row]]  # type: ignore[no-any-return]


@jit
def count_rows(rows: Rows, steps: Steps, low: int, high: int, events: NDArray[np.int64]) -> None:
    """Count the events of the rows ``[low, high)`` by group and bucket: ``events`` ``(G, B)``."""
    bucket, from_us, until_us = 0, steps.edges_us[0], steps.edges_us[0]
    for row in range(low, high):
        if not _is_counted(rows, row):
            continue
        time_us = rows.time_us[row]
        if not from_us <= time_us < until_us:
            # Events arrive nearly in order of time, so that the bucket at hand is mostly the next one's, too.
            if not steps.edges_us[0] <= time_us < steps.edges_us[-1]:
                continue
            bucket = reached(steps, time_us) - 1
            from_us, until_us = steps.edges_us[bucket], steps.edges_us[bucket + 1]
        events[0, bucket] += 1
        if len(events) > 1:
            events[_group(rows, row) + 1, bucket] += 1


@jit
def add_numbers(rows: Rows, steps: Steps, values: NDArray[np.float64], largest: float, low: int, high: int, sums: Sums) -> None:
    """Add up ``values`` ``(N,)`` of the rows ``[low, high)`` by group and bucket; those beyond ``largest`` are no numbers."""
    start_us, end_us = steps.edges_us[0], steps.edges_us[-1]
    for row in range(low, high):
        if _is_counted(rows, row) and start_us <= rows.time_us[row] < end_us:
            bucket, value = reached(steps, rows.time_us[row]) - 1, values[row]
            _add(sums, 0, bucket, value, largest)
            if len(sums.events) > 1:
                _add(sums, _group(rows, row) + 1, bucket, value, largest)


@inlined
def _add(sums: Sums, group: int, bucket: int, value: float, largest: float) -> None:
    sums.events[group, bucket] += 1
    if not abs(value) <= largest:
        return
    sums.numbered[group, bucket] += 1
    sums.least[group, bucket] = min(sums.least[group, bucket], value)
    sums.most[group, bucket] = max(sums.most[group, bucket], value)
    # Whole numbers below 2 ** 73, cut towards zero: no step needs more bits than float64 has, and 2 ** 32 words fit into int64.
    millionths = np.rint(value * _MILLION)
    top = np.trunc(millionths / _WORDS)
    rest = millionths - top * _WORDS
    middle = np.trunc(rest / _WORD)
    sums.words[0, group, bucket] += np.int64(rest - middle * _WORD)
    sums.words[1, group, bucket] += np.int64(middle)
    sums.words[2, group, bucket] += np.int64(top)


@jit
def gather_numbers(
    rows: Rows, steps: Steps, values: NDArray[np.float64], largest: float, free: NDArray[np.int64], gathered: NDArray[np.float64]
) -> None:
    """Put the numbers of each group and bucket together: ``free`` ``(G, B)`` says where the next one goes, and moves on."""
    start_us, end_us = steps.edges_us[0], steps.edges_us[-1]
    for row in range(len(rows.event)):
        if _is_counted(rows, row) and start_us <= rows.time_us[row] < end_us and abs(values[row]) <= largest:
            bucket = reached(steps, rows.time_us[row]) - 1
            _put(free, gathered, 0, bucket, values[row])
            if len(free) > 1:
                _put(free, gathered, _group(rows, row) + 1, bucket, values[row])


@inlined
def _put(free: NDArray[np.int64], gathered: NDArray[np.float64], group: int, bucket: int, value: float) -> None:
    gathered[free[group, bucket]] = value
    free[group, bucket] += 1
