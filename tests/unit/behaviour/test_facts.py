"""Order facts against their slow twin, over made-up logs, and the rules one by one (BEHAVIOUR, order facts)."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.twins.behaviour import (
    CURRENCY,
    HOUR,
    START,
    FakeEvents,
    FakePeople,
    Happening,
    happenings,
    twin_facts,
    twin_orders,
)

from finegrain.behaviour.building import build
from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.facts import facts, gaps_days, orders_of, unmatched_refunds_of
from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.index import BehaviourIndex, array_names
from finegrain.zones import to_us

LONG_BEFORE = START - timedelta(days=365)
moments = st.integers(-1, 241).map(lambda hour: START + hour * HOUR)


def index_of(log: list[Happening], people: FakePeople | None = None) -> tuple[BehaviourIndex, FakePeople]:
    known = people or FakePeople({"nobody": LONG_BEFORE, "y": START - HOUR})
    return build(FakeEvents(log), known, CURRENCY).index, known


def order(at: int, order_id: str | None = "a", total: str | None = "10", who: str = "x", event: str = "Completed") -> Happening:
    return Happening(who, f"Order {event}", START + at * HOUR, order_id, None if total is None else Decimal(total))


def figures_of(log: list[Happening], as_of: int, who: str = "x", window: int = -1) -> dict[str, int]:
    index, people = index_of(log)
    found = facts(index, to_us(START + as_of * HOUR), to_us(START + window * HOUR))
    place = list(people.since).index(who)
    names = ("purchases", "revenue_minor", "window_purchases", "window_revenue_minor")
    return {name: int(getattr(found, name)[place]) for name in names}


@given(log=happenings(), as_of=moments, window_start=moments)
@example(log=[], as_of=START, window_start=START)
def test_facts_equal_the_slow_twin(log: list[Happening], as_of: datetime, window_start: datetime) -> None:
    index, people = index_of(log)
    found = facts(index, to_us(as_of), to_us(window_start))
    for place, twin in enumerate(twin_facts(log, people.since, as_of, window_start).values()):
        assert {name: int(getattr(found, name)[place]) for name in asdict(twin)} == asdict(twin)


@given(log=happenings(), as_of=moments)
def test_facts_as_of_a_moment_equal_those_over_what_happened_before(log: list[Happening], as_of: datetime) -> None:
    index, people = index_of(log)
    before, _ = index_of([one for one in log if one.at < as_of], people)
    now, then = facts(index, to_us(as_of), 0), facts(before, to_us(START + timedelta(days=3650)), 0)
    for name in ("known_since_us", "last_event_us", "first_purchase_us", "last_purchase_us", "purchases", "revenue_minor"):
        assert getattr(now, name).tolist() == getattr(then, name).tolist()


@given(log=happenings(), as_of=moments)
def test_orders_of_a_person_equal_the_twin_and_add_up_to_the_revenue(log: list[Happening], as_of: datetime) -> None:
    index, people = index_of(log)
    found, (orders, _) = facts(index, to_us(as_of), 0), twin_orders([one for one in log if one.at < as_of])
    for place, who in enumerate(people.since):
        rows = orders_of(index, place + 1, to_us(as_of))
        expected = sorted((one.at, int(one.amount), int(one.refunded)) for one in orders.values() if one.who == who)
        assert sorted((row.time, row.amount_minor, row.refunded_minor) for row in rows) == expected
        back = sum(refund.amount_minor for refund in unmatched_refunds_of(index, place + 1, to_us(as_of)))
        assert sum(row.net_minor for row in rows) - back == found.revenue_minor[place]
        assert sum(row.status in ("completed", "partly_refunded") for row in rows) == found.purchases[place]


@given(log=happenings(), as_of=moments)
def test_gaps_lie_between_the_purchases_of_one_person(log: list[Happening], as_of: datetime) -> None:
    index, people = index_of(log)
    orders, _ = twin_orders([one for one in log if one.at < as_of])
    expected = []
    for who in people.since:
        times = sorted(one.at for one in orders.values() if one.who == who and not one.taken_back)
        expected += [(after - before) / timedelta(days=1) for before, after in itertools.pairwise(times)]
    assert gaps_days(index, to_us(as_of)).tolist() == pytest.approx(expected)


def test_an_order_counts_once_at_its_first_sight_with_its_latest_total() -> None:
    log = [order(5, total="10"), order(3, total="12"), order(9, total="7", event="Updated")]
    assert figures_of(log, as_of=8) == {
        "purchases": 1,
        "revenue_minor": 1200,
        "window_purchases": 1,
        "window_revenue_minor": 1200,
    }
    assert figures_of(log, as_of=10)["revenue_minor"] == 700
    assert figures_of(log, as_of=3)["purchases"] == 0


@pytest.mark.parametrize("event", ["OrderCompleted", "order_completed", "ORDER COMPLETED", "orderCompleted"])
def test_an_order_is_one_however_its_name_is_spelled(event: str) -> None:
    log = [replace(order(1), event=event), replace(order(2, "b"), event="Order  Completes")]
    assert figures_of(log, as_of=3)["revenue_minor"] == 1_000


def test_an_update_that_arrives_before_the_order_does_not_hold_after_it() -> None:
    assert figures_of([order(4, total="7", event="Updated"), order(2, total="10")], as_of=9)["revenue_minor"] == 1000


def test_refunds_subtract_at_most_the_amount() -> None:
    log = [order(1), order(2, total="4", event="Refunded"), order(3, total="9", event="Refunded")]
    assert figures_of(log, as_of=3) == {"purchases": 1, "revenue_minor": 600, "window_purchases": 1, "window_revenue_minor": 600}
    assert figures_of(log, as_of=4)["revenue_minor"] == 0
    assert figures_of(log, as_of=4)["purchases"] == 0


def test_a_refund_counts_at_the_time_of_its_order() -> None:
    log = [order(1), order(5, total="4", event="Refunded")]
    assert figures_of(log, as_of=9, window=3)["window_revenue_minor"] == 0
    assert figures_of(log, as_of=9, window=1)["window_revenue_minor"] == 600


def test_a_refund_that_names_no_known_order_counts_at_its_own_time() -> None:
    log = [order(1), order(5, order_id="z", total="4", event="Refunded")]
    assert figures_of(log, as_of=9, window=3)["window_revenue_minor"] == -400
    assert figures_of(log, as_of=9)["revenue_minor"] == 600
    assert figures_of(log, as_of=9)["purchases"] == 1


def test_a_refund_before_its_order_finds_it_later() -> None:
    log = [order(1, total="4", event="Refunded"), order(5)]
    assert figures_of(log, as_of=5)["revenue_minor"] == -400
    assert figures_of(log, as_of=6)["revenue_minor"] == 600


def test_a_cancelled_order_is_no_purchase_from_then_on() -> None:
    log = [order(1), order(4, total=None, event="Cancelled")]
    assert [figures_of(log, as_of=at)["purchases"] for at in (2, 4, 5)] == [1, 1, 0]
    assert figures_of(log, as_of=5)["revenue_minor"] == 0


def test_an_order_of_zero_is_a_purchase_until_it_is_taken_back() -> None:
    assert figures_of([order(1, total="0")], as_of=5)["purchases"] == 1
    assert figures_of([order(1, total="0"), order(2, total="3", event="Refunded")], as_of=5)["purchases"] == 0


def test_orders_without_an_id_are_orders_of_their_own() -> None:
    assert figures_of([order(1, order_id=None), order(1, order_id=None), order(2, order_id="")], as_of=5)["purchases"] == 3


def test_amounts_round_half_up_to_minor_units() -> None:
    log = [order(1, total="0.005"), order(1, order_id="b", total="2.675"), order(1, order_id="c", total="1.004999")]
    assert figures_of(log, as_of=5)["revenue_minor"] == 1 + 268 + 100


def test_a_total_beyond_64_bits_counts_as_none() -> None:
    assert figures_of([order(1, total="12345678901234567890")], as_of=5)["revenue_minor"] == 0


def test_people_without_an_event_are_known_since_they_were_registered() -> None:
    index, _ = index_of([])
    found = facts(index, to_us(START), 0)
    assert found.person_ids.tolist() == [1, 2]
    assert found.known_since_us.tolist() == [to_us(LONG_BEFORE), to_us(START - HOUR)]
    assert found.last_event_us.tolist() == [NEVER, NEVER]


def test_an_id_without_a_person_is_registered_with_its_first_event() -> None:
    _, people = index_of([order(7, who="stranger"), order(3, order_id="b", who="stranger")])
    assert people.since["stranger"] == START + 3 * HOUR


def test_events_that_arrive_while_the_index_is_built_stay_out() -> None:
    class Growing(FakeEvents):
        def last_seq(self) -> int:
            return 1

    index = build(Growing([order(1), order(2, order_id="b")]), FakePeople(), CURRENCY).index
    assert (index.events, index.orders, index.last_seq) == (1, 1, 1)


def test_the_arrays_of_an_index_and_of_facts_cannot_be_written() -> None:
    index, _ = index_of([order(1)])
    found = facts(index, to_us(START), 0)
    assert not any(getattr(index, name).flags.writeable for name in array_names())
    with pytest.raises(ValueError, match="read-only"):
        found.purchases[0] = 7


def test_an_unknown_person_has_no_orders() -> None:
    index, _ = index_of([order(1)])
    assert orders_of(index, 99) == []
    assert unmatched_refunds_of(index, 99) == []


def test_orders_show_their_ids_and_what_became_of_them() -> None:
    log = [order(1), order(2, "b"), order(3, "c"), order(4, None), order(5, "d", "0")]
    log += [order(6, "a", "1", event="Refunded"), order(7, "b", "99", event="Refunded"), order(8, "c", None, event="Cancelled")]
    index, _ = index_of(log)
    rows = orders_of(index, 3)
    assert [row.order_id for row in rows] == ["a", "b", "c", "", "d"]
    assert [row.status for row in rows] == ["partly_refunded", "refunded", "cancelled", "completed", "completed"]
    assert rows[0].time == datetime(2024, 3, 29, 1, tzinfo=UTC)


@given(st.data())
def test_grouping_equals_a_stable_sort(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 300))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    person, time_us = rng.integers(0, 4, n, dtype=np.int32), rng.integers(0, 30, n)
    offsets, rows = group_by_person(person, time_us, n_people=5)
    assert rows.tolist() == np.lexsort((time_us, person)).tolist()
    assert np.diff(offsets).tolist() == np.bincount(person, minlength=5).tolist()


def test_a_message_shows_no_activity_but_makes_the_person_known() -> None:
    log = [Happening("x", "Email Delivered", START), Happening("x", "Page Viewed", START + HOUR)]
    log += [Happening("x", name, START + 5 * HOUR) for name in ("Message Sent", "push_received", "Email Opened")]
    index, _ = index_of(log, FakePeople())
    found = facts(index, to_us(START + 6 * HOUR), 0)
    assert found.last_event_us.tolist() == [to_us(START + HOUR)]
    assert found.known_since_us.tolist() == [to_us(START)]
    assert facts(index, to_us(START + HOUR), 0).last_event_us.tolist() == [NEVER]
