"""Compiled loops over the arrays of the index; each stands behind a checked Python function of another module."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inner, jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = -(2**63)
UPDATE, REFUND = 0, 1
SHORT = 48  # rows up to which shifting one by one beats a merge sort


@jit
def place_by_person(person: NDArray[np.int32], next_place: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    """Write each row's number at its person's next free place (a stable counting sort)."""
    for row in range(len(person)):
        code = person[row]
        rows[next_place[code]] = row
        next_place[code] += 1


@jit
def sort_groups(offsets: NDArray[np.int64], time_us: NDArray[np.int64], rows: NDArray[np.int64], left: NDArray[np.bool_]) -> int:
    """Bring each group of ``rows`` into time order, ties as they stand.

    Long groups that are out of order are only marked in ``left``; give how many there are.
    """
    count = 0
    for group in range(len(offsets) - 1):
        low, high = offsets[group], offsets[group + 1]
        for place in range(low + 1, high):
            if time_us[rows[place]] < time_us[rows[place - 1]]:
                if high - low <= SHORT:
                    _shift_into_order(time_us, rows[low:high])
                else:
                    left[group] = True
                    count += 1
                break
    return count


@inner
def _shift_into_order(time_us: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    for place in range(1, len(rows)):
        row = rows[place]
        hole = place
        while hole > 0 and time_us[rows[hole - 1]] > time_us[row]:
            rows[hole] = rows[hole - 1]
            hole -= 1
        rows[hole] = row


class Spans(NamedTuple):
    """The owners of distinct ids as person codes: the first one, and the later ones with the times from which they own."""

    first: NDArray[np.int32]
    offsets: NDArray[np.int64]
    from_us: NDArray[np.int64]
    more: NDArray[np.int32]


@jit
def owners_at(who: NDArray[np.int32], time_us: NDArray[np.int64], spans: Spans, owners: NDArray[np.int32]) -> None:
    """Write who owns each event's id at the event's time: the last of the id's owners who began by then."""
    for row in range(len(who)):
        low, high = spans.offsets[who[row]], spans.offsets[who[row] + 1]
        owners[row] = spans.first[who[row]]
        if low < high:
            later = np.searchsorted(spans.from_us[low:high], time_us[row], side="right")
            if later:
                owners[row] = spans.more[low + later - 1]


@jit
def first_sights(
    order: NDArray[np.int64], time_us: NDArray[np.int64], completes: NDArray[np.bool_], first: NDArray[np.int64]
) -> None:
    """Write, for each order, the row of the earliest event that completes it, of several the one that arrived first."""
    for row in range(len(order)):
        if completes[row] and (first[order[row]] < 0 or time_us[row] < time_us[first[order[row]]]):
            first[order[row]] = row


class Events(NamedTuple):
    """The event arrays of the index; ``of_message`` says by event code whether it is a message's, which shows no activity."""

    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    known_us: NDArray[np.int64]
    event: NDArray[np.int32]
    of_message: NDArray[np.bool_]


class Orders(NamedTuple):
    """The order arrays of the index."""

    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    amount_minor: NDArray[np.int64]
    change_order: NDArray[np.int64]
    change_time_us: NDArray[np.int64]
    change_kind: NDArray[np.int8]
    change_minor: NDArray[np.int64]


class Orphans(NamedTuple):
    """The arrays of the refunds that name no known order."""

    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    minor: NDArray[np.int64]
    until_us: NDArray[np.int64]


class View(NamedTuple):
    """The moment (exclusive) and the start of the look-back window (inclusive) for which facts are wanted."""

    as_of_us: int
    window_start_us: int


class Facts(NamedTuple):
    """The arrays of ``PersonFacts`` that a kernel fills in."""

    known_since_us: NDArray[np.int64]
    last_event_us: NDArray[np.int64]
    first_purchase_us: NDArray[np.int64]
    last_purchase_us: NDArray[np.int64]
    purchases: NDArray[np.int32]
    revenue_minor: NDArray[np.int64]
    window_purchases: NDArray[np.int32]
    window_revenue_minor: NDArray[np.int64]


@jit
def first_change(orders: Orders, order: int) -> int:
    """Give the place of the first change of ``order`` or of an order behind it."""
    return np.searchsorted(orders.change_order, order)  # type: ignore[return-value]


@jit
def settle(orders: Orders, order: int, change: int, as_of_us: int) -> tuple[int, int, int, int]:
    """Apply the changes of ``order`` before ``as_of_us``, from place ``change`` on.

    Returns:
        Amount, refunded sum, 0 for a purchase or 1 (refunded in full) or 2 (cancelled), and the next order's first change.
    """
    amount, refunded, touched, cancelled = orders.amount_minor[order], np.int64(0), False, False
    while change < len(orders.change_order) and orders.change_order[change] <= order:
        if orders.change_order[change] == order and orders.change_time_us[change] < as_of_us:
            kind = orders.change_kind[change]
            if kind == UPDATE:
                amount = orders.change_minor[change]
            elif kind == REFUND:
                refunded += orders.change_minor[change]
                touched = True
            else:
                cancelled = True
        change += 1
    if cancelled:
        return amount, amount, 2, change
    return amount, min(refunded, amount), 1 if touched and refunded >= amount else 0, change


@jit
def fill_facts(events: Events, orders: Orders, orphans: Orphans, view: View, out: Facts) -> None:
    """Fill in the facts of everybody."""
    change = 0
    for person in range(len(orders.offsets) - 1):
        _fill_events(events, person, view.as_of_us, out)
        change = _fill_orders(orders, person, change, view, out)
        _subtract_orphans(orphans, person, view, out)


