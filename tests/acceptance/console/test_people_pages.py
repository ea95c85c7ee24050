"""The list of people and the page of one person, in a real browser."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVERYBODY = 120
HOSTILE_ID = "user-007"
OpenPage = Any


def listed(open_page: OpenPage, path: str, **options: Any) -> Page:
    page: Page = open_page(path, **options)
    page.locator(".fg-table tbody tr").first.wait_for()
    return page


def ids_of(page: Page) -> list[str]:
    return page.locator(".fg-table tbody tr td:first-child a").all_inner_texts()


def file_of(page: Page, path: str) -> list[list[str]]:
    answer = page.request.get(path, headers={"accept-language": "en-US"})
    assert answer.status == 200
    assert answer.body().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.body().decode("utf-8-sig"), newline="")))


def person_page(open_page: OpenPage, search: str, **options: Any) -> Page:
    page = listed(open_page, f"/people?q={search}", **options)
    page.locator(".fg-table tbody tr td:first-child a").first.click()
    page.locator(".fg-why-one").first.wait_for()
    return page


def test_the_list_holds_everybody_a_page_at_a_time(open_page: OpenPage) -> None:
    page = listed(open_page, "/people")
    expect(page.get_by_text(f"{EVERYBODY} people", exact=True)).to_be_visible()
    first = ids_of(page)
    page.get_by_role("button", name="Next page").click()
    settled(page, lambda: ids_of(page) != first)
    assert len(first) == len(ids_of(page)) == 25
    assert not set(first) & set(ids_of(page))
    assert parse_qs(urlsplit(page.url).query) == {"page": ["2"]}


def test_a_link_opens_the_page_it_was_copied_from(open_page: OpenPage) -> None:
    page = listed(open_page, "/people?page=5&sort=id&order=asc")
    assert len(ids_of(page)) == EVERYBODY - 4 * 25
    settled(page, lambda: f"101-{EVERYBODY} of {EVERYBODY}" in page.locator(".q-table__bottom").inner_text())


def test_search_and_filters_cut_the_list_and_stay_in_the_url(open_page: OpenPage) -> None:
    page = listed(open_page, "/people")
    page.get_by_label("Search people by id, name or trait").fill("london")
    settled(page, lambda: "q=london" in page.url and page.get_by_text("60 of 120 people").is_visible())
    page.get_by_label("Purchase frequency").click()
    page.get_by_role("option", name="First purchase").click()
    settled(page, lambda: "frequency=first" in page.url and not page.get_by_text("60 of 120 people").is_visible())
    count = page.locator(".fg-people-count").inner_text()
    page.reload()
    page.locator(".fg-table tbody tr").first.wait_for()
    settled(page, lambda: page.locator(".fg-people-count").inner_text() == count)


def test_the_count_of_a_filter_is_the_count_of_the_tier(open_page: OpenPage) -> None:
    page = listed(open_page, "/people?frequency=never")
    expect(page.locator(".fg-people-count")).to_have_text("30 of 120 people")
    assert len(file_of(page, "/people.csv?frequency=never")) == 1 + 30


def test_sorting_is_done_by_the_server(open_page: OpenPage) -> None:
    page = listed(open_page, "/people")
    page.get_by_role("columnheader", name="Orders").click()
    settled(page, lambda: "sort=purchases" in page.url)
    settled(page, lambda: orders(page) == sorted(orders(page), reverse="order=desc" in page.url))


def orders(page: Page) -> list[int]:
    return [int(text) for text in page.locator(".fg-table tbody tr td:nth-child(5)").all_inner_texts()]


def test_an_empty_result_offers_the_way_back(open_page: OpenPage) -> None:
    page = open_page("/people?q=nobody-has-this")
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    expect(page.get_by_text(f"0 of {EVERYBODY} people")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_text(f"{EVERYBODY} people", exact=True)).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_the_file_runs_no_formula(open_page: OpenPage) -> None:
    page = listed(open_page, f"/people?q={HOSTILE_ID}")
    header, person = file_of(page, f"/people.csv?q={HOSTILE_ID}")
    assert (header[0], person[0], person[1]) == ("Person", HOSTILE_ID, "Person 7")
    assert not any(cell.startswith(("=", "+", "@")) for cell in person)


def test_a_person_is_in_a_tier_of_every_scheme_for_a_reason(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    assert page.get_by_role("heading", name="Person 7", level=1).is_visible()
    assert page.locator(".fg-why-one").count() == 5
    assert page.locator(".fg-why-one dd").count() >= 10


def test_a_tier_leads_to_the_people_in_it(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    page.locator(".fg-why-one a").nth(3).click()
    page.get_by_role("dialog").locator("tbody tr").first.wait_for()
    assert urlsplit(page.url).path == "/tiers/frequency"


def test_net_amounts_of_orders_add_up_to_the_revenue(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    page.locator(".fg-orders tbody tr").first.wait_for()
    nets = [float(text.strip("¥")) for text in page.locator(".fg-orders tbody tr td:last-child").all_inner_texts()]
    revenue = page.locator(".fg-kpi").filter(has_text="Net revenue").locator(".fg-kpi-value").inner_text()
    assert revenue == f"¥{sum(nets):.2f}"
    assert page.locator(".fg-kpi").filter(has_text="Orders").locator(".fg-kpi-value").inner_text() == str(len(nets))


def test_the_timeline_reads_plainly_and_shows_what_was_stored(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    page.locator(".fg-event").first.wait_for()
    assert page.get_by_text("Placed an order").first.is_visible()
    button = page.get_by_role("button", name="Show the event as it was stored").first
    button.click()
    page.locator(".fg-json").wait_for()
    expect(page.locator(".fg-json")).to_contain_text('"event": "Order Completed"')
    expect(button).to_have_attribute("aria-expanded", "true")


def test_a_moment_in_the_url_leaves_out_what_came_later(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    page.locator(".fg-event").first.wait_for()
    later = page.locator(".fg-event").count()
    page.goto(f"{urlsplit(page.url).path}?as_of=2024-05-01")
    page.locator(".fg-timeline-foot").get_by_text("The beginning").wait_for()
    assert page.locator(".fg-event").count() < later


def test_what_was_sent_is_never_markup(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID)
    assert page.get_by_text('<img src=x onerror="throw 1">', exact=True).is_visible()
    assert page.locator('main img[src="x"]').count() == 0


@pytest.mark.parametrize("path", ["/people/999999", "/people/nobody", "/people/-1", "/people/99999999999999999999"])
def test_an_unknown_person_is_a_page_that_says_so(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    assert page.get_by_text("There is no such person").is_visible()
    assert page.request.get(path).status == 404


def test_the_pages_speak_chinese(open_page: OpenPage) -> None:
    page = person_page(open_page, HOSTILE_ID, locale="zh-CN")
    assert page.get_by_role("heading", name="行为时间线").is_visible()
    page.get_by_text("下单", exact=True).first.wait_for()


def test_a_narrow_screen_shows_the_list_without_scrolling_the_page(open_page: OpenPage) -> None:
    page = listed(open_page, "/people", width=390)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_empty_shop_teaches_what_to_do(open_page: OpenPage, empty_shop: Any) -> None:
    page = open_page("/people", of=empty_shop)
    page.get_by_text("There is nobody here yet").wait_for()
    assert page.locator("main").get_by_role("link", name="Import data").get_attribute("href") == "/import"
