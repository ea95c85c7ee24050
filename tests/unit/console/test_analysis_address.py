"""The address of an analysis holds the whole question, and nothing that is sent in it does harm."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.analysis.address import AnalysisAddress, analysis_url

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
QUERIES = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)


def read(url: str) -> AnalysisAddress:
    parts = urlsplit(url)
    return AnalysisAddress.parse(parts.path.rpartition("/")[2], dict(parse_qsl(parts.query)))


@given(QUERIES, st.none() | QUERIES, st.sampled_from(["", "2024-06-01"]))
def test_an_address_is_read_as_it_was_written(query: dict[str, object], select: dict[str, object] | None, as_of: str) -> None:
    address = AnalysisAddress("funnel", query, as_of, select)
    assert read(address.url()) == address


@given(st.text())
def test_any_text_in_place_of_a_question_is_read(text: str) -> None:
    address = AnalysisAddress.parse("funnel", {"q": text})
    assert address.broken is (bool(text) and address.query is None)


@pytest.mark.parametrize("text", ["{", "[]", "1", "null", "[" * 100_000, '{"a":NaN'])
def test_what_is_no_question_is_told_as_broken(text: str) -> None:
    assert AnalysisAddress.parse("funnel", {"q": text}).broken


def test_a_list_belongs_to_a_question() -> None:
    assert AnalysisAddress.parse("funnel", {"select": '{"step":1}'}).select is None


def test_files_are_of_the_same_question() -> None:
    address = AnalysisAddress("funnel", {"steps": ["甲", "B&C"]}, select={"step": 2})
    assert address.figures_url().startswith("/analysis/funnel.csv?q=%7B%22steps%22")
    assert read(address.people_url().replace("/people.csv", "")) == address
    assert read(address.figures_url().replace(".csv", "")) == address.but(select=None)


def test_a_page_without_a_question_has_a_short_address() -> None:
    assert analysis_url("paths") == "/analysis/paths"
