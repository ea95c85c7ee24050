"""Events on a timeline: readable names and properties, whatever was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.people.events import LONGEST_DETAIL, LOOKS, Detail, details, event_name
from finegrain.i18n import speaking

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_order_shows_its_amount_and_products() -> None:
    products = [{"name": "杯子", "quantity": 2}, {"name": "盘子", "quantity": 1}]
    shown = details("Order Completed", {"order_id": "A1", "total": 1299.5, "currency": "CNY", "products": products}, "CNY")
    assert shown == (Detail("Amount", "¥1,299.50"), Detail("Order", "A1"), Detail("Products", "杯子 and others, 2 products"))


def test_an_event_states_money_in_its_own_currency() -> None:
    assert details("Order Refunded", {"total": 5, "currency": "GBP"}, "CNY") == (Detail("Amount", "£5.00"),)


@pytest.mark.parametrize("total", [True, float("nan"), float("inf"), 1e300, "much", [1]])
def test_an_amount_that_is_none_is_shown_as_it_came(total: object) -> None:
    assert details("Order Completed", {"total": total}, "CNY") == (Detail("Amount", str(total)),)


def test_an_unknown_currency_does_no_harm() -> None:
    assert details("Order Completed", {"total": 5, "currency": "???"}, "CNY") == (Detail("Amount", "5"),)


def test_an_unknown_event_shows_its_first_plain_properties() -> None:
    shown = details("level up", {"level": 3, "boss": {"x": 1}, "map": "北", "empty": "", "a": 1, "b": 2}, "CNY")
    assert (event_name("level up"), shown) == ("level up", (Detail("level", "3"), Detail("map", "北"), Detail("a", "1")))


def test_names_speak_the_readers_language() -> None:
    with speaking("zh_CN"):
        assert event_name("Order Completed") == "下单"


@given(st.sampled_from([*LOOKS, "anything"]), st.data())
def test_any_properties_can_be_shown(event: str, data: st.DataObject) -> None:
    names = LOOKS[event].main if event in LOOKS else ("a", "b")
    properties = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys((*names, "currency"), JSON)))
    assert all(len(detail.value) <= LONGEST_DETAIL * 3 for detail in details(event, properties, "CNY"))
