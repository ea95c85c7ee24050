"""Dashboards in a real browser: made, filled, arranged by key and by mouse, asked over one period, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import settled
from tests.clients.axe import serious

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.acceptance.console.conftest import OpenPage, Shop

TREND = {"series": ["Page Viewed"], "period": "90d"}
FUNNEL = {"steps": ["Page Viewed", "Order Completed"], "period": "12m", "window": "52w"}
SPREAD = {"event": "Order Completed", "period": "12m"}
PNG = b"\x89PNG\r\n\x1a\n"


def told(page: Page, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the API below the dashboards in the session of a page."""
    address = f"/api/v1/dashboards{path}"
    answer = page.request.get(address) if body is None else page.request.post(address, data=body)
    found: dict[str, Any] = answer.json()
    return found


def filled(open_page: OpenPage, name: str, **options: Any) -> tuple[Page, dict[str, Any]]:
    """Open a dashboard with three cards, once their charts are there."""
    page = open_page("/dashboards", **options)
    board = told(page, "", {"name": name})
    for title, kind, query in (
        ("Visits", "trends", TREND),
        ("Buying", "funnel", FUNNEL),
        ("Orders each", "distribution", SPREAD),
    ):
        board = told(page, f"/{board['id']}/cards", {"title": title, "kind": kind, "query": query})
    page.goto(f"/dashboards/{board['id']}")
    expect(page.locator(".fg-board canvas")).to_have_count(3)
    return page, board


def titles(page: Page) -> list[str]:
    return page.locator(".fg-board-title").all_inner_texts()


