"""Laws of facts and overview over any log: what grows with time, what two kernels must agree on, what rebuilding repeats."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import CURRENCY, HOUR, START, FakeEvents, FakePeople, Happening, happenings

from finegrain.behaviour.building import build
from finegrain.behaviour.facts import facts, gaps_days, orders_of
from finegrain.behaviour.index import BehaviourIndex, array_names
from finegrain.behaviour.overview import overview
from finegrain.zones import Zone, to_us

if TYPE_CHECKING:
    from finegrain.behaviour.contract import PersonFacts

BERLIN = Zone("Europe/Berlin")  # 2024-03-31 has 23 hours there
FIRST = date(2024, 3, 29)
hours = st.integers(-1, 241)
pairs = st.tuples(hours, hours).map(sorted)
sales = happenings().map(lambda log: [one for one in log if one.event in ("Order Completed", "Page Viewed")])


def index_of(log: list[Happening], batch_rows: int = 4) -> BehaviourIndex:
    """Build an index in which x, y and z are always persons 1, 2 and 3."""
    return build(FakeEvents(log, batch_rows), FakePeople(dict.fromkeys("xyz", START)), CURRENCY).index


def facts_at(index: BehaviourIndex, hour: int, window_hour: int = -1) -> PersonFacts:
    """Give the facts as of so many hours after the start."""
    return facts(index, to_us(START + hour * HOUR), to_us(START + window_hour * HOUR))


@given(log=happenings(), moments=pairs)
def test_seeing_more_never_moves_the_first_or_takes_back_the_last_event(log: list[Happening], moments: list[int]) -> None:
    index = index_of(log)
    early, late = (facts_at(index, hour) for hour in moments)
    assert (early.last_event_us <= late.last_event_us).all()
    seen = early.last_event_us > -(2**63)
    assert (early.known_since_us[seen] == late.known_since_us[seen]).all()


@given(log=sales, moments=pairs)
def test_without_refunds_purchases_and_last_purchase_only_grow(log: list[Happening], moments: list[int]) -> None:
    index = index_of(log)
    early, late = (facts_at(index, hour) for hour in moments)
    assert (early.purchases <= late.purchases).all()
    assert (early.last_purchase_us <= late.last_purchase_us).all()
    bought = early.purchases > 0
    assert (early.first_purchase_us[bought] == late.first_purchase_us[bought]).all()


@given(log=happenings(), moments=pairs)
def test_orders_once_seen_are_never_forgotten(log: list[Happening], moments: list[int]) -> None:
    index = index_of(log)
    for person in (1, 2, 3):
        early, late = (orders_of(index, person, to_us(START + hour * HOUR)) for hour in moments)
        assert [row.time for row in early] == [row.time for row in late][: len(early)]


@given(log=happenings(), starts=pairs, as_of=hours)
def test_a_wider_window_never_counts_fewer_purchases(log: list[Happening], starts: list[int], as_of: int) -> None:
    index = index_of(log)
    wide, narrow = (facts_at(index, as_of, start) for start in starts)
    assert (wide.window_purchases >= narrow.window_purchases).all()
    assert (wide.purchases >= wide.window_purchases).all()


@given(log=happenings(), as_of=hours)
def test_a_window_over_everything_holds_everything(log: list[Happening], as_of: int) -> None:
    found = facts_at(index_of(log), as_of, -2)
    assert found.window_purchases.tolist() == found.purchases.tolist()
    assert found.window_revenue_minor.tolist() == found.revenue_minor.tolist()


@given(log=happenings(), as_of=hours)
def test_gaps_are_one_fewer_than_the_purchases_of_each_buyer(log: list[Happening], as_of: int) -> None:
    index = index_of(log)
    purchases = facts_at(index, as_of).purchases
    assert len(gaps_days(index, to_us(START + as_of * HOUR))) == int(np.maximum(purchases - 1, 0).sum())


@given(log=happenings(), place=st.integers(0, 9), days=st.integers(1, 9))
def test_overview_and_facts_count_the_same_orders_and_money(log: list[Happening], place: int, days: int) -> None:
    first, last = FIRST + timedelta(days=place), FIRST + timedelta(days=place + days - 1)
    index, period = index_of(log), BERLIN.period(first, last)
    figures, found = overview(index, BERLIN, first, last).figures, facts(index, period.end_us, period.start_us)
    assert figures.orders == int(found.window_purchases.sum())
    assert figures.revenue_minor == int(found.window_revenue_minor.sum())
    assert figures.active_people == int((found.last_event_us >= period.start_us).sum())


@given(log=sales, cut=st.integers(1, 9))
def test_two_adjoining_periods_add_up_where_nothing_is_taken_back(log: list[Happening], cut: int) -> None:
    # One total an order: a later total would change the first period after its end.
    once = list({(one.order_id or place): one for place, one in enumerate(log)}.values())
    index, last = index_of(once), FIRST + timedelta(days=10)
    middle = FIRST + timedelta(days=cut)
    before, after = overview(index, BERLIN, FIRST, middle - timedelta(days=1)), overview(index, BERLIN, middle, last)
    both = overview(index, BERLIN, FIRST, last)
    assert both.figures.orders == before.figures.orders + after.figures.orders
    assert both.figures.revenue_minor == before.figures.revenue_minor + after.figures.revenue_minor
    assert both.figures.active_people <= before.figures.active_people + after.figures.active_people


@given(log=happenings())
def test_buckets_of_any_length_add_up_alike(log: list[Happening]) -> None:
    index, last = index_of(log), FIRST + timedelta(days=10)
    series = [overview(index, BERLIN, FIRST, last, bucket=bucket).series for bucket in ("day", "week", "month", "quarter")]
    assert len({(sum(one.orders), sum(one.revenue_minor)) for one in series}) == 1
    for fine, coarse in itertools.pairwise(series):
        assert sum(fine.active_people) >= sum(coarse.active_people) - len(coarse.starts)


@given(log=happenings(), batch_rows=st.integers(1, 9))
def test_how_events_are_read_changes_nothing(log: list[Happening], batch_rows: int) -> None:
    one, other = index_of(log), index_of(log, batch_rows)
    for name in array_names():
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    assert one.order_names.to_pylist() == other.order_names.to_pylist()
    assert one.event_names == other.event_names


@given(log=happenings(), shift=st.integers(-5_000, 5_000))
def test_moving_everything_in_time_moves_only_the_times(log: list[Happening], shift: int) -> None:
    moved = [replace(one, at=one.at + shift * HOUR) for one in log]
    here, there = facts_at(index_of(log), 500), facts_at(index_of(moved), 500 + shift, -1 + shift)
    for name in ("purchases", "revenue_minor", "window_purchases", "window_revenue_minor"):
        assert getattr(here, name).tolist() == getattr(there, name).tolist()


@given(log=happenings())
def test_people_do_not_touch_each_other_unless_they_name_one_order(log: list[Happening]) -> None:
    own = [replace(one, order_id=one.order_id and f"{one.who}{one.order_id}") for one in log]
    everybody = facts_at(index_of(own), 500)
    for place, who in enumerate("xyz"):
        alone = facts_at(index_of([one for one in own if one.who == who]), 500)
        assert alone.purchases[place] == everybody.purchases[place]
        assert alone.revenue_minor[place] == everybody.revenue_minor[place]


def test_an_event_at_the_moment_itself_has_not_happened_yet() -> None:
    at = datetime(2024, 3, 29, 5, tzinfo=START.tzinfo)
    index = index_of([Happening("x", "Page Viewed", at)])
    assert facts(index, to_us(at), 0).last_event_us[0] < 0
    assert facts(index, to_us(at) + 1, 0).last_event_us[0] == to_us(at)


def test_a_batch_that_holds_only_later_events_is_passed_over() -> None:
    class Growing(FakeEvents):
        def last_seq(self) -> int:
            return 2

    log = [Happening("x", "Page Viewed", START + place * HOUR) for place in range(6)]
    assert build(Growing(log, batch_rows=2), FakePeople(), CURRENCY).index.events == 2
