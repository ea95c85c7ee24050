"""Order facts as of any moment: of everybody as arrays, of one person as a list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.contract import OrderRow, PersonFacts, UnmatchedRefund
from finegrain.behaviour.index import FOREVER
from finegrain.behaviour.receiving import messages_among
from finegrain.zones import MICROSECONDS_PER_DAY, from_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour._kernels import Events, Facts, Orders, Orphans
    from finegrain.behaviour.contract import OrderStatus
    from finegrain.behaviour.index import BehaviourIndex


def facts(index: BehaviourIndex, as_of_us: int, window_start_us: int) -> PersonFacts:
    """Give the facts of every known person, counting only events before ``as_of_us``.

    The answer equals the one over an index that holds those events only: an order, a change of its total or a refund at or
    after the moment does not exist yet, and a refund that comes before the order it names is, until then, a refund that
    names no known order (BEHAVIOUR, order facts).

    Args:
        index: what everybody did.
        as_of_us: the moment, exclusive; microseconds since 1970 UTC.
        window_start_us: start of the look-back window, inclusive.

    Returns:
        Read-only arrays over all people of the index, also those who became known later: they have no events, and a
        ``known_since_us`` at or after the moment. Empty arrays without people.
    """
    from finegrain.behaviour import _kernels

    out = _empty_facts(index.people)
    view = _kernels.View(as_of_us, window_start_us)
    _kernels.fill_facts(event_arrays(index), order_arrays(index), orphan_arrays(index), view, out)
    for array in out:
        array.flags.writeable = False
    return PersonFacts(as_of_us, window_start_us, index.person_ids, *out)


def gaps_days(index: BehaviourIndex, as_of_us: int) -> NDArray[np.float64]:
    """Give the days (of 24 hours) between consecutive purchases of the same person before ``as_of_us``.

    Returns:
        ``(n_gaps,) float64``, never negative, in order of person code; empty when nobody bought twice.
    """
    from finegrain.behaviour import _kernels

    gaps_us = np.empty(index.orders, dtype=np.int64)
    count = _kernels.fill_gaps(order_arrays(index), as_of_us, gaps_us)
    return gaps_us[:count] / MICROSECONDS_PER_DAY


def orders_of(index: BehaviourIndex, person_id: int, as_of_us: int = FOREVER) -> list[OrderRow]:
    """Give the orders of one person before ``as_of_us``, oldest first; empty for an unknown person."""
    from finegrain.behaviour import _kernels

    code, orders = index.code_of(person_id), order_arrays(index)
    if code is None:
        return []
    low, high = (int(offset) for offset in index.order_offsets[code : code + 2])
    change, rows = int(_kernels.first_change(orders, low)), []
    for order in range(low, high):
        if index.order_time_us[order] < as_of_us:
            amount, refunded, taken_back, change = _kernels.settle(orders, order, change, as_of_us)
            rows.append(_order_row(index, order, int(amount), int(refunded), int(taken_back)))
    return rows


def unmatched_refunds_of(index: BehaviourIndex, person_id: int, as_of_us: int = FOREVER) -> list[UnmatchedRefund]:
    """Give one person's refunds before ``as_of_us`` that name no order known by then, oldest first.

    With ``orders_of`` they add up to the person's revenue.
    """
    code = index.code_of(person_id)
    if code is None:
        return []
    places = range(int(index.orphan_offsets[code]), int(index.orphan_offsets[code + 1]))
    return [
        UnmatchedRefund(from_us(int(index.orphan_time_us[place])), int(index.orphan_minor[place]))
        for place in places
        if index.orphan_time_us[place] < as_of_us <= index.orphan_until_us[place]
    ]


def event_arrays(index: BehaviourIndex) -> Events:
    """Give what kernels need of the events."""
    from finegrain.behaviour._kernels import Events

    return Events(index.offsets, index.time_us, index.known_us, index.event, messages_among(index.event_names))


def order_arrays(index: BehaviourIndex) -> Orders:
    """Give what kernels need of the orders."""
    from finegrain.behaviour._kernels import Orders

    changes = (index.change_order, index.change_time_us, index.change_kind, index.change_minor)
    return Orders(index.order_offsets, index.order_time_us, index.order_amount_minor, *changes)


def orphan_arrays(index: BehaviourIndex) -> Orphans:
    """Give what kernels need of the refunds that name no known order."""
    from finegrain.behaviour._kernels import Orphans

    return Orphans(index.orphan_offsets, index.orphan_time_us, index.orphan_minor, index.orphan_until_us)


def _empty_facts(n: int) -> Facts:
    from finegrain.behaviour._kernels import Facts

    known, last_event, first, last, revenue, window_revenue = (np.empty(n, dtype=np.int64) for _ in range(6))
    purchases, window_purchases = (np.empty(n, dtype=np.int32) for _ in range(2))
    return Facts(known, last_event, first, last, purchases, revenue, window_purchases, window_revenue)


def _order_row(index: BehaviourIndex, order: int, amount: int, refunded: int, taken_back: int) -> OrderRow:
    status: OrderStatus = "partly_refunded" if refunded else "completed"
    if taken_back:
        status = "refunded" if taken_back == 1 else "cancelled"
    order_id = index.order_id(order) or ""
    time = from_us(int(index.order_time_us[order]))
    return OrderRow(order_id, time, amount, refunded, amount - refunded, status)
