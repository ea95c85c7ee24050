"""Segments in a real browser: a rule built by hand, its draft over a restart of the server, names that need escaping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import PEOPLE, loaded, serving, stock
from tests.clients.axe import serious

import finegrain as fg
from finegrain.console.pages.segments.address import edit_url, segment_url

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page
    from tests.acceptance.console.conftest import OpenPage, Shop

BUYERS = PEOPLE * 3 // 4
"""Every fourth never ordered."""
ODD = "a/b? 100% 回流"


def counted(page: Page, people: int) -> None:
    expect(page.locator(".fg-preview-people")).to_have_text(f"{people:,}")


def begun(page: Page) -> Page:
    """Give the builder without the draft of a test before."""
    expect(page.locator(".fg-preview-people")).not_to_have_text("…")
    if page.locator(".fg-draft").is_visible():
        page.locator(".fg-draft button").last.click()
    expect(page.locator(".fg-tree-condition, .fg-draft:visible")).to_have_count(0)
    counted(page, PEOPLE)
    return page


def add(page: Page, kind: str, within: Locator | None = None) -> None:
    (within or page).get_by_role("button", name="Add a condition").first.click()
    page.get_by_role("menuitem").or_(page.locator(".q-menu .q-item")).filter(has_text=re.compile(kind)).first.click()
    expect(page.locator(".q-menu")).to_have_count(0)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).last.click()
    page.locator(".q-menu .q-item", has_text=option).first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".q-menu")).to_have_count(0)


def test_a_rule_is_built_by_hand_saved_and_lists_as_many_as_it_counts(open_page: OpenPage) -> None:
    page = begun(open_page("/segments/new"))
    add(page, "Orders")
    counted(page, BUYERS)
    add(page, "Trait")
    choose(page, "Choose a trait", "city")
    choose(page, "Values", "London")
    counted(page, PEOPLE // 4)  # every second lives there; every second of those never ordered
    page.get_by_label("Name of the segment").fill("Buyers of London")
    page.get_by_role("button", name="Save the segment").click()
    expect(page.get_by_role("heading", name="Buyers of London", level=1)).to_be_visible()
    expect(page.locator(".fg-table tbody tr").first).to_be_visible()
    file = page.request.get(str(page.get_by_role("link", name="Export as CSV").get_attribute("href")))
    assert len(file.text().splitlines()) - 1 == PEOPLE // 4


def test_what_is_typed_stays_while_other_conditions_come_and_go(open_page: OpenPage) -> None:
    page = begun(open_page("/segments/new"))
    add(page, "Orders")
    page.get_by_label("Number", exact=True).fill("3")
    add(page, "Behaviour")
    page.get_by_role("button", name="Add a group").first.click()
    page.get_by_role("button", name="Take this group away").click()
    expect(page.get_by_role("button", name="Take this group away")).to_have_count(0)
    page.get_by_role("group", name="Behaviour").get_by_role("button", name="Take this condition away").click()
    expect(page.locator(".fg-tree-condition")).to_have_count(1)
    expect(page.get_by_label("Number", exact=True)).to_have_value("3")
    page.get_by_label("Number", exact=True).press("End")
    page.keyboard.type("0")
    counted(page, 0)


def test_a_condition_is_added_by_keyboard_alone(open_page: OpenPage) -> None:
    page = begun(open_page("/segments/new"))
    page.get_by_role("button", name="Add a condition").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".q-menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add a condition")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".q-menu")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    counted(page, BUYERS)  # the third kind is that of orders
    page.wait_for_function("document.activeElement.closest('.fg-tree-condition') !== null")


def test_a_draft_outlives_the_server(open_page: OpenPage, tmp_path: Path) -> None:
    with fg.open(tmp_path) as workspace:
        stock(workspace)
    for start in (1, 2):
        shops = serving(tmp_path)
        page = open_page("/segments/new", of=next(shops))
        if start == 1:
            add(page, "Orders")
            page.get_by_label("Number", exact=True).fill("777")
            counted(page, 0)
            expect(page.get_by_text("Draft saved")).to_be_visible()
        else:
            expect(page.get_by_text("You have an unsaved draft of")).to_be_visible()
            expect(page.get_by_label("Number", exact=True)).to_have_value("777")
            page.get_by_role("button", name="Discard").click()
            expect(page.get_by_label("Number", exact=True)).to_have_count(0)
        page.close()
        assert next(shops, None) is None


def test_a_name_that_needs_escaping_leads_to_its_pages(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/segments", of=shop)
    rule = {"rule": {"trait": "city", "value": "London"}}
    assert page.request.put("/api/v1/segments/plain", data=rule).status == 200
    page.goto("/segments/new")
    begun(page)
    add(page, r"Segment")
    choose(page, "Choose a segment", "plain")
    page.get_by_label("Name of the segment").fill(ODD)
    page.get_by_role("button", name="Save the segment").click()
    expect(page.get_by_role("heading", name=ODD, level=1)).to_be_visible()
    assert page.url.endswith(segment_url(ODD))
    page.get_by_role("link", name="Edit").click()
    counted(page, PEOPLE // 2)
    assert page.url.endswith(edit_url(ODD))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_builder_is_accessible_and_stays_in_the_window(open_page: OpenPage, width: int) -> None:
    page = begun(open_page("/segments/new", width=width, locale="zh-CN"))
    page.get_by_role("button", name="添加条件", exact=False).first.click()
    page.locator(".q-menu .q-item").first.click()
    expect(page.locator(".fg-tree-condition")).to_have_count(1)
    expect(page.locator(".q-menu")).to_have_count(0)
    loaded(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
