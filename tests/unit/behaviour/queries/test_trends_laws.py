"""Trends, life-cycles and stickiness against their slow twins, over made-up logs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, embedded_world, event_logs
from tests.twins.trends import TwinLifecycle, TwinLog, TwinStickiness, TwinTrend, numbers_of, spans

from finegrain.behaviour.queries.reading import read_query
from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
from finegrain.behaviour.trends.query import NUMERIC, PERCENTS, ROLLING_DAYS, LifecycleQuery, StickinessQuery, TrendsQuery
from finegrain.behaviour.trends.windows import scope_before

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.result import Group

filters = st.sampled_from(
    [
        {"property": "price", "op": "gte", "value": 2},
        {"property": "kind", "value": ["red", "12"]},
        {"property": "city", "of": "person", "value": "Ulm"},
        {"property": "city", "of": "person", "value": "Bonn", "as_it_was": True},
    ]
)
names = st.sampled_from(["A", "B", "*", "*", ["A", "C"]])
events = st.one_of(
    names.map(lambda name: {"event": name}), st.builds(lambda name, one: {"event": name, "filters": [one]}, names, filters)
)
breakdowns = st.sampled_from(
    [
        {"property": "kind", "limit": 1},
        {"property": "kind", "limit": 2},
        {"property": "price", "limit": 3},
        {"property": "city", "of": "person", "limit": 1},
        {"property": "age", "of": "person", "limit": 5},
    ]
)
measures = st.sampled_from(
    [
        "total",
        "unique",
        "unique",
        "sum",
        "average",
        "min",
        "max",
        "median",
        "p90",
        "per_person",
        "per_session",
        "dau",
        "wau",
        "mau",
    ]
)


@st.composite
def shared(draw: st.DrawFn, units: list[str]) -> dict[str, Any]:
    """What all of these questions say beside their own."""
    granularity = draw(st.sampled_from(["day", "day", "hour", "week", "month", "quarter"]))
    periods = ["2024-03-31"] if granularity == "hour" else [PERIOD, PERIOD, "2024-03-31", "2024-04-03..2024-04-12", "all"]
    query: dict[str, Any] = {
        "period": draw(st.sampled_from(periods)),
        "granularity": granularity,
        "unit": draw(st.sampled_from(units)),
        "group": "kind",
    }
    if draw(st.booleans()):
        query["filters"] = [draw(filters)]
    if draw(st.integers(0, 3)) == 0:
        query["audience"] = {"people": draw(st.lists(st.sampled_from(PEOPLE), unique=True))}
    if draw(st.booleans()):
        query["breakdown"] = draw(breakdowns)
    return query


@st.composite
def trends(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of one to three series."""
    query = draw(shared(["people", "people", "sessions", "groups"]))
    query |= {"cumulative": draw(st.booleans()), "compare": draw(st.booleans())}
    query["series"] = [draw(series_of(query)) for _ in range(draw(st.integers(1, 3)))]
    return query


@st.composite
def series_of(draw: st.DrawFn, query: dict[str, Any]) -> dict[str, Any]:
    """One series that goes with the rest of a question."""
    refused = (
        {*PERCENTS, *ROLLING_DAYS} if query["cumulative"] else set(ROLLING_DAYS) if query["granularity"] == "hour" else set()
    )
    event, measure = draw(events), draw(measures.filter(lambda one: one not in refused))
    return {**event, "measure": measure, **({"property": "price"} if measure in NUMERIC else {})}


def compared(found: Any) -> Any:
    """Make figures comparable: floats to twelve digits, which the order of a division may touch."""
    return pytest.approx(found, rel=1e-12, abs=0) if isinstance(found, float) else found


def groups_of(result: Any, twin: TwinLog, first: EventMatch) -> list[tuple[Group, Any, Any]]:
    """Give each group of a result with its part of it, and how to tell whether an event is in it."""
    parts = [result.total, *result.groups]
    named = [part.group.value for part in parts if part.group.kind == "value"]
    if twin.query.breakdown is not None:
        assert named == twin.named(first)
    return [(part.group, part, twin.in_group(part.group, named)) for part in parts]


@given(log=event_logs(), query=trends())
def test_every_figure_of_a_trend_is_the_twins(log: list[Happening], query: dict[str, Any]) -> None:
    here = embedded_world(log)
    asked = read_query(TrendsQuery, query)
    scope = here.service.scope(asked, AS_OF)
    twin = TwinTrend(TwinLog(log, asked, scope), asked)
    result = here.service.trends(asked, AS_OF) if known(log, query) else None
    for _group, part, where in groups_of(result, twin.twin, asked.series[0]) if result else ():
        for series, line in zip(asked.series, part.lines, strict=True):
            assert list(line.values) == [compared(one) for one in twin.values(series, scope, where)]
            assert line.total == compared(twin.total(series, scope, where))
            if asked.compare:
                before = scope_before(scope)
                assert list(line.before) == [compared(one) for one in twin.values(series, before, where)]
                assert line.before_total == compared(twin.total(series, before, where))


