"""The frame around every page, the answers of the server beside the pages, and its start over a broken workspace."""

from __future__ import annotations

import re
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from nicegui import ui
from tests.integration.console.conftest import browser, element, elements, links, tell, texts

import finegrain as fg
from finegrain.console.frame import NAV
from finegrain.console.text import TAGS
from finegrain.server.app import warm_up

if TYPE_CHECKING:
    from fastapi import FastAPI
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = [item.path for group in NAV for item in group.items]


@pytest.mark.parametrize("path", PAGES)
async def test_every_entry_of_the_navigation_leads_to_a_page_that_marks_it(visit: Visit, path: str) -> None:
    user = await visit(path)
    marked = [each for each in elements(user, ui.element, "fg-nav") if each.props.get("aria-current") == "page"]
    assert [each.props["href"] for each in marked] == [path]
    assert set(PAGES) <= set(links(user))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("en-GB,zh;q=0.5", "en-US"),
        ("de-DE,fr;q=0.9,zh;q=0.3", "zh-CN"),
        ("", "the workspace's"),
        ("de", "the workspace's"),
        ("*;q=0.1,;;,", "the workspace's"),
    ],
)
async def test_page_speaks_the_first_language_of_the_browser_that_we_speak(
    server: FastAPI, shop: fg.Workspace, header: str, language: str
) -> None:
    language = TAGS[shop.settings.language] if language == "the workspace's" else language
    async with browser(server, header) as session:
        answer = await session.get("/people")
    assert f'lang="{language}"' in answer.text
    assert ("用户 · finegrain" in answer.text) is (language == "zh-CN")


async def test_chosen_language_wins_over_the_browsers(visit: Visit) -> None:
    user = await visit("/people", language="en-US")
    user.find("中文").click()
    answer = await user.http_client.get("/people")
    assert 'lang="zh-CN"' in answer.text


async def test_chosen_theme_is_remembered(visit: Visit) -> None:
    user = await visit("/people")
    await tell(user, element(user, ui.button, "fg-tool", aria_label="Dark theme"), "click")
    assert element(user, ui.dark_mode).value is True
    await user.open("/people")
    assert element(user, ui.dark_mode).value is True
    assert elements(user, ui.button, "fg-tool", aria_label="Light theme")


@pytest.mark.parametrize(("header", "text"), [("en", "There is no page at this address"), ("zh", "这个地址没有页面")])
async def test_unknown_address_is_answered_inside_the_frame(server: FastAPI, header: str, text: str) -> None:
    async with browser(server, header) as session:
        answer = await session.get("/nowhere/at/all")
    assert answer.status_code == 404
    assert text in answer.text
    assert "fg-nav" in answer.text


async def test_unknown_file_of_the_framework_is_plain_not_found(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/_nicegui/nothing.js")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


async def test_page_names_no_address_outside(server: FastAPI) -> None:
    async with browser(server) as session:
        pages = [(await session.get(path, follow_redirects=True)).text for path in PAGES]
    outside = {url for page in pages for url in re.findall(r'(?:src|href)="(https?://[^"]+)"', page)}
    assert outside == set()


async def test_server_says_that_it_is_up_and_shows_no_other_door(server: FastAPI) -> None:
    async with browser(server) as session:
        assert (await session.get("/healthz")).json() == {"status": "ok", "version": fg.__version__}
        assert (await session.get("/openapi.json")).json()["info"]["title"] == "finegrain"
        assert [(await session.get(path)).status_code for path in ("/docs", "/redoc")] == [404] * 2


@pytest.mark.usefixtures("server")
async def test_secret_of_sessions_is_the_owners_alone(shop: fg.Workspace) -> None:
    secret = shop.home / "console" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text(encoding="ascii")) >= 48


async def test_session_cookie_is_out_of_reach_of_scripts(server: FastAPI) -> None:
    async with browser(server) as session:
        cookie = (await session.get("/people")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_workspace_that_cannot_be_warmed_up_is_served_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("disk gone")

    warm_up(cast("fg.Workspace", SimpleNamespace(index=SimpleNamespace(warm_up=fail))))
    assert "could not prepare the first page" in caplog.text
    assert "disk gone" in caplog.text


async def test_heading_of_a_page_stands_once(visit: Visit) -> None:
    for path in PAGES:
        user = await visit(path)
        assert len(elements(user, ui.element, "fg-h1")) == 1, path
        assert texts(user, "fg-h1")
