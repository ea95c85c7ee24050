"""Allowed values as people type them, and the addresses of events with any name."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.catalogue.contract import CataloguedEvent, CatalogueProgress
from finegrain.collect.plan.contract import TYPES, DeclaredType, EventPlan, TrackingPlan
from finegrain.console.pages.catalogue.address import CATALOGUE, event_path, plan_path
from finegrain.console.pages.catalogue.reading import Listing
from finegrain.console.pages.catalogue.rows import sorted_events, spark, state_chips
from finegrain.console.pages.plan.values import as_texts, as_values

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SCALARS = st.one_of(
    st.text(max_size=5), st.integers(), st.booleans(), st.floats(-9, 9), st.sampled_from(["1", "true", "[1]", '"x"'])
)


def event(name: str, count: int = 1, properties: int = 0) -> CataloguedEvent:
    """Give an event as the catalogue would."""
    return CataloguedEvent(name, f"{abs(hash(name)):032x}", {"web": count}, count, NOON, NOON, properties, 0)


@given(st.lists(SCALARS, max_size=4).map(tuple), st.sampled_from([each for each in TYPES if each not in {"text", "time"}]))
def test_what_is_typed_is_read_back_with_its_type(values: tuple[str | int | float | bool, ...], type_: DeclaredType) -> None:
    read = as_values(as_texts(values, type_), type_)
    assert [(type(each), each) for each in read] == [(type(each), each) for each in values]


@given(st.lists(st.text(max_size=5), max_size=4).map(tuple), st.sampled_from(["text", "time"]))
def test_where_only_text_is_taken_it_needs_no_quotes(values: tuple[str, ...], type_: DeclaredType) -> None:
    assert as_texts(values, type_) == list(values)
    assert as_values(values, type_) == values


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_an_address_names_the_event_or_its_key(name: str) -> None:
    path = event_path(event(name))
    last = unquote(path.removeprefix(f"{CATALOGUE}/"))
    assert path.startswith(f"{CATALOGUE}/")
    assert last in {name, event(name).key}
    assert last not in {"", ".", ".."}


@pytest.mark.parametrize("name", ["", ".", "..", " a", "a\n", "�", "x" * 201])
def test_names_that_an_address_would_not_keep_go_by_key(name: str) -> None:
    assert event_path(event(name)).endswith(event(name).key)


def test_plan_addresses_escape_names() -> None:
    assert plan_path(edit="a&b=c d") == "/data/plan?edit=a%26b%3Dc+d"
    assert plan_path() == "/data/plan"


@pytest.mark.parametrize(
    ("plan", "chips"),
    [
        (TrackingPlan(), ["2 violations"]),
        (TrackingPlan((EventPlan("other"),)), ["not declared", "2 violations"]),
        (TrackingPlan((EventPlan("e"),)), ["declared", "2 violations"]),
        (TrackingPlan((EventPlan("e", status="blocked"),)), ["blocked", "2 violations"]),
    ],
)
def test_the_state_of_an_event_is_told_in_chips(plan: TrackingPlan, chips: list[str]) -> None:
    listing = Listing(CatalogueProgress(1, 1, 0, NOON), [], {}, plan, {"e": 2})
    assert [chip["text"] for chip in state_chips(event("e"), listing)] == chips


def test_a_sparkline_without_events_has_no_line() -> None:
    assert spark([0, 0, 0])["line"] == spark(())["line"] == ""
    assert spark([0, 2, 1])["label"] == "3 events in the last 3 days"


def test_events_are_sorted_as_asked() -> None:
    events = [event("b", 3, 1), event("A", 1, 2)]
    orders = {
        sort: [each.name for each in sorted_events(events, sort, descending=False)] for sort in ("event", "count", "properties")
    }
    assert orders == {"event": ["A", "b"], "count": ["A", "b"], "properties": ["b", "A"]}
    assert [each.name for each in sorted_events(events, "nonsense", descending=True)] == ["b", "A"]
