"""Goals and tiers over time in a real browser: set by hand, kept as a draft, looked at, and opened at a band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import heard, loaded
from tests.clients.axe import serious

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.acceptance.console.conftest import OpenPage, Shop

LINK = "/goals/new?tier=frequency/repeat&metric=conversion&event=Order%20Completed&first=2024-05-15&last=2024-06-13"


def fill(page: Page, label: str, text: str) -> None:
    """Type into a field, and leave it."""
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Tab")


def test_an_empty_board_teaches_and_has_no_serious_fault(open_page: OpenPage, empty_shop: Shop) -> None:
    page = open_page("/goals", of=empty_shop)
    expect(page.get_by_text("There are no goals yet")).to_be_visible()
    assert serious(page) == []


def test_a_goal_is_measured_set_and_followed(open_page: OpenPage) -> None:
    page = open_page(LINK)
    expect(page.locator(".fg-goal-measured")).to_be_visible()
    assert serious(page) == []
    fill(page, "Target", "90")
    fill(page, "Name of the goal", "Ninety in a hundred")
    page.get_by_role("button", name="Set the goal").click()
    expect(page.get_by_role("heading", name="Ninety in a hundred")).to_be_visible()
    expect(page.locator("canvas")).to_be_visible()
    assert serious(page) == []
    page.goto("/goals")
    expect(page.get_by_role("link", name="Ninety in a hundred")).to_be_visible()
    assert serious(page) == []


def test_typing_on_goes_on_while_the_baseline_is_measured(open_page: OpenPage) -> None:
    page = open_page(LINK)
    page.get_by_label("Owner", exact=True).press_sequentially("Li Lei and Han Meimei", delay=60)
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Li Lei and Han Meimei")
    heard(page)  # what was held is not on the disk yet, and nothing on the page tells that it was
    page.goto("/goals/new")
    expect(page.get_by_text("You have an unsaved draft of")).to_be_visible()
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Li Lei and Han Meimei")
    page.get_by_label("Owner", exact=True).press("!")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Owner", exact=True)).to_have_value("")


@pytest.mark.parametrize(("locale", "label"), [("en-US", "Compute"), ("zh-CN", "开始补算")])
def test_past_days_are_computed_and_a_band_opens_its_people(open_page: OpenPage, locale: str, label: str) -> None:
    page = open_page("/tiers/frequency/history", locale=locale)
    page.get_by_role("button", name={"en-US": "Compute past days", "zh-CN": "补算历史"}[locale]).click()
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".q-dialog")).to_have_count(0)
    loaded(page)
    expect(page.locator(".fg-history-flow canvas")).to_be_visible()
    page.locator("td a.fg-link").first.click()
    shown = page.locator("td a.fg-link").first.inner_text()
    expect(page.locator(".fg-panel-count")).to_contain_text(shown)
    page.keyboard.press("Escape")
    expect(page.locator(".fg-panel-count")).to_be_hidden()
    assert serious(page) == []


@pytest.mark.parametrize("path", ["/goals/new", "/tiers/frequency/history", "/tiers/-/new"])
def test_nothing_is_wider_than_a_phone(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=390)
    expect(page.locator(".fg-card, .fg-state").first).to_be_visible()
    loaded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
