"""The catalogue and the tracking plan over a real workspace, without a browser."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload
from tests.clients.logins import as_owner
from tests.integration.console.conftest import browser, element, elements, links, see, tell, texts, until

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.plan.contract import EventPlan, PropertyRule
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest
from finegrain.console.pages.catalogue import properties
from finegrain.console.pages.plan import view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORDER: dict[str, Any] = {"order_id": "o1", "total": 12.5, "email": "ann@shop.example"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of this module's own with three kinds of events from two sources."""
    with fg.open(tmp_path_factory.mktemp("catalogue")) as workspace:
        events = [("Order Completed", ORDER)] * 3 + [("Page Viewed", {})] * 5 + [("a/b \N{SNOWMAN}", {"x": [1]})]
        send(workspace, events, source="web")
        send(workspace, [("Page Viewed", {})], source="app")
        yield workspace


@pytest.fixture(autouse=True)
def no_plan(workspace: fg.Workspace) -> Iterator[None]:
    """Leave no plan and no violations behind."""
    yield
    workspace.plan.import_text("{}", replace=True)
    workspace.plan.set_undeclared_events("allow")
    workspace.plan.forget_violations()


def send(workspace: fg.Workspace, events: list[tuple[str, dict[str, Any]]], *, source: str = "web") -> int:
    """Send events now; give how many were refused."""
    start = workspace.events.last_seq()
    items = [
        {"type": "track", "event": name, "userId": "ann", "messageId": f"{source}{start + place}", "properties": properties}
        for place, (name, properties) in enumerate(events)
    ]
    now = workspace.clock.now()
    decoded = segment.decode(WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), now))
    return len(workspace.collector.store_now(Arrival(decoded, source, "segment", now)).refused)


def rows(user: User) -> list[dict[str, Any]]:
    """Give the rows of the table of events."""
    return list(element(user, ui.table).rows)


def press(user: User, text: str) -> None:
    """Press the button with this text."""
    with user:
        (button,) = [each for each in elements(user, ui.button) if each.text == text and each.visible]
    _click(user, button)


def _click(user: User, button: ui.button) -> None:
    with user:
        for listener in list(button._event_listeners.values()):
            if listener.type == "click":
                button._handle_event({"listener_id": listener.id, "args": None})


async def test_all_events_are_listed_the_most_frequent_first(visit: Visit) -> None:
    user = await visit("/data/catalogue")
    await until(lambda: elements(user, ui.table) and rows(user))
    assert [(row["event"]["text"], row["count"], row["sources"]) for row in rows(user)] == [
        ("Page Viewed", "6", "web, app"), ("Order Completed", "3", "web"), ("a/b ☃", "1", "web"),
    ]  # fmt: skip
    assert rows(user)[0]["spark"]["label"] == "6 events in the last 14 days"
    assert [row["state"] for row in rows(user)] == [[], [], []]


async def test_the_filters_narrow_the_list(visit: Visit) -> None:
    user = await visit("/data/catalogue?source=app")
    await until(lambda: elements(user, ui.table) and rows(user))
    assert [(row["event"]["text"], row["count"]) for row in rows(user)] == [("Page Viewed", "1")]
    user = await visit("/data/catalogue?text=order")
    await until(lambda: elements(user, ui.table) and rows(user))
    assert [row["event"]["text"] for row in rows(user)] == ["Order Completed"]


async def test_the_page_of_an_event_shows_its_properties_and_masks_what_reaches_people(visit: Visit) -> None:
    user = await visit("/data/catalogue/Order%20Completed")
    await see(user, "order_id")
    shown = texts(user)
    assert {"total", "12.5", "email", "•••"} <= set(shown)
    assert not any("ann@" in text for text in shown)
    assert "/data/plan?propose=Order+Completed" in links(user)