def known(log: list[Happening], query: dict[str, Any]) -> bool:
    """Say whether all events that a question names happened; otherwise it is refused."""
    matchers = query.get("series") or [query["event"]]
    wanted = [one["event"] for one in matchers]
    flat = [name for one in wanted for name in ([one] if isinstance(one, str) else one)]
    return set(flat) <= {"*", *(one.event for one in log)}


places = st.tuples(st.none() | st.integers(0, 4), st.none() | st.integers(0, 3))


@given(log=event_logs(), query=trends(), place=places)
def test_the_people_behind_a_figure_are_the_twins(
    log: list[Happening], query: dict[str, Any], place: tuple[int | None, int | None]
) -> None:
    here, (bucket, group) = embedded_world(log), place
    query |= {"cumulative": False}
    if not known(log, query):
        return
    result = here.service.trends(query, AS_OF)
    asked, scope = result.asked.query, here.service.scope(result.asked.query, AS_OF)
    assert isinstance(asked, TrendsQuery)
    group = None if group is None or group >= len(result.groups) else group
    bucket = None if bucket is None or bucket >= len(result.buckets) else bucket
    twin = TwinTrend(TwinLog(log, asked, scope), asked)
    part = result.total if group is None else result.groups[group]
    where = twin.twin.in_group(part.group, [one.group.value for one in result.groups if one.group.kind == "value"])
    rolling = asked.series[0].measure in ROLLING_DAYS
    span = spans(scope, asked.granularity)[-1 if bucket is None else bucket]
    span = span if bucket is not None or rolling else (scope.start_us, scope.end_us)
    found = here.service.people("trends", asked, TrendSelection(1, bucket, group), AS_OF).tolist()
    assert found == twin.people(asked.series[0], span, where)
    if rolling or (asked.series[0].measure == "unique" and asked.unit == "people"):
        assert len(found) == (part.lines[0].total if bucket is None else part.lines[0].values[bucket])


@st.composite
def lasting(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of life-cycles and of stickiness."""
    return {**draw(shared(["people", "people", "groups"])), "event": draw(events)}


@given(log=event_logs(), query=lasting())
def test_everybody_is_in_the_state_of_life_that_the_twin_says(log: list[Happening], query: dict[str, Any]) -> None:
    here = embedded_world(log)
    if not known(log, query):
        return
    asked = read_query(LifecycleQuery, query)
    twin = TwinLifecycle(TwinLog(log, asked, here.service.scope(asked, AS_OF)), asked)
    result = here.service.lifecycle(asked, AS_OF)
    for place, (_group, part, where) in enumerate(groups_of(result, twin.twin, asked.event), start=-1):
        for number, (spans_of, bucket) in enumerate(zip(twin.buckets(), part.buckets, strict=True)):
            states = twin.states(*spans_of, where)
            counts = {name: len(actors) for name, actors in states.items()}
            assert counts == {**{name: getattr(bucket, name) for name in counts}, "dormant": -bucket.dormant}
            if asked.unit == "people" and number in {0, len(part.buckets) - 1}:
                for state, actors in states.items():
                    selection = LifecycleSelection(state, number, None if place < 0 else place)  # type: ignore[arg-type]
                    assert here.service.people("lifecycle", asked, selection, AS_OF).tolist() == numbers_of(actors)


@given(log=event_logs(), query=lasting())
def test_everybody_comes_as_often_as_the_twin_says(log: list[Happening], query: dict[str, Any]) -> None:
    here = embedded_world(log)
    if not known(log, query):
        return
    asked = read_query(StickinessQuery, query)
    scope = here.service.scope(asked, AS_OF)
    twin = TwinStickiness(TwinLog(log, asked, scope), asked)
    result = here.service.stickiness(asked, AS_OF)
    last = min(scope.days.last, date(2024, 4, 4))
    for place, (_group, part, where) in enumerate(groups_of(result, twin.twin, asked.event), start=-1):
        by_buckets = twin.by_buckets(where)
        assert list(part.actors) == [len(actors) for actors in by_buckets.values()]
        assert part.ratio == compared(twin.ratio(last, where))
        if asked.unit == "people":
            selection = StickinessSelection(1, None if place < 0 else place)
            assert here.service.people("stickiness", asked, selection, AS_OF).tolist() == numbers_of(by_buckets[1])
