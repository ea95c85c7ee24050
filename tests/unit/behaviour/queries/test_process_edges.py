"""The process diagnosis, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PEOPLE, PERIOD, embedded_world

from finegrain.behaviour.errors import BadQueryError, UnknownEventError
from finegrain.behaviour.process.contract import LONGEST
from finegrain.behaviour.process.query import ProcessQuery
from finegrain.errors import UnknownNameError

if TYPE_CHECKING:
    from finegrain.behaviour.process.result import ProcessResult

DAY = 24
LAST_DAY = "2024-04-04"


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


def ask(log: list[Happening], *steps: Any, **query: Any) -> ProcessResult:
    long_ago = [at(-30 * DAY, name, "z") for name in "ABCD"]  # so that all of them are known
    return embedded_world([*long_ago, *log]).service.process(
        {"steps": steps or ("A", "B", "C"), "period": PERIOD, **query}, AS_OF
    )


def cases(result: ProcessResult) -> list[int]:
    return [step.cases for step in result.steps]


def ways(result: ProcessResult) -> list[tuple[int, ...]]:
    return [variant.steps for variant in result.variants[:-1]]


def test_a_case_takes_in_its_steps_until_the_last_one() -> None:
    log = [at(1, "A"), at(2, "D"), at(3, "B"), at(4, "C"), at(5, "B"), at(6, "A")]
    result = ask(log)
    assert cases(result) == [2, 1, 1]
    assert ways(result) == [(1,), (1, 2, 3)]


def test_a_case_goes_on_to_the_end_of_the_window_and_no_longer() -> None:
    assert cases(ask([at(1, "A"), at(1 + DAY, "B")], "A", "B")) == [1, 1]
    assert cases(ask([at(1, "A"), at(1.001 + DAY, "B")], "A", "B")) == [1, 0]


def test_whoever_makes_up_for_a_failure_within_the_window_has_one_case() -> None:
    result = ask([at(1, "A"), at(2, "B"), at(9, "A"), at(10, "B"), at(11, "C")])
    assert cases(result) == [1, 1, 1]
    assert result.people(2, "dropped").tolist() == []


def test_cases_do_not_depend_on_where_the_period_begins() -> None:
    log = [at(-2, "A"), at(2, "A"), at(3, "B"), at(4, "A")]
    assert cases(ask(log, "A", "B")) == [1, 0]
    assert cases(ask(log, "A", "B", period="2024-03-29..2024-03-30")) == [2, 1]


def test_a_case_of_the_period_may_end_after_it() -> None:
    last = 5 * DAY - 1  # a day of the period has 23 hours
    assert cases(ask([at(last - 0.5, "A"), at(last + 2, "B")], "A", "B")) == [1, 1]
    assert cases(ask([at(last, "A"), at(last + 2, "B")], "A", "B")) == [0, 0]


def test_what_began_less_than_a_window_ago_is_left_out_done_or_not() -> None:
    log = [at(5 * DAY + 6, "A"), at(5 * DAY + 7, "B"), at(5 * DAY + 6, "A", "y"), at(1, "A", "z")]
    result = ask(log, "A", "B", period=f"2024-03-30..{LAST_DAY}", window="2d")
    assert (cases(result), result.still_open) == ([1, 0], 2)
    assert [sentence.numbers for sentence in result.report() if sentence.code == "open"] == [{"cases": 2}]


def test_a_case_of_a_session_ends_with_it() -> None:
    log = [at(1, "A"), at(2, "B"), at(30, "A"), at(30.2, "B")]
    assert cases(ask(log, "A", "B", unit="sessions")) == [2, 1]
    late = [at(5 * DAY + 6, "A")]
    assert cases(ask(late, "A", {"event": "*"}, unit="sessions", period=LAST_DAY)) == [1, 0]


def test_a_case_of_a_group_is_made_of_its_events_whosever_they_are() -> None:
    log = [at(1, "A", cart="7"), at(2, "B", "y", cart="7"), at(3, "A", cart="8"), at(4, "B")]
    result = ask(log, "A", "B", unit="groups", group="cart")
    assert cases(result) == [2, 1]
    assert result.steps[0].people == 2
    assert result.people().tolist() == []


def test_who_skips_a_step_has_come_past_it() -> None:
    result = ask([at(1, "A"), at(2, "C"), at(3, "A", "y")])
    assert cases(result) == [2, 1, 1]
    assert [step.skipped for step in result.steps] == [0, 1, 0]
    assert result.people(2, "skipped").tolist() == [PEOPLE.index("x") + 1]
    assert [step.time.count for step in result.steps if step.time] == [0, 0]


def test_events_of_one_instant_stand_in_the_order_of_the_steps() -> None:
    assert ways(ask([at(1, "C"), at(1, "B"), at(1, "A")])) == [(1, 2, 3)]


def test_an_event_that_is_two_steps_is_the_one_that_comes_next() -> None:
    assert ways(ask([at(1, "A"), at(2, "B"), at(3, "A")], "A", "B", "A")) == [(1, 2, 3)]
    assert ways(ask([at(1, "A"), at(2, "A")], "A", "A")) == [(1, 2)]
    assert ways(ask([at(1, "A"), at(2, "A"), at(3, "B")], "A", "B", "A")) == [(1, 2)]


def test_going_back_costs_the_time_until_the_case_goes_on() -> None:
    result = ask([at(1, "A"), at(2, "B"), at(3, "A"), at(4, "A"), at(6, "B"), at(7, "C")])
    returned, repeated = result.rework
    assert (returned.step, returned.kind, returned.times, returned.total_s) == (1, "returned", 1, 4 * 3600)
    assert (repeated.step, repeated.kind, repeated.times, repeated.total_s) == (1, "repeated", 1, 3600)
    assert returned.share == 1.0
    assert result.to_dict()["rework"][0]["time"]["mean_s"] == 4 * 3600


def test_going_further_back_is_counted_from_there() -> None:
    log = [at(1, "A"), at(2, "B"), at(3, "C"), at(4, "B"), at(5, "A"), at(6, "B")]
    result = ask(log, "A", "B", "C", "D")
    assert {(one.step, one.total_s) for one in result.rework} == {(2, 3600.0), (1, 7200.0)}
    assert ways(result) == [(1, 2, 3, 2, 1, 2)]


def test_rework_of_a_case_that_ends_there_lasts_to_its_last_event() -> None:
    (one,) = ask([at(1, "A"), at(2, "B"), at(3, "A")]).rework
    assert one.total_s == 3600


def test_long_ways_are_cut_off() -> None:
    log = [at(1 + place / 4, "AB"[place % 2]) for place in range(LONGEST + 1)]
    longer, exact = ask(log), ask(log[:-1])
    assert (len(ways(longer)[0]), longer.variants[0].longer) == (LONGEST, True)
    assert (len(ways(exact)[0]), exact.variants[0].longer) == (LONGEST, False)


def test_rare_ways_are_told_together() -> None:
    log = [at(1, "A"), at(1, "A", "y"), at(2, "B", "y"), at(1, "A", "z"), at(2, "C", "z")]
    result = ask(log, variants=1)
    assert [(one.steps, one.ways, one.cases) for one in result.variants] == [((1,), 1, 1), ((), 2, 2)]
    assert result.people(variant=1).tolist() == [2, 3]


def test_a_person_who_completes_a_later_case_is_not_lost() -> None:
    log = [at(1, "A"), at(2 * DAY, "A"), at(2 * DAY + 1, "B"), at(3 * DAY, "A", "y"), at(1, "A", "y"), at(2, "B", "y")]
    first = ask(log, "A", "B").steps[0]
    assert (first.dropped, first.dropped_people, first.lost_people) == (2, 2, 1)
    assert ask(log, "A", "B").people(1, "lost").tolist() == [PEOPLE.index("y") + 1]


def test_lost_value_is_people_by_onward_conversion_by_value() -> None:
    log = [at(1, "A"), at(1, "A", "y"), at(2, "B", "y"), at(1, "A", "z"), at(2, "B", "z"), at(3, "C", "z", price=12)]
    first, second, last = ask(log, value="price").steps
    assert (first.lost_people, first.onward, first.lost and first.lost.value) == (1, 0.5, 1 * 0.5 * 12)
    assert (second.lost_people, second.onward, second.lost and second.lost.value) == (1, 1.0, 12)
    assert (last.lost_people, last.lost) == (0, None)
    assert [step.number for step in ask(log, value="price").losses] == [2, 1]


def test_completions_without_a_value_are_counted_and_left_out_of_the_mean() -> None:
    log = [at(1, "A"), at(2, "B", price=10), at(1, "A", "y"), at(2, "B", "y")]
    done = ask(log, "A", "B", value="price").completions
    assert (done.cases, done.value_each, done.value, done.without_value) == (2, 10, 10, 1)
    assert ask(log, "A", "B").completions.value is None


def test_the_value_of_a_breakdown_is_that_of_the_event_that_reached_the_step() -> None:
    log = [at(1, "A", kind="red"), at(2, "B", kind="blue"), at(3, "A", kind="red"), at(4, "C", kind="blue")]
    split = ask(log, breakdowns=["kind"]).splits[0]
    told = {
        one.group.name: [step.cases for step in one.steps] for one in split.groups if one.steps[0].cases or one.steps[1].cases
    }
    assert told == {"red": [1, 0], "Other": [0, 1]}


def test_the_breakdown_of_every_query_is_compared_too() -> None:
    log = [at(1, "A", kind="red"), at(2, "B")]
    result = ask(log, "A", "B", breakdown="kind", breakdowns=[{"property": "city", "of": "person"}])
    assert [(split.property, split.of) for split in result.splits] == [("city", "person"), ("kind", "event")]


def test_usual_properties_are_tried_where_none_are_named_and_some_are_there() -> None:
    log = [at(1, "A", platform="web"), at(2, "B")]
    assert [split.property for split in ask(log, "A", "B").splits] == ["platform"]


def test_traits_can_be_masked() -> None:
    log = [at(1, "A", kind="red"), at(2, "B")]
    result = ask(log, "A", "B", breakdowns=["kind", {"property": "city", "of": "person"}])
    masked = result.masked(lambda of, name, value: f"{of} {name} {value[0]}…")
    assert [one.group.name for split in masked.splits for one in split.groups] == [
        "event kind r…", "Other", "No value", "person city U…", "Other", "No value",
    ]  # fmt: skip


def test_nobody_is_told_as_nobody() -> None:
    result = ask([at(-2 * DAY, "A"), at(-2 * DAY, "B"), at(-2 * DAY, "C")])
    assert [sentence.code for sentence in result.report()] == ["overview", "thin", "no_finding"]
    assert result.report()[0].text == "Nobody began with “A” in this period."
    assert result.completions.share is None
    assert result.variants[-1].share is None


def test_presets_find_their_steps_among_the_events_that_exist() -> None:
    log = [at(1, "Signed Up"), at(2, "view_item"), at(2, "Product Viewed", "y"), at(3, "Order Completed", total=8)]
    here = embedded_world(log).service
    bought = here.process({"preset": "purchase", "period": PERIOD}, AS_OF)
    assert [step.name for step in bought.steps] == ["Product Viewed / view_item", "Order Completed"]
    assert (bought.completions.value, cases(bought)) == (8, [2, 1])
    signed = here.process({"preset": "sign_up", "period": PERIOD, "value": "price"}, AS_OF)
    assert [step.name for step in signed.steps] == ["Signed Up", "Product Viewed / view_item", "Order Completed"]
    assert signed.asked.to_dict()["query"]["value"] == "price"


def test_a_preset_without_its_events_is_refused_with_their_names() -> None:
    with pytest.raises(BadQueryError, match="Product Viewed, Product Added") as refused:
        embedded_world([at(1, "A")]).service.process({"preset": "purchase"}, AS_OF)
    assert refused.value.facts["field"] == "preset"


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("steps", {"steps": ["A"]}),
        ("steps", {"steps": ["A"] * 21}),
        ("window", {"window": "soon"}),
        ("unit", {"unit": "events"}),
        ("variants", {"variants": 0}),
        ("breakdowns", {"breakdowns": ["kind"] * 11}),
        ("breakdowns.property", {"breakdowns": [""]}),
        ("breakdowns.limit", {"breakdowns": [{"property": "kind", "limit": 0}]}),
        ("breakdown.limit", {"breakdown": {"property": "kind", "limit": 101}}),
    ],
)
def test_what_no_process_can_be_asked_is_refused(field: str, bad: dict[str, Any]) -> None:
    with pytest.raises(BadQueryError) as refused:
        embedded_world([at(1, "A"), at(2, "B")]).service.process({"steps": ["A", "B"], **bad}, AS_OF)
    assert refused.value.facts["field"] == field


def test_unknown_names_are_refused() -> None:
    here = embedded_world([at(1, "A"), at(2, "B")]).service
    with pytest.raises(UnknownEventError):
        here.process({"steps": ["A", "Z"]}, AS_OF)
    with pytest.raises(UnknownNameError):
        here.process({"steps": ["A", "B"], "breakdowns": [{"property": "shoe size", "of": "person"}]}, AS_OF)


@pytest.mark.parametrize(
    "bad",
    [{"step": 0}, {"step": 3}, {"outcome": "gone"}, {"variant": 9}, {"split": 1}, {"split": 0, "group": 9}, {"group": 0}],
)
def test_people_of_a_number_that_is_not_there_are_refused(bad: dict[str, Any]) -> None:
    result = ask([at(1, "A", kind="red"), at(2, "B")], "A", "B", breakdowns=["kind"])
    with pytest.raises(BadQueryError):
        result.people(**bad)


def test_a_preset_may_be_checked_before_its_events_are_known() -> None:
    ProcessQuery(preset="purchase").check()
    with pytest.raises(BadQueryError, match="or a preset"):
        ProcessQuery().check()


def test_a_selection_of_a_split_without_a_group_means_its_first() -> None:
    result = ask([at(1, "A", kind="red"), at(2, "B"), at(1, "A", "y")], "A", "B", breakdowns=["kind"])
    assert result.people(split=0).tolist() == [PEOPLE.index("x") + 1]


def test_frames_and_json_hold_a_row_a_step() -> None:
    result = ask([at(1, "A"), at(2, "B"), at(3, "C")])
    assert result.to_pandas()["cases"].tolist() == [1, 1, 1]
    assert [step["number"] for step in result.to_dict()["steps"]] == [1, 2, 3]
    assert repr(result) == "ProcessResult(2024-03-30..2024-04-03: A 1 → B 1 → C 1; 0 findings)"
