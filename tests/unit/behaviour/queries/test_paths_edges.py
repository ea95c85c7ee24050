"""What paths mean, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, SQL_WORLDS, WORLDS, World

from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from finegrain.behaviour.paths.result import PathsGroup, PathsResult

DAY = 24


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Any, log: list[Happening], **query: Any) -> PathsResult:
    here: World = world(log)
    return here.service.paths({"period": PERIOD, **query}, AS_OF)


def edges(group: PathsGroup) -> list[tuple[str, str, int]]:
    return [(group.nodes[one.source].name, group.nodes[one.target].name, one.count) for one in group.edges]


def way(result: PathsResult) -> list[str]:
    """Give the names of the only path, from its anchor on."""
    return way_of(result.total)


def way_of(group: PathsGroup) -> list[str]:
    return [node.name for node in group.nodes]


def test_events_follow_in_order_and_equal_neighbours_are_one(world: Any) -> None:
    log = [at(1, "A"), at(1.1, "B"), at(1.2, "B"), at(1.3, "A")]
    assert edges(ask(world, log).total) == [("A", "B", 1), ("B", "A", 1)]


def test_events_of_one_instant_stand_in_order_of_arrival(world: Any) -> None:
    log = [at(1, "B"), at(1, "A"), at(1, "C")]
    assert way(ask(world, log)) == ["B", "A", "C"]
    assert way(ask(world, log, start="A")) == ["A", "C"]


def test_a_session_ends_after_half_an_hour_without_an_event(world: Any) -> None:
    result = ask(world, [at(1, "A"), at(1.49, "B"), at(1.99, "C")])
    assert edges(result.total) == [("A", "B", 1)]
    assert (result.total.paths, result.total.actors) == (2, 1)


def test_a_sessions_path_counts_where_its_anchor_lies_in_the_period(world: Any) -> None:
    over_midnight = [at(-0.2, "A"), at(0.1, "B"), at(0.2, "A")]
    assert ask(world, over_midnight).total.paths == 0
    assert ask(world, over_midnight, start="A").total.paths == 0  # its first A lies before
    assert way(ask(world, over_midnight, start="B")) == ["B", "A"]
    assert way(ask(world, over_midnight, end="B")) == ["B", "A"]  # what came before may lie before the period


def test_a_session_that_began_long_before_the_period_has_one_path(world: Any) -> None:
    log = [at(-1, "C"), at(-0.6, "C"), at(-0.2, "C"), at(0.2, "A"), at(0.6, "B")]
    assert way(ask(world, log, start="A")) == ["A", "B"]


def test_a_path_goes_on_after_the_period(world: Any) -> None:
    last = 5 * DAY - 1  # a day of the period has 23 hours
    log = [at(last - 0.1, "A"), at(last + 0.1, "B")]
    assert way(ask(world, log)) == ["A", "B"]
    assert way(ask(world, [at(last, "A"), at(last + 0.1, "B")])) == []


def test_in_a_window_the_bound_counts_and_everybody_has_one_path(world: Any) -> None:
    log = [at(1, "A"), at(3, "B"), at(3.01, "C"), at(9, "A"), at(9.1, "D")]
    result = ask(world, log, start="A", scope="window", window="2h")
    assert (result.total.paths, edges(result.total)) == (1, [("A", "B", 1)])


def test_an_end_is_position_one_and_the_source_comes_first_in_time(world: Any) -> None:
    result = ask(world, [at(1, "A"), at(1.1, "B"), at(1.2, "C"), at(1.3, "B")], end="C")
    assert [(node.position, node.name) for node in result.total.nodes] == [(1, "C"), (2, "B"), (3, "A")]
    assert edges(result.total) == [("B", "C", 1), ("A", "B", 1)]


def test_in_a_window_an_end_looks_back(world: Any) -> None:
    log = [at(0, "A"), at(1, "B"), at(3, "C")]
    assert way(ask(world, log, end="C", scope="window", window="2h")) == ["C", "B"]


def test_beyond_the_depth_is_counted_and_not_told(world: Any) -> None:
    log = [at(1, "A"), at(1.1, "B"), at(1.2, "C"), at(2, "A", "y"), at(2.1, "B", "y")]
    last = ask(world, log, depth=2).total.nodes[-1]
    assert (last.name, last.count, last.stopped, last.beyond) == ("B", 2, 1, 1)


def test_only_events_that_are_shown_make_positions_and_the_anchor_always_does(world: Any) -> None:
    log = [at(1, "A"), at(1.1, "B"), at(1.2, "C"), at(1.3, "B")]
    assert way(ask(world, log, events=["B"])) == ["B"]
    assert way(ask(world, log, start="A", events=["C"])) == ["A", "C"]


def test_a_session_is_cut_by_all_events_not_only_by_those_shown(world: Any) -> None:
    log = [at(1, "A"), at(1.4, "C"), at(1.8, "B")]
    assert way(ask(world, log, events=["A", "B"])) == ["A", "B"]


@pytest.mark.parametrize("message", ["Email Delivered", "PUSH Notification Opened", "$app_push_received", "sms_sent"])
def test_a_message_neither_begins_a_session_nor_keeps_one_open(world: Any, message: str) -> None:
    log = [at(1, message), at(2, "A"), at(2.1, message), at(2.2, "B"), at(2.6, message), at(3, "C")]
    result = ask(world, log)
    assert edges(result.total) == [("A", "B", 1)]
    assert result.total.paths == 2
    assert ask(world, log, start=message).total.paths == 0


@pytest.mark.parametrize("done", ["Email Link Clicked", "My Email Delivered", "Email Delivered Twice"])
def test_only_what_is_called_a_message_is_one(world: Any, done: str) -> None:
    assert way(ask(world, [at(1, done), at(1.4, "A")])) == [done, "A"]


def test_within_a_window_a_path_begins_at_a_message_too(world: Any) -> None:
    log = [at(1, "Email Delivered"), at(3, "A")]
    assert way(ask(world, log, start="Email Delivered", scope="window", window="1d")) == ["Email Delivered", "A"]


def test_a_name_is_a_label_or_a_propertys_value_or_the_events_own(world: Any) -> None:
    log = [at(1, "A", url="/home"), at(1.1, "A", url=""), at(1.2, "B", url="/x"), at(1.3, "C")]
    events = ["A", {"event": "B", "label": "Buy"}, "C"]
    assert way(ask(world, log, events=events, name_by="url")) == ["/home", "A", "Buy", "C"]
    assert way(ask(world, log, start={"event": "A", "label": "Go"})) == ["Go", "A", "B", "C"]


def test_the_first_pattern_that_matches_gives_the_name(world: Any) -> None:
    log = [at(1, "A", url="/goods/1"), at(1.1, "A", url="/goods/22"), at(1.2, "A", url="/about?x"), at(1.3, "A", url="/Goods/1")]
    patterns = [{"pattern": "/goods/?", "name": "short"}, {"pattern": "/goods/*", "name": "goods"}]
    assert way(ask(world, log, name_by="url", patterns=patterns)) == ["short", "goods", "/about?x", "/Goods/1"]
    patterns = [{"pattern": r"\?x$", "name": "asked", "kind": "regex"}, {"pattern": "*", "name": "rest"}]
    assert way(ask(world, log, name_by="url", patterns=patterns)) == ["rest", "asked", "rest"]


def test_a_glob_takes_signs_of_regular_expressions_as_they_are(world: Any) -> None:
    log = [at(1, "A", url="a.b"), at(1.1, "A", url="axb"), at(1.2, "A", url="a.b(c)[1]|$^{}+\\")]
    patterns = [{"pattern": "a.b", "name": "dot"}, {"pattern": "a.b(c)[1]|$^{}+\\", "name": "signs"}]
    assert way(ask(world, log, name_by="url", patterns=patterns)) == ["dot", "axb", "signs"]


def test_names_and_groups_may_hold_any_signs(world: Any) -> None:
    signs = ["it's", "a\\b\\", "tab\tand\nline", "{most:UInt32} %s", '"', "\\N", "地方", "[',']"]
    log = [at(hour, "A", url=one) for hour, one in enumerate(signs)]
    result = ask(world, log, name_by="url", breakdown="url", patterns=[{"pattern": "it'?", "name": "it\\'s"}])
    assert sorted(way(result)) == sorted(["it\\'s", *signs[1:]])
    assert {one.group.value: way_of(one) for one in result.groups if one.paths} == dict(
        zip(signs, [["it\\'s"], *([one] for one in signs[1:])], strict=True)
    )


def test_rare_names_are_one_node_and_equally_frequent_ones_stand_by_their_texts(world: Any) -> None:
    log = [at(hour, name) for hour, name in enumerate(["C", "B", "B", "A", "D"])]
    result = ask(world, log, most_nodes=2)
    assert [(node.name, node.kind, node.count) for node in result.total.nodes] == [
        ("B", "name", 2),
        ("A", "name", 1),
        ("Other", "other", 2),
    ]
    by_count = ask(world, log, least_count=2).total.nodes
    assert [(node.name, node.count) for node in by_count] == [("B", 2), ("Other", 3)]
    by_share = ask(world, log, least_share=0.2).total.nodes
    assert [node.name for node in by_share] == ["B", "A", "C", "D"]
    assert [node.share for node in by_share] == [0.4, 0.2, 0.2, 0.2]


def test_a_path_of_a_group_is_of_everybody_in_it(world: Any) -> None:
    log = [at(1, "A", "x", kind="red"), at(1.1, "B", "y", kind="red"), at(1.2, "C", "y", kind="blue")]
    result = ask(world, log, unit="groups", group="kind")
    assert edges(result.total) == [("A", "B", 1)]
    assert (result.total.paths, result.total.actors) == (2, 2)


def test_a_group_of_the_breakdown_is_the_anchors(world: Any) -> None:
    log = [at(1, "A", kind="red"), at(1.1, "B", kind="blue"), at(5, "A"), at(5.1, "C")]
    groups = {one.group.name: edges(one) for one in ask(world, log, start="A", breakdown="kind").groups}
    assert groups == {"red": [("A", "B", 1)], "Other": [], "No value": [("A", "C", 1)]}


def test_nobodys_paths_are_none(world: Any) -> None:
    result = ask(world, [])
    assert (result.total.paths, result.total.actors, result.total.nodes, result.total.edges) == (0, 0, (), ())
    assert result.to_arrow().num_rows == 0
    assert repr(result) == "PathsResult(2024-03-30..2024-04-03: 0 paths, at –)"


def test_people_are_found_by_node_edge_and_stop(world: Any) -> None:
    log = [at(1, "A"), at(1.1, "B"), at(1, "A", "y"), at(1, "A", "z"), at(1.1, "C", "z"), at(1.2, "B", "z"), at(1, "A", "quiet")]
    here: World = world(log)

    def people(**selection: Any) -> list[int]:
        query = {"period": PERIOD, "depth": 2, "audience": {"people": ["x", "y", "z"]}}
        found: list[int] = here.service.people("paths", query, selection, AS_OF).tolist()
        return found

    assert people(position=1, name="A") == [1, 2, 3]
    assert people(position=1, name="A", then="name", then_name="B") == [1]
    assert people(position=1, name="A", then="stopped") == [2]
    assert people(position=2, name="C", then="beyond") == [3]
    assert people(position=2, name="C", then="name", then_name="B") == []  # beyond the depth
    assert people(position=1, name="B") == people(position=1, name="A", then="name", then_name="A") == []
    assert people(position=1) == people(position=1, name="A", then="other") == []  # nothing is rare


def test_a_result_can_be_taken_along(world: Any) -> None:
    result = ask(world, [at(1, "A", kind="red"), at(1.1, "B")], breakdown="kind")
    told = result.to_dict()
    assert told["edges"] == [{"source": 0, "target": 1, "count": 1, "actors": 1}]
    assert told["nodes"][1] == {
        "position": 2, "name": "B", "kind": "name", "count": 1, "share": 1.0, "actors": 1, "stopped": 1, "beyond": 0,
    }  # fmt: skip
    assert [one["group"]["name"] for one in told["groups"]] == ["red", "Other", "No value"]
    row = {"group": "All", "position": 1, "source": "A", "target": "B", "count": 1, "actors": 1}
    assert result.to_pandas().to_dict("records") == [row, {**row, "group": "red"}]
    assert repr(result) == "PathsResult(2024-03-30..2024-04-03: 1 paths, at A 1)"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "A", "end": "B"}, "end"),
        ({"unit": "sessions"}, "unit"),
        ({"unit": "events"}, "unit"),
        ({"window": "1y"}, "window"),
        ({"events": ["A"] * 32}, "events"),
        ({"depth": 1}, "depth"),
        ({"depth": 21}, "depth"),
        ({"most_nodes": 0}, "most_nodes"),
        ({"most_nodes": 31}, "most_nodes"),
        ({"least_count": 0}, "least_count"),
        ({"least_share": 1.5}, "least_share"),
        ({"least_share": float("nan")}, "least_share"),
        ({"patterns": [{"pattern": "*", "name": "x"}] * 101}, "patterns"),
        ({"patterns": [{"pattern": "*", "name": ""}]}, "patterns[0].name"),
        ({"patterns": [{"pattern": "", "name": "x"}]}, "patterns[0].pattern"),
        ({"patterns": [{"pattern": "(", "name": "x", "kind": "regex"}]}, "patterns[0].pattern"),
    ],
)
def test_what_paths_cannot_be_asked_is_refused(query: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQueryError) as refused:
        ask(WORLDS["embedded"], [at(1, "A"), at(2, "B")], **query)
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    ("query", "selection", "field"),
    [
        ({}, {"position": 0}, "position"),
        ({"depth": 3}, {"position": 4}, "position"),
        ({}, {"position": 1, "group": 0}, "group"),
        ({"breakdown": {"property": "kind", "limit": 2}}, {"position": 1, "group": 4}, "group"),
        ({"unit": "groups", "group": "kind"}, {"position": 1}, "unit"),
        ({}, {"position": 1, "node": "A"}, "node"),
    ],
)
def test_a_selection_that_no_answer_holds_is_refused(query: dict[str, Any], selection: dict[str, Any], field: str) -> None:
    here = WORLDS["embedded"]([at(1, "A")])
    with pytest.raises(BadQueryError) as refused:
        here.service.people("paths", {"period": PERIOD, **query}, selection, AS_OF)
    assert refused.value.facts["field"] == field
