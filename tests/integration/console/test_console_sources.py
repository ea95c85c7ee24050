"""The pages of sources over a real workspace, without a browser: make, set up, watch, change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from nicegui import ui
from tests.clients.logins import as_owner
from tests.integration.console.conftest import browser, element, elements, links, see, tell, texts, until

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.sources.snippets import PLACEHOLDER
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest
from finegrain.console.pages.data import source as source_page
from finegrain.console.pages.data import sources as sources_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of this module's own, which it fills."""
    with fg.open(tmp_path_factory.mktemp("sources"), clock=SettableClock(NOW)) as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page look for what came more often than readers need."""
    monkeypatch.setattr(source_page, "LOOK_EVERY_S", 0.05)


def send(workspace: fg.Workspace, source: str, *items: dict[str, Any], agent: str = "") -> None:
    """Let a Segment source send a batch by a program of that name."""
    request = WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), workspace.clock.now(), {}, {})
    workspace.collector.store_now(Arrival(segment.decode(request), source, "segment", workspace.clock.now(), agent))


def track(message_id: str, **fields: Any) -> dict[str, Any]:
    """Give one event of Segment's."""
    return {"type": "track", "userId": "ann", "event": "Product Viewed", "messageId": message_id, **fields}


def button(user: User, text: str) -> ui.button:
    """Give the button that says ``text``."""
    (found,) = [each for each in elements(user, ui.button) if each.text == text]
    return found


def code(user: User) -> str:
    """Give all code that the page shows."""
    return "\n".join(block.content for block in elements(user, ui.html, "fg-code"))


async def test_a_new_workspace_shows_the_form_at_once(visit: Visit) -> None:
    user = await visit("/data/sources")
    await see(user, "Nobody sends yet")
    assert element(user, ui.input, label="Name").visible


