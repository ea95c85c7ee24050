"""CSV for spreadsheet programs: nothing runs as a formula, Chinese stays readable, every value comes back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.people.export import BOM, FORMULA_STARTS, csv_bytes, guarded


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "-", "+49 170"])
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "+3", "0", "-0.5", "12583", "李雷", "a=b", ""])
def test_plain_numbers_and_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_a_missing_value_is_an_empty_cell() -> None:
    assert guarded(None) == ""


def test_the_file_starts_with_the_mark_that_makes_excel_read_chinese() -> None:
    written = b"".join(csv_bytes(["用户"], [[["李雷"]]]))
    assert written == "\ufeff用户\r\n李雷\r\n".encode()


@given(
    st.lists(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")), min_size=2, max_size=2))
)
def test_every_text_comes_back_from_the_file(rows: list[list[str]]) -> None:
    written = b"".join(csv_bytes(["a", "b"], [rows[:1], rows[1:]])).decode()
    read = list(csv.reader(io.StringIO(written.removeprefix(BOM), newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


@given(st.text(min_size=1))
def test_no_cell_starts_like_a_formula_unless_it_is_a_number(text: str) -> None:
    cell = guarded(text)
    assert not cell.startswith(FORMULA_STARTS) or float(cell) is not None