async def test_an_event_with_a_strange_name_has_a_page(visit: Visit) -> None:
    user = await visit("/data/catalogue")
    await until(lambda: elements(user, ui.table) and rows(user))
    path = rows(user)[2]["event"]["href"]
    user = await visit(path)
    await see(user, "a/b ☃")
    assert "list" in texts(user)


async def test_the_page_can_be_narrowed_to_one_source(visit: Visit) -> None:
    user = await visit("/data/catalogue/Page%20Viewed?source=app")
    await see(user, "Page Viewed")
    assert texts(user, "fg-kpi-value")[0] == "1"
    assert "This event carries no properties" in texts(user)


async def test_an_event_nobody_sent_is_not_found(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/data/catalogue/Nonsense")
    assert answer.status_code == 404


async def test_what_came_after_the_limit_is_said(visit: Visit, monkeypatch: pytest.MonkeyPatch, workspace: fg.Workspace) -> None:
    from finegrain.collect.catalogue import counting

    monkeypatch.setattr(counting, "MAX_PROPERTIES", 1)
    monkeypatch.setattr(properties, "MAX_PROPERTIES", 1)
    send(workspace, [("Crowded", {"a": 1, "b": 2, "c": 3})])
    user = await visit("/data/catalogue/Crowded")
    await see(user, "Beyond the first 1 properties, 2 values of others were sent")


async def test_an_empty_plan_proposes_what_was_seen(visit: Visit) -> None:
    user = await visit("/data/plan")
    await see(user, "No event is declared yet")
    assert {"Seen, but not declared", "Order Completed", "Page Viewed"} <= set(texts(user))


async def test_an_event_is_declared_as_it_was_seen(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/data/plan?propose=Order+Completed")
    await until(lambda: "Declare an event" in texts(user, "fg-plan-form"))
    await until(lambda: len(elements(user, ui.element, "fg-rule")) == 3)
    press(user, "Save")
    await until(lambda: workspace.plan.plan().events)
    (event,) = workspace.plan.plan().events
    assert {(rule.name, rule.type, rule.required) for rule in event.properties} == {
        ("order_id", "text", True), ("total", "number", True), ("email", "text", True),
    }  # fmt: skip
    await see(user, "Declared events")


async def test_a_declaration_is_changed_in_place_and_its_name_too(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.plan.declare(EventPlan("Old", owner="me", properties=(PropertyRule("a", "text", allowed=("x", "1")),)))
    user = await visit("/data/plan?edit=Old")
    await until(lambda: elements(user, ui.element, "fg-rule"))
    with user:
        (name,) = [each for each in elements(user, ui.input) if each.props.get("label") == "Event"]
        name.set_value(" New ")
        (refuse,) = [
            each for each in elements(user, ui.toggle) if each.props.get("aria-label") == "What violates the declaration"
        ]
        refuse.set_value("refuse")
    press(user, "Save")
    await until(lambda: workspace.plan.plan().get("New"))
    await until(lambda: workspace.plan.plan().get("Old") is None)
    (event,) = workspace.plan.plan().events
    assert (event.owner, event.on_violation, event.properties[0].allowed) == ("me", "refuse", ("x", "1"))


async def test_a_declaration_without_a_name_says_what_is_missing_and_keeps_what_was_typed(
    visit: Visit, workspace: fg.Workspace
) -> None:
    user = await visit("/data/plan")
    await see(user, "No event is declared yet")
    with user:
        button = next(each for each in elements(user, ui.button) if each.text == "Declare an event")
    _click(user, button)
    await until(lambda: [each for each in elements(user, ui.button) if each.text == "Add a property"])
    press(user, "Add a property")
    await until(lambda: elements(user, ui.element, "fg-rule"))
    press(user, "Save")
    await see(user, "Every event and every property needs a name")
    assert workspace.plan.plan().events == ()
    assert len(elements(user, ui.element, "fg-rule")) == 1


async def test_a_declaration_is_begun_before_the_plan_is_there_and_outlives_its_coming(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load, read = threading.Event(), view._read
    monkeypatch.setattr(view, "_read", lambda: may_load.wait(60) and read())
    user = await visit("/data/plan")
    press(user, "Declare an event")
    await until(lambda: [each for each in elements(user, ui.button) if each.text == "Add a property"])
    (name,) = [each for each in elements(user, ui.input) if each.props.get("label") == "Event"]
    (source,) = [each for each in elements(user, ui.select) if each.props.get("label") == "Source"]
    with user:
        name.set_value("Coupon Applied")
    assert source.options == {"": "All sources"}
    may_load.set()
    await see(user, "No event is declared yet")
    assert source.options == {"": "All sources", "app": "app", "web": "web"}
    assert name.value == "Coupon Applied"


async def test_what_happens_to_undeclared_events_is_chosen_on_the_page(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.plan.declare(EventPlan("Order Completed"))
    user = await visit("/data/plan")
    await see(user, "Declared events")
    with user:
        (toggle,) = [each for each in elements(user, ui.toggle) if each.props.get("aria-label") == "Events that are not declared"]
        toggle.set_value("refuse")
    await until(lambda: workspace.plan.plan().undeclared_events == "refuse")
    assert send(workspace, [("Nonsense", {})]) == 1


async def test_violations_are_listed_and_forgotten(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.plan.declare(EventPlan("Order Completed", properties=(PropertyRule("total", "number"),)))
    send(workspace, [("Order Completed", {"total": "a lot"})])
    user = await visit("/data/plan", language="zh-CN")
    await see(user, "类型不符")
    assert "a lot" in texts(user, "fg-violations")
    user = await visit("/data/catalogue/Order%20Completed")
    await see(user, "Violations of the tracking plan")
    user = await visit("/data/plan")
    await see(user, "wrong type")
    press(user, "Forget all")
    await see(user, "Nothing violates the plan")
    assert workspace.plan.violations() == []


async def test_a_declaration_is_removed_after_a_question(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.plan.declare(EventPlan("Order Completed"))
    user = await visit("/data/plan")
    await see(user, "Declared events")
    _click(user, element(user, ui.button, aria_label="Remove Order Completed"))
    await see(user, "Remove the declaration?")
    press(user, "Remove")
    await until(lambda: not workspace.plan.plan().events)
    await see(user, "No event is declared yet")


async def test_a_plan_is_downloaded_and_taken_over_again(visit: Visit, workspace: fg.Workspace, server: FastAPI) -> None:
    with as_owner():
        workspace.plan.declare(EventPlan("Order Completed", owner="me"))
    async with browser(server) as session:
        answer = await session.get("/data/plan.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="tracking-plan.json"'
    with as_owner():
        workspace.plan.remove("Order Completed")
    user = await visit("/data/plan")
    await see(user, "No event is declared yet")
    with user:
        await element(user, ui.upload).handle_uploads([SmallFileUpload("plan.json", "application/json", answer.content)])
    await until(lambda: workspace.plan.plan().events)
    assert workspace.plan.plan().events == (EventPlan("Order Completed", owner="me"),)


async def test_a_file_that_is_no_plan_says_so(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/data/plan")
    await see(user, "No event is declared yet")
    with user:
        await element(user, ui.upload).handle_uploads([SmallFileUpload("plan.json", "application/json", b'{"events": 1}')])
    await see(user, "which a tracking plan cannot hold")
    assert workspace.plan.plan().events == ()


async def test_while_events_are_being_counted_the_page_says_how_far_it_is(visit: Visit, workspace: fg.Workspace) -> None:
    workspace.catalogue.rebuild()
    with workspace.catalogue._turn:
        user = await visit("/data/catalogue?text=")
        await see(user, "Counting: 0.0% so far")
    await tell(
        user,
        element(user, ui.table),
        "request",
        {"pagination": {"page": 1, "rowsPerPage": 25, "sortBy": "count", "descending": True}},
    )
    await until(lambda: len(rows(user)) >= 3)
