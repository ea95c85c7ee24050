"""The kernel of attribution against the slow twin, over made-up logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.attribution import DIRECT, OTHER, TwinAttribution, TwinConversion, group_of
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, WORLDS, clickhouse_world, embedded_world, event_logs

from finegrain.behaviour.attribution.contract import AttributionSelection
from finegrain.behaviour.attribution.query import MODELS, AttributionQuery
from finegrain.behaviour.attribution.result import attribution_result
from finegrain.behaviour.queries.reading import read_query

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening
    from tests.twins.logs import World

    from finegrain.behaviour.attribution.result import AttributionGroup, AttributionResult, TouchCredits

filters = st.sampled_from(
    [
        {"property": "price", "op": "gte", "value": 2},
        {"property": "kind", "value": ["red", "12"]},
        {"property": "city", "of": "person", "value": "Ulm"},
    ]
)
touches = st.sampled_from(
    [
        ["A"],
        ["A", "B"],
        ["B", {"event": "*", "label": "Any"}],
        [{"event": "A", "filters": [{"property": "price", "op": "gt", "value": 1}], "label": "Dear"}, "A", "C"],
    ]
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of every model, with look-backs and half-lives short and long, named by label and by value."""
    query: dict[str, Any] = {
        "conversion": draw(st.sampled_from(["D", "D", "A", "*"])),
        "touches": draw(touches),
        "period": draw(st.sampled_from([PERIOD, "all"])),
        "models": draw(st.permutations(MODELS)),
        "lookback": draw(st.sampled_from(["1h", "2d", "30d"])),
        "half_life": draw(st.sampled_from(["1s", "50m", "7d"])),
        "name_by": draw(st.sampled_from(["", "kind"])),
        "limit": draw(st.integers(1, 3)),
        "money": draw(st.sampled_from(["", "price"])),
        "unit": draw(st.sampled_from(["people", "people", "sessions", "groups"])),
        "group": "kind",
    }
    if draw(st.booleans()):
        query["filters"] = [draw(filters)]
    if draw(st.integers(0, 3)) == 0:
        query["audience"] = {"people": draw(st.lists(st.sampled_from(PEOPLE), unique=True))}
    return query


def answer(here: World, asked: AttributionQuery) -> tuple[AttributionResult, TwinAttribution]:
    scope = here.service.scope(asked, AS_OF)
    found = attribution_result(asked, scope, here.engine.attribution(scope, asked))
    return found, TwinAttribution(asked, scope, here.log)


def key_of(touch: TouchCredits) -> str:
    return touch.touch if touch.kind == "touch" else {"other": OTHER, "direct": DIRECT}[touch.kind]


def whose(asked: AttributionQuery, one: TwinConversion) -> str:
    return one.actor if asked.unit == "groups" else one.event.who


def check(asked: AttributionQuery, group: AttributionGroup, twin: list[TwinConversion]) -> None:
    assert (group.conversions, group.actors) == (len(twin), len({whose(asked, one) for one in twin}))
    if asked.money:
        assert group.amount is not None
        assert group.amount.amount_minor == sum(one.minor or 0 for one in twin)
        assert group.without_amount == sum(one.minor is None for one in twin)
    for touch in group.touches:
        name = key_of(touch)
        for model, credit in touch.by_model.items():
            given = [one for one in twin if name in one.credit[model]]
            assert round(credit.conversions * 1_000_000) == sum(one.credit[model][name] for one in given)
            assert (credit.credited, credit.actors) == (len(given), len({whose(asked, one) for one in given}))
            if credit.money is not None:
                assert credit.money.amount_minor == sum(one.money[model].get(name, 0) for one in twin)


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_credits_are_the_twins(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    asked = read_query(AttributionQuery, query)
    result, twin = answer(WORLDS[engine](log), asked)
    told = [key_of(touch) for touch in result.total.touches]
    assert told == [*twin.names(), *([OTHER] if asked.name_by else []), DIRECT]
    check(asked, result.total, twin.conversions())


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions(), breakdown=st.sampled_from(["kind", {"property": "city", "of": "person"}]))
def test_each_group_has_the_twins_conversions_of_its_value(
    engine: str, log: list[Happening], query: dict[str, Any], breakdown: Any
) -> None:
    asked = read_query(AttributionQuery, {**query, "breakdown": breakdown})
    result, twin = answer(WORLDS[engine](log), asked)
    every = twin.conversions()
    check(asked, result.total, every)
    for one in result.groups:
        wanted = None if one.group.kind == "none" else one.group.value
        check(asked, one, [each for each in every if group_of(asked, each) == wanted] if one.group.kind != "other" else [])


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_credits_add_up_to_the_conversions_and_their_money(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here, asked = WORLDS[engine](log), read_query(AttributionQuery, query)
    found = here.engine.attribution(here.service.scope(asked, AS_OF), asked)
    assert (found.credit.sum(axis=-1) == found.conversions[:, None] * 1_000_000).all()
    assert (found.credit_minor.sum(axis=-1) == found.amount_minor[:, None]).all()


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions(), broken_down=st.booleans())
def test_the_people_behind_a_credit_are_as_many_as_it_says(
    engine: str, log: list[Happening], query: dict[str, Any], broken_down: bool
) -> None:
    people = {**query, "unit": "people" if query["unit"] == "groups" else query["unit"]}
    asked = read_query(AttributionQuery, {**people, **({"breakdown": "kind"} if broken_down else {})})
    here = WORLDS[engine](log)
    result, twin = answer(here, asked)
    scope, every = here.service.scope(asked, AS_OF), twin.conversions()
    for place, group in [(None, result.total), *enumerate(result.groups)]:
        for touch in group.touches:
            selection = AttributionSelection(asked.models[0], touch.touch, touch.kind, place)
            found = here.engine.attribution_people(scope, asked, selection).tolist()
            assert len(found) == touch.by_model[asked.models[0]].actors
            if place is None:
                given = {one.event.who for one in every if key_of(touch) in one.credit[asked.models[0]]}
                assert found == sorted(PEOPLE.index(who) + 1 for who in given)


@settings(max_examples=15)
@given(log=event_logs(), query=questions(), breakdown=st.sampled_from([None, "kind", {"property": "city", "of": "person"}]))
def test_sql_gives_the_same_credits_and_people(log: list[Happening], query: dict[str, Any], breakdown: Any) -> None:
    one, other = embedded_world(log), clickhouse_world(log)
    asked = read_query(AttributionQuery, {**query, "breakdown": breakdown})
    result, twin = answer(other, asked)
    check(asked, result.total, twin.conversions())
    scope = other.service.scope(asked, AS_OF)
    found, wanted = (here.engine.attribution(scope, asked) for here in (other, one))
    assert (found.touches, found.groups) == (wanted.touches, wanted.groups)
    sums = ("conversions", "actors", "amount_minor", "without_amount", "credit", "credited", "credited_actors", "credit_minor")
    for name in sums:
        array, same = getattr(found, name), getattr(wanted, name)
        assert (array.dtype, array.tolist()) == (same.dtype, same.tolist())
    if asked.unit != "groups":
        touch, group = result.total.touches[0], len(result.groups) - 1 if breakdown else None
        selection = AttributionSelection(asked.models[0], touch.touch, touch.kind, group)
        people = [here.engine.attribution_people(scope, asked, selection).tolist() for here in (other, one)]
        assert people[0] == people[1]
