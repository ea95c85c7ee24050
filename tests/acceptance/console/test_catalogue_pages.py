"""The catalogue and the tracking plan in a real browser: from what is sent to what is declared, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import loaded, serving, stock

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page
    from tests.acceptance.console.conftest import OpenPage, Shop


@pytest.fixture(scope="module")
def own_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over a stocked shop that this module changes."""
    home = tmp_path_factory.mktemp("catalogue")
    with fg.open(home) as workspace:
        stock(workspace)
    yield from serving(home)


def row(page: Page, text: str) -> Locator:
    """Give the row of a table that holds ``text``."""
    return page.locator("tr", has_text=text).first


def test_an_event_leads_to_its_properties_and_into_the_plan(own_shop: Shop, open_page: OpenPage) -> None:
    page = open_page("/data/catalogue", of=own_shop)
    expect(page.locator(".fg-cell-spark").first).to_be_visible()
    page.get_by_role("link", name="Order Completed").click()
    expect(page.get_by_role("heading", name="Order Completed")).to_be_visible()
    expect(page.locator("canvas")).to_be_visible()
    expect(row(page, "order_id")).to_contain_text("100.0%")
    page.get_by_role("link", name="Add to the plan").click()
    expect(page.locator(".fg-rule")).to_have_count(3)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Declared events")).to_be_visible()
    expect(row(page, "Order Completed")).to_be_visible()


def test_a_declaration_is_written_by_hand_and_survives(own_shop: Shop, open_page: OpenPage) -> None:
    page = open_page("/data/plan", of=own_shop)
    page.get_by_role("button", name="Declare an event").first.click()
    page.get_by_label("Event", exact=True).fill("Coupon Applied")
    page.get_by_role("button", name="Add a property").click()
    page.get_by_label("Property", exact=True).fill("coupon")
    values = page.get_by_label("Allowed values", exact=True)
    for value in ("NEW", "VIP"):
        values.fill(value)
        values.press("Enter")
    page.get_by_label("What violates the declaration").get_by_role("button", name="Refuse").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Coupon Applied", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Coupon Applied", exact=True).click()
    expect(page.locator(".fg-rule .q-chip")).to_have_count(2)
    expect(page.get_by_label("What violates the declaration").locator("[aria-pressed=true]")).to_have_text("Refuse")


def test_the_search_narrows_the_list_as_one_types(own_shop: Shop, open_page: OpenPage) -> None:
    page = open_page("/data/catalogue", of=own_shop)
    expect(page.get_by_role("link", name="Page Viewed")).to_be_visible()
    page.get_by_label("Search for events").fill("order")
    expect(page.get_by_role("link", name="Page Viewed")).to_have_count(0)
    expect(page.get_by_role("link", name="Order Completed")).to_be_visible()


@pytest.mark.parametrize("path", ["/data/catalogue", "/data/catalogue/Order%20Completed", "/data/plan", "/data/plan?edit=x"])
def test_pages_fit_a_telephone_in_chinese(path: str, own_shop: Shop, open_page: OpenPage) -> None:
    page = open_page(path, of=own_shop, locale="zh-CN", width=390)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    loaded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_new_shop_says_how_to_begin(empty_shop: Shop, open_page: OpenPage) -> None:
    page = open_page("/data/catalogue", of=empty_shop)
    expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()
    page = open_page("/data/plan", of=empty_shop)
    expect(page.get_by_text("No event is declared yet")).to_be_visible()
