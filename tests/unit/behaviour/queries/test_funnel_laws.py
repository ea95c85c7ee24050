"""The funnel's kernels against the slow twin, over made-up logs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.behaviour import Happening
from tests.twins.funnel import TwinFunnel
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, World, clickhouse_world, embedded_world, event_logs

from finegrain.behaviour.funnel.query import FunnelQuery
from finegrain.behaviour.queries.reading import read_query

BEGUN = datetime(2024, 3, 31, 9, tzinfo=UTC)
plain = st.sampled_from(["A", "B", "C", "D"])
filters = st.sampled_from(
    [
        {"property": "price", "op": "gte", "value": 2},
        {"property": "kind", "value": ["red", "12"]},
        {"property": "price", "op": "is_not", "value": 12},
        {"property": "city", "of": "person", "value": "Ulm"},
    ]
)
matchers = st.one_of(
    plain,
    plain,
    st.builds(lambda name, one: {"event": name, "filters": [one]}, plain, filters),
    st.sampled_from(["*", "A"]).map(lambda name: {"event": name}),
    st.just({"event": ["A", "B"]}),
)


@st.composite
def funnels(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of two to four steps, of every order and start, with and without what may not lie between."""
    steps = draw(st.lists(matchers, min_size=2, max_size=4))
    query: dict[str, Any] = {
        "steps": steps,
        "period": draw(st.sampled_from([PERIOD, "all"])),
        "window": draw(st.sampled_from(["1h", "1d", "3d"])),
        "order": draw(st.sampled_from(["ordered", "ordered", "strict", "any"])),
        "starts": draw(st.sampled_from(["any", "any", "first_ever", "first_in_period"])),
        "unit": draw(st.sampled_from(["people", "people", "sessions", "groups"])),
        "group": "kind",
    }
    if draw(st.booleans()):
        query["filters"] = [draw(filters)]
    if draw(st.integers(0, 3)) == 0:
        query["audience"] = {"people": draw(st.lists(st.sampled_from(PEOPLE), unique=True))}
    if draw(st.booleans()):
        query["exclusions"] = [{"event": draw(plain), "after_step": 1, "before_step": draw(st.sampled_from([0, 2]))}]
    return query


@given(log=event_logs(), query=funnels())
def test_everybodys_chain_is_the_twins(log: list[Happening], query: dict[str, Any]) -> None:
    compare(embedded_world(log), log, query)


@settings(max_examples=25)
@given(log=event_logs(), query=funnels())
def test_sql_finds_the_same_chains(log: list[Happening], query: dict[str, Any]) -> None:
    compare(clickhouse_world(log), log, query)


@pytest.mark.parametrize("starts", ["any", "first_ever", "first_in_period"])
@pytest.mark.parametrize("unit", ["people", "sessions"])
def test_what_may_not_lie_between_begins_nothing_in_any_order(starts: str, unit: str) -> None:
    log = [Happening("x", "C", BEGUN), Happening("x", "A", BEGUN + timedelta(hours=1)), Happening("x", "C", BEGUN)]
    voids = [{"event": "C", "after_step": 1, "before_step": 2}]
    query = {"steps": ["A", "B"], "period": "all", "window": "1h", "order": "any", "starts": starts, "unit": unit}
    for here in (embedded_world(log), clickhouse_world(log)):
        compare(here, log, {**query, "exclusions": voids})


def compare(here: World, log: list[Happening], query: dict[str, Any]) -> None:
    asked = read_query(FunnelQuery, query)
    scope = here.service.scope(asked, AS_OF)
    chains = here.engine.funnel(scope, asked)
    twin = TwinFunnel(asked, scope).chains(log)
    found = sorted(tuple(times[:level]) for level, times in zip(chains.level.tolist(), chains.time_us.tolist(), strict=True))
    assert found == sorted(tuple(one.at_us for one in chain) for chain in twin.values())
    if asked.unit == "people":
        assert chains.person_id.tolist() == [PEOPLE.index(who) + 1 for who in PEOPLE if who in twin]
