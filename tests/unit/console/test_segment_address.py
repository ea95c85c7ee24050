"""Addresses of segments: whatever the name, the path leads to it, and to nothing else."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.segments.address import NEW, NEW_LIST, edit_url, name_in, people_csv_url, segment_url

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=100)


@given(names | st.sampled_from(["new", "new-list", ".", "..", "a/b", "%2F", "50%?#", "回流 用户"]))
def test_any_name_is_found_again_in_the_path_that_the_server_reads(name: str) -> None:
    for url, rest in ((segment_url(name), ()), (edit_url(name), ("edit",)), (people_csv_url(name), ("people.csv",))):
        parts = unquote(urlsplit(url).path).split("/")
        assert parts[:2] == ["", "segments"]
        assert (name_in(parts[2]), tuple(parts[3:])) == (name, rest)


@pytest.mark.parametrize("name", ["new", "new-list", ".", ".."])
def test_no_name_takes_the_place_of_a_page(name: str) -> None:
    assert segment_url(name) not in {NEW, NEW_LIST, "/segments/.", "/segments/.."}


def test_a_person_is_named_beside_the_path() -> None:
    assert segment_url("a", person="7") == "/segments/a?person=7"
