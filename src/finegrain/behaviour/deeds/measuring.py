"""Measures everybody by events that were matched, on all cores; the same for one person's part of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.deeds import _kernels as kernels
from finegrain.behaviour.deeds.contract import OrderFigures
from finegrain.behaviour.facts import order_arrays, orphan_arrays
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.deeds.contract import Deeds, Window
    from finegrain.behaviour.index import BehaviourIndex


def count(events: Deeds, window: Window, marked: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Give how many events each person has in a window, ``(P,) float64``; 0 without any.

    Args:
        events: by person.
        window: the instants.
        marked: ``(n,) bool``, by place, which events count; by default all do.
    """
    counts = np.empty(len(events.offsets) - 1, dtype=np.float64)

    def work(low: int, high: int) -> None:
        if marked is None:
            kernels.count_within(events, window, low, high, counts)
        else:
            kernels.count_marked(events, marked, window, low, high, counts)

    parallel.run(work, _parts(events))
    return counts


def _parts(events: Deeds) -> list[tuple[int, int]]:
    """Cut people into ranges with about as many events each; many people are work for all cores, too, if they did little."""
    many = len(events.offsets) > parallel.LEAST_EVENTS
    return parallel.ranges(events.offsets, 2 * parallel.cores() if many else None)


def add_up(events: Deeds, numbers: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """Give what a number of each person's events in a window adds up to, ``(P,) float64``; 0 without any.

    Args:
        events: by person.
        numbers: ``(n,) float64``, one an event; NaN counts as 0.
        window: the instants.
    """
    sums, numbers = np.empty(len(events.offsets) - 1, dtype=np.float64), frozen(numbers)
    parallel.run(lambda low, high: kernels.sum_within(events, numbers, window, low, high, sums), _parts(events))
    return sums


def count_days(events: Deeds, edges_us: NDArray[np.int64], window: Window) -> NDArray[np.float64]:
    """Give on how many civil days each person has an event in a window, ``(P,) float64``.

    Args:
        events: by person.
        edges_us: ``(days + 1,) int64``, where the civil days begin, the first at or before the first event in the window, the
            last after the last one.
        window: the instants.
    """
    days, edges = np.empty(len(events.offsets) - 1, dtype=np.float64), frozen(edges_us)
    parallel.run(lambda low, high: kernels.days_within(events, edges, window, low, high, days), _parts(events))
    return days


def first_and_last(events: Deeds, end_us: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give when each person has the first and the last event before ``end_us``, ``(P,) int64``; ``NEVER`` without one."""
    first, last = (np.empty(len(events.offsets) - 1, dtype=np.int64) for _ in range(2))
    parallel.run(lambda low, high: kernels.first_and_last(events, end_us, low, high, first, last), _parts(events))
    return first, last


def followed(
    events: Deeds, others: Deeds, window: Window, within_us: int, as_of_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Say of each person which events another one followed in time, and which none did.

    Args:
        events: by person; those in the window count.
        others: what may follow, by the same people: a later event, or one of the same time that arrived later.
        window: where the first event lies.
        within_us: how long after it the other one may lie, both included.
        as_of_us: nothing at or after this moment is seen; an event whose time has not passed by then is not yet missed.

    Returns:
        ``(P,) int64`` twice: the time of the last event that was followed, and of the last that was not; ``NEVER`` without one.
    """
    happened, missed = (np.empty(len(events.offsets) - 1, dtype=np.int64) for _ in range(2))
    rules = kernels.Following(within_us, as_of_us)
    parallel.run(
        lambda low, high: kernels.followed(events, others, window, rules, low, high, happened, missed),
        _parts(events),
    )
    return happened, missed


def order_figures(index: BehaviourIndex, as_of_us: int, window: Window) -> OrderFigures:
    """Give the figures of everybody's orders in a window, as known before ``as_of_us``; see ``behaviour.facts.facts``.

    Args:
        index: what everybody did.
        as_of_us: the moment, exclusive.
        window: where the orders lie; it ends at ``as_of_us`` at the latest.
    """
    out = OrderFigures(*(np.empty(index.people, dtype=np.int64) for _ in range(4)))
    orders, orphans = order_arrays(index), orphan_arrays(index)
    parallel.run(
        lambda low, high: kernels.add_orders(orders, orphans, as_of_us, window, low, high, out), parallel.even(index.people)
    )
    return out
