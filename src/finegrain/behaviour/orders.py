"""From order events to order arrays: which orders there are, when each was first seen, and what changed it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.index import CANCEL, FOREVER, REFUND, UPDATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER_EVENTS = ("Order Completed", "Order Updated", "Order Refunded", "Order Cancelled")
"""Names of the events that make or change an order; a *kind* is the place of a name in here."""
COMPLETED, UPDATED, REFUNDED, CANCELLED = range(4)


@dataclass(frozen=True)
class OrderLog:
    """The order events in order of arrival.

    Attributes:
        person: ``(K,) int32`` person codes.
        time_us: ``(K,) int64``.
        kind: ``(K,) int8``, places in ``ORDER_EVENTS``.
        minor: ``(K,) int64`` totals in minor units, 0 where there is none.
        has_total: ``(K,) bool``.
        order: ``(K,) int32``, equal for equal order ids and only for those; −1 without an order id.
    """

    person: NDArray[np.int32]
    time_us: NDArray[np.int64]
    kind: NDArray[np.int8]
    minor: NDArray[np.int64]
    has_total: NDArray[np.bool_]
    order: NDArray[np.int32]


@dataclass(frozen=True)
class OrderArrays:
    """The order arrays of ``BehaviourIndex``, by the same names; ``order_row`` is each order's row in the log."""

    order_offsets: NDArray[np.int64]
    order_time_us: NDArray[np.int64]
    order_amount_minor: NDArray[np.int64]
    order_row: NDArray[np.int64]
    change_order: NDArray[np.int64]
    change_time_us: NDArray[np.int64]
    change_kind: NDArray[np.int8]
    change_minor: NDArray[np.int64]
    orphan_offsets: NDArray[np.int64]
    orphan_time_us: NDArray[np.int64]
    orphan_minor: NDArray[np.int64]
    orphan_until_us: NDArray[np.int64]


@dataclass(frozen=True)
class _Sights:
    """Where each order stands: its offsets and first row in the log, and the place (or −1) of the order of each row."""

    offsets: NDArray[np.int64]
    row: NDArray[np.int64]
    place: NDArray[np.int64]


def resolve_orders(log: OrderLog, *, n_people: int) -> OrderArrays:
    """Work out the orders behind ``log``.

    An order is there from its earliest ``Order Completed`` on, and belongs to that event's person; one without an order id
    is an order by itself. Totals are those of ``Order Completed`` and ``Order Updated``, of which the one that arrived last
    holds from its own time on; one below zero counts as zero, and an order that never tells a total has zero. An
    ``Order Refunded`` takes back its total, whatever its sign, or everything where it has none; ``Order Cancelled`` takes back
    everything. Changes of an order that never completes do nothing, except that its refunds name no known order.
    """
    sights = _find_sights(log, n_people)
    amount, updates = _totals(log, sights)
    changes = _changes(log, sights, updates)
    orphans = _orphans(log, sights, n_people)
    return OrderArrays(sights.offsets, log.time_us[sights.row], amount, sights.row, *changes, *orphans)


def _find_sights(log: OrderLog, n_people: int) -> _Sights:
    from finegrain.behaviour._kernels import first_sights

    order, n_orders = _give_own_orders(log)
    first = np.full(n_orders, -1, dtype=np.int64)
    first_sights(order, log.time_us, log.kind == COMPLETED, first)
    rows = np.sort(first[first >= 0])
    offsets, ranks = group_by_person(log.person[rows], log.time_us[rows], n_people=n_people)
    rows = rows[ranks]
    # One more place than there are orders, so that order −1 finds −1.
    place_of_order = np.full(n_orders + 1, -1, dtype=np.int64)
    place_of_order[order[rows]] = np.arange(len(rows))
    return _Sights(offsets, rows, place_of_order[order])


def _give_own_orders(log: OrderLog) -> tuple[NDArray[np.int64], int]:
    order = log.order.astype(np.int64)
    known = int(order.max(initial=-1)) + 1
    nameless = np.flatnonzero((order < 0) & (log.kind == COMPLETED))
    order[nameless] = known + np.arange(len(nameless))
    return order, known + len(nameless)


def _totals(log: OrderLog, sights: _Sights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the amount of each order at first sight, and the rows that change a total later."""
    minor = np.maximum(log.minor, 0)
    amount = minor[sights.row]
    rows = np.flatnonzero((log.kind <= UPDATED) & log.has_total & (sights.place >= 0))
    again = rows[sights.row[sights.place[rows]] != rows]
    if not len(again):
        return amount, again
    touched = np.unique(sights.place[again])
    first = sights.row[touched]
    rows = _that_hold(np.concatenate([first[log.has_total[first]], again]), log, sights)
    at_sight = log.time_us[rows] <= log.time_us[sights.row[sights.place[rows]]]
    early = rows[at_sight]
    last = np.append(sights.place[early][1:] != sights.place[early][:-1], True)[: len(early)]
    amount[sights.place[early[last]]] = minor[early[last]]
    return amount, rows[~at_sight]


def _that_hold(rows: NDArray[np.int64], log: OrderLog, sights: _Sights) -> NDArray[np.int64]:
    """Sort rows by order and time, and drop those that arrived before an earlier one of the same order (they never hold)."""
    rows = rows[np.lexsort((rows, log.time_us[rows], sights.place[rows]))]
    arrival = sights.place[rows] * len(log.kind) + rows
    holds: NDArray[np.bool_] = np.maximum.accumulate(arrival) == arrival
    return rows[holds]


def _changes(
    log: OrderLog, sights: _Sights, updates: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8], NDArray[np.int64]]:
    backs = np.flatnonzero((log.kind >= REFUNDED) & (sights.place >= 0))
    rows = np.concatenate([updates, backs])
    rows = rows[np.lexsort((rows, log.time_us[rows], sights.place[rows]))]
    kind = np.full(len(rows), UPDATE, dtype=np.int8)
    kind[log.kind[rows] == REFUNDED] = REFUND
    kind[(log.kind[rows] == CANCELLED) | ((log.kind[rows] == REFUNDED) & ~log.has_total[rows])] = CANCEL
    minor = np.where(kind == REFUND, np.abs(log.minor[rows]), np.maximum(log.minor[rows], 0))
    return sights.place[rows], log.time_us[rows], kind, np.where(kind == CANCEL, 0, minor)


def _orphans(
    log: OrderLog, sights: _Sights, n_people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rows = np.flatnonzero((log.kind == REFUNDED) & (log.minor != 0))
    until_us = np.full(len(rows), FOREVER, dtype=np.int64)
    named = sights.place[rows] >= 0
    until_us[named] = log.time_us[sights.row[sights.place[rows[named]]]]
    early = log.time_us[rows] < until_us
    rows, until_us = rows[early], until_us[early]
    offsets, places = group_by_person(log.person[rows], log.time_us[rows], n_people=n_people)
    rows = rows[places]
    return offsets, log.time_us[rows], np.abs(log.minor[rows]), until_us[places]
