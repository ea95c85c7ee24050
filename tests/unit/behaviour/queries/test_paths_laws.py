"""The kernels of paths against the slow twin, over made-up logs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, WORLDS, clickhouse_world, embedded_world, event_logs
from tests.twins.paths import TwinCounts, TwinPath, TwinPaths, actors, value_of

from finegrain.behaviour.paths.contract import PathsSelection
from finegrain.behaviour.paths.query import PathsQuery
from finegrain.behaviour.paths.result import paths_result
from finegrain.behaviour.queries.reading import read_query

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening
    from tests.twins.logs import World

    from finegrain.behaviour.paths.contract import Then
    from finegrain.behaviour.paths.result import PathsGroup, PathsResult

names = st.sampled_from(["A", "B", "C", "*"])
filters = st.sampled_from(
    [
        {"property": "price", "op": "gte", "value": 2},
        {"property": "kind", "value": ["red", "12"]},
        {"property": "city", "of": "person", "value": "Ulm"},
    ]
)
matchers = st.one_of(
    names,
    st.builds(lambda name, one: {"event": name, "filters": [one]}, names, filters),
    st.builds(lambda name, label: {"event": name, "label": label}, names, st.sampled_from(["A", "Land"])),
)
patterns = st.sampled_from(
    [
        {"pattern": "[rR]e.", "name": "reddish", "kind": "regex"},
        {"pattern": "b*", "name": "B"},
        {"pattern": "?", "name": "one"},
        {"pattern": "Land", "name": "Shore"},
    ]
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions forward, backward and from the first event, by session and window, with every way to name and fold."""
    query: dict[str, Any] = {
        "period": draw(st.sampled_from([PERIOD, "all"])),
        "scope": draw(st.sampled_from(["session", "window"])),
        "window": draw(st.sampled_from(["20m", "1h", "3d"])),
        "depth": draw(st.integers(2, 4)),
        "events": draw(st.lists(matchers, max_size=2)),
        "name_by": draw(st.sampled_from(["", "kind"])),
        "patterns": draw(st.lists(patterns, max_size=2)),
        "most_nodes": draw(st.integers(1, 4)),
        "least_count": draw(st.sampled_from([1, 1, 2])),
        "least_share": draw(st.sampled_from([0.0, 0.0, 0.3])),
        "unit": draw(st.sampled_from(["people", "people", "groups"])),
        "group": "kind",
    }
    query |= draw(st.sampled_from([{}, {"start": "A"}, {"end": "A"}, {"start": {"event": ["A", "B"], "label": "Go"}}]))
    if draw(st.booleans()):
        query["filters"] = [draw(filters)]
    if draw(st.integers(0, 3)) == 0:
        query["audience"] = {"people": draw(st.lists(st.sampled_from(PEOPLE), unique=True))}
    return query


def twin_of(here: World, query: dict[str, Any]) -> tuple[PathsQuery, TwinCounts]:
    asked = read_query(PathsQuery, query)
    twin = TwinPaths(asked, here.service.scope(asked, AS_OF))
    return asked, TwinCounts(asked, twin.paths(here.log))


def answer(here: World, asked: PathsQuery) -> PathsResult:
    scope = here.service.scope(asked, AS_OF)
    return paths_result(asked, scope, here.engine.paths(scope, asked))


def people(here: World, asked: PathsQuery, selection: PathsSelection) -> list[int]:
    found: list[int] = here.engine.paths_people(here.service.scope(asked, AS_OF), asked, selection).tolist()
    return found


def nodes_of(group: PathsGroup) -> dict[Any, Any]:
    return {
        (one.position, one.name if one.kind == "name" else None): (one.count, one.actors, one.stopped, one.beyond)
        for one in group.nodes
    }


def edges_of(asked: PathsQuery, group: PathsGroup) -> dict[Any, Any]:
    found = {}
    for edge in group.edges:
        ends = [group.nodes[place] for place in (edge.source, edge.target)]
        near, far = ends[::-1] if asked.backward else ends
        assert far.position == near.position + 1
        found[near.position, *(one.name if one.kind == "name" else None for one in (near, far))] = (edge.count, edge.actors)
    return found


def check(asked: PathsQuery, twin: TwinCounts, group: PathsGroup, paths: list[TwinPath]) -> None:
    assert (group.paths, group.actors) == (len(paths), actors(paths))
    ends = Counter((len(path.names), path.beyond) for path in paths)
    assert ends.total() == sum(node.stopped + node.beyond for node in group.nodes)
    assert nodes_of(group) == {
        node: (len(at), actors(at), sum(_ends(path, node[0]) for path in at), sum(_goes_on(path, node[0]) for path in at))
        for node, at in twin.nodes(paths).items()
    }
    assert edges_of(asked, group) == {edge: (len(on), actors(on)) for edge, on in twin.edges(paths).items()}


