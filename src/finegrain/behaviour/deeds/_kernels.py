"""Measures each person by events that lie together by person; every kernel does the people ``[low, high)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour._kernels import Orders, Orphans, first_change, settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.deeds.contract import Deeds, OrderFigures, Window

NEVER = -(2**63)


@inlined
def _first_from(time_us: NDArray[np.int64], low: int, high: int, us: int) -> int:
    """Give the first place in ``[low, high)`` whose time is ``us`` or later, ``high`` where there is none."""
    if low == high or time_us[high - 1] < us:
        return high
    while low < high:
        middle = (low + high) // 2
        if time_us[middle] < us:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def copy_marked(
    events: Deeds,
    marked: NDArray[np.bool_],
    low: int,
    high: int,
    counts: NDArray[np.int64],
    time_us: NDArray[np.int64],
    row: NDArray[np.int32],
) -> int:
    """Copy the marked events of the people to the beginning of ``time_us`` and ``row``; give how many there are.

    ``marked`` is ``(n,)`` by place; ``counts`` gets how many each person has.
    """
    to = 0
    for person in range(low, high):
        before = to
        for place in range(events.offsets[person], events.offsets[person + 1]):
            if marked[place]:
                time_us[to], row[to] = events.time_us[place], events.row[place]
                to += 1
        counts[person] = to - before
    return to


@jit
def count_within(events: Deeds, window: Window, low: int, high: int, counts: NDArray[np.float64]) -> None:
    """Write how many events each person has in the window."""
    for person in range(low, high):
        begin, end = events.offsets[person], events.offsets[person + 1]
        first = _first_from(events.time_us, begin, end, window.start_us)
        counts[person] = _first_from(events.time_us, first, end, window.end_us) - first


@jit
def count_marked(
    events: Deeds, marked: NDArray[np.bool_], window: Window, low: int, high: int, counts: NDArray[np.float64]
) -> None:
    """Write how many marked events each person has in the window; ``marked`` is ``(n,)`` by place."""
    for person in range(low, high):
        end, count = events.offsets[person + 1], 0
        place = _first_from(events.time_us, events.offsets[person], end, window.start_us)
        while place < end and events.time_us[place] < window.end_us:
            count += marked[place]
            place += 1
        counts[person] = count


@jit
def sum_within(
    events: Deeds, numbers: NDArray[np.float64], window: Window, low: int, high: int, sums: NDArray[np.float64]
) -> None:
    """Write what the numbers of each person's events in the window add up to, ``(n,)`` by place; NaN counts as 0."""
    for person in range(low, high):
        end, total = events.offsets[person + 1], 0.0
        place = _first_from(events.time_us, events.offsets[person], end, window.start_us)
        while place < end and events.time_us[place] < window.end_us:
            if not np.isnan(numbers[place]):
                total += numbers[place]
            place += 1
        sums[person] = total


@jit
def days_within(
    events: Deeds, edges_us: NDArray[np.int64], window: Window, low: int, high: int, days: NDArray[np.float64]
) -> None:
    """Write on how many civil days each person has an event in the window; day ``i`` is ``[edges_us[i], edges_us[i + 1])``."""
    for person in range(low, high):
        end, count, until = events.offsets[person + 1], 0, NEVER
        place = _first_from(events.time_us, events.offsets[person], end, window.start_us)
        while place < end and events.time_us[place] < window.end_us:
            if events.time_us[place] >= until:
                count += 1
                until = edges_us[np.searchsorted(edges_us, events.time_us[place], side="right")]
            place += 1
        days[person] = count


@jit
def first_and_last(
    events: Deeds, end_us: int, low: int, high: int, first_us: NDArray[np.int64], last_us: NDArray[np.int64]
) -> None:
    """Write when each person has the first and the last event before ``end_us``; ``NEVER`` where there is none."""
    for person in range(low, high):
        begin = events.offsets[person]
        after = _first_from(events.time_us, begin, events.offsets[person + 1], end_us)
        first_us[person] = events.time_us[begin] if after > begin else NEVER
        last_us[person] = events.time_us[after - 1] if after > begin else NEVER


class Following(NamedTuple):
    """What has to follow an event: within how long, and the moment before which all of it lies."""

    within_us: int
    as_of_us: int


@inlined
def _follows(events: Deeds, place: int, others: Deeds, other: int) -> bool:
    """Say whether an event comes after another one: later, or at the same time and behind it in order of arrival."""
    time_us, before_us = others.time_us[other], events.time_us[place]
    return time_us > before_us or (time_us == before_us and others.row[other] > events.row[place])  # type: ignore[no-any-return]


@jit
def followed(
    events: Deeds,
    others: Deeds,
    window: Window,
    following: Following,
    low: int,
    high: int,
    happened_us: NDArray[np.int64],
    missed_us: NDArray[np.int64],
) -> None:
    """Write the time of each person's last event in the window that is followed in time by one of ``others``, and that is not.

    An event that can still be followed in time is neither. ``NEVER`` where there is none.
    """
    for person in range(low, high):
        happened_us[person], missed_us[person] = NEVER, NEVER
        end, other, last = events.offsets[person + 1], others.offsets[person], others.offsets[person + 1]
        place = _first_from(events.time_us, events.offsets[person], end, window.start_us)
        while place < end and events.time_us[place] < window.end_us:
            while other < last and not _follows(events, place, others, other):
                other += 1
            until_us = events.time_us[place] + following.within_us
            if other < last and others.time_us[other] <= until_us and others.time_us[other] < following.as_of_us:
                happened_us[person] = events.time_us[place]
            elif until_us < following.as_of_us:
                missed_us[person] = events.time_us[place]
            place += 1


@jit
def add_orders(orders: Orders, orphans: Orphans, as_of_us: int, window: Window, low: int, high: int, out: OrderFigures) -> None:
    """Write the figures of the orders in the window, as they are known before ``as_of_us``."""
    change = first_change(orders, orders.offsets[low])
    for person in range(low, high):
        purchases, revenue, first, last = 0, np.int64(0), NEVER, NEVER
        for order in range(orders.offsets[person], orders.offsets[person + 1]):
            time_us = orders.time_us[order]
            if time_us >= window.end_us:
                break
            amount, refunded, taken_back, change = settle(orders, order, change, as_of_us)
            if time_us < window.start_us:
                continue
            revenue += amount - refunded
            if not taken_back:
                purchases += 1
                last = time_us
                first = time_us if purchases == 1 else first
        out.purchases[person], out.first_us[person], out.last_us[person] = purchases, first, last
        out.revenue_minor[person] = revenue - _orphaned(orphans, person, as_of_us, window)


@inlined
def _orphaned(orphans: Orphans, person: int, as_of_us: int, window: Window) -> int:
    """Give what refunds in the window that name no known order take back."""
    total = np.int64(0)
    for place in range(orphans.offsets[person], orphans.offsets[person + 1]):
        inside = window.start_us <= orphans.time_us[place] < window.end_us
        if inside and as_of_us <= orphans.until_us[place]:
            total += orphans.minor[place]
    return total  # type: ignore[return-value]
