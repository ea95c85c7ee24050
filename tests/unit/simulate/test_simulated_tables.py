"""The tables of the demo shop: what each column holds, and how the tables agree with each other and with the truth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.simulate.event_table import events_table
from finegrain.simulate.instants import Instants, civil_text, find_instants
from finegrain.simulate.orders import COUPONS
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.portraits import LEVELS, draw_portraits
from finegrain.simulate.shop import Shop, simulate_shop
from finegrain.simulate.steps import EVENT_NAMES, PAGES
from finegrain.simulate.tables import chosen, items_table, money_text, order_ids, orders_table, people_table, spent_minor
from finegrain.simulate.truth import truth_document, truth_table
from finegrain.zones import Zone, from_us, to_us

PLAN = ShopPlan(until=date(2024, 6, 30), people=600, days=150, seed=3)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])

HELD_BY: dict[str, set[str]] = {
    "page": {"Page Viewed"},
    "query": {"Products Searched"},
    "coupon": {"Coupon Entered", "Coupon Applied"},
    "discount": {"Coupon Applied"},
    "value": {"Checkout Started", "Payment Info Entered"},
    "share_via": {"Product Shared"},
    "rating": {"Product Reviewed"},
    "signup_channel": {"Signed Up"},
    "quantity": {"Product Added"},
    "product_id": {"Product Viewed", "Product Added", "Product Shared", "Product Reviewed"},
    "price": {"Product Viewed", "Product Added", "Product Shared", "Product Reviewed"},
    "campaign": {"Message Delivered"},
    "channel": {"Message Delivered"},
}
"""Property → the only events that have it, and always have it."""


@pytest.fixture(scope="module")
def small() -> Shop:
    return simulate_shop(PLAN, np.random.default_rng(3))


@pytest.fixture(scope="module")
def when(small: Shop) -> Instants:
    return find_instants(small)


@pytest.fixture(scope="module")
def events(small: Shop, when: Instants) -> pa.Table:
    return events_table(small, when)


@pytest.fixture(scope="module")
def people(small: Shop, when: Instants) -> pa.Table:
    return people_table(small, draw_portraits(PLAN.people, PLAN.until, np.random.default_rng(4)), when)


@pytest.mark.parametrize("name", HELD_BY)
def test_an_event_has_the_properties_of_its_kind_and_no_others(events: pa.Table, name: str) -> None:
    having = set(events.filter(events[name].is_valid())["event"].to_pylist())
    lacking = set(events.filter(events[name].is_null())["event"].to_pylist())
    assert having == HELD_BY[name]
    assert lacking.isdisjoint(having)


def test_events_stand_in_order_of_time_under_ids_of_their_own(events: pa.Table) -> None:
    assert (np.diff(events["time"].cast(pa.int64()).to_numpy()) >= 0).all()
    assert len(events["message_id"].unique()) == events.num_rows
    assert events["message_id"][0].as_py() == f"demo-{PLAN.seed}-1"
    assert set(events["event"].to_pylist()) == (set(EVENT_NAMES) - {"Order Completed"}) | {"Message Delivered"}


def test_a_session_is_of_one_person_and_on_one_platform(events: pa.Table) -> None:
    done = events.filter(events["session_id"].is_valid())  # messages are in no session
    sessions = done.group_by("session_id").aggregate([("user_id", "count_distinct"), ("platform", "count_distinct")])
    assert set(sessions["user_id_count_distinct"].to_pylist()) == {1}
    assert set(sessions["platform_count_distinct"].to_pylist()) == {1}


def test_sessions_begin_on_the_first_page_and_sign_up_comes_before_everything(events: pa.Table) -> None:
    frame = events.to_pandas()
    firsts = frame.groupby("session_id", sort=False).first()
    assert set(firsts["event"]) == {"Page Viewed", "Signed Up"}
    assert set(firsts.loc[firsts["event"] == "Page Viewed", "page"]) == {PAGES[0]}
    assert set(frame.groupby("user_id", sort=False).first()["event"]) == {"Signed Up"}


def test_orders_of_the_file_are_whole_numbers_of_minor_units_and_have_both_signs(small: Shop, when: Instants) -> None:
    rows = orders_table(small, when).to_pylist()
    paid = [Decimal(row["实付金额"]) for row in rows]
    assert {amount.as_tuple().exponent for amount in paid} == {-2}
    assert {(row["状态"], amount > 0, row["数量"] > 0) for row, amount in zip(rows, paid, strict=True)} == {
        ("已完成", True, True),
        ("已退款", False, False),
    }
    assert {row["优惠券"] for row in rows} == {None, *(coupon.code for coupon in COUPONS)}


def test_what_people_spent_is_the_sum_of_their_rows(small: Shop, when: Instants) -> None:
    by_person: dict[str, Decimal] = {}
    for row in orders_table(small, when).to_pylist():
        by_person[row["用户ID"]] = by_person.get(row["用户ID"], Decimal(0)) + Decimal(row["实付金额"])
    told = {f"U{place + 1:06d}": Decimal(int(minor)) / 100 for place, minor in enumerate(spent_minor(small, when))}
    assert by_person == {person: told[person] for person in by_person}
    assert {amount for person, amount in told.items() if person not in by_person} == {Decimal(0)}


def test_order_numbers_tell_the_civil_day_and_count_up_in_time(small: Shop, when: Instants) -> None:
    ids = order_ids(small, when)
    in_time = [ids[place] for place in np.argsort(when.orders, kind="stable")]
    assert [int(name[10:]) for name in in_time] == list(range(1, len(ids) + 1))
    days = [from_us(int(us)).astimezone(ZoneInfo(PLAN.zone)).strftime("%Y%m%d") for us in when.orders]
    assert [name[2:10] for name in ids] == days


def test_people_are_old_enough_and_their_level_follows_what_they_spent(people: pa.Table, small: Shop, when: Instants) -> None:
    rows = people.to_pylist()
    assert {date.fromisoformat(row["birthday"]) < PLAN.until - timedelta(days=18 * 365) for row in rows} == {True}
    spent = spent_minor(small, when) / 100
    expected = [LEVELS[sum(amount >= limit for limit in (500, 1_500, 4_000))] for amount in spent]
    assert [row["member_level"] for row in rows] == expected
    assert [row["signed_up_at"] for row in rows] == civil_text(when.signups, Zone(PLAN.zone))


def test_nobody_could_be_reached_by_the_made_up_addresses(people: pa.Table) -> None:
    assert all(email.endswith("@example.com") for email in people["email"].to_pylist())
    assert all(phone.startswith("+86 000 ") for phone in people["phone"].to_pylist())
    assert len(people["phone"].unique()) == len(people["email"].unique()) == PLAN.people


def test_items_are_named_and_priced_as_in_the_orders(small: Shop, when: Instants) -> None:
    priced = {row["product_id"]: (row["name"], row["category"], row["price"]) for row in items_table(small).to_pylist()}
    for row in orders_table(small, when).to_pylist():
        assert priced[row["商品ID"]] == (row["商品"], row["类目"], row["单价"])


def test_the_truth_of_each_person_is_what_was_drawn(small: Shop, when: Instants) -> None:
    truth = truth_table(small, when).to_pandas()
    tastes = truth[[name for name in truth.columns if name.startswith("taste_")]]
    assert np.allclose(tastes.sum(axis=1), 1)
    assert (truth["dropped_out_on"].isna() == truth["alive_at_end"]).all()
    assert (truth.loc[truth["purchase_rate_per_day"] == 0, "purchases"] == 0).all()
    assert truth["first_visit_purchase"].between(0, 1).all()
    assert {entry["taste"] for entry in truth_document(small)["categories"]} == set(tastes.columns)


@given(instants=st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=20), zone=ZONES)
def test_civil_texts_are_those_of_the_standard_library(instants: list[int], zone: str) -> None:
    us = np.array(instants, dtype=np.int64) * 1_000_000
    expected = [from_us(one).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S") for one in us.tolist()]
    assert civil_text(us, Zone(zone)) == expected


@given(amounts=st.lists(st.integers(-(10**9), 10**9), max_size=20), digits=st.sampled_from([0, 2, 3]))
def test_money_is_written_with_all_its_decimals(amounts: list[int], digits: int) -> None:
    texts = money_text(np.array(amounts, dtype=np.int64), 10**digits).to_pylist()
    assert [Decimal(text) * 10**digits for text in texts] == amounts
    assert all(len(text.partition(".")[2]) == digits for text in texts)


def test_a_place_below_zero_names_nothing() -> None:
    assert chosen(("a", "b"), np.array([1, -1, 0])).to_pylist() == ["b", None, "a"]


def test_the_history_ends_with_its_last_civil_day(small: Shop, when: Instants) -> None:
    assert when.end_us == to_us(Zone(PLAN.zone).day_start(PLAN.until + timedelta(days=1)))
    assert len(when.placed) == small.orders.size
    assert when.orders[when.placed].max() < when.end_us
