"""Finds each person's index moment and says what lies in the window before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, inner, jit
from finegrain.behaviour._kernels import Orders, first_change, settle
from finegrain.behaviour.queries._view_kernels import Events, Matches, bits_at, first_at_or_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY, SILENT, STAYED, TOO_NEW, OUTSIDE, BACK = range(6)
ACTIVE, MESSAGE, ANY, FIRST_STEP = 1, 2, 4, 8
"""Bits of the matchers: a sign of life, a message, any event that counts at all, and the first of the steps."""


class Span(NamedTuple):
    """The times of a diagnosis, in microseconds.

    Attributes:
        start_us: no index moment lies before it.
        end_us: nothing at or after it has happened yet.
        silence_us: who shows no sign of life for so long is silent.
        lookback_us: length of the window before an index moment.
        gap_us: a visit ends when so long passes without a sign of life.
        steps: how many there are.
    """

    start_us: int
    end_us: int
    silence_us: int
    lookback_us: int
    gap_us: int
    steps: int


class People(NamedTuple):
    """What is found of each person, by code.

    Attributes:
        state: ``(P,) int8``, one of the constants of this module.
        index_us: ``(P,) int64``, the index moment of those silent and stayed.
        last_event: ``(P,) int32``, code of the last sign of life at that moment.
        visits: ``(P,) int32``, visits in the window.
        messages: ``(P,) int32``, messages in the window.
        present: ``(P, names) bool``, which events lie in the window.
        stopped: ``(P, steps) bool``, which steps were reached in the window without the next one after.
    """

    state: NDArray[np.int8]
    index_us: NDArray[np.int64]
    last_event: NDArray[np.int32]
    visits: NDArray[np.int32]
    messages: NDArray[np.int32]
    present: NDArray[np.bool_]
    stopped: NDArray[np.bool_]


def make_people(count: int, names: int, steps: int) -> People:
    """Make room for ``count`` people."""
    return People(
        np.zeros(count, np.int8),
        np.zeros(count, np.int64),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        np.zeros((count, names), np.bool_),
        np.zeros((count, steps), np.bool_),
    )


@jit
def fill_people(
    events: Events,
    matches: Matches,
    span: Span,
    known_us: NDArray[np.int64],
    luck: NDArray[np.float64],
    lasts: NDArray[np.int64],
    low: int,
    high: int,
    out: People,
) -> None:
    """Fill in what is found of the people from ``low`` up to ``high``; ``lasts`` is room for one place a step."""
    for person in range(low, high):
        place = _index_place(events, matches, span, known_us[person], luck[person], person, out)
        if out.state[person] == SILENT or out.state[person] == STAYED:
            out.index_us[person] = events.time_us[place]
            out.last_event[person] = events.event[place]
            _fill_window(events, matches, span, person, lasts, out)


@inner
def _index_place(events: Events, matches: Matches, span: Span, known_us: int, luck: float, person: int, out: People) -> int:
    """Give the place of the person's index moment, and write the state."""
    low = events.offsets[person]
    stop = first_at_or_after(events.time_us, low, events.offsets[person + 1], span.end_us)
    last = _last_active(events, matches, person, stop)
    if last < low:
        return last
    quiet_us, from_us = span.end_us - span.silence_us, max(span.start_us, known_us + span.lookback_us)
    place, state = last, SILENT
    if events.time_us[last] > quiet_us:
        drawn_us = from_us + np.int64(luck * max(0, quiet_us - from_us))
        place = _last_active(events, matches, person, first_at_or_after(events.time_us, low, stop, int(drawn_us) + 1))
        if place >= low:
            place, state = _stayed(events, matches, span, person, place, last)
    if place < low or not from_us <= events.time_us[place] <= quiet_us:
        moment_us = quiet_us if place < low else events.time_us[place]
        state = TOO_NEW if known_us + span.lookback_us > min(moment_us, quiet_us) else OUTSIDE
    out.state[person] = state
    return place


@inner
def _stayed(events: Events, matches: Matches, span: Span, person: int, place: int, last: int) -> tuple[int, int]:
    """Give the place at which the visit ends to which ``place`` belongs, and what became of the person afterwards."""
    following = place + 1
    while following <= last:
        if bits_at(events, matches, person, following) & ACTIVE:
            pause_us = events.time_us[following] - events.time_us[place]
            if pause_us >= span.gap_us:
                return place, BACK if pause_us >= span.silence_us else STAYED
            place = following
        following += 1
    return place, STAYED


@inlined
def _last_active(events: Events, matches: Matches, person: int, stop: int) -> int:
    """Give the place of the person's last sign of life before place ``stop``, one before the first event without any."""
    place, low = stop - 1, events.offsets[person]
    while place >= low and not bits_at(events, matches, person, place) & ACTIVE:
        place -= 1
    return place


@inner
def _fill_window(events: Events, matches: Matches, span: Span, person: int, lasts: NDArray[np.int64], out: People) -> None:
    until_us = out.index_us[person]
    low, high = events.offsets[person], events.offsets[person + 1]
    place, before_us = first_at_or_after(events.time_us, low, high, until_us - span.lookback_us + 1), np.int64(-1)
    for step in range(span.steps):
        lasts[step] = -1
    while place < high and events.time_us[place] <= until_us:
        bits = bits_at(events, matches, person, place)
        if bits & ANY:
            out.present[person, events.event[place]] = True
        out.messages[person] += (bits & MESSAGE) > 0
        if bits & ACTIVE:
            out.visits[person] += before_us < 0 or events.time_us[place] - before_us >= span.gap_us
            before_us = events.time_us[place]
        for step in range(span.steps):
            if bits & np.uint32(FIRST_STEP << step):
                lasts[step] = place
        place += 1
    for step in range(span.steps - 1):
        out.stopped[person, step] = lasts[step] >= 0 and lasts[step + 1] < lasts[step]


class Money(NamedTuple):
    """What each person bought, by code: ``(P,) int32`` orders in the window, ``(P,) int64`` revenue of the earlier period."""

    orders: NDArray[np.int32]
    revenue_minor: NDArray[np.int64]


@jit
def fill_money(orders: Orders, people: People, lookback_us: int, earlier_us: int, low: int, high: int, out: Money) -> None:
    """Fill in what the people from ``low`` up to ``high`` bought up to their index moment, as it was known then."""
    change = first_change(orders, orders.offsets[low])
    for person in range(low, high):
        if people.state[person] != SILENT and people.state[person] != STAYED:
            continue
        until_us = people.index_us[person]
        for order in range(orders.offsets[person], orders.offsets[person + 1]):
            time_us = orders.time_us[order]
            if time_us > until_us:
                break
            amount, refunded, _, change = settle(orders, order, change, until_us + 1)
            out.orders[person] += time_us > until_us - lookback_us
            if time_us > until_us - earlier_us:
                out.revenue_minor[person] += amount - refunded
