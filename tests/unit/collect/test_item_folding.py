"""What is known of an item: the same whatever the order of its changes, and however often each comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.items.folding import ItemState

CHANGES = st.lists(
    st.tuples(st.sampled_from(["set", "delete"]), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)), st.integers(0, 5)),
    max_size=8,
)


def folded(changes: list[tuple[str, dict[str, Any], int]]) -> ItemState:
    state = ItemState()
    for action, values, at in changes:
        if action == "set":
            state.set(values, at, "web")
        else:
            state.delete(at, "web")
    return state


@given(CHANGES, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(changes: list[tuple[str, dict[str, Any], int]], chance: Any) -> None:
    shuffled = [*changes, *changes]
    chance.shuffle(shuffled)
    assert folded(shuffled) == folded(changes)


@pytest.mark.parametrize(
    ("changes", "values", "deleted"),
    [
        ([("set", {"price": 9, "name": "tea"}, 1), ("set", {"price": 8}, 2)], {"price": 8, "name": "tea"}, False),
        ([("set", {"price": 8}, 2), ("set", {"price": 9, "name": "tea"}, 1)], {"price": 8, "name": "tea"}, False),
        ([("set", {"price": 9}, 1), ("delete", {}, 2)], {}, True),
        ([("delete", {}, 2), ("set", {"price": 9}, 1)], {}, True),
        ([("set", {"price": 9}, 1), ("delete", {}, 1)], {}, True),
        ([("delete", {}, 2), ("set", {"price": 9}, 3)], {"price": 9}, False),
        ([("set", {"price": 9, "name": "tea"}, 1), ("set", {"price": 7}, 3), ("delete", {}, 2)], {"price": 7}, False),
        ([("set", {}, 1)], {}, False),
    ],
)
def test_the_newest_holds(changes: list[Any], values: dict[str, Any], deleted: bool) -> None:
    state = folded(changes)
    assert (state.values, state.deleted) == (values, deleted)


def test_the_source_is_that_of_the_latest_change() -> None:
    state = ItemState()
    state.set({"a": 1}, 5, "app")
    state.set({"a": 2}, 3, "web")
    assert state.source == "app"