def _ends(path: TwinPath, position: int) -> bool:
    return len(path.names) == position and not path.beyond


def _goes_on(path: TwinPath, position: int) -> bool:
    return len(path.names) == position and path.beyond


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_nodes_and_edges_are_the_twins(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here = WORLDS[engine](log)
    asked, twin = twin_of(here, query)
    check(asked, twin, answer(here, asked).total, twin.every)


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions(), breakdown=st.sampled_from(["kind", {"property": "city", "of": "person"}]))
def test_each_group_has_the_twins_paths_of_its_value(
    engine: str, log: list[Happening], query: dict[str, Any], breakdown: Any
) -> None:
    here = WORLDS[engine](log)
    asked, twin = twin_of(here, {**query, "breakdown": breakdown})
    result = answer(here, asked)
    check(asked, twin, result.total, twin.every)
    for one in result.groups:
        wanted = None if one.group.kind == "none" else one.group.value
        theirs = [path for path in twin.every if value_of(asked, path) == wanted] if one.group.kind != "other" else []
        check(asked, twin, one, theirs)


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_what_came_in_stops_or_leaves(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    total = answer(WORLDS[engine](log), read_query(PathsQuery, query)).total
    towards, away = ("target", "source") if "end" in query else ("source", "target")
    for place, node in enumerate(total.nodes):
        left = sum(edge.count for edge in total.edges if getattr(edge, towards) == place)
        came = sum(edge.count for edge in total.edges if getattr(edge, away) == place)
        assert left + node.stopped + node.beyond == node.count
        assert node.position == 1 or came == node.count


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions(), broken_down=st.booleans())
def test_the_people_behind_a_number_are_as_many_as_it_says(
    engine: str, log: list[Happening], query: dict[str, Any], broken_down: bool
) -> None:
    here = WORLDS[engine](log)
    asked, twin = twin_of(here, {**query, "unit": "people", **({"breakdown": "kind"} if broken_down else {})})
    result = answer(here, asked)
    for (position, name), at in twin.nodes(twin.every).items():
        wanted: list[tuple[Then, list[TwinPath]]] = [
            ("anything", at),
            ("stopped", [one for one in at if _ends(one, position)]),
            ("beyond", [one for one in at if _goes_on(one, position)]),
        ]
        for then, theirs in wanted:
            found = people(here, asked, PathsSelection(position, name or "", then))
            assert found == sorted({PEOPLE.index(path.anchor.who) + 1 for path in theirs})
    for (position, near, far), on in twin.edges(twin.every).items():
        edge = PathsSelection(position, near or "", "name" if far else "other", far or "")
        assert len(people(here, asked, edge)) == actors(on)
    for place, group in enumerate(result.groups):
        for node in group.nodes:
            chosen = PathsSelection(node.position, node.name if node.kind == "name" else "", group=place)
            assert len(people(here, asked, chosen)) == node.actors


@settings(max_examples=15)
@given(log=event_logs(), query=questions(), breakdown=st.sampled_from([None, "kind", {"property": "city", "of": "person"}]))
def test_sql_counts_the_same_paths(log: list[Happening], query: dict[str, Any], breakdown: Any) -> None:
    one, other = embedded_world(log), clickhouse_world(log)
    asked, twin = twin_of(other, {**query, "breakdown": breakdown})
    check(asked, twin, answer(other, asked).total, twin.every)
    counts, found = (here.engine.paths(here.service.scope(asked, AS_OF), asked) for here in (one, other))
    assert (found.names, found.groups) == (counts.names, counts.groups)
    for name in ("paths", "actors", "nodes", "node_actors", "stopped", "beyond", "edges", "edge_actors"):
        array, wanted = getattr(found, name), getattr(counts, name)
        assert (array.dtype, array.tolist()) == (wanted.dtype, wanted.tolist())


@settings(max_examples=10)
@given(log=event_logs(), query=questions(), broken_down=st.booleans(), data=st.data())
def test_sql_finds_the_same_people(log: list[Happening], query: dict[str, Any], broken_down: bool, data: st.DataObject) -> None:
    one, other = embedded_world(log), clickhouse_world(log)
    asked, _ = twin_of(one, {**query, "unit": "people", **({"breakdown": "kind"} if broken_down else {})})
    result = answer(one, asked)
    place = data.draw(st.sampled_from([None, *range(len(result.groups))]))
    nodes = (result.total if place is None else result.groups[place]).nodes
    for node in nodes[:2]:
        then: Then = data.draw(st.sampled_from(["anything", "stopped", "beyond", "other"]))
        chosen = PathsSelection(node.position, node.name if node.kind == "name" else "", then, group=place)
        assert people(other, asked, chosen) == people(one, asked, chosen)
