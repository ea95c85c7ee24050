"""Made-up people whose facts are worked out one by one, the slow way, and tier schemes with thresholds among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.contract import PersonOrder
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.behaviour.contract import NEVER, PersonFacts
from finegrain.zones import MICROSECONDS_PER_DAY as DAY
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.tiers.result import TierResult

AS_OF_US = 20_000 * DAY

Setting = tuple[str, dict[str, Any]]
"""A scheme and some of its thresholds."""


class Person(NamedTuple):
    """What one made-up person did: known since, other events, orders."""

    known_us: int
    seen_us: tuple[int, ...]
    orders: tuple[PersonOrder, ...]


instants = st.one_of(
    st.integers(1, 120).map(lambda days: AS_OF_US - days * DAY), st.integers(1, 120 * DAY).map(lambda us: AS_OF_US - us)
)
orders = st.builds(PersonOrder, time_us=instants, net_minor=st.integers(-500, 2000), is_purchase=st.booleans())
persons = st.builds(
    Person, known_us=instants, seen_us=st.lists(instants, max_size=2).map(tuple), orders=st.lists(orders, max_size=5).map(tuple)
)
crowds = st.lists(persons, min_size=1, max_size=8)


def facts_at(people: Sequence[Person], as_of_us: int, window_days: int) -> PersonFacts:
    """Give facts the slow way, person by person, from what happened."""
    start = as_of_us - window_days * DAY
    rows = [_facts_row(person, start) for person in people]
    ints = ("purchases", "window_purchases")
    arrays: dict[str, Any] = {
        name: np.array([row[name] for row in rows], dtype=np.int32 if name in ints else np.int64) for name in rows[0]
    }
    return PersonFacts(as_of_us, start, np.arange(1, len(people) + 1, dtype=np.int64), **arrays)


def _facts_row(person: Person, start: int) -> dict[str, int]:
    bought = [order.time_us for order in person.orders if order.is_purchase]
    events = [*person.seen_us, *(order.time_us for order in person.orders)]
    inside = [order for order in person.orders if order.time_us >= start]
    return {
        "known_since_us": min([person.known_us, *events]),
        "last_event_us": max(events, default=NEVER),
        "first_purchase_us": min(bought, default=NEVER),
        "last_purchase_us": max(bought, default=NEVER),
        "purchases": len(bought),
        "revenue_minor": sum(order.net_minor for order in person.orders),
        "window_purchases": sum(order.is_purchase for order in inside),
        "window_revenue_minor": sum(order.net_minor for order in inside),
    }


def sort(people: Sequence[Person], scheme: str, thresholds: dict[str, Any]) -> TierResult:
    """Compute a scheme over made-up people, who can be asked for their orders."""
    found = scheme_named(scheme)
    values = resolve(found, thresholds)
    facts = facts_at(people, AS_OF_US, found.window_days(values))
    return compute(
        found,
        facts,
        values,
        zone=Zone("UTC"),
        currency="CNY",
        orders_of=lambda person, _at: tuple(sorted(people[person - 1].orders)),
    )


@st.composite
def settings_of_schemes(draw: st.DrawFn) -> Setting:
    """A scheme with some thresholds that put its bounds among the made-up facts."""
    low, middle, high = sorted(draw(st.lists(st.integers(1, 150), min_size=3, max_size=3, unique=True)))
    window = {"window_days": draw(st.integers(1, 150))}
    fixed = {"view": "eight", "split": "fixed", "r_split_days": middle, "f_split": draw(st.integers(1, 3)), "m_split": 5}
    scores = {f"r_score_{score}_days": days for score, days in zip((5, 4, 3, 2), (low, middle, high, high + 9), strict=True)}
    bounds = {f"m_score_{score}": score * 4 - 7 for score in (2, 3, 4, 5)}
    settings: list[Setting] = [
        ("rfm", {**window, **fixed}),
        ("rfm", {**window, "view": "eight", "split": draw(st.sampled_from(["mean", "median"]))}),
        ("rfm", {**window, "view": "quintile", "scores": "fixed", **scores, **bounds}),
        ("rfm", {**window, "view": "quintile", "scores": "quantile"}),
        ("activity", {"new_days": low, "silent_days": middle, "churned_days": high, "without_order": "by_activity"}),
        ("activity", {"new_days": low, "silent_days": middle, "churned_days": high}),
        ("frequency", {"lapsed_days": middle}),
        ("lifecycle", {"typical_gap_days": low, "rhythm_limit": 2.5, "declining_factor": 1.25, "lost_factor": 3.3}),
        ("value", {}),
    ]
    return draw(st.sampled_from(settings))
