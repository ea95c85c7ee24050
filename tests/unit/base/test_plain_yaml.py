"""YAML with plain values alone: what is read, what is refused, and that what is written comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.plain_yaml import NotPlainError, dump, load

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
LOOKALIKES = st.from_regex(r"[-+]?[0-9._:]{1,6}(e[-+]?[0-9])?|on|yes|No|~|true|=|<<|0x1f|2024-06-01( 12:00:00)?", fullmatch=True)


@given(VALUES)
def test_values_come_back_as_they_were_written(value: Any) -> None:
    assert load(dump(value)) == value


@given(LOOKALIKES)
def test_texts_that_look_like_something_else_come_back_as_texts(text: str) -> None:
    assert load(dump([text, {text: text}])) == [text, {text: text}]


@pytest.mark.parametrize("text", ["-.0", "+.5e+3", "-.inf", "null", "", "0"])
def test_texts_that_would_be_numbers_without_quotes_come_back(text: str) -> None:
    assert load(dump({text: [text]})) == {text: [text]}


@pytest.mark.parametrize("text", ["\x85", "a\u2028b", "\u2029 ", "a\r\nb\x85\n"])
def test_breaks_of_lines_come_back(text: str) -> None:
    assert load(dump({text: [text]})) == {text: [text]}


@pytest.mark.parametrize(
    "text", ["on", "off", "yes", "no", "y", "2024-06-01", "2024-06-01 12:00:00", "12:30", "0123", "0x1f", "1_000", "="]
)
def test_what_people_mean_as_a_text_is_one(text: str) -> None:
    assert load(f"a: {text}\n{text}: 1") == {"a": text, text: 1}


def test_numbers_truth_and_nothing_are_values() -> None:
    assert load("[12, -3, 0, 1.5, .5, 1.0e+2, true, False, null, ~, '']") == [
        12,
        -3,
        0,
        1.5,
        0.5,
        100.0,
        True,
        False,
        None,
        None,
        "",
    ]
    assert load("a:\nb: .inf") == {"a": None, "b": float("inf")}
    assert load("") is None


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a second “a”"),
        ("a: {b: 1,\n b: 2}", 2, "a second “b”"),
        ("a: &x [1]\nb: *x", 2, "the alias *x"),
        ("a: &x\n  - *x", 2, "the alias *x"),
        ("? [1]\n: 2", 1, "a key that is no text"),
        ("a: !!timestamp 2024-06-01", 1, "could not determine a constructor"),
        ("a: !!python/name:os.system", 1, "could not determine a constructor"),
        ("a: [", 1, "expected the node content"),
        ("a: 1\n---\na: 2", 2, "but found another document"),
        ("a: !!bool perhaps", None, "perhaps"),
        ("9" * 5_000, None, "digits"),
        ("\a", None, "special characters"),
        ("{a: " * 5_000 + "1" + "}" * 5_000, None, "nested too deeply"),
    ],
)
def test_what_is_more_than_plain_values_is_refused_with_its_line(text: str, line: int | None, problem: str) -> None:
    with pytest.raises(NotPlainError, match=r".") as caught:
        load(text)
    assert (caught.value.line, problem in caught.value.problem) == (line, True)
