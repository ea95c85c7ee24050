"""The words and addresses of the data pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from finegrain.console.pages.data.addresses import source_path, with_query
from finegrain.console.pages.data.refused_rows import RefusedAddress
from finegrain.console.pages.data.words import ago, seconds_text

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (1.9, "just now"), (2, "2 seconds ago"), (59, "59 seconds ago"), (60, "1 minute ago"),
     (7_199, "1 hour ago"), (86_400 * 3, "3 days ago"), (-5, "just now")],
)  # fmt: skip
def test_ago_names_the_largest_whole_unit(seconds: float, text: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0 ms"), (0.0462, "46 ms"), (1.25, "1.2 s"), (90.0, "1.5 min"), (5_400.0, "1.5 h"), (129_600.0, "1.5 d")],
)
def test_durations_are_written_short(value: float | None, text: str) -> None:
    assert seconds_text(value) == text


def test_nothing_is_never_ago() -> None:
    assert ago(None, NOW) == "–"


def test_names_of_sources_stand_escaped_in_addresses() -> None:
    assert source_path("a/b ?<") == "/data/sources/a%2Fb%20%3F%3C"
    assert with_query("/data/live", source="a&b", event="") == "/data/live?source=a%26b"


@pytest.mark.parametrize("query", [{}, {"source": "web"}, {"reason": "bad_time", "status": "discarded"}])
def test_an_address_of_refused_items_is_read_as_it_was_written(query: dict[str, str]) -> None:
    address = RefusedAddress.parse(query)
    parts = dict(part.split("=") for part in address.url().partition("?")[2].split("&") if part)
    assert parts == query


def test_a_status_that_is_none_means_open() -> None:
    assert RefusedAddress.parse({"status": "lost"}).status == "open"
