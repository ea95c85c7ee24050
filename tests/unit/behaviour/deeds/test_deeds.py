"""What everybody did, measured: on numbers that are counted on fingers, and on all cores as on one."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from tests.twins.behaviour import FakePeople, Happening
from tests.twins.logs import FIRST, PEOPLE, ZONE, FakeTraits, snapshot_of

from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.deeds.contract import ALWAYS_US, Deeds, Window
from finegrain.behaviour.deeds.matched import MatchedEvents, marked_only
from finegrain.behaviour.deeds.measuring import add_up, count, count_days, first_and_last, followed, order_figures
from finegrain.behaviour.queries.contract import EventMatch, Filter
from finegrain.zones import to_us

HOUR = timedelta(hours=1)
END_US = to_us(FIRST + timedelta(days=30))
EVER = Window(ALWAYS_US, END_US)


def matched(log: list[Happening]) -> MatchedEvents:
    """Give the matched events of a log."""
    return MatchedEvents(snapshot_of(log, FakePeople(dict.fromkeys(PEOPLE, FIRST))), FakeTraits(), ZONE)


LOG = [
    Happening("x", "A", FIRST, properties={"price": 2}),
    Happening("x", "B", FIRST + HOUR, properties={"price": 3}),
    Happening("x", "A", FIRST + 30 * HOUR, properties={"price": "dear"}),
    Happening("y", "A", FIRST + 2 * HOUR, properties={"price": 0.5}),
    Happening("y", "B", FIRST + 2 * HOUR),
    Happening("y", "C", FIRST + 3 * HOUR),
    Happening("y", "C", FIRST + 4 * HOUR),
    Happening("y", "C", FIRST + 5 * HOUR),
]


def test_counts_sums_and_days_are_of_the_window() -> None:
    found = matched(LOG)
    deeds = found.of(EventMatch("A"))
    assert count(deeds, EVER).tolist() == [2, 1, 0, 0]
    assert count(deeds, Window(to_us(FIRST + HOUR), END_US)).tolist() == [1, 1, 0, 0]
    assert count(deeds, Window(ALWAYS_US, to_us(FIRST))).tolist() == [0, 0, 0, 0]
    numbers = found.numbers(EventMatch("A"), "price")
    assert add_up(deeds, numbers, EVER).tolist() == [2, 0.5, 0, 0]
    edges = ZONE.edges_us(FIRST.date(), FIRST.date() + timedelta(days=40))
    assert count_days(found.of(EventMatch(("A", "B"))), edges, EVER).tolist() == [2, 1, 0, 0]


def test_first_and_last_are_before_the_end() -> None:
    first, last = first_and_last(matched(LOG).of(EventMatch("A")), to_us(FIRST + 30 * HOUR))
    assert first.tolist() == [to_us(FIRST), to_us(FIRST + 2 * HOUR), NEVER, NEVER]
    assert last.tolist() == first.tolist()


def test_what_follows_may_come_at_the_same_time_in_order_of_arrival() -> None:
    found = matched(LOG)
    a, b = found.of(EventMatch("A")), found.of(EventMatch("B"))
    happened, missed = followed(a, b, EVER, to_us(FIRST + HOUR) - to_us(FIRST), END_US)
    assert happened.tolist() == [to_us(FIRST), to_us(FIRST + 2 * HOUR), NEVER, NEVER]
    assert missed.tolist() == [to_us(FIRST + 30 * HOUR), NEVER, NEVER, NEVER]
    backwards, _ = followed(b, a, EVER, 0, END_US)
    assert backwards.tolist() == [NEVER] * 4
    _, too_early = followed(a, b, EVER, to_us(FIRST + HOUR) - to_us(FIRST), to_us(FIRST + 31 * HOUR))
    assert too_early.tolist() == [NEVER] * 4  # the hour after x's last one is not over before that moment


@pytest.mark.parametrize(
    ("match", "counts"),
    [
        (EventMatch("Nothing"), [0, 0, 0, 0]),
        (EventMatch("*"), [3, 5, 0, 0]),
        (EventMatch(("A", "B", "C")), [3, 5, 0, 0]),
        (EventMatch(("B", "C")), [1, 4, 0, 0]),
        (EventMatch("*", (Filter("price", "gte", 2),)), [2, 0, 0, 0]),
        (EventMatch("A", (Filter("price", "is", 2), Filter("price", "is", "dear")), "any"), [2, 0, 0, 0]),
        (EventMatch("A", (Filter("price", "exists"), Filter("price", "gt", 1))), [1, 0, 0, 0]),
        (EventMatch("A", (Filter("city", "is", "Bonn", of="person"),)), [0, 1, 0, 0]),
        (EventMatch("A", (Filter("age", "gte", 41, of="person"),)), [0, 1, 0, 0]),
        (EventMatch("A", (Filter("city", "is", "Bonn", of="person", as_it_was=True),)), [2, 0, 0, 0]),
        (EventMatch("A", (Filter("city", "gt", 1, of="person", as_it_was=True),)), [0, 0, 0, 0]),
    ],
)
def test_events_are_found_by_name_properties_and_traits(match: EventMatch, counts: list[int]) -> None:
    assert count(matched(LOG).of(match), EVER).tolist() == counts


def test_what_was_asked_for_least_lately_is_forgotten() -> None:
    found = matched(LOG)
    first = found.of(EventMatch("*"))
    assert found.of(EventMatch("*")) is first
    found.of(EventMatch("A"))
    assert found.of(EventMatch("*")) is not first


def test_orders_count_in_the_window_as_they_are_known() -> None:
    from decimal import Decimal

    log = [
        Happening("x", "Order Completed", FIRST, "a", Decimal(10)),
        Happening("x", "Order Completed", FIRST + 48 * HOUR, "b", Decimal(4)),
        Happening("x", "Order Refunded", FIRST + 50 * HOUR, "b"),
        Happening("x", "Order Refunded", FIRST + 3 * HOUR, "other", Decimal(1)),
    ]
    index = snapshot_of(log, FakePeople(dict.fromkeys(PEOPLE, FIRST))).index
    at_end, before_refund = END_US, to_us(FIRST + 49 * HOUR)
    ever = order_figures(index, at_end, EVER)
    assert (ever.purchases[0], ever.revenue_minor[0], ever.last_us[0]) == (1, 900, to_us(FIRST))
    late = order_figures(index, before_refund, Window(to_us(FIRST + HOUR), before_refund))
    assert (late.purchases[0], late.revenue_minor[0], late.first_us[0]) == (1, 300, to_us(FIRST + 48 * HOUR))
    assert late.last_us.tolist()[1:] == [NEVER] * 3


def test_many_people_are_measured_on_all_cores_alike() -> None:
    rng = np.random.default_rng(7)
    counts = rng.integers(0, 9, 120_000)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    times = np.arange(offsets[-1])
    deeds = Deeds(offsets, times, times.astype(np.int32))
    assert count(deeds, Window(0, len(times))).tolist() == counts.tolist()
    even = marked_only(deeds, times % 2 == 0)
    assert (np.diff(even.offsets) == np.add.reduceat(np.append(times % 2 == 0, 0), offsets[:-1]) * (counts > 0)).all()
    assert even.time_us.tolist() == times[::2].tolist()