def test_the_empty_page_teaches_what_dashboards_are_for(open_page: OpenPage, empty_shop: Shop) -> None:
    page = open_page("/dashboards", of=empty_shop)
    expect(page.get_by_text("There are no dashboards yet")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the analysis")).to_have_attribute("href", "/analysis")


def test_a_dashboard_is_made_by_hand_and_says_how_to_fill_it(open_page: OpenPage) -> None:
    page = open_page("/dashboards")
    page.get_by_role("button", name="New dashboard").first.click()
    page.get_by_role("textbox", name="Name").fill("Every Monday")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Every Monday")).to_be_visible()
    expect(page.get_by_text("This dashboard has no cards yet")).to_be_visible()
    page.goto("/dashboards")
    expect(page.get_by_role("link", name="Every Monday")).to_be_visible()


def test_a_name_that_is_taken_is_refused_where_it_was_typed(open_page: OpenPage) -> None:
    page = open_page("/dashboards")
    told(page, "", {"name": "Taken"})
    page.get_by_role("button", name="New dashboard").first.click()
    page.get_by_role("textbox", name="Name").fill("Taken")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("There is a dashboard named “Taken” already")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Taken")


def test_cards_are_arranged_by_keyboard_and_stay_so(open_page: OpenPage) -> None:
    page, _board = filled(open_page, "Keyboard")
    expect(page.get_by_role("button", name="Move “Buying” forward")).to_be_hidden()
    page.get_by_role("button", name="Arrange").click()
    page.get_by_role("button", name="Move “Buying” forward").press("Enter")
    expect(page.locator(".fg-board-title").first).to_have_text("Buying")
    page.get_by_role("button", name="Make “Visits” wider").press("Enter")
    expect(page.get_by_role("region", name="Visits")).to_have_class("fg-card fg-board-card fg-board-w3 fg-board-h2")
    page.get_by_role("button", name="Take “Orders each” off").press("Enter")
    expect(page.locator(".fg-board-card")).to_have_count(2)
    page.reload()
    expect(page.locator(".fg-board canvas")).to_have_count(2)
    assert titles(page) == ["Buying", "Visits"]


def test_cards_are_dragged_to_another_place(open_page: OpenPage) -> None:
    page, board = filled(open_page, "Mouse")
    page.get_by_role("button", name="Arrange").click()
    handles = page.locator(".fg-board-handle")
    handles.nth(2).drag_to(page.get_by_role("region", name="Visits"), target_position={"x": 20, "y": 40})
    expect(page.locator(".fg-board-title").first).to_have_text("Orders each")
    settled(page, lambda: told(page, f"/{board['id']}")["cards"][0]["title"] == "Orders each")


def test_one_period_is_asked_of_all_cards_and_kept(open_page: OpenPage) -> None:
    page, board = filled(open_page, "Period")
    page.get_by_label("Period of all cards").click()
    page.get_by_role("option", name="Last 7 days").click()
    page.wait_for_function("document.querySelector('.fg-board-title').href.includes('7d')")
    assert told(page, f"/{board['id']}")["period"] == "7d"


def test_the_numbers_are_those_of_the_api(open_page: OpenPage) -> None:
    page, board = filled(open_page, "Numbers")
    answer = told(page, f"/{board['id']}/cards/{board['cards'][1]['id']}/answer")
    converted = f"{answer['steps'][1]['count']:,}"
    expect(page.get_by_role("region", name="Buying").locator(".fg-board-figures")).to_contain_text(converted)


def test_it_is_exported_as_one_html_file_that_loads_nothing(open_page: OpenPage, tmp_path: Path) -> None:
    page, board = filled(open_page, 'Export <b>"x"</b>')
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_text("As one HTML file").click()
    file = tmp_path / "board.html"
    waiting.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == f"dashboard-{board['id']}.html"
    assert text.count("<svg") == 3
    assert "<script" not in text
    assert "&lt;b&gt;" in text
    asked: list[str] = []
    other = page.context.new_page()
    other.on("request", lambda request: asked.append(request.url))
    other.set_content(text)
    expect(other.get_by_role("heading", name="Buying")).to_be_visible()
    assert other.locator("svg").first.bounding_box()["width"] > 200  # type: ignore[index]
    assert asked == []


def test_it_is_exported_as_a_picture(open_page: OpenPage, tmp_path: Path) -> None:
    page, _board = filled(open_page, "Picture")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_text("As PNG").click()
    waiting.value.save_as(tmp_path / "board.png")
    content = (tmp_path / "board.png").read_bytes()
    assert content.startswith(PNG)
    assert len(content) > 20_000


def test_it_is_renamed_copied_and_deleted(open_page: OpenPage) -> None:
    page, _board = filled(open_page, "First name")
    page.get_by_role("button", name="More").click()
    page.get_by_text("Rename", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("Second name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second name")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_text("Copy", exact=True).click()
    page.get_by_role("button", name="Make the copy").click()
    page.get_by_role("link", name="Second name (copy)").click()
    expect(page.locator(".fg-board canvas")).to_have_count(3)
    page.get_by_role("button", name="More").click()
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Second name").first).to_be_visible()
    expect(page.get_by_role("link", name="Second name (copy)")).to_have_count(0)


def test_a_viewer_looks_and_changes_nothing(open_page: OpenPage) -> None:
    page, board = filled(open_page, "Looking")
    viewer = open_page(f"/dashboards/{board['id']}", role="viewer")
    expect(viewer.locator(".fg-board canvas")).to_have_count(3)
    expect(viewer.get_by_role("button", name="Arrange")).to_be_hidden()
    viewer.get_by_label("Period of all cards").click()
    viewer.get_by_role("option", name="Last 7 days").click()
    viewer.wait_for_function("document.querySelector('.fg-board-title').href.includes('7d')")
    assert told(page, f"/{board['id']}")["period"] == ""


def test_a_card_whose_question_fails_says_why_and_leaves_the_others(open_page: OpenPage) -> None:
    page, board = filled(open_page, "Failing")
    gone = {"title": "Gone", "kind": "trends", "query": {"series": ["Never Happened"]}}
    told(page, f"/{board['id']}/cards", gone)
    page.reload()
    expect(page.get_by_role("region", name="Gone").get_by_role("alert")).to_contain_text("Never Happened")
    expect(page.locator(".fg-board canvas")).to_have_count(3)


def test_a_dashboard_that_is_not_there_is_told(open_page: OpenPage) -> None:
    page = open_page("/dashboards/999999")
    expect(page.get_by_text("There is no dashboard with the number 999999")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_can_be_used_at_any_width_and_by_screen_readers(open_page: OpenPage, width: int) -> None:
    page, _board = filled(open_page, f"Wide {width}", width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Arrange").click()
    expect(page.get_by_role("button", name="Move “Buying” forward")).to_be_visible()
    assert serious(page) == []
