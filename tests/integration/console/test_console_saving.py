"""What pages write, and what they say when something fails behind them, over workspaces of this module's own."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from nicegui import ui
from tests.acceptance.console.conftest import LAST_DAY, stock
from tests.integration.console.conftest import address, element, elements, see, tell, texts, until

import finegrain as fg
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY_EVENTS = 45


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """The shop once more, with a person of 45 events, to be written to."""
    with fg.open(tmp_path_factory.mktemp("saving")) as workspace:
        stock(workspace)
        workspace.people.register(["busy"], LAST_DAY)
        workspace.events.append(pa.Table.from_pylist([_visit(place) for place in range(BUSY_EVENTS)], schema=EVENT_SCHEMA))
        yield workspace


def _visit(place: int) -> dict[str, object]:
    time = (LAST_DAY - timedelta(minutes=place)).replace(tzinfo=None)
    return {
        "message_id": f"busy-{place}", "distinct_id": "busy", "event": "Page Viewed", "time": time, "received_at": time,
        "source": "test", "historical": True, "properties": json.dumps({"path": f"/{place}"}),
    }  # fmt: skip


async def desk(visit: Visit, path: str) -> User:
    user = await visit(path)
    await until(lambda: elements(user, ui.table, "fg-tiers"))
    return user


def threshold(user: User, label: str) -> ui.number:
    return element(user, ui.number, aria_label=label)


def _has_events(user: User, count: int) -> bool:
    return len(texts(user, "fg-event-name")) == count


async def test_saved_thresholds_count_from_then_on_until_the_defaults_are(visit: Visit, workspace: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity?set.churned_days=95")
    user.find("Save").click()
    await until(lambda: user.notify.contains("Thresholds saved"))
    assert {each.name: each.value for each in workspace.tiering.thresholds("activity")}["churned_days"] == 95
    assert address(user) == "/tiers/activity"
    again = await desk(visit, "/tiers/activity")
    again.find("Defaults").click()
    again.find("Save").click()
    await until(lambda: again.notify.contains("Thresholds saved"))
    assert all(each.value == each.default for each in workspace.tiering.thresholds("activity"))


async def test_field_says_what_is_saved_while_it_differs(visit: Visit) -> None:
    user = await desk(visit, "/tiers/activity")
    threshold(user, "Silent from").set_value(45)
    assert "saved: 30 days" in texts(user, "fg-threshold-saved")
    threshold(user, "Silent from").set_value(30)
    assert "saved: 30 days" not in texts(user, "fg-threshold-saved")


async def test_emptied_field_is_explained(visit: Visit) -> None:
    user = await desk(visit, "/tiers/activity")
    threshold(user, "Silent from").set_value(None)
    await see(user, "Give a number from 1 to 3650")


async def test_one_suggestion_is_taken_over_alone(visit: Visit, workspace: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    user.find("Suggest from the data").click()
    await see(user, "Suggested: ")
    suggested = workspace.tiering.suggest("activity", workspace.as_of()).values()
    name, label = next((each.name, each.label) for each in workspace.tiering.thresholds("activity") if each.name in suggested)
    await tell(user, element(user, ui.button, aria_label=f"Use the suggestion for {label}"), "click")
    assert threshold(user, label).value == suggested[name]


async def test_choice_among_words_is_tried_out_like_a_number(visit: Visit, workspace: fg.Workspace) -> None:
    chosen = next(each for each in workspace.tiering.thresholds("rfm") if each.choices)
    other = next(value for value in chosen.choices if value != chosen.value)
    user = await desk(visit, "/tiers/rfm")
    element(user, ui.select, aria_label=chosen.label).set_value(other)
    await until(lambda: f"set.{chosen.name}={other}" in address(user))
    assert "1 change not saved" in texts(user)


async def test_long_timeline_comes_in_pieces_to_its_beginning(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit(f"/people/{workspace.people.find('busy').id}")
    for shown in (20, 40):
        await until(partial(_has_events, user, shown))
        user.find("Show earlier events").click()
    await until(partial(_has_events, user, BUSY_EVENTS))
    assert texts(user, "fg-timeline-foot") == ["The beginning"]
    assert [text for text in texts(user, "fg-event-details") if text.startswith("/")] == [f"/{n}" for n in range(BUSY_EVENTS)]


async def test_store_that_fails_is_reported_without_its_details(
    visit: Visit, workspace: fg.Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: object, **_options: object) -> None:
        raise OSError("secret detail")

    user = await desk(visit, "/tiers/activity")
    monkeypatch.setattr(workspace.tiering, "compute", fail)
    threshold(user, "Silent from").set_value(44)
    await until(lambda: user.notify.contains("Something went wrong. The server's log names the cause."))
    assert "secret detail" in caplog.text


async def test_timeline_that_fails_can_be_tried_again(
    visit: Visit, workspace: fg.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_options: object) -> None:
        raise OSError("secret detail")

    with monkeypatch.context() as broken:
        broken.setattr(workspace.events, "timeline", fail)
        user = await visit(f"/people/{workspace.people.find('user-007').id}")
        await see(user, "Something went wrong that we did not foresee")
    await tell(user, next(button for button in elements(user, ui.button) if button.text == "Try again"), "click")
    await until(lambda: len(texts(user, "fg-event-name")) == 3)
