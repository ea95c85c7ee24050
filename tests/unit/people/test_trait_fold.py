"""Traits folded from what was said: each action, what does not fit, and any order of arrival."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.identity import fold_traits

from finegrain.people.traits import MAX_LIST, Said, fold, trait_text, trait_type

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "set": st.one_of(st.integers(-5, 5), st.text(max_size=2), st.booleans(), st.lists(st.integers(), max_size=2)),
    "set_once": st.integers(-5, 5),
    "unset": st.none(),
    "increment": st.integers(-5, 5),
    "append": st.lists(st.integers(-5, 5), max_size=2),
    "delete": st.none(),
}


@st.composite
def said(draw: st.DrawFn) -> tuple[int, str, dict[str, Any]]:
    """Draw something said: when, the action, the values."""
    action = draw(st.sampled_from(sorted(VALUES)))
    names = st.just([]) if action == "delete" else st.lists(st.sampled_from("xy"), max_size=2, unique=True)
    return draw(st.integers(0, 5)), action, {name: draw(VALUES[action]) for name in draw(names)}


def values(*what: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Fold what was said, one after the other."""
    every = [Said(place, place, action, named) for place, (action, named) in enumerate(what)]  # type: ignore[arg-type]
    return {name: kept.value for name, kept in fold(every).items()}


@given(what=st.lists(said(), max_size=8), data=st.data())
def test_the_order_of_arrival_does_not_matter_and_the_twin_agrees(what: list[Any], data: st.DataObject) -> None:
    every = [Said(at, place, action, named) for place, (at, action, named) in enumerate(what)]
    folded = fold(data.draw(st.permutations(every)))
    assert folded == fold(every)
    expected = fold_traits((one.at_us, one.place, one.action, one.values) for one in every)
    assert {name: repr(kept.value) for name, kept in folded.items()} == {name: repr(value) for name, value in expected.items()}


@given(what=st.lists(said(), max_size=8))
def test_what_is_newest_can_be_added_to_what_was_folded(what: list[Any]) -> None:
    every = sorted(Said(at, place, action, named) for place, (at, action, named) in enumerate(what))
    assert all(fold(every[place:], fold(every[:place])) == fold(every) for place in range(len(every)))


@pytest.mark.parametrize("before", ["gold", True, [1], {"a": 1}])
def test_increment_says_nothing_about_anything_but_a_number(before: Any) -> None:
    assert values(("set", {"x": before}), ("increment", {"x": 1})) == {"x": before}


@pytest.mark.parametrize("before", ["gold", True, 1, {"a": 1}])
def test_append_says_nothing_about_anything_but_a_list(before: Any) -> None:
    assert values(("set", {"x": before}), ("append", {"x": ["b"]})) == {"x": before}


@pytest.mark.parametrize(("before", "more"), [(2**63 - 1, 1), (1.7e308, 1.7e308), (10**400, 1.5)])
def test_a_sum_that_no_store_holds_is_not_made(before: float, more: float) -> None:
    assert values(("set", {"x": before}), ("increment", {"x": more})) == {"x": before}


def test_a_list_keeps_the_newest_values() -> None:
    folded = values(("set", {"x": list(range(MAX_LIST))}), ("append", {"x": ["new"]}))
    assert (len(folded["x"]), folded["x"][0], folded["x"][-1]) == (MAX_LIST, 1, "new")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("gold", "text"), ("2024-06-01", "datetime"), ("2024-06-01 12:00:00.123", "datetime"),
        ("2024-06-01T12:00:00Z", "datetime"), (1, "number"), (math.pi, "number"), (True, "boolean"), (["a"], "list"),
        ({"a": 1}, "object"), (None, "nothing"), ("2024", "text"),
    ],
)  # fmt: skip
def test_every_value_has_a_type(value: Any, kind: str) -> None:
    assert trait_type(value) == kind


def test_searches_look_in_text_without_null_characters() -> None:
    assert (trait_text("a\0b"), trait_text(["王"])) == ("a�b", '["王"]')
