"""Ids out of texts that people paste and files that they have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.segments.list_form import ids_in, ids_of_file

ids = st.lists(st.text("abcxyz0123456789-_@", min_size=1, max_size=12), unique=True, max_size=20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("u1", ["u1"]),
        ("u1\nu2\r\n\nu1", ["u1", "u2"]),
        ("u1，u2;u3", ["u1", "u2", "u3"]),
        ("用户编号,姓名\nu1,李雷\nu2,韩梅梅", ["u1", "u2"]),
        ('id\tname\n"u 1"\tx', ["u 1"]),
        ("\ufeffid;name\nu1;x", ["u1"]),
        ("id", []),
    ],
)
def test_ids_are_the_first_column_or_the_words_of_one_line(text: str, found: list[str]) -> None:
    assert ids_in(text) == found


@given(ids.filter(lambda some: not some or some[0] not in {"id", "ids"}))
def test_ids_one_a_line_are_all_found_in_order(given_ids: list[str]) -> None:
    assert ids_in("\n".join(given_ids)) == given_ids


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    assert ids_of_file("用户编号,姓名\n会员1,李雷\n会员2,韩梅梅".encode(encoding)) == "会员1\n会员2"
