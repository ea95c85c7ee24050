"""Queries from JSON values and back, and what is said of those that make no sense."""

from __future__ import annotations

from typing import Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, World, embedded_world

from finegrain.behaviour.errors import BadQueryError, UnknownEventError, UnknownTraitError
from finegrain.behaviour.funnel.query import FunnelQuery
from finegrain.behaviour.queries.contract import Breakdown, EventMatch, Filter
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.reading import _at, read_query, write_query

STEPS = ["A", "B"]


@pytest.fixture
def world() -> World:
    return embedded_world([Happening("x", name, FIRST) for name in ("A", "B", "Order Completed")])


def test_shorthand_is_spelled_out() -> None:
    read = read_query(FunnelQuery, {"steps": ["A", {"event": ["B", "C"], "label": "b"}], "breakdown": "kind"})
    assert read.steps == (EventMatch("A"), EventMatch(("B", "C"), label="b"))
    assert read.breakdown == Breakdown("kind")


def test_python_callers_may_mix_in_the_specs_themselves() -> None:
    step = EventMatch("A", (Filter("price", "gt", 2),))
    read = read_query(FunnelQuery, {"steps": (step, "B"), "breakdown": Breakdown("city", of="person")})
    assert read.steps[0] == step


def test_written_and_read_it_is_the_same_query() -> None:
    values = {
        "steps": [{"event": "A", "filters": [{"property": "kind", "value": ["red", 12]}]}, {"event": "B"}],
        "exclusions": [{"event": "C", "before_step": 2}],
        "period": "12w",
        "audience": {"tier": "rfm/important_value"},
    }
    query = read_query(FunnelQuery, values)
    assert write_query(query) == values
    assert read_query(FunnelQuery, write_query(query)) == query


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "steps", "required"),
    ({"steps": STEPS, "stpes": 1}, "stpes", "one of the fields"),
    ({"steps": ["A"]}, "steps", "2 to 20 steps"),
    (
        {"steps": [{"event": "A", "filters": [{"property": "p", "op": "bigger"}]}, "B"]},
        "steps[0].filters[0].op",
        "one of after, before",
    ),
    ({"steps": [{"event": "A"}, {"filters": []}]}, "steps[1].event", "required"),
    ({"steps": STEPS, "unit": "weeks"}, "unit", "Give one of events, groups, people, sessions"),
    ({"steps": STEPS, "audience": {"people": "x"}}, "audience.people", "what it takes"),
    ({"steps": ["A", {"event": []}]}, "steps[1]", "the name of an event"),
    ({"steps": STEPS, "window": ""}, "window", "is “”"),
    ({"steps": 3}, "steps", "what it takes"),
    ({"steps": STEPS, "window": "7"}, "window", "7d or 2w"),
    ({"steps": STEPS, "window": "9999w"}, "window", "at most 3660d"),
    ({"steps": STEPS, "unit": "events"}, "unit", "people, sessions or groups"),
    ({"steps": STEPS, "unit": "groups"}, "group", "whose values are the groups"),
    ({"steps": STEPS, "breakdown": {"property": "p", "limit": 0}}, "breakdown.limit", "1 to 100"),
    ({"steps": STEPS, "breakdown": ""}, "breakdown.property", "the name of a property"),
    ({"steps": STEPS, "attribution_step": 3}, "attribution_step", "1 to 2"),
    ({"steps": STEPS, "exclusions": [{"event": "A", "after_step": 2}]}, "exclusions[0].after_step", "1 to 1"),
    ({"steps": STEPS, "exclusions": [{"event": "A", "before_step": 1}]}, "exclusions[0].before_step", "2 to 2"),
    ({"steps": STEPS, "exclusions": ["A"] * 13}, "exclusions", "at most 12"),
    ({"steps": STEPS, "order": "strict", "attribution": "all", "breakdown": "p"}, "attribution", "first, last or step"),
    ({"steps": STEPS, "filters": [{"property": "p", "op": "gt", "value": "x"}]}, "filters[0].value", "one number"),
]


@pytest.mark.parametrize(("values", "field", "allowed"), BAD)
def test_a_field_that_makes_no_sense_is_named(world: World, values: dict[str, Any], field: str, allowed: str) -> None:
    with pytest.raises(BadQueryError, match=allowed) as caught:
        world.service.funnel(values, AS_OF)
    assert caught.value.facts["field"] == field


def test_an_event_that_never_happened_is_told_with_the_nearest_names(world: World) -> None:
    with pytest.raises(UnknownEventError, match="Nearest: Order Completed") as caught:
        world.service.funnel({"steps": ["A", "order complete"]}, AS_OF)
    assert caught.value.facts["field"] == "steps[1]"


def test_without_any_event_no_name_is_near() -> None:
    with pytest.raises(UnknownEventError, match="Nearest: –"):
        embedded_world([]).service.funnel({"steps": STEPS}, AS_OF)


def test_a_trait_that_nobody_has_is_told_with_the_nearest_names(world: World) -> None:
    with pytest.raises(UnknownTraitError, match="Nearest: city"):
        world.service.funnel({"steps": STEPS, "breakdown": {"property": "City", "of": "person"}}, AS_OF)


def test_lengths_of_time_are_whole_numbers_of_a_unit() -> None:
    assert [read_duration(text, "window") // 1_000_000 for text in ("5s", "2m", "3h", "1d", "2w")] == [
        5,
        120,
        10_800,
        86_400,
        1_209_600,
    ]


def test_a_value_that_cannot_be_found_again_is_left_out_of_the_message() -> None:
    assert _at({"steps": 3}, "steps[0].event") == "…"
