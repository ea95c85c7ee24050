"""The goals pages over a workspace of this module's own: the board, one goal, and the wizard with its draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.acceptance.console.conftest import stock
from tests.integration.console.conftest import browser, element, elements, links, see, texts, until

import finegrain as fg
from finegrain.behaviour.queries.contract import Filter
from finegrain.console.pages.goals.draft import KEY
from finegrain.console.widgets.charts import ThemedChart
from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from tests.integration.console.conftest import Visit

    from finegrain.strategy.goals.contract import Goal

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUY = NewGoal(
    "May <orders>/all", Metric("conversion", "Order Completed"), Whom(tier="frequency/repeat"), 0.9, date(2024, 5, 20),
    date(2024, 6, 18), 50_000, "Li Lei",
)  # fmt: skip
JUNE = replace(BUY, name="June", metric=Metric("revenue_per_person"), target=5_000, first_day=date(2024, 6, 5), owner="")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """The shop once more, to be written to."""
    with fg.open(tmp_path_factory.mktemp("goals")) as workspace:
        stock(workspace)
        yield workspace


@pytest.fixture
def goals(workspace: fg.Workspace) -> Iterator[list[int]]:
    """Two goals, gone after the test: one under way, one of which no day is over."""
    made = [workspace.goals.add(goal, workspace.as_of()).id for goal in (BUY, JUNE)]
    yield made
    for goal in workspace.goals.all():
        workspace.goals.delete(goal.id)


@pytest.fixture
def narrow(workspace: fg.Workspace) -> Iterator[str]:
    """A goal whose event must meet one of two conditions, gone after the test."""
    filters = (Filter("total", "gte", 70), Filter("coupon", "is", "MAY"))
    metric = Metric("conversion", "Order Completed", filters=filters, match="any")
    made = workspace.goals.add(replace(BUY, name="Narrow", metric=metric), workspace.as_of())
    yield made.name
    workspace.goals.delete(made.id)


async def test_a_board_without_goals_teaches_what_they_are(visit: Visit) -> None:
    user = await visit("/goals")
    await see(user, "There are no goals yet")
    await see(user, "the data are thin")
    assert "/goals/new" in links(user)


async def test_a_card_shows_state_figures_and_who_answers(visit: Visit, goals: list[int]) -> None:
    user = await visit("/goals")
    await see(user, BUY.name)
    seen = texts(user)
    assert {"On track", "At risk of missing", "Reached"} & set(seen)
    assert {"Not begun", "Li Lei", "¥500.00", "90.0%"} <= set(seen)
    assert sorted(links(user, "fg-goal-card")) == [f"/goals/{number}" for number in sorted(goals)]


@pytest.fixture
def long(workspace: fg.Workspace) -> Iterator[Goal]:
    """A goal of 366 days: so long before it nobody was known, since the people became known 300 days before the last event."""
    made = workspace.goals.add(replace(JUNE, name="Long", last_day=date(2025, 6, 5)), workspace.as_of())
    yield made
    workspace.goals.delete(made.id)


async def test_a_card_without_a_baseline_says_why(visit: Visit, long: Goal) -> None:
    user = await visit("/goals")
    await see(user, f"There is no baseline: nobody was in it at the start of {long.baseline_first}.")


async def test_a_state_narrows_the_board(visit: Visit, goals: list[int]) -> None:
    del goals
    user = await visit("/goals")
    await see(user, BUY.name)
    element(user, ui.toggle, "fg-segmented").value = "not_begun"
    await until(lambda: BUY.name not in texts(user))
    assert "June" in texts(user)


async def test_a_goal_shows_its_course_and_its_people(visit: Visit, workspace: fg.Workspace, goals: list[int]) -> None:
    user = await visit("/goals/May%20%3Corders%3E/all")
    await until(lambda: elements(user, ThemedChart))
    progress = workspace.goals.progress(goals[0], workspace.as_of())
    assert element(user, ThemedChart).options["series"][0]["data"][0] == pytest.approx((progress.course[0].value or 0) * 100)
    assert progress.reason.text() in texts(user)
    await see(user, f"{len(workspace.goals.people(goals[0], workspace.as_of()))} people")


async def test_the_conditions_of_a_goal_are_told_in_words(visit: Visit, narrow: str) -> None:
    user = await visit(f"/goals/{narrow}")
    await see(user, "“Order Completed” where total is at least 70 or coupon is “MAY”")


async def test_a_goal_that_is_not_there_is_not_found(server: FastAPI) -> None:
    async with browser(server) as client:
        answer = await client.get("/goals/spring")
    assert (answer.status_code, "There is no goal “spring”." in answer.text) == (404, True)


async def test_a_change_takes_the_budget_away(visit: Visit, workspace: fg.Workspace, goals: list[int]) -> None:
    user = await visit(f"/goals/{goals[0]}")
    user.find("Edit").click()
    await until(lambda: elements(user, ui.dialog))
    with user:
        next(each for each in elements(user, ui.number) if each.props.get("label") == "Budget").value = None
        next(each for each in elements(user, ui.number) if each.props.get("label") == "Target").value = 80
    user.find("Save").click()
    await until(lambda: workspace.goals.get(goals[0]).budget_minor is None)
    assert workspace.goals.get(goals[0]).target == 0.8


async def test_the_wizard_measures_keeps_and_sets(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/goals/new?tier=frequency/repeat&metric=conversion&event=Order%20Completed&target=0.9")
    await until(lambda: "Baseline" in texts(user))
    assert "Still missing" not in " ".join(texts(user))
    element(user, ui.input, aria_label="Owner").value = "Wang"
    await until(lambda: (kept := workspace.drafts.get(KEY)) is not None and kept.content["owner"] == "Wang")
    user.find("Set the goal").click()
    await until(workspace.goals.all)
    (made,) = workspace.goals.all()
    assert (made.owner, made.target, made.name) == ("Wang", 0.9, "Purchase frequency · Repeat · Conversion · Order Completed")
    workspace.goals.delete(made.id)


async def test_the_wizard_says_how_a_share_without_a_baseline_is_meant(visit: Visit) -> None:
    user = await visit("/goals/new?tier=frequency/repeat&metric=tier_share&first=2024-06-05&last=2025-06-05")
    await until(lambda: elements(user, ui.select))
    element(user, ui.select, aria_label="Tier").value = "frequency/repeat"
    await see(user, "There is no baseline: nobody was in it at the start of")
    assert "Without a baseline, the share is taken to be meant to rise." in texts(user)


async def test_a_draft_is_there_again_after_the_page_was_closed(visit: Visit) -> None:
    user = await visit("/goals/new")
    await until(lambda: elements(user, ui.textarea))
    element(user, ui.textarea, aria_label="Note").value = "half done"
    await see(user, "Draft saved")
    again = await visit("/goals/new")
    await see(again, "You have an unsaved draft of")
    assert element(again, ui.textarea, aria_label="Note").value == "half done"


async def test_what_is_missing_is_named_and_the_button_waits(visit: Visit) -> None:
    user = await visit("/goals/new?metric=tier_share")
    await see(user, "Still missing: people, a tier, a target")
    (button,) = [each for each in elements(user, ui.button) if each.text == "Set the goal"]
    assert not button.enabled


async def test_a_viewer_sees_goals_and_sets_none(visit: Visit, goals: list[int]) -> None:
    user = await visit(f"/goals/{goals[0]}", role="viewer")
    await see(user, BUY.name)
    assert all(not each.enabled for each in elements(user, ui.button) if each.text in {"Edit", "Delete"})
