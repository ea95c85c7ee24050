"""What each operator of a filter passes, and what it refuses to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.logs import FIRST, ZONE, TwinEvent, number_of, passes, text_of

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.columns import NumberColumn, TextColumn
from finegrain.behaviour.queries.conditions import check_filter, passing, read_time
from finegrain.behaviour.queries.contract import Filter
from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.behaviour.queries.contract import Operator, Scalar

VALUES: list[Any] = ["red", "Red apple", "", "12", 12, 2.5, -3, True, None, [1, "a"], {"a": 1}, "2024-03-30", "soon"]


@dataclass
class Row:
    """Some values as a filter sees them."""

    values: list[Any]

    def text(self) -> TextColumn:
        """Give them as texts."""
        encoded = pa.array([text_of(value) for value in self.values], pa.string()).dictionary_encode()
        return TextColumn(encoded.indices.fill_null(-1).to_numpy(), pa.chunked_array([encoded.dictionary]))

    def number(self) -> NumberColumn:
        """Give them as numbers."""
        return NumberColumn(np.array([number_of(value) for value in self.values]))


def passed(op: Operator, value: Scalar | tuple[Scalar, ...] | None) -> list[Any]:
    found = passing(Filter("p", op, value), Row(VALUES), ZONE)
    return [one for one, yes in zip(VALUES, found.tolist(), strict=True) if yes]


def test_a_number_is_equal_to_numbers_and_to_texts_that_read_as_one() -> None:
    assert passed("is", 12) == ["12", 12]


def test_a_text_is_equal_to_values_with_that_text() -> None:
    assert passed("is", "12") == ["12", 12]
    assert passed("is", "") == [""]
    assert passed("is", (True,)) == [True]


def test_one_of_several_values_suffices() -> None:
    assert passed("is", ("red", 2.5, -3)) == ["red", 2.5, -3]


def test_what_is_missing_is_not_equal() -> None:
    assert None in passed("is_not", 12)
    assert passed("exists", None) == [value for value in VALUES if value is not None]
    assert passed("not_exists", None) == [None]


def test_texts_are_searched_without_regard_to_case_and_matched_with_it() -> None:
    assert passed("contains", "RED") == ["red", "Red apple"]
    assert passed("matches", "^Re") == ["Red apple"]


def test_bounds_are_kept_by_numbers_alone() -> None:
    assert passed("gte", 12) == ["12", 12]
    assert passed("lt", 1) == [-3]
    assert passed("between", (-3, 2.5)) == [2.5, -3, True]  # as the event store casts it


def test_a_date_begins_in_the_zone_of_the_project() -> None:
    assert passed("before", "2024-03-31") == ["2024-03-30"]
    assert passed("after", "2024-03-30") == []
    assert read_time("2024-03-30", ZONE) == read_time("2024-03-29T23:00:00Z", ZONE)
    assert read_time("2024-03-30 00:00:00.5", ZONE) == read_time("2024-03-30T00:00:00,5+01:00", ZONE)


@pytest.mark.parametrize("text", ["soon", "2024-13-01", "2024-03-30T25:00", "0001-01-01T00:00:00+14:00", "2024-03-30T01:00 +1"])
def test_what_is_no_time_is_neither_before_nor_after(text: str) -> None:
    assert read_time(text, ZONE) is None


BAD: list[tuple[str, Any, str]] = [
    ("exists", 1, "only asks whether there is one"),
    ("gt", "1", "one number"),
    ("gt", None, "one number"),
    ("lte", True, "one number"),
    ("gte", float("nan"), "one number"),
    ("between", (1,), "two numbers"),
    ("between", ("a", "b"), "two numbers"),
    ("is", None, "one value"),
    ("is", (), "one value"),
    ("matches", "(", "one regular expression"),
    ("contains", ("a", "b"), "one text"),
    ("before", "soon", "a date such as"),
    ("after", 12, "a date such as"),
]


@pytest.mark.parametrize(("op", "value", "allowed"), BAD)
def test_a_value_that_the_operator_cannot_take_is_refused(op: Operator, value: Any, allowed: str) -> None:
    with pytest.raises(BadQueryError, match=allowed) as caught:
        check_filter(Filter("price", op, value), "steps[0].filters[1]", ZONE)
    assert caught.value.facts["field"] == "steps[0].filters[1].value"


def test_a_filter_names_a_property() -> None:
    with pytest.raises(BadQueryError, match="the name of a property"):
        check_filter(Filter("", "exists"), "filters[0]", ZONE)


@given(
    op=st.sampled_from(["is", "is_not", "gt", "gte", "lt", "lte"]),
    wanted=st.one_of(st.integers(-4, 13), st.sampled_from([2.5, 12.0])),
    value=st.sampled_from(VALUES),
)
def test_numbers_are_compared_as_the_twin_compares_them(op: Operator, wanted: float, value: Any) -> None:
    condition = Filter("p", op, wanted)
    check_filter(condition, "filters[0]", ZONE)
    event = TwinEvent("x", to_us(FIRST), 0, "A", {"p": value})
    assert passing(condition, Row([value]), ZONE).tolist() == [passes(condition, event)]
