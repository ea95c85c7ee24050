"""The funnel's meaning, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PEOPLE, PERIOD, SQL_WORLDS, World

from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from finegrain.behaviour.funnel.result import FunnelResult

DAY = 24


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Any, log: list[Happening], *steps: Any, **query: Any) -> FunnelResult:
    here: World = world(log)
    return here.service.funnel({"steps": steps, "period": PERIOD, "window": "1d", **query}, AS_OF)


def counts(result: FunnelResult) -> list[int]:
    return [step.count for step in result.total.steps]


def test_a_chain_takes_the_steps_in_order_with_others_between(world: Any) -> None:
    assert counts(ask(world, [at(1, "A"), at(2, "C"), at(3, "B")], "A", "B")) == [1, 1]
    assert counts(ask(world, [at(1, "B"), at(2, "A"), at(3, "C")], "A", "B")) == [1, 0]


def test_a_step_at_the_end_of_the_window_counts_and_a_moment_later_does_not(world: Any) -> None:
    assert counts(ask(world, [at(1, "A"), at(1 + DAY, "B")], "A", "B")) == [1, 1]
    assert counts(ask(world, [at(1, "A"), at(1.001 + DAY, "B")], "A", "B")) == [1, 0]


def test_a_chain_starts_within_the_period_and_may_end_after_it(world: Any) -> None:
    last = 5 * DAY - 1  # a day of the period has 23 hours
    assert counts(ask(world, [at(last - 0.5, "A"), at(last + 2, "B")], "A", "B")) == [1, 1]
    assert counts(ask(world, [at(last, "A"), at(last + 2, "B")], "A", "B")) == [0, 0]
    assert counts(ask(world, [at(-0.5, "A"), at(2, "B")], "A", "B")) == [0, 0]


def test_events_of_one_instant_count_in_the_order_that_serves_the_funnel(world: Any) -> None:
    log = [at(1, "C"), at(1, "B"), at(1, "A")]
    assert counts(ask(world, log, "A", "B", "C")) == [1, 1, 1]
    assert counts(ask(world, log, "A", "B", "C", order="strict")) == [1, 0, 0]


def test_steps_of_one_instant_go_on_from_a_start_before_it(world: Any) -> None:
    assert counts(ask(world, [at(1, "A"), at(2, "C"), at(2, "B")], "A", "B", "C")) == [1, 1, 1]
    assert counts(ask(world, [at(1, "B"), at(1, "A"), at(2, "C")], "A", "B", "C")) == [1, 1, 1]
    assert counts(ask(world, [at(1, "A"), at(30, "B"), at(30, "C")], "A", "B", "C")) == [1, 0, 0]


def test_in_any_order_the_first_start_alone_counts_where_it_must(world: Any) -> None:
    log = [at(1, "A"), at(80, "B"), at(81, "A")]
    assert counts(ask(world, log, "A", "B", order="any", starts="first_in_period")) == [1, 0]
    assert counts(ask(world, log, "A", "B", order="any")) == [1, 1]


@pytest.mark.parametrize("more", [{"starts": "first_ever"}, {"starts": "first_in_period"}, {"order": "any"}])
def test_nobody_starts_after_the_period(world: Any, more: dict[str, str]) -> None:
    log = [at(5 * DAY, "A"), at(5 * DAY + 1, "B"), at(1, "A", "y")]
    assert counts(ask(world, log, "A", "B", **more)) == [1, 0]


def test_a_later_strict_chain_counts_only_where_it_comes_further(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(3, "A"), at(4, "D"), at(5, "A"), at(6, "B"), at(7, "C")]
    assert counts(ask(world, [*log[:4], log[-1]], "A", "B", "C", order="strict")) == [1, 1, 0]
    assert counts(ask(world, log, "A", "B", "C", order="strict")) == [1, 1, 1]


def test_one_event_never_serves_two_steps(world: Any) -> None:
    assert counts(ask(world, [at(1, "A")], "A", "A")) == [1, 0]
    assert counts(ask(world, [at(1, "A"), at(2, "A")], "A", "A")) == [1, 1]
    assert counts(ask(world, [at(1, "A"), at(1, "A")], "A", "A")) == [1, 1]


def test_of_one_instant_an_event_is_left_for_the_step_that_has_no_other(world: Any) -> None:
    log = [at(1, "A"), at(2, "B", kind="red"), at(2, "B")]
    steps = ("A", "B", {"event": "B", "filters": [{"property": "kind", "value": "red"}]})
    assert counts(ask(world, log, *steps)) == [1, 1, 1]


def test_the_best_start_counts_and_of_equal_ones_the_earliest(world: Any) -> None:
    log = [at(1, "A"), at(2 * DAY, "A"), at(2 * DAY + 1, "B"), at(3 * DAY, "A"), at(3 * DAY + 5, "B")]
    result = ask(world, log, "A", "B")
    assert result.total.time.mean_s == 3600
    assert [bucket.converted for bucket in result.total.over_time] == [0, 0, 1, 0, 0]  # the second day has 23 hours


def test_strict_steps_follow_each_other_without_any_other_event(world: Any) -> None:
    assert counts(ask(world, [at(1, "A"), at(2, "B")], "A", "B", order="strict")) == [1, 1]
    assert counts(ask(world, [at(1, "A"), at(2, "D"), at(3, "B")], "A", "B", order="strict")) == [1, 0]


def test_any_order_counts_distinct_steps_within_the_window_of_the_first(world: Any) -> None:
    log = [at(1, "C"), at(2, "B"), at(2 + DAY, "A")]
    assert counts(ask(world, log, "A", "B", "C", order="any")) == [1, 1, 0]
    assert counts(ask(world, [*log, at(20, "A")], "A", "B", "C", order="any")) == [1, 1, 1]


def test_an_event_that_is_only_excluded_begins_no_window_of_any_order(world: Any) -> None:
    log = [at(1, "A"), at(2, "D"), at(2 + 2 * DAY, "B")]
    assert counts(ask(world, log, "A", "B", order="any", exclusions=["D"])) == [1, 0]


def test_an_excluded_event_strictly_between_voids_the_chain_from_the_later_step_on(world: Any) -> None:
    log = [at(1, "A"), at(2, "D"), at(3, "B"), at(4, "C")]
    whole = {"exclusions": [{"event": "D", "after_step": 1, "before_step": 2}]}
    assert counts(ask(world, log, "A", "B", "C", **whole)) == [1, 0, 0]
    assert counts(ask(world, log, "A", "B", "C", exclusions=[{"event": "D", "after_step": 2}])) == [1, 1, 1]
    assert counts(ask(world, [at(1, "A"), at(1, "D"), at(3, "B")], "A", "B", exclusions=["D"])) == [1, 1]


def test_a_voided_chain_leaves_the_person_to_another(world: Any) -> None:
    log = [at(1, "A"), at(2, "D"), at(3, "A"), at(4, "B")]
    assert counts(ask(world, log, "A", "B", exclusions=["D"])) == [1, 1]


def test_only_the_first_ever_can_start(world: Any) -> None:
    log = [at(-3 * DAY, "A"), at(1, "A"), at(2, "B")]
    assert counts(ask(world, log, "A", "B", starts="first_ever")) == [0, 0]
    assert counts(ask(world, log[1:], "A", "B", starts="first_ever")) == [1, 1]


def test_strict_chains_can_be_kept_to_the_first_start(world: Any) -> None:
    log = [at(-3 * DAY, "A"), at(1, "A"), at(2, "C"), at(3, "A"), at(4, "B")]
    assert counts(ask(world, log, "A", "B", order="strict", starts="first_ever")) == [0, 0]
    assert counts(ask(world, log, "A", "B", order="strict", starts="first_in_period")) == [1, 0]
    assert counts(ask(world, log, "A", "B", order="strict")) == [1, 1]


def test_only_the_first_of_the_period_can_start(world: Any) -> None:
    log = [at(1, "A"), at(3 * DAY, "A"), at(3 * DAY + 1, "B")]
    assert counts(ask(world, log, "A", "B", starts="first_in_period")) == [1, 0]
    assert counts(ask(world, log, "A", "B")) == [1, 1]


def test_the_count_is_the_list(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(1, "A", "y"), at(3, "A", "z"), at(4, "B", "z"), at(5, "C", "z")]
    result = ask(world, log, "A", "B", "C")
    for number, step in enumerate(result.total.steps, start=1):
        assert len(result.people(number)) == step.count
        assert len(result.people(number, "dropped")) == (step.dropped if number > 1 else 0)
    assert result.people(2, "dropped").tolist() == [PEOPLE.index("y") + 1]


def test_conversion_is_from_the_first_step_and_from_the_one_before(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(1, "A", "y"), at(2, "B", "y"), at(3, "C", "y"), at(1, "A", "z")]
    steps = ask(world, log, "A", "B", "C").total.steps
    assert [(step.from_first, step.from_previous) for step in steps] == [(1, 1), (2 / 3, 2 / 3), (1 / 3, 1 / 2)]


def test_nobody_at_the_first_step_means_no_conversion_rather_than_zero(world: Any) -> None:
    result = ask(world, [at(1, "B"), at(-DAY, "A")], "A", "B")
    assert (counts(result), result.total.conversion, result.total.time.median_s) == ([0, 0], None, None)
    assert result.to_arrow().num_rows == 2


def test_a_bucket_whose_window_can_still_close_is_open(world: Any) -> None:
    buckets = ask(world, [at(1, "A"), at(2, "B")], "A", "B", window="2d").total.over_time
    assert [(bucket.start, bucket.open) for bucket in buckets][2:4] == [("2024-04-01", False), ("2024-04-02", False)]
    assert [bucket.open for bucket in ask(world, [at(1, "A"), at(2, "B")], "A", "B", window="4d").total.over_time][1:3] == [
        False,
        True,
    ]


def test_groups_are_by_the_first_step_unless_said_otherwise(world: Any) -> None:
    log = [at(1, "A", kind="red"), at(2, "B", kind="blue"), at(1, "A", "y"), at(1, "A", "z", kind="red")]

    def groups(**query: Any) -> dict[str, list[int]]:
        result = ask(world, log, "A", "B", breakdown="kind", **query)
        return {one.group.value or one.group.kind: [step.count for step in one.steps] for one in result.groups}

    assert groups() == {"red": [2, 1], "other": [0, 0], "none": [1, 0]}
    assert groups(attribution="last") == {"red": [1, 0], "other": [1, 1], "none": [1, 0]}
    assert groups(attribution="step", attribution_step=2) == {"red": [0, 0], "other": [1, 1], "none": [2, 0]}
    assert groups(attribution="all") == {"red": [2, 0], "other": [0, 0], "none": [1, 0]}


def test_beyond_the_limit_values_are_other_and_ties_go_by_text(world: Any) -> None:
    log = [
        at(1, "A", kind="red"),
        at(1, "A", "y", kind="blue"),
        at(1, "A", "z", kind="blue"),
        at(2, "A", "z", kind="green"),
        at(3, "B"),
    ]
    result = ask(world, log, "A", "B", breakdown={"property": "kind", "limit": 2})
    assert [one.group.name for one in result.groups] == ["blue", "green", "Other", "No value"]


def test_with_one_value_in_all_steps_a_person_can_be_in_several_groups_but_counts_once_in_all(world: Any) -> None:
    log = [at(1, "A", kind="red"), at(2, "A", kind="blue"), at(3, "B", kind="blue"), at(4, "C", kind="green")]
    result = ask(world, log, "A", "B", breakdown="kind", attribution="all")
    assert [(one.group.name, [step.count for step in one.steps]) for one in result.groups][:2] == [
        ("blue", [1, 1]),
        ("red", [1, 0]),
    ]
    assert counts(result) == [1, 1]
    assert result.people(2, group=0).tolist() == [1]


def test_groups_by_trait_are_by_what_people_are_today(world: Any) -> None:
    log = [at(1, "A"), at(1, "A", "y"), at(2, "B", "y"), at(1, "A", "z")]
    result = ask(world, log, "A", "B", breakdown={"property": "city", "of": "person"})
    assert [(one.group.name, one.steps[0].count) for one in result.groups] == [
        ("Ulm", 2),
        ("Bonn", 1),
        ("Other", 0),
        ("No value", 0),
    ]


def test_a_trait_can_be_asked_as_it_was_at_the_event(world: Any) -> None:
    log = [at(1, "A"), at(3 * DAY, "A"), at(1, "A", "z"), at(2, "B")]

    def starts(*, as_it_was: bool) -> list[int]:
        ulm = {"property": "city", "of": "person", "value": "Ulm", "as_it_was": as_it_was}
        result = ask(world, log, {"event": "A", "filters": [ulm]}, "B")
        return [bucket.entered for bucket in result.total.over_time]

    assert starts(as_it_was=False) == [2, 0, 0, 0, 0]
    assert starts(as_it_was=True) == [1, 0, 0, 1, 0]


def test_filters_can_hold_together_or_one_of_them(world: Any) -> None:
    log = [at(1, "A", kind="red", price=1), at(1, "A", "y", kind="red", price=5), at(1, "A", "z", price=5), at(2, "B")]
    filters = [{"property": "kind", "value": "red"}, {"property": "price", "op": "gt", "value": 2}]
    ulm = {"property": "city", "of": "person", "value": "Ulm"}
    assert counts(ask(world, log, {"event": "A", "filters": filters}, "B"))[0] == 1
    assert counts(ask(world, log, {"event": "A", "filters": filters, "match": "any"}, "B"))[0] == 3
    assert counts(ask(world, log, {"event": "A", "filters": [filters[0], ulm], "match": "any"}, "B"))[0] == 3


def test_only_the_audience_counts(world: Any) -> None:
    log = [at(1, "A"), at(1, "A", "y"), at(2, "B", "y")]
    assert counts(ask(world, log, "A", "B", audience={"people": ["x"]})) == [1, 0]
    assert counts(ask(world, log, "A", "B", audience={"people": []})) == [0, 0]


def test_by_session_a_chain_ends_with_the_session(world: Any) -> None:
    log = [at(1, "A"), at(1.2, "B"), at(3, "A"), at(4, "B")]
    assert counts(ask(world, log, "A", "B", unit="sessions")) == [2, 1]
    assert counts(ask(world, log, "A", "B")) == [1, 1]


def test_by_group_the_events_of_several_people_make_one_chain(world: Any) -> None:
    log = [at(1, "A", team="t"), at(2, "B", "y", team="t"), at(3, "B", "z", team="u"), at(4, "A", "z")]
    query: dict[str, Any] = {"unit": "groups", "group": "team"}
    assert counts(ask(world, log, "A", "B", **query)) == [1, 1]
    assert counts(ask(world, log, "A", "B", **query, audience={"people": ["x"]})) == [1, 0]
    ulm = {"property": "city", "of": "person"}
    assert [one.steps[0].count for one in ask(world, log, "A", "B", **query, breakdown=ulm).groups] == [1, 0, 0]


def test_any_event_matches_the_star(world: Any) -> None:
    assert counts(ask(world, [at(1, "A"), at(2, "D")], "*", "*")) == [1, 1]


def test_an_answer_can_be_taken_along(world: Any) -> None:
    result = ask(world, [at(1, "A", kind="red"), at(2, "B")], "A", "B", breakdown="kind")
    told = result.to_dict()
    assert (told["conversion"], told["steps"][1]["count"], told["period"]["first"]) == (1.0, 1, "2024-03-30")
    assert told["groups"][0]["group"] == {"kind": "value", "value": "red", "name": "red"}
    assert result.to_pandas()["count"].tolist()[:2] == [1, 1]
    assert repr(result) == "FunnelResult(2024-03-30..2024-04-03: A 1 → B 1)"


@pytest.mark.parametrize(("step", "group", "field"), [(0, None, "step"), (3, None, "step"), (1, 0, "group")])
def test_people_of_a_step_or_group_that_is_not_there_are_refused(world: Any, step: int, group: int | None, field: str) -> None:
    result = ask(world, [at(1, "A"), at(2, "B")], "A", "B")
    with pytest.raises(BadQueryError) as caught:
        result.people(step, group=group)
    assert caught.value.facts["field"] == field
