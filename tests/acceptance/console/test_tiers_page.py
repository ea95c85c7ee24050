"""The tiers page in a real browser: every number is the list behind it, and thresholds take effect while they are typed."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import settled

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EVERYBODY = 120
SCHEMES = ("rfm", "activity", "value", "frequency", "lifecycle")
OpenPage = Any


def tier_row(page: Page, name: str) -> Locator:
    return page.locator(".fg-tiers tbody tr").filter(has=page.get_by_text(name, exact=True))


def people_in(page: Page, name: str) -> int:
    return int(tier_row(page, name).locator("td").nth(1).inner_text())


def opened(open_page: OpenPage, path: str, **options: Any) -> Page:
    page: Page = open_page(path, **options)
    page.locator(".fg-tiers tbody tr").first.wait_for()
    return page


def rows_of(page: Page, path: str) -> list[list[str]]:
    answer = page.request.get(path, headers={"accept-language": "en-US"})
    assert answer.status == 200
    assert answer.body().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.body().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everybody_is_in_exactly_one_tier(open_page: OpenPage, scheme: str) -> None:
    page = opened(open_page, f"/tiers/{scheme}")
    cells = page.locator(".fg-tiers tbody tr td:nth-child(2)").all_inner_texts()
    *tiers, total = [int(text) for text in cells]
    assert sum(tiers) == total == EVERYBODY


def test_the_page_leads_to_its_first_scheme(open_page: OpenPage) -> None:
    assert urlsplit(opened(open_page, "/tiers").url).path == "/tiers/rfm"


def test_a_number_opens_the_list_behind_it(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/frequency")
    count = people_in(page, "Never bought")
    tier_row(page, "Never bought").get_by_role("link").click()
    panel = page.get_by_role("dialog")
    panel.locator("tbody tr").first.wait_for()
    expect(panel.get_by_text(f"{count} people")).to_be_visible()
    settled(page, lambda: f"of {count}\n" in panel.locator(".q-table__bottom").inner_text())
    assert parse_qs(urlsplit(page.url).query) == {"tier": ["never"]}


def test_a_cell_of_the_matrix_opens_the_list_behind_it(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/value")
    cell = page.locator(".fg-crossing a.fg-cell").first
    count = cell.inner_text()
    cell.click()
    panel = page.get_by_role("dialog")
    panel.locator("tbody tr").first.wait_for()
    assert panel.locator(".fg-panel-count").inner_text().split()[0] == count
    assert {"tier", "cell"} <= parse_qs(urlsplit(page.url).query).keys()


def test_a_link_opens_the_list_it_was_copied_from(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/frequency?as_of=2024-06-01&tier=never")
    panel = page.get_by_role("dialog")
    panel.get_by_role("heading", name="Never bought").wait_for()
    assert panel.locator(".fg-panel-count").inner_text() == "30 people"


def test_closing_the_list_takes_it_out_of_the_url(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/frequency?tier=never")
    page.get_by_role("button", name="Close the list").click()
    settled(page, lambda: "tier=" not in page.url)


def test_any_two_schemes_can_be_crossed(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/rfm")
    page.get_by_label("Scheme to cross with").click()
    page.get_by_role("option", name="Life-cycle stage").click()
    page.locator(".fg-crossing th").get_by_text("Nurtured").wait_for()
    totals = [int(text) for text in page.locator(".fg-crossing tbody tr td:last-child").all_inner_texts()]
    assert sum(totals) == EVERYBODY
    assert "by=lifecycle" in page.url


def test_a_threshold_takes_effect_while_it_is_typed(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity")
    wanted = people_in(opened(open_page, "/tiers/activity?set.silent_days=80"), "Silent")
    assert people_in(page, "Silent") != wanted
    field = page.get_by_label("Silent from", exact=True)
    field.fill("")
    field.press_sequentially("80", delay=40)
    settled(page, lambda: "set.silent_days=80" in page.url and people_in(page, "Silent") == wanted)
    expect(field).to_have_value("80")
    expect(field).to_be_focused()
    expect(page.get_by_text("1 change not saved")).to_be_visible()


def test_what_was_tried_out_survives_a_reload(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity?set.silent_days=80")
    tried = people_in(page, "Silent")
    page.reload()
    page.locator(".fg-tiers tbody tr").first.wait_for()
    assert page.get_by_label("Silent from", exact=True).input_value() == "80"
    assert people_in(page, "Silent") == tried
    page.get_by_role("button", name="Discard").click()
    settled(page, lambda: "set." not in page.url and people_in(page, "Silent") != tried)


def test_only_the_last_of_quick_edits_counts(open_page: OpenPage) -> None:
    wanted = people_in(opened(open_page, "/tiers/activity?set.silent_days=45"), "Silent")
    page = opened(open_page, "/tiers/activity")
    assert people_in(page, "Silent") != wanted
    field = page.get_by_label("Silent from", exact=True)
    for value in ("30", "60", "20", "89", "45"):
        field.fill(value)
    settled(page, lambda: page.url.endswith("set.silent_days=45") and people_in(page, "Silent") == wanted)
    page.wait_for_timeout(1500)
    assert people_in(page, "Silent") == wanted


def test_an_unusable_threshold_is_explained_and_changes_nothing(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity")
    before = people_in(page, "Silent")
    page.get_by_label("Silent from", exact=True).fill("95")
    page.get_by_text("Silent from (95) must be less than Churned from (90)").wait_for()
    assert people_in(page, "Silent") == before
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def test_an_empty_threshold_is_explained(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity")
    page.get_by_label("Silent from", exact=True).fill("")
    page.get_by_text("Give a number from 1 to 3650").wait_for()


def test_saved_thresholds_count_from_then_on(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity?set.churned_days=95")
    tried = people_in(page, "Churned")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Thresholds saved").wait_for()
    settled(page, lambda: "set." not in page.url)
    again = opened(open_page, "/tiers/activity")
    assert again.get_by_label("Churned from", exact=True).input_value() == "95"
    assert people_in(again, "Churned") == tried
    again.get_by_role("button", name="Defaults").click()
    again.get_by_role("button", name="Save").click()
    again.get_by_text("Thresholds saved").wait_for()
    assert opened(open_page, "/tiers/activity").get_by_label("Churned from", exact=True).input_value() == "90"


def test_the_data_suggest_thresholds_with_the_reason(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity")
    page.get_by_role("button", name="Suggest from the data").click()
    advice = page.locator(".fg-threshold .fg-threshold-advice").filter(has_text="Suggested").first
    advice.wait_for()
    value = re.search(r"Suggested: (\d+) days", advice.inner_text())
    assert value
    assert "%" in advice.inner_text()
    advice.get_by_role("button", name="Use the suggestion for New for").click()
    settled(page, lambda: page.get_by_label("New for", exact=True).input_value() == value[1])


def test_another_moment_moves_people(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/activity")
    before = people_in(page, "Churned")
    page.get_by_label("As of", exact=True).fill("2024-09-30")
    settled(page, lambda: people_in(page, "Churned") > before)
    assert "as_of=2024-09-30" in page.url


def test_the_table_comes_as_a_file(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/value?as_of=2024-06-01")
    header, *tiers = rows_of(page, "/tiers/value.csv?as_of=2024-06-01")
    assert header[:3] == ["Tier key", "Tier", "People"]
    assert [int(row[2]) for row in tiers] == [people_in(page, row[1]) for row in tiers]


def test_the_people_of_a_tier_come_as_a_file(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/frequency?tier=never")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name="Export as CSV").click()
    assert re.fullmatch(r"frequency-never-2024-06-01\.csv", download.value.suggested_filename)
    header, *people = rows_of(page, "/tiers/frequency/people.csv?tier=never")
    assert header[0] == "Person"
    assert len(people) == len({row[0] for row in people}) == 30


def test_an_unknown_scheme_is_a_page_that_does_not_exist(open_page: OpenPage) -> None:
    page = open_page("/tiers/astrology")
    assert page.get_by_text("There is no page at this address").is_visible()
    assert page.request.get("/tiers/astrology").status == 404
    assert page.request.get("/tiers/astrology.csv").status == 404


def test_a_tier_that_does_not_exist_is_explained(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/value?tier=golden")
    page.get_by_role("dialog").get_by_text("has no tier named “golden”").wait_for()
    assert page.request.get("/tiers/value/people.csv?tier=golden").status == 404
    assert page.request.get("/tiers/value.csv?as_of=yesterday").status == 400


def test_the_page_speaks_chinese(open_page: OpenPage) -> None:
    page = opened(open_page, "/tiers/rfm", locale="zh-CN")
    assert page.get_by_role("heading", name="阈值").is_visible()
    assert page.locator(".fg-tiers").get_by_text("重要价值", exact=True).is_visible()


def test_an_empty_shop_teaches_what_to_do(open_page: OpenPage, empty_shop: Any) -> None:
    page = open_page("/tiers/rfm", of=empty_shop)
    page.get_by_text("There is nobody to sort into tiers yet").wait_for()
    assert page.locator("main").get_by_role("link", name="Import data").get_attribute("href") == "/import"
