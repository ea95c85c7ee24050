"""The parts of the goals pages that need no page: the bar, the chart, and the wizard's draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.tiers.contract import Note
from finegrain.behaviour.queries.contract import Filter
from finegrain.console.pages.goals.bar import Scale, bar_text
from finegrain.console.pages.goals.chart import chart_options, courses
from finegrain.console.pages.goals.draft import GoalDraft
from finegrain.console.pages.goals.words import LOOKS, STATE_RULES, days_text, metric_text
from finegrain.console.theme import LIGHT
from finegrain.strategy.goals.contract import Goal, Metric, Whom
from finegrain.strategy.goals.forecasting import Forecast
from finegrain.strategy.goals.progress import STATE_LABELS, DayValue, Progress

FIRST, TODAY = date(2024, 6, 1), date(2024, 6, 11)
GOAL = Goal(
    "again", Metric("conversion", "Order Completed"), Whom(tier="value/high"), 0.5, FIRST, FIRST + timedelta(days=9), baseline=0.2
)  # fmt: skip


def progress(goal: Goal = GOAL, values: tuple[float, ...] = (0.1, 0.2), found: Forecast | None = None) -> Progress:
    """Give a goal of ten days with so many of them over."""
    course = tuple(DayValue(FIRST + timedelta(days=place), value, 10) for place, value in enumerate(values))
    return Progress(goal, datetime(2024, 6, 11, tzinfo=UTC), course, found, "on_track" if course else "not_begun", Note("why"))


FOUND = Forecast(0.4, 0.3, 0.6, "waiting")


def test_every_state_has_a_look_and_a_rule() -> None:
    assert set(LOOKS) == set(STATE_RULES) == set(STATE_LABELS)


def test_a_bar_of_what_grows_begins_at_nothing_and_has_room_for_all() -> None:
    scale = Scale.of(progress(found=FOUND))
    assert (scale.low, scale.at(0.0)) == (0.0, 0.0)
    assert scale.at(FOUND.high) < 100


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), st.booleans())
def test_all_figures_stand_on_the_bar_in_their_order(values: list[float], level: bool) -> None:
    metric = Metric("average_order_value" if level else "revenue_per_person")
    goal = replace(GOAL, metric=metric, target=values[0], baseline=values[-1])
    scale = Scale.of(progress(goal, tuple(values)))
    places = [scale.at(value) for value in sorted([goal.target, values[-1]])]
    assert 0 <= places[0] <= places[1] <= 100


def test_a_bar_is_told_in_words() -> None:
    text = bar_text(progress(found=FOUND), "CNY")
    assert text == "Baseline 20.0%, now 20.0%, expected on the last day 40.0%, target 50.0%"


def test_the_forecast_leads_from_the_last_value_to_the_last_day() -> None:
    drawn = courses(progress(found=FOUND), "CNY")
    assert drawn.value == [10.0, 20.0, *[None] * 8]
    assert drawn.expected[:2] == [None, 20.0]
    assert [drawn.expected[-1], drawn.low[-1], drawn.width[-1]] == pytest.approx([40.0, 30.0, 30.0])


def test_without_a_forecast_only_the_value_is_drawn() -> None:
    drawn = courses(progress(), "CNY")
    assert drawn.expected == drawn.low == drawn.width == [None] * 10
    assert chart_options(progress(), "CNY", LIGHT, "en-US")["legend"]["data"] == ["Value so far"]


def test_amounts_are_drawn_in_major_units_with_the_target_in_sight() -> None:
    goal = replace(GOAL, metric=Metric("revenue_per_person"), target=12_000.0, baseline=None)
    options = chart_options(progress(goal, (1_050.0,)), "CNY", LIGHT, "en-US")
    assert options["series"][0]["data"][0] == 10.5
    assert options["series"][0]["markLine"]["data"][0]["yAxis"] == 120.0
    assert [0, 120.0] in next(one["data"] for one in options["series"] if one["name"] == "Target")


def test_days_are_told_until_the_goal_ends() -> None:
    assert days_text(progress()) == "8 days left"
    assert days_text(progress(values=())) == "from 2024-06-01 to 2024-06-10"
    assert days_text(progress(values=(0.1,) * 10)) == "ended 2024-06-10"


def test_a_metric_is_named_with_its_event_its_conditions_or_its_tier() -> None:
    narrow = Metric("conversion", "Order Completed", filters=(Filter("total", "gte", 70),))
    assert metric_text(narrow, {}) == "Conversion · Order Completed with 1 condition"
    assert metric_text(Metric("tier_share", tier="value/high"), {"value/high": "High"}) == "Share in a tier · High"
    assert metric_text(Metric("repeat_rate"), {}) == "Repeat rate"


def test_a_draft_comes_back_as_it_was_kept() -> None:
    draft = GoalDraft.starting(TODAY)
    draft.whom, draft.event, draft.target, draft.filters = "tier:value/high", "Order Completed", 35.5, [{"property": "total"}]
    assert GoalDraft.kept(draft.content(), TODAY) == draft


def test_what_an_older_draft_says_besides_is_left_out() -> None:
    draft = GoalDraft.kept({"metric": "lift", "colour": "red", "owner": "Li"}, TODAY)
    assert (draft.metric, draft.owner, draft.first, draft.last) == ("conversion", "Li", "2024-06-11", "2024-07-10")


def test_a_draft_makes_a_goal_in_units_of_the_metric() -> None:
    link = {"tier": "value/high", "metric": "revenue_per_person", "target": "12050.0", "first": "2024-07-01", "last": "soon"}
    draft = GoalDraft.linked(link, TODAY, "CNY")
    draft.budget = 99.5
    goal = draft.goal("g", "CNY")
    assert (draft.target, goal.target, goal.budget_minor) == (120.5, 12_050.0, 9_950)
    assert (goal.first_day, goal.last_day, goal.whom) == (date(2024, 7, 1), date(2024, 7, 10), Whom(tier="value/high"))


@pytest.mark.parametrize(
    ("change", "there"),
    [
        ({}, True),
        ({"whom": ""}, False),
        ({"event": ""}, False),
        ({"metric": "tier_share"}, False),
        ({"metric": "tier_share", "in_tier": "value/low"}, True),
        ({"metric": "retention", "event": ""}, True),
        ({"last": ""}, False),
    ],
)
def test_a_baseline_takes_people_a_figure_and_days(change: dict[str, str], there: bool) -> None:
    whole = replace(GoalDraft.starting(TODAY), whom="segment:vip", event="Order Completed")
    assert replace(whole, **change).is_measurable is there  # type: ignore[arg-type]


def test_conditions_that_cannot_be_read_are_left_out() -> None:
    draft = replace(GoalDraft.starting(TODAY), event="Order Completed", filters=[{"colour": "red"}])
    assert draft.metric_of == Metric("conversion", "Order Completed")