async def test_a_new_source_shows_its_key_once_and_in_the_code(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/data/sources")
    await see(user, "Nobody sends yet")
    element(user, ui.input, label="Name").set_value("web shop")
    element(user, ui.textarea).set_value("https://shop.example")
    await tell(user, button(user, "Make the source"), "click")
    await until(lambda: "web shop" in texts(user, "fg-h1"))
    (key,) = {block.content for block in elements(user, ui.html, "fg-code") if block.content.startswith("fg_")}
    assert workspace.sources.authenticate(key, "segment") == workspace.sources.get("web shop")
    assert workspace.sources.get("web shop").allowed_origins == ("https://shop.example",)
    assert f'writeKey: &quot;<b class="fg-code-mark">{key}</b>' in code(user)
    again = await visit("/data/sources/web%20shop")
    assert key not in code(again)
    assert PLACEHOLDER in code(again)


async def test_a_name_that_is_taken_is_said(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("taken", "posthog")
    user = await visit("/data/sources")
    await see(user, "taken")
    element(user, ui.input, label="Name").set_value("taken")
    await tell(user, button(user, "Make the source"), "click")
    await until(lambda: user.notify.contains("There is a source named “taken” already."))


async def test_the_code_follows_the_sdk_and_the_address(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("app", "sensors")
    user = await visit("/data/sources/app")
    assert "sensorsDataAnalytic201505" in code(user)
    element(user, ui.toggle, aria_label="Where the sender runs").set_value("python")
    element(user, ui.input, "fg-url").set_value("https://collect.shop.example")
    await until(lambda: "https://collect.shop.example/sa?project=default&amp;token=" in code(user))
    assert "pip install SensorsAnalyticsSDK" in code(user)


async def test_an_address_that_is_none_is_marked_and_leaves_the_code(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("wrong address", "segment")
    user = await visit("/data/sources/wrong%20address")
    before = code(user)
    element(user, ui.input, "fg-url").set_value("shop example")
    assert "error" in element(user, ui.input, "fg-url").props
    assert code(user) == before


async def test_the_first_event_turns_the_page_green(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("waiting", "segment")
    user = await visit("/data/sources/waiting")
    await see(user, "Waiting for the first event …")
    assert elements(user, ui.element, "fg-dot-waiting")
    send(workspace, "waiting", track("first"))
    await see(user, "Product Viewed of ann, just now")
    assert elements(user, ui.element, "fg-dot-good")
    assert dict(zip(texts(user, "fg-kpi-label"), texts(user, "fg-kpi-value"), strict=True))["Events, 24 h"] == "1"


async def test_the_list_counts_what_came_and_what_was_refused(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("counted", "segment")
    send(workspace, "counted", track("c1"), track("c2"), track("c2"), {"type": "track", "event": "A", "messageId": "c3"})
    user = await visit("/data/sources")
    await see(user, "counted")
    rows = texts(user, "fg-sources")
    place = rows.index("counted")
    assert rows[place + 3 : place + 6] == ["2", "just now", "1"]
    assert "/data/refused?source=counted" in links(user)


async def test_disabling_and_enabling_again(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("switched", "segment")
    user = await visit("/data/sources")
    await see(user, "switched")
    element(user, ui.switch, aria_label="“switched” may send").set_value(False)
    await until(lambda: not workspace.sources.get("switched").enabled)
    user = await visit("/data/sources/switched")
    await see(user, "Disabled: what it sends is refused")
    await tell(user, button(user, "Enable"), "click")
    await until(lambda: workspace.sources.get("switched").enabled)


async def test_a_new_key_leaves_the_old_one_good_for_a_day(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        old = workspace.sources.add("rotated", "segment").key
    user = await visit("/data/sources/rotated")
    await tell(user, button(user, "New key"), "click")
    await tell(user, button(user, "Make a new key"), "click")
    await see(user, "Copy it now")
    source = workspace.sources.get("rotated")
    assert source.old_key_until == NOW + timedelta(days=1)
    assert workspace.sources.authenticate(old, "segment") == source
    assert any(block.content.endswith(source.key_hint) for block in elements(user, ui.html, "fg-code"))


async def test_origins_are_kept_and_a_bad_one_is_said(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("pages", "segment")
    user = await visit("/data/sources/pages")
    element(user, ui.textarea).set_value("https://a.example\nhttps://b.example/")
    await tell(user, button(user, "Save"), "click")
    await until(lambda: workspace.sources.get("pages").allowed_origins == ("https://a.example", "https://b.example"))
    element(user, ui.textarea).set_value("a.example")
    await tell(user, button(user, "Save"), "click")
    await until(lambda: user.notify.contains("“a.example” is not a web origin."))


async def test_an_unknown_source_is_not_found(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/data/sources/nobody")
    assert answer.status_code == 404
    assert "There is no such source" in answer.text


async def test_a_name_with_a_slash_and_markup_is_a_name(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("a/b <b>", "segment")
    user = await visit("/data/sources/a%2Fb%20%3Cb%3E")
    assert "a/b <b>" in texts(user, "fg-h1")


async def test_the_pages_speak_chinese(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("中文", "sensors")
    user = await visit("/data/sources/%E4%B8%AD%E6%96%87", language="zh-CN")
    await see(user, "正在等待第一条数据")
    assert "神策" in texts(user)


async def test_what_came_long_ago_is_remembered_while_the_page_looks_again(
    visit: Visit, workspace: fg.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_page, "LOOK_EVERY_S", 0.05)
    with as_owner():
        workspace.sources.add("long ago", "segment")
    clock = workspace.clock
    assert isinstance(clock, SettableClock)
    send(workspace, "long ago", track("ago"))
    for part in range(6):  # the live view holds the last five hundred things
        send(workspace, "counted", *(track(f"{part} {number}") for number in range(100)))
    clock.set(NOW + timedelta(days=20))
    user = await visit("/data/sources")
    await see(user, "20 days ago")
    send(workspace, "long ago", track("ago again"))
    await until(lambda: "20 days ago" not in texts(user, "fg-sources")[texts(user, "fg-sources").index("long ago") :][:6])
    clock.set(NOW)
