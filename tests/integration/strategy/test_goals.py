"""Goals over real stores: set, measured, changed, deleted, refused, and on record."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.goals import AS_OF, FIRST_BUYERS, june

import finegrain as fg
from finegrain.access.acting import acting_as
from finegrain.access.contract import Actor
from finegrain.access.errors import NotAllowedError
from finegrain.access.roles import GRANTS
from finegrain.audience.errors import UnknownSchemeError, UnknownTierError
from finegrain.behaviour.errors import BadQueryError, UnknownEventError, UnknownSegmentError, UnknownTraitError
from finegrain.behaviour.queries.contract import Filter
from finegrain.people.contract import Link
from finegrain.strategy.errors import BadGoalError, GoalExistsError, UnknownGoalError
from finegrain.strategy.goals.contract import Metric, NewGoal, Whom
from finegrain.strategy.goals.progress import baseline_gap

if TYPE_CHECKING:
    from finegrain.workspace import Workspace

REVENUE = Metric("revenue_per_person")
FOUR = Whom(segment="four")
AGAIN = june("again", Metric("conversion", "Order Completed"), 0.75)


def test_frozen_people_are_those_of_the_first_days_start(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    assert goal.size == 4  # eve came in June, and ann and ben have bought twice by now
    assert shop.goals.people(goal.id, AS_OF).tolist() == sorted(shop.people.find(one).id for one in ("ann", "ben", "cat", "dan"))


def save_four(shop: Workspace) -> None:
    """Keep the four buyers of May as a list: whom it holds does not depend on the moment."""
    shop.segments.save("four", [shop.people.find(one).id for one in ("ann", "ben", "cat", "dan")])


def test_the_baseline_is_of_as_many_days_just_before(shop: Workspace) -> None:
    save_four(shop)
    goal = shop.goals.add(june("money", REVENUE, 12_000, FOUR), AS_OF)
    assert (goal.baseline_first, goal.baseline_last) == (date(2024, 5, 2), date(2024, 5, 31))
    assert goal.baseline == 10_000  # four orders of 100 yuan by four people
    assert baseline_gap(goal) is None


def ten_days(whom: Whom) -> NewGoal:
    """Give a goal of second orders that begins today, so that its baseline is of the first ten days of June."""
    return NewGoal("ten", AGAIN.metric, whom, 0.75, date(2024, 6, 11), date(2024, 6, 20))


def test_the_baseline_is_of_those_whom_the_tier_held_at_the_start_of_its_days(shop: Workspace) -> None:
    goal = shop.goals.add(ten_days(FIRST_BUYERS), AS_OF)
    assert (goal.baseline_first, goal.baseline_last) == (date(2024, 6, 1), date(2024, 6, 10))
    # Once had bought ann, ben, cat and dan by 1 June, of whom two bought again: not cat, dan and eve, who have once by now.
    assert (goal.size, goal.baseline) == (3, 0.5)


def test_of_live_people_it_is_of_those_at_the_end_of_its_days(shop: Workspace) -> None:
    goal = shop.goals.add(ten_days(replace(FIRST_BUYERS, frozen=False)), AS_OF)
    assert goal.baseline == pytest.approx(1 / 3)  # eve, of cat, dan and eve


def test_of_a_rule_only_those_count_who_were_known_by_then(shop: Workspace) -> None:
    shop.segments.save_rule("new", fg.rule.orders("purchases", at_most=0))
    goal = shop.goals.measure(ten_days(Whom(segment="new")), AS_OF)
    assert goal.baseline is None  # eve had not bought by 1 June, but nobody knew her
    shop.segments.save_rule("once", fg.rule.orders("purchases", at_most=1))
    once = shop.goals.measure(ten_days(Whom(segment="once")), AS_OF)
    assert once.baseline == 0.5  # ann and ben, of the four of May


@pytest.mark.parametrize(
    ("metric", "frozen", "gap"),
    [
        (AGAIN.metric, True, "nobody was in it at the start of 2024-05-02."),
        (Metric("tier_share", tier="frequency/repeat"), True, "nobody was in it at the start of 2024-05-02."),
        (AGAIN.metric, False, "nobody was in it at the end of 2024-05-31."),
        (Metric("repeat_rate"), True, "from 2024-05-02 to 2024-05-31 there was nothing to divide by."),
    ],
)
def test_where_nobody_was_in_it_then_there_is_no_baseline(shop: Workspace, metric: Metric, frozen: bool, gap: str) -> None:
    # The first order is of 10 May: at the start nobody is known, at the end nobody has bought twice.
    whom = Whom(tier="frequency/first") if frozen else Whom(tier="frequency/repeat", frozen=False)
    goal = shop.goals.add(june("none", metric, 0.5, whom), AS_OF)
    found = baseline_gap(goal)
    assert found is not None
    assert (goal.baseline, goal.falling, found.text()) == (None, False, f"There is no baseline: {gap}")
    assert shop.goals.progress(goal.id, AS_OF).goal.baseline is None


def test_a_scheme_of_ones_own_that_is_new_holds_people_at_any_moment(shop: Workspace) -> None:
    shop.schemes.save("mine", [("some", "Some", fg.rule.orders("purchases", at_least=1))])
    goal = shop.goals.add(ten_days(Whom(tier="mine/some")), AS_OF)
    assert (goal.size, goal.baseline) == (5, 0.5)


def test_another_last_day_of_a_goal_whose_segment_is_gone_is_refused(shop: Workspace) -> None:
    save_four(shop)
    goal = shop.goals.add(june("money", REVENUE, 12_000, FOUR), AS_OF)
    shop.segments.delete("four")
    assert shop.goals.change(goal.id, target=15_000).baseline == 10_000
    with pytest.raises(UnknownSegmentError, match="four"):
        shop.goals.change(goal.id, last_day=date(2024, 6, 20))
    assert shop.goals.get(goal.id).last_day == date(2024, 6, 30)


def test_a_goal_of_the_future_is_compared_with_the_days_before_today(shop: Workspace) -> None:
    later = replace(june("july", REVENUE, 1_000), first_day=date(2024, 7, 1), last_day=date(2024, 7, 10))
    goal = shop.goals.add(later, AS_OF)
    assert (goal.baseline_first, goal.baseline_last) == (date(2024, 6, 1), date(2024, 6, 10))
    assert shop.goals.progress(goal.id, AS_OF).state == "not_begun"


def test_each_day_that_is_over_has_the_value_at_its_end(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    course = shop.goals.progress(goal.id, AS_OF).course
    # One of four people from 2 June on, two from 5 June on.
    assert [(day.day.day, day.value) for day in course] == [
        (number, 0.0 if number < 2 else 0.25 if number < 5 else 0.5) for number in range(1, 11)
    ]


def test_live_people_are_those_of_each_day(shop: Workspace) -> None:
    goal = shop.goals.add(june("live", REVENUE, 12_000, Whom(tier="frequency/first", frozen=False)), AS_OF)
    course = shop.goals.progress(goal.id, AS_OF).course
    # Of those who have bought once: four on 1 June, three once ann buys again, two once ben does, three with eve and her 500.
    assert [day.people for day in course] == [4, 3, 3, 3, 2, 3, 3, 3, 3, 3]
    assert course[-1].value == pytest.approx(50_000 / 3)


def test_a_short_past_tests_no_forecast_and_says_so(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    found = shop.goals.progress(goal.id, AS_OF)
    assert found.forecast is not None
    assert (found.forecast.method, found.forecast.tests) == ("waiting", 0)
    assert found.to_dict()["forecast"]["share"] == 0.8
    assert found.forecast.low >= 0.5  # two of four have bought, and that stays


def test_the_board_shows_all_goals_the_first_to_end_first(shop: Workspace) -> None:
    shop.goals.add(AGAIN, AS_OF)
    shop.goals.add(replace(june("soon", REVENUE, 1_000), last_day=date(2024, 6, 20)), AS_OF)
    assert [progress.goal.name for progress in shop.goals.board(AS_OF)] == ["soon", "again"]
    assert [goal.name for goal in shop.goals.all()] == ["soon", "again"]


def test_who_was_merged_since_counts_once(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    shop.people.link([Link("identify", "cat", "dan", AS_OF, to_login=True)])
    assert shop.goals.progress(goal.id, AS_OF).course[-1].people == 3


def test_what_the_past_says_is_asked_once_and_only_so_much_is_kept(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finegrain.strategy.goals.service.KEPT_ERRORS", 1)
    first, second = shop.goals.add(AGAIN, AS_OF), shop.goals.add(replace(AGAIN, name="other"), AS_OF)
    found = [shop.goals.progress(goal.id, AS_OF).forecast for goal in (first, first, second, first)]
    assert found[0] is not None
    assert found == [found[0]] * 4


def test_goals_tell_which_tiers_they_name(shop: Workspace) -> None:
    share = Metric("tier_share", tier="value/high")
    shop.goals.add(june("share", share, 0.5, Whom(tier="frequency/first")), AS_OF)
    assert shop.goals.tiers_named() == [("“share”", ("frequency/first", "value/high", "frequency/", "value/"))]


def test_a_segment_is_an_audience_too(shop: Workspace) -> None:
    shop.segments.save("two", [shop.people.find(one).id for one in ("ann", "eve")])
    goal = shop.goals.add(june("seg", REVENUE, 60_000, Whom(segment="two", frozen=False)), AS_OF)
    assert shop.goals.progress(goal.id, AS_OF).value == 30_000  # (40 + 60 + 500) yuan of two people
    shop.segments.delete("two")
    with pytest.raises(UnknownSegmentError, match="two"):
        shop.goals.progress(goal.id, AS_OF)


def test_a_segment_that_is_gone_hides_no_other_goal(shop: Workspace) -> None:
    shop.segments.save("two", [shop.people.find("ann").id])
    shop.goals.add(june("seg", REVENUE, 60_000, Whom(segment="two", frozen=False)), AS_OF)
    shop.goals.add(AGAIN, AS_OF)
    shop.segments.delete("two")
    again, gone = shop.goals.board(AS_OF)
    assert (again.value, gone.state) == (0.5, "not_measured")
    assert gone.reason.text() == "The segment “two” is gone, and the goal is for whoever it holds each day."


def test_what_may_change_is_changed_and_another_last_day_moves_the_baseline(shop: Workspace) -> None:
    save_four(shop)
    goal = shop.goals.add(june("money", REVENUE, 12_000, FOUR), AS_OF)
    changed = shop.goals.change(goal.id, target=15_000, owner="Li", last_day=date(2024, 6, 20), budget_minor=100)
    assert shop.goals.get(goal.id) == changed
    assert (changed.target, changed.owner, changed.budget_minor, changed.baseline_first) == (15_000, "Li", 100, date(2024, 5, 12))
    assert changed.baseline == 7_500  # ben, cat and dan from 12 May on, of four people


def test_a_budget_stays_until_it_is_taken_away(shop: Workspace) -> None:
    goal = shop.goals.add(replace(AGAIN, budget_minor=500), AS_OF)
    assert shop.goals.change(goal.id, owner="Li").budget_minor == 500
    assert shop.goals.change(goal.id, budget_minor=None).budget_minor is None
    assert shop.goals.get(goal.id).budget_minor is None


def test_conditions_narrow_the_event_and_are_kept(shop: Workspace) -> None:
    metric = Metric("conversion", "Order Completed", filters=(Filter("total", "gte", 70), Filter("total", "lt", 50)), match="any")
    both = replace(metric, match="all")
    one = replace(both, filters=metric.filters[:1])
    save_four(shop)
    goals = [shop.goals.add(june(str(i), each, 0.5, FOUR), AS_OF) for i, each in enumerate((one, metric, both))]
    # Of ann's 40 and 60 and ben's 80: one person from 70 up, two with 70 or more or less than 50, nobody with both at once.
    assert [shop.goals.progress(goal.id, AS_OF).value for goal in goals] == [0.25, 0.5, 0.0]
    assert shop.goals.get(goals[1].id).metric == metric
    assert goals[0].baseline == 1.0  # everybody's order of May was 100


def test_what_would_be_set_is_measured_and_not_set(shop: Workspace) -> None:
    save_four(shop)
    found = shop.goals.measure(replace(AGAIN, name="", target=0.0, whom=FOUR), AS_OF)
    assert (found.size, found.baseline, found.baseline_last) == (4, 1.0, date(2024, 5, 31))
    with pytest.raises(BadGoalError, match="event"):
        shop.goals.measure(replace(AGAIN, metric=Metric("conversion")), AS_OF)
    assert shop.goals.all() == ()


def test_a_goal_is_found_by_its_number_before_its_name(shop: Workspace) -> None:
    first = shop.goals.add(replace(AGAIN, name="a/b?"), AS_OF)
    second = shop.goals.add(replace(AGAIN, name=str(first.id)), AS_OF)
    assert shop.goals.find("a/b?") == shop.goals.find(str(first.id)) == first
    assert shop.goals.find(str(second.id)) == shop.goals.named(str(first.id)) == second
    with pytest.raises(UnknownGoalError, match="spring"):
        shop.goals.find("spring")


def test_a_deleted_goal_is_gone_and_its_name_free(shop: Workspace) -> None:
    shop.goals.delete(shop.goals.add(AGAIN, AS_OF).id)
    assert shop.goals.all() == ()
    shop.goals.add(AGAIN, AS_OF)


@pytest.mark.parametrize("act", ["get", "delete", "change", "progress"])
def test_a_goal_that_is_not_there_is_told(shop: Workspace, act: str) -> None:
    more = (AS_OF,) if act == "progress" else ()
    with pytest.raises(UnknownGoalError, match="77"):
        getattr(shop.goals, act)(77, *more)


def test_a_taken_name_is_refused(shop: Workspace) -> None:
    shop.goals.add(AGAIN, AS_OF)
    other = shop.goals.add(replace(AGAIN, name="other"), AS_OF)
    with pytest.raises(GoalExistsError, match="again"):
        shop.goals.add(AGAIN, AS_OF)
    with pytest.raises(GoalExistsError, match="again"):
        shop.goals.change(other.id, name="again")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"note": "x" * 2001}, "note"),
        ({"metric": Metric("conversion")}, "event"),
        ({"metric": Metric("repeat_rate", "Order Completed")}, "event"),
        ({"metric": Metric("tier_share")}, "tier"),
        ({"metric": Metric("active_days", filters=(Filter("total"),))}, "filters"),
        ({"metric": Metric("conversion", "Order Completed", filters=(Filter("total", "exists"),) * 21)}, "filters"),
        ({"metric": Metric("lift")}, "metric"),  # type: ignore[arg-type]
        ({"whom": Whom()}, "people"),
        ({"whom": Whom(tier="value/high", segment="s")}, "people"),
        ({"last_day": date(2024, 6, 6)}, "number of days"),
        ({"last_day": date(2024, 5, 31)}, "number of days"),
        ({"last_day": date(2025, 6, 2)}, "number of days"),
        ({"target": 1.2}, "target"),
        ({"target": 0.0}, "target"),
        ({"target": float("nan")}, "target"),
        ({"budget_minor": -1}, "budget"),
    ],
)
def test_what_no_goal_can_be_is_refused(shop: Workspace, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadGoalError, match=f"The goal’s {field} is"):
        shop.goals.add(replace(AGAIN, **change), AS_OF)
    assert shop.goals.all() == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"metric": Metric("conversion", "Order Complete")}, UnknownEventError),
        (
            {"metric": Metric("conversion", "Order Completed", filters=(Filter("plan", "exists", of="person"),))},
            UnknownTraitError,
        ),
        ({"metric": Metric("conversion", "Order Completed", filters=(Filter("total", "gt", "much"),))}, BadQueryError),
        ({"metric": Metric("tier_share", tier="value/top")}, UnknownTierError),
        ({"whom": Whom(tier="rfn/high")}, UnknownSchemeError),
        ({"whom": Whom(segment="nobody")}, UnknownSegmentError),
    ],
)
def test_names_that_are_not_there_are_told(shop: Workspace, change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        shop.goals.add(replace(AGAIN, **change), AS_OF)


def test_an_analyst_sees_goals_and_changes_none(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    with acting_as(Actor("user", 1, "a", GRANTS["analyst"])):
        assert shop.goals.progress(goal.id, AS_OF).value == 0.5
        for change in (
            lambda: shop.goals.add(AGAIN, AS_OF),
            lambda: shop.goals.delete(goal.id),
            lambda: shop.goals.change(goal.id),
        ):
            with pytest.raises(NotAllowedError):
                change()


def test_every_change_stands_in_the_audit_log(shop: Workspace) -> None:
    goal = shop.goals.add(AGAIN, AS_OF)
    shop.goals.change(goal.id, target=0.9)
    shop.goals.delete(goal.id)
    entries = [entry for entry in shop.access.audit.search() if entry.action.startswith("goal.")]
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("goal.delete", "again"), ("goal.change", "again"), ("goal.add", "again"),
    ]  # fmt: skip
    assert entries[1].before is not None
    assert entries[1].after is not None
    assert (entries[1].before["target"], entries[1].after["target"]) == (0.75, 0.9)


@pytest.mark.parametrize("name", ["docs/goals.md", "docs/zh/goals.md"])
def test_the_python_of_the_page_runs(shop: Workspace, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / name).read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, name, "exec"), {"ws": shop})  # noqa: S102 - our own documents
    assert capsys.readouterr().out.startswith("reached 0.5")  # two of the four who bought once
    assert shop.goals.all() == ()


def test_two_past_stretches_do_not_test_a_forecast(shop: Workspace) -> None:
    goal = shop.goals.add(replace(june("week", REVENUE, 10_000), first_day=date(2024, 6, 1), last_day=date(2024, 6, 8)), AS_OF)
    found = shop.goals.progress(goal.id, AS_OF - timedelta(days=3, hours=12))
    # Since the first event, on 10 May, two stretches of eight days fit before 1 June: too few to say anything.
    assert found.forecast is not None
    assert (len(found.course), found.forecast.tests) == (7, 0)
