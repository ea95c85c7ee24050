"""People and orders as rows of a table and of a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.directory import PersonRow
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.behaviour.contract import OrderRow, OrderStatus, UnmatchedRefund
from finegrain.console.pages.people.export import guarded
from finegrain.console.pages.people.figures import trait_text
from finegrain.console.pages.people.orders import _row, order_count, order_entries
from finegrain.console.pages.people.rows import SCHEME_NAMES, RowStyle, csv_header, plain_amount
from finegrain.i18n import speaking
from finegrain.zones import Zone

LATE = datetime(2024, 5, 31, 16, 30, tzinfo=UTC)
"""Half past midnight of the next day in Shanghai."""
ROW = PersonRow(7, "user-007", "李雷", 2, 14_300, 7_150, LATE, LATE, LATE, LATE, {"value": "high", "rfm": "gone"})
NOBODY = PersonRow(8, "user-008", "", 0, 0, None, None, None, None, LATE)
SHANGHAI = Zone("Asia/Shanghai")
STYLE = RowStyle(SHANGHAI, "CNY", {"value": {"high": "High value"}})
AMOUNTS = st.integers(0, 10**9)
MONEY = st.integers(-(10**12), 10**12)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def test_days_of_a_row_are_those_of_the_project() -> None:
    cells = STYLE.table_row(ROW)
    assert (cells["last_purchase"], cells["last_event"]) == ("2024-06-01", "2024-06-01")


def test_row_leads_to_the_person_at_the_moment_of_the_list() -> None:
    assert replace(STYLE, as_of="2024-06-01").table_row(ROW)["href"] == "/people/7?as_of=2024-06-01"


def test_figures_that_are_missing_are_dashes_on_the_screen_and_nothing_in_a_file() -> None:
    cells = STYLE.table_row(NOBODY)
    assert [cells[name] for name in ("average", "last_purchase", "last_event")] == ["–"] * 3
    assert STYLE.csv_row(NOBODY)[4:8] == ["", "", "", ""]


def test_tier_is_named_in_the_readers_language_and_an_unknown_one_by_its_key() -> None:
    with speaking("zh_CN"):
        assert STYLE.table_row(ROW)["tier_value"] == "高价值"
    assert STYLE.table_row(ROW)["tier_rfm"] == "gone"


def test_file_has_a_heading_for_every_cell() -> None:
    assert len(csv_header("CNY", SCHEME_NAMES)) == len(STYLE.csv_row(ROW)) == 9 + len(SCHEMES)
    assert csv_header("GBP", SCHEME_NAMES)[3] == "Net revenue (GBP)"


@given(MONEY, st.sampled_from([("CNY", 2), ("JPY", 0), ("KWD", 3)]))
def test_amount_in_a_file_is_a_plain_number_that_reads_back_exactly(minor: int, currency: tuple[str, int]) -> None:
    """Decimals after ISO 4217: two for the yuan, none for the yen, three for the dinar."""
    code, decimals = currency
    text = plain_amount(minor, code)
    assert Decimal(text).scaleb(decimals) == minor
    assert guarded(text) == text
    assert len(text.partition(".")[2]) == decimals


@given(st.integers(0, 10**6), MONEY, st.none() | MONEY)
def test_row_of_a_file_holds_the_figures_exactly(purchases: int, revenue: int, average: int | None) -> None:
    cells = STYLE.csv_row(replace(ROW, purchases=purchases, revenue_minor=revenue, average_order_value_minor=average))
    assert cells[2] == purchases
    assert Decimal(str(cells[3])) * 100 == revenue
    assert cells[4] == "" if average is None else Decimal(str(cells[4])) * 100 == average


def order(net: int, refunded: int, status: OrderStatus = "completed", days_ago: int = 0) -> OrderRow:
    return OrderRow("A1", LATE - timedelta(days=days_ago), net + refunded, refunded, net, status)


@pytest.mark.parametrize(
    ("status", "tone"), [("completed", "plain"), ("partly_refunded", "warn"), ("refunded", "bad"), ("cancelled", "bad")]
)
def test_colour_of_an_order_says_how_much_was_taken_back(status: OrderStatus, tone: str) -> None:
    assert _row(0, order(100, 0, status), SHANGHAI, "CNY")["tone"] == tone


def test_refund_that_names_no_order_is_a_row_with_a_negative_net() -> None:
    row = _row(0, UnmatchedRefund(LATE, 500), SHANGHAI, "CNY")
    assert (row["order"], row["amount"], row["refunded"], row["net"]) == ("–", "–", "¥5.00", "-¥5.00")


def test_order_without_a_number_and_without_a_refund_has_dashes() -> None:
    row = _row(0, replace(order(100, 0), order_id=""), SHANGHAI, "CNY")
    assert (row["order"], row["refunded"], row["time"]) == ("–", "–", "2024-06-01 00:30")


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), TIMES)), st.lists(st.tuples(st.integers(0, 10**9), TIMES))
)
def test_orders_and_refunds_stand_in_one_list_newest_first(
    orders: list[tuple[int, int, datetime]], refunds: list[tuple[int, datetime]]
) -> None:
    rows = tuple(OrderRow("", at, net + back, back, net, "completed") for net, back, at in orders)
    free = tuple(UnmatchedRefund(at, amount) for amount, at in refunds)
    entries = order_entries(rows, free)
    assert len(entries) == len(rows) + len(free)
    assert all(one.time >= other.time for one, other in pairwise(entries))


PLAIN = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
TRAITS = {None: "–", True: "yes", False: "no", 7: "7", 1.5: "1.5", "<b>": "<b>", ("李",): '["李"]'}


@given(st.lists(JSON, min_size=1) | st.dictionaries(st.text(), JSON))
def test_nested_trait_is_json_that_reads_back(value: object) -> None:
    assert json.loads(trait_text(value)) == value


@pytest.mark.parametrize(("value", "text"), TRAITS.items())
def test_trait_is_shown_as_people_write_it(value: object, text: str) -> None:
    assert trait_text(value) == text


def test_orders_refunded_in_full_are_told_apart() -> None:
    kept = OrderRow("1", LATE, 500, 0, 500, "completed")
    back = OrderRow("2", LATE, 500, 500, 0, "refunded")
    assert order_count((kept, replace(kept, status="partly_refunded"))) == "2 orders"
    assert order_count((kept, back, replace(back, status="cancelled"))) == "3 orders, 2 refunded in full"
