"""The live view over a real workspace, without a browser: what arrives, filtered, held still, and whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from nicegui import ui
from tests.clients.logins import as_owner
from tests.integration.console.conftest import address, element, elements, links, see, tell, texts, until
from tests.integration.console.test_console_sources import send, track

import finegrain as fg
from finegrain.console.pages.data import live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1)"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace to which two sources send."""
    with fg.open(tmp_path_factory.mktemp("live")) as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the view look for what came more often than readers need."""
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.05)


def rows(user: User) -> list[dict[str, Any]]:
    """Give the rows of the view, none before it stands."""
    found = elements(user, ui.table)
    return found[0].rows if found else []


def names(user: User) -> list[str]:
    """Give the names in the rows, the newest first."""
    return [row["name"] for row in rows(user)]


async def test_without_a_source_it_leads_to_connecting_one(visit: Visit) -> None:
    user = await visit("/data/live")
    await see(user, "Nobody sends yet")
    assert links(user).count("/data/sources") == 2


async def test_what_arrives_is_seen_with_its_verdict(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("web", "segment")
    user = await visit("/data/live")
    await until(lambda: elements(user, ui.table))
    send(workspace, "web", track("v1"), track("v1"), track("v3", timestamp="2024-01-01T00:00:00Z"))
    send(workspace, "web", track("v2"), agent=ROBOT)
    send(workspace, "web", {"type": "track", "event": "Alone", "messageId": "v4"})
    send(workspace, "web", {"type": "identify", "userId": "ann", "traits": {"city": "Bath"}})
    await until(lambda: len(rows(user)) == 6)
    verdicts = sorted((row["verdict"], *row["marks"]) for row in rows(user))
    expected = [("applied",), ("refused",), ("repeated",), ("stored",), ("stored", "history"), ("stored", "robot")]
    assert verdicts == expected
    assert "no person" in names(user)


async def test_filters_hold_in_the_address(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("app", "segment")
    send(workspace, "app", track("f1", event="Coupon Applied", userId="bob"), track("f2", event="Cart Viewed", userId="bob"))
    user = await visit("/data/live")
    await until(lambda: "Coupon Applied" in names(user))
    element(user, ui.select, aria_label="Source").set_value("app")
    await until(lambda: sorted(names(user)) == ["Cart Viewed", "Coupon Applied"])
    element(user, ui.input, label="Event or id").set_value("coupon")
    await until(lambda: names(user) == ["Coupon Applied"])
    assert address(user) == "/data/live?source=app&q=coupon"
    again = await visit("/data/live?source=app&q=BOB&kind=stored")
    await until(lambda: len(rows(again)) == 2)
    element(again, ui.select, aria_label="Verdict").set_value("refused")
    await until(lambda: rows(again) == [])


async def test_paused_rows_stay_and_the_button_counts_what_is_new(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/data/live?q=held")
    await until(lambda: elements(user, ui.table))
    send(workspace, "web", track("p1", event="held 1"))
    await until(lambda: names(user) == ["held 1"])
    (pause,) = [each for each in elements(user, ui.button) if each.text == "Pause"]
    await tell(user, pause, "click")
    send(workspace, "web", track("p2", event="held 2"), track("p3", event="held 3"))
    await until(lambda: pause.text == "Resume · 2 new")
    assert names(user) == ["held 1"]
    await tell(user, pause, "click")
    await until(lambda: len(rows(user)) == 3)
    assert pause.text == "Pause"


async def test_a_row_opens_to_the_whole_event_and_holds_still(visit: Visit, workspace: fg.Workspace) -> None:
    note = "长" * 2_000
    send(workspace, "web", track("w1", event="Long", properties={"note": note}))
    user = await visit("/data/live?q=Long")
    await until(lambda: names(user) == ["Long"])
    await tell(user, elements(user, ui.table)[0], "whole", rows(user)[0]["key"])
    await until(lambda: rows(user)[0]["raw"])
    shown = json.loads(rows(user)[0]["raw"])
    assert (shown["event"], shown["distinct_id"], shown["message_id"]) == ("Long", "ann", "w1")
    assert shown["properties"]["note"] == note
    assert any(each.text == "Resume" for each in elements(user, ui.button))


async def test_the_view_is_bounded(visit: Visit, workspace: fg.Workspace) -> None:
    send(workspace, "web", *(track(f"b{number}", event="Many") for number in range(90)))
    send(workspace, "web", *(track(f"c{number}", event="Many") for number in range(90)))
    user = await visit("/data/live?q=many")
    await until(lambda: len(rows(user)) == 100)
    assert "the last 100 that match" in texts(user)
