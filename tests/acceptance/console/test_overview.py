"""The overview page: its figures against a count of our own, its pictures, its period, and the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.acceptance.console.conftest import OpenPage, Shop

PEOPLE = 120


def _orders(days: int, *, skip: int = 0) -> list[tuple[int, float]]:
    """Count the orders of the shop that conftest stocks: (person, total) of the ``days`` days that end ``skip`` days ago."""
    return [
        (person, 20.0 + 7 * (person % 13) + 5 * order)
        for person in range(PEOPLE)
        for order in range(person % 6 + 1 if person % 4 else 0)
        if skip <= person % 45 + 40 * order < skip + days
    ]


def _card(page: Page, label: str) -> str:
    return page.locator(".fg-kpi", has=page.get_by_text(label, exact=True)).inner_text()


@pytest.mark.parametrize("days", [7, 30, 90])
def test_cards_equal_a_count_of_our_own(open_page: OpenPage, days: int) -> None:
    page = open_page(f"/?period={days}")
    page.locator("canvas").wait_for()
    orders = _orders(days)
    change = len(orders) / len(_orders(days, skip=days)) - 1
    assert f"\n{PEOPLE}\n" in _card(page, "People")
    assert f"\n{len(orders)}\n" in _card(page, "Orders")
    assert f"{abs(change):.1%}" in _card(page, "Orders")
    revenue = sum(total for _person, total in orders)
    assert (f"¥{revenue:,.2f}" if revenue < 10_000 else f"¥{revenue / 1000:.2f}K") in _card(page, "Revenue")


def test_tiles_and_cells_each_add_up_to_everybody(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("canvas").wait_for()
    tiles = page.locator(".fg-tile-value").all_text_contents()
    cells = page.locator(".fg-cell").all_text_contents()
    without_order = page.locator(".fg-beside a").inner_text()
    assert sum(map(int, [*tiles, without_order])) == PEOPLE
    assert sum(map(int, cells)) == PEOPLE


def test_tile_leads_to_the_people_of_its_tier(open_page: OpenPage) -> None:
    page = open_page("/")
    tile = page.locator(".fg-tile").first
    address = tile.get_attribute("href")
    tile.click()
    page.wait_for_url(f"**{address}")
    assert address is not None
    assert address.startswith("/tiers/rfm?tier=")


def test_cell_leads_to_as_many_people_as_it_counts(open_page: OpenPage) -> None:
    page = open_page("/")
    cell = page.locator("a.fg-cell").first
    people = int(cell.inner_text())
    cell.click()
    page.wait_for_url("**/people?activity=*&value=*")
    expect(page.get_by_text(f"{people} of {PEOPLE} people")).to_be_visible()


def test_length_of_the_period_changes_figures_and_address(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("canvas").wait_for()
    page.get_by_role("button", name="7 days").click()
    expect(page.get_by_text("2024-05-25 to 2024-05-31", exact=True)).to_be_visible()
    assert page.url.endswith("/?period=7")
    assert f"\n{len(_orders(7))}\n" in _card(page, "Orders")


def test_chosen_days_are_shown_and_kept_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/?from=2024-05-01&to=2024-05-10")
    expect(page.get_by_text("2024-05-01 to 2024-05-10", exact=True)).to_be_visible()
    expect(page.get_by_text("compared with 2024-04-21 to 2024-04-30")).to_be_visible()
    assert f"\n{len(_orders(10, skip=21))}\n" in _card(page, "Orders")
    assert "as_of=2024-05-11" in str(page.locator(".fg-tile").first.get_attribute("href"))


def test_days_can_be_chosen_from_the_calendar_again_and_again(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("canvas").wait_for()
    for first, last in (("6", "9"), ("7", "8")):
        page.get_by_role("button", name="Choose days").click()
        calendar = page.locator(".q-date")
        calendar.get_by_role("button", name=first, exact=True).click()
        calendar.get_by_role("button", name=last, exact=True).click()
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text(f"2024-05-0{first} to 2024-05-0{last}", exact=True)).to_be_visible()
        assert page.url.endswith(f"/?from=2024-05-0{first}&to=2024-05-0{last}")


def test_reader_is_told_where_the_data_ends(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.get_by_text("The data ends on 2024-05-31; figures are as of then.")).to_be_visible()


def test_course_is_drawn_and_named(open_page: OpenPage) -> None:
    page = open_page("/", locale="zh-CN")
    expect(page.get_by_role("img", name="订单与收入")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(1)


@pytest.mark.parametrize(("locale", "text", "link"), [("en-US", "Nothing here yet: bring your first data", "Import data"),
                                                      ("zh-CN", "还没有数据，从导入第一份文件开始", "导入数据")])  # fmt: skip
def test_new_workspace_teaches_the_first_step(open_page: OpenPage, empty_shop: Shop, locale: str, text: str, link: str) -> None:
    page = open_page("/", locale=locale, of=empty_shop)
    expect(page.get_by_role("heading", name=text)).to_be_visible()
    expect(page.locator("main").get_by_role("link", name=link)).to_have_attribute("href", "/import")
    expect(page.get_by_text("finegrain --home demo-shop demo")).to_be_visible()
