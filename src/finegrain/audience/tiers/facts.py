"""Small operations on ``PersonFacts`` that all schemes share: buyers, days passed, one person, the same person later."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.zones import MICROSECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import PersonOrder
    from finegrain.behaviour.contract import PersonFacts

DAY = MICROSECONDS_PER_DAY
ALL_TIME_DAYS = 36_500
"""The look-back window of schemes that look at all of history."""


def days_since(facts: PersonFacts, times_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the whole days of 24 hours from each time to ``as_of``; any number where the time is ``NEVER``."""
    return (np.int64(facts.as_of_us) - np.maximum(times_us, 0)) // DAY


def before(facts: PersonFacts, days: int) -> int:
    """Give the newest instant that lies at least so many days before ``as_of``."""
    return facts.as_of_us - days * DAY


def pick(facts: PersonFacts, place: int) -> PersonFacts:
    """Give the facts of the one person at ``place``, as arrays of length 1."""
    arrays: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(facts)}
    one: dict[str, Any] = {name: value[place : place + 1] for name, value in arrays.items() if isinstance(value, np.ndarray)}
    return replace(facts, **one)


def later(facts: PersonFacts, at_us: int, orders: Sequence[PersonOrder]) -> PersonFacts:
    """Give one person's facts at a later moment, if nothing happens until then.

    Args:
        facts: of one person, arrays of length 1.
        at_us: the later moment.
        orders: the person's orders; without any, the window figures stay as they are.
    """
    start = facts.window_start_us + at_us - facts.as_of_us
    moved = replace(facts, as_of_us=at_us, window_start_us=start)
    return replace(moved, **window_figures(orders, start)) if orders else moved


def window_figures(orders: Sequence[PersonOrder], start_us: int) -> dict[str, Any]:
    """Give one person's window figures, as arrays of length 1, from the orders at or after ``start_us``."""
    inside = [order for order in orders if order.time_us >= start_us]
    return {
        "window_purchases": np.array([sum(order.is_purchase for order in inside)], dtype=np.int32),
        "window_revenue_minor": np.array([sum(order.net_minor for order in inside)], dtype=np.int64),
    }


def orders_agree(facts: PersonFacts, orders: Sequence[PersonOrder]) -> bool:
    """Say whether ``orders`` add up to the window figures of the one person in ``facts``."""
    figures = window_figures(orders, facts.window_start_us)
    return all(int(value[0]) == int(getattr(facts, name)[0]) for name, value in figures.items())
