"""The frame around every page: language, theme, navigation, and what stands where there is no page."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import settled

if TYPE_CHECKING:
    from tests.acceptance.console.conftest import OpenPage, Shop

PATHS = ("/", "/nowhere")


@pytest.mark.parametrize(("locale", "tag", "title"), [("zh-CN", "zh-CN", "运营概览"), ("en-GB", "en-US", "Overview"),
                                                      ("de-DE", "zh-CN", "运营概览")])  # fmt: skip
def test_first_visit_speaks_the_browsers_language_else_the_workspaces(
    open_page: OpenPage, locale: str, tag: str, title: str
) -> None:
    page = open_page("/", locale=locale)
    expect(page).to_have_title(f"{title} · finegrain")
    assert page.locator("html").get_attribute("lang") == tag
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_language_switch_changes_everything_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/", locale="en-US")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("link", name="导入数据")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("button", name="English")).to_be_visible()


def test_theme_switch_takes_effect_at_once_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("canvas").wait_for()
    page.get_by_role("button", name="Dark theme").click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))


def test_unknown_address_answers_404_inside_the_frame(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/nowhere/at/all")
    assert page.request.get(f"{shop.url}/nowhere/at/all").status == 404
    expect(page).to_have_title("Page not found · finegrain")
    page.get_by_role("link", name="Go to the overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def test_navigation_marks_the_page_that_is_shown(open_page: OpenPage) -> None:
    page = open_page("/")
    navigation = page.get_by_role("navigation", name="Navigation")
    expect(navigation.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    assert navigation.locator("[aria-current]").count() == 1


def test_keyboard_skips_to_the_content_first(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 20
    page.keyboard.press("Enter")
    expect(page.locator(".fg-main")).to_be_focused()


FOCUS = "(style => [style.outlineWidth, style.boxShadow])(getComputedStyle(document.activeElement))"


def test_keyboard_focus_can_be_seen(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Import data").wait_for()
    for _step in range(6):
        page.keyboard.press("Tab")
        outline, shadow = page.evaluate(FOCUS)
        assert outline == "2px" or "0px 0px 0px 4px" in shadow


def test_narrow_window_hides_the_navigation_behind_a_button(open_page: OpenPage) -> None:
    page = open_page("/", width=390)
    link = page.get_by_role("link", name="Import data")
    expect(link).not_to_be_in_viewport()
    page.get_by_role("button", name="Show or hide the navigation").click()
    expect(link).to_be_in_viewport()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_no_page_is_wider_than_its_window(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width)
    page.locator("canvas, .fg-state").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_control_has_a_name_in_the_users_language(open_page: OpenPage, locale: str) -> None:
    page = open_page("/", locale=locale)
    page.locator("canvas").wait_for()
    labels = page.evaluate(
        "[...document.querySelectorAll('button, a, [role=img], [role=group], nav, table')]"
        ".filter(each => each.ariaHidden !== 'true')"
        ".map(each => each.getAttribute('aria-label') || (each.innerText || '').trim())"
    )
    assert all(labels)
    if locale == "zh-CN":
        latin = {label for label in labels if re.search(r"[A-Za-z]{3}", label) and not re.search(r"[\u4e00-\u9fff]", label)}
        assert latin <= {"finegrain", "language\nEnglish"}


def test_sessions_and_their_secret_lie_in_the_workspace_for_the_owner_alone(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Dark theme").click()
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    folder = shop.home / "console"
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    settled(page, lambda: list(folder.glob("storage-user-*.json")))  # sessions are written behind the answer
    assert not (shop.home / ".nicegui").exists()


def test_health_is_told_without_a_session(open_page: OpenPage, shop: Shop) -> None:
    answer = open_page("/").request.get(f"{shop.url}/healthz")
    assert answer.json()["status"] == "ok"
    assert "set-cookie" not in answer.headers