@inner
def _fill_events(events: Events, person: int, as_of_us: int, out: Facts) -> None:
    low, place = events.offsets[person], events.offsets[person + 1] - 1
    while place >= low and events.time_us[place] >= as_of_us:
        place -= 1
    out.known_since_us[person] = events.known_us[person]
    out.last_event_us[person] = NEVER
    if place >= low:
        out.known_since_us[person] = min(events.known_us[person], events.time_us[low])
    while place >= low and events.of_message[events.event[place]]:
        place -= 1
    if place >= low:
        out.last_event_us[person] = events.time_us[place]


@inner
def _fill_orders(orders: Orders, person: int, change: int, view: View, out: Facts) -> int:
    first, last, purchases, window_purchases = NEVER, NEVER, 0, 0
    revenue, window_revenue = np.int64(0), np.int64(0)
    for order in range(orders.offsets[person], orders.offsets[person + 1]):
        time_us = orders.time_us[order]
        if time_us >= view.as_of_us:
            break
        amount, refunded, taken_back, change = settle(orders, order, change, view.as_of_us)
        revenue += amount - refunded
        if time_us >= view.window_start_us:
            window_revenue += amount - refunded
        if taken_back:
            continue
        purchases += 1
        window_purchases += time_us >= view.window_start_us
        last = time_us
        if purchases == 1:
            first = time_us
    out.first_purchase_us[person], out.last_purchase_us[person] = first, last
    out.purchases[person], out.window_purchases[person] = purchases, window_purchases
    out.revenue_minor[person], out.window_revenue_minor[person] = revenue, window_revenue
    return change


@inner
def _subtract_orphans(orphans: Orphans, person: int, view: View, out: Facts) -> None:
    for place in range(orphans.offsets[person], orphans.offsets[person + 1]):
        if orphans.time_us[place] < view.as_of_us <= orphans.until_us[place]:
            out.revenue_minor[person] -= orphans.minor[place]
            if orphans.time_us[place] >= view.window_start_us:
                out.window_revenue_minor[person] -= orphans.minor[place]


@jit
def fill_gaps(orders: Orders, as_of_us: int, gaps_us: NDArray[np.int64]) -> int:
    """Write the time between consecutive purchases of each person; give how many there are."""
    count, change = 0, 0
    for person in range(len(orders.offsets) - 1):
        before = NEVER
        for order in range(orders.offsets[person], orders.offsets[person + 1]):
            time_us = orders.time_us[order]
            if time_us >= as_of_us:
                break
            _, _, taken_back, change = settle(orders, order, change, as_of_us)
            if taken_back:
                continue
            if before != NEVER:
                gaps_us[count] = time_us - before
                count += 1
            before = time_us
    return count


class Buckets(NamedTuple):
    """What ``fill_buckets`` counts: one entry a bucket, and ``people`` known, active, who bought, who bought again."""

    orders: NDArray[np.int64]
    revenue_minor: NDArray[np.int64]
    active: NDArray[np.int64]
    people: NDArray[np.int64]


@jit
def fill_buckets(events: Events, orders: Orders, orphans: Orphans, edges_us: NDArray[np.int64], out: Buckets) -> None:
    """Count what happened in each bucket ``[edges_us[i], edges_us[i + 1])``, as known at the last edge."""
    change, end_us = 0, edges_us[-1]
    for person in range(len(orders.offsets) - 1):
        low = events.offsets[person]
        known = events.known_us[person] < end_us or (low < events.offsets[person + 1] and events.time_us[low] < end_us)
        out.people[0] += known
        out.people[1] += _count_active(events, person, edges_us, out.active)
        change, before, inside = _count_orders(orders, person, change, edges_us, out)
        out.people[2] += inside > 0
        out.people[3] += inside > 0 and before + inside > 1
        _count_orphans(orphans, person, edges_us, out.revenue_minor)


@inner
def _count_active(events: Events, person: int, edges_us: NDArray[np.int64], active: NDArray[np.int64]) -> bool:
    low, high = events.offsets[person], events.offsets[person + 1]
    place = low + np.searchsorted(events.time_us[low:high], edges_us[0])
    bucket, counted = 0, -1
    while place < high and events.time_us[place] < edges_us[-1]:
        while events.time_us[place] >= edges_us[bucket + 1]:
            bucket += 1
        if bucket != counted and not events.of_message[events.event[place]]:
            active[bucket] += 1
            counted = bucket
        place += 1
    return counted >= 0


@inner
def _count_orders(orders: Orders, person: int, change: int, edges_us: NDArray[np.int64], out: Buckets) -> tuple[int, int, int]:
    before, inside, bucket = 0, 0, 0
    for order in range(orders.offsets[person], orders.offsets[person + 1]):
        time_us = orders.time_us[order]
        if time_us >= edges_us[-1]:
            break
        amount, refunded, taken_back, change = settle(orders, order, change, edges_us[-1])
        if time_us < edges_us[0]:
            before += taken_back == 0
            continue
        while time_us >= edges_us[bucket + 1]:
            bucket += 1
        out.revenue_minor[bucket] += amount - refunded
        out.orders[bucket] += taken_back == 0
        inside += taken_back == 0
    return change, before, inside


@inner
def _count_orphans(orphans: Orphans, person: int, edges_us: NDArray[np.int64], revenue_minor: NDArray[np.int64]) -> None:
    for place in range(orphans.offsets[person], orphans.offsets[person + 1]):
        time_us = orphans.time_us[place]
        if edges_us[0] <= time_us < edges_us[-1] <= orphans.until_us[place]:
            revenue_minor[np.searchsorted(edges_us, time_us, side="right") - 1] -= orphans.minor[place]
