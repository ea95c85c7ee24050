"""The short form of conditions and steps: every operator, every kind of value, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.behaviour.queries.contract import EventMatch, Filter
from finegrain.behaviour.queries.reading import read_query
from finegrain.cli.errors import BadConditionError
from finegrain.cli.queries.conditions import read_condition, read_step


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("city=Ulm", Filter("city", "is", "Ulm")),
        ("city = Ulm | Bad Ems", Filter("city", "is", ("Ulm", "Bad Ems"))),
        ("city!=Ulm", Filter("city", "is_not", "Ulm")),
        ("price>=100", Filter("price", "gte", 100)),
        ("price>1.5", Filter("price", "gt", 1.5)),
        ("price<=-3", Filter("price", "lte", -3)),
        ("price<1e3", Filter("price", "lt", 1000.0)),
        ("price=10..20", Filter("price", "between", (10, 20))),
        ("day>2024-01-01", Filter("day", "after", "2024-01-01")),
        ("day<2024-01-01T08:00", Filter("day", "before", "2024-01-01T08:00")),
        ("name~win", Filter("name", "contains", "win")),
        ("name!~win", Filter("name", "not_contains", "win")),
        ("url=~^/goods/[0-9]+|x", Filter("url", "matches", "^/goods/[0-9]+|x")),
        ("coupon?", Filter("coupon", "exists")),
        ("coupon!", Filter("coupon", "not_exists")),
        ("paid=true", Filter("paid", "is", value=True)),
        ('zip="01067"', Filter("zip", "is", "01067")),
        ('size="a|b, c"', Filter("size", "is", "a|b, c")),
        ('"a>b"=1', Filter("a>b", "is", 1)),
        ("person.城市=乌尔姆", Filter("城市", "is", "乌尔姆", "person")),
        ("then.plan=pro", Filter("plan", "is", "pro", "person", as_it_was=True)),
        ("$os=iOS", Filter("$os", "is", "iOS")),
    ],
)
def test_a_condition_is_a_filter(text: str, expected: Filter) -> None:
    assert read_query(Filter, read_condition(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Order Completed", EventMatch("Order Completed")),
        ("*", EventMatch("*")),
        ("A | B", EventMatch(("A", "B"))),
        ('"A|B"', EventMatch("A|B")),
        ("A[x=1, y~a]", EventMatch("A", (Filter("x", "is", 1), Filter("y", "contains", "a")))),
        ('A[x="1, 2]"]', EventMatch("A", (Filter("x", "is", "1, 2]"),))),
    ],
)
def test_a_step_is_an_event_with_conditions(text: str, expected: EventMatch) -> None:
    assert read_query(EventMatch, read_step(text)) == expected


@pytest.mark.parametrize("text", ["", "price", "=1", "price>=", "price==", "a=|b", "A]=1", "A[x=1]"])
def test_what_is_no_condition_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadConditionError) as refused:
        read_condition(text)
    assert refused.value.facts["text"] == text


@pytest.mark.parametrize("text", ["", "A[", "A]", "[x=1]", "A[]", "A[x=1,]", "A[x=1] B"])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(BadConditionError):
        read_step(text)


@given(name=st.text(min_size=1, max_size=8), value=st.text(max_size=8))
def test_anything_can_be_said_in_quotes(name: str, value: str) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    expected: dict[str, Any] = {"property": name, "op": "is", "value": value}
    assert read_condition(f"{quoted(name)}={quoted(value)}") == expected
    assert read_step(f"{quoted(name)}[{quoted(name)}={quoted(value)}]") == {"event": name, "filters": [expected]}
