"""The pages of the analysis in a real browser: questions built by hand, the people behind numbers, links that hold them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import pyarrow as pa
import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import Shop, loaded, serving
from tests.clients.axe import serious

import finegrain as fg
from finegrain.console.pages.analysis.kinds import ANALYSES
from finegrain.people.contract import TraitChange
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page
    from tests.acceptance.console.conftest import OpenPage

LAST_DAY = datetime(2024, 5, 31, 3, tzinfo=UTC)
VIEWED, ADDED, ORDERED = 100, 60, 30
"""People who came so far; the first of them, so that who ordered has added, and viewed."""
ON_IOS = 34
"""Of those who viewed, every third; 20 of them added, 10 ordered."""
OWN: dict[str, dict[str, Any]] = {
    "churn": {"silence": "5d", "lookback": "14d"},
    "funnel": {"steps": ["Product Viewed", "Product Added"], "exclusions": ["Order Completed"], "attribution": "step"},
    "paths": {"start": "Product Viewed", "patterns": [{"pattern": "Product*", "name": "Product"}]},
}
"""Questions of those kinds whose own one shows less: none of these people has been silent for 90 days."""
AGAIN = 10
"""The first people ordered twice; four of them on iOS."""


@pytest.fixture(scope="module")
def bazaar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over a shop of 100 people, all of whom viewed a product in its last 20 days."""
    home = tmp_path_factory.mktemp("bazaar")
    with fg.open(home) as workspace:
        workspace.people.register([person(place) for place in range(VIEWED)], LAST_DAY - timedelta(days=60))
        workspace.people.set_traits(
            TraitChange(person(place), {"city": "Ulm" if place % 2 else "Bonn"}, LAST_DAY) for place in range(VIEWED)
        )
        rows = [row for place in range(VIEWED) for row in events(place)]
        workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))
    yield from serving(home)


def person(place: int) -> str:
    return f"guest-{place:03d}"


def events(place: int) -> Iterator[dict[str, object]]:
    reached = ((VIEWED, "Product Viewed"), (ADDED, "Product Added"), (ORDERED, "Order Completed"), (AGAIN, "Order Completed"))
    steps = [event for people, event in reached if place < people]
    start = LAST_DAY - timedelta(days=place % 20)
    for step, event in enumerate(steps):
        time = (start + timedelta(minutes=10 * step)).replace(tzinfo=None)
        properties = {"platform": "web" if place % 3 else "iOS", "total": 10.0 + place, "order_id": f"o{place}-{step}"}
        yield {
            "message_id": f"{place}-{step}", "distinct_id": person(place), "event": event, "time": time, "received_at": time,
            "source": "test", "historical": True, "properties": json.dumps(properties),
        }  # fmt: skip


def address(kind: str, query: dict[str, Any] | None = None) -> str:
    return f"/analysis/{kind}".rstrip("/") + (f"?q={quote(json.dumps(query))}" if query else "")


def answered(open_page: OpenPage, shop: Shop, path: str, **options: Any) -> Page:
    page = open_page(path, of=shop, **options)
    settled(page)
    return page


def settled(page: Page) -> None:
    expect(page.locator(".fg-result-table tbody tr").first).to_be_visible()
    loaded(page)


def query_of(page: Page) -> dict[str, Any]:
    query: dict[str, Any] = json.loads(parse_qs(urlsplit(page.url).query)["q"][0])
    return query


def asked(page: Page, kind: str) -> dict[str, Any]:
    """Ask over HTTP what the address of the page holds."""
    answer = page.request.get(f"/api/v1/query/{kind}", params={"q": json.dumps(query_of(page))})
    assert answer.status == 200
    result: dict[str, Any] = answer.json()
    return result


def cells(page: Page, place: int) -> Locator:
    return page.locator(f".fg-result-table tbody tr td:nth-child({place})")


def column(page: Page, place: int) -> list[str]:
    return cells(page, place).all_inner_texts()


def choose(page: Page, label: str, option: str, *, within: Locator | None = None) -> None:
    box = (within or page).get_by_label(label, exact=True).first
    box.click()
    page.locator(".q-menu .q-item", has_text=re.compile(f"^{re.escape(option)}$")).first.click()
    # A closing menu gives the focus back to its field, which must not happen to what is typed next.
    expect(page.locator(".q-menu")).to_have_count(0)


def people_shown(page: Page) -> int:
    panel = page.get_by_role("dialog")
    expect(panel.locator(".fg-panel-count")).to_have_text(re.compile(r"\d+ (person|people)|\d+ 人"))
    expect(panel.locator("tbody tr").first).to_be_visible()
    digits = re.search(r"\d+", panel.locator(".fg-panel-count").inner_text())
    assert digits
    return int(digits[0])


def listed(page: Page) -> int:
    """Count the people of the panel in its CSV file."""
    link = page.get_by_role("dialog").get_by_role("link", name="Export as CSV").get_attribute("href")
    return len(page.request.get(str(link)).text().splitlines()) - 1


def test_a_funnel_is_built_step_by_step(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Order Completed"]}))
    assert column(page, 2) == [str(VIEWED), str(ORDERED)]
    page.get_by_role("button", name="Add a step").click()
    choose(page, "Step 3", "Product Added")
    expect(page.locator(".fg-result-table tbody tr")).to_have_count(3)
    assert query_of(page)["steps"] == ["Product Viewed", "Order Completed", "Product Added"]


def test_a_funnel_is_broken_down(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"]}))
    choose(page, "Broken down by", "platform")
    row = page.locator(".fg-result-table tbody tr", has_text="iOS").first
    expect(row.locator("td").nth(2)).to_have_text(str(ON_IOS))
    assert query_of(page)["breakdown"] == "platform"


def test_a_step_opens_its_people_who_are_kept_as_a_segment(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"]}))
    page.locator(".fg-result-table").get_by_role("button", name=re.compile(r"2 Product Added, People: 60")).click()
    assert people_shown(page) == ADDED == listed(page)
    page.get_by_role("button", name="Save as a segment").click()
    page.get_by_label("Name of the segment").fill("Carts")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Carts” can now be chosen as an audience")).to_be_visible()
    page.keyboard.press("Escape")
    choose(page, "Audience", "Segment: Carts")
    expect(cells(page, 2)).to_have_text([str(ADDED), str(ADDED)])
    kept = answered(
        open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Order Completed"], "audience": {"segment": "Carts"}})
    )
    assert column(kept, 2) == [str(ADDED), str(ORDERED)]


def test_a_question_is_saved_to_a_dashboard(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"]}))
    page.get_by_role("button", name="Save to a dashboard").click()
    page.get_by_label("Title of the card").fill("Into the cart")
    page.get_by_label("Name of the dashboard").fill("Every Monday")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Every Monday")).to_be_visible()
    expect(page.get_by_text("Into the cart")).to_be_visible()


def test_a_link_holds_the_question_and_the_list(open_page: OpenPage, bazaar: Shop) -> None:
    query = {"steps": ["Product Viewed", "Product Added"], "breakdown": "platform", "window": "1d"}
    page = answered(open_page, bazaar, address("funnel", query))
    page.locator(".fg-result-table").get_by_role("button", name=re.compile("iOS · 2 Product Added, Left before")).click()
    left = people_shown(page)
    before = page.url
    page.reload()
    assert people_shown(page) == left
    assert page.url == before
    assert query_of(page) == query


def test_the_other_language_asks_the_same(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"], "breakdown": "platform"}))
    figures, query = column(page, 3), query_of(page)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="漏斗分析")).to_be_visible()
    settled(page)
    assert (column(page, 3), query_of(page)) == (figures, query)


def test_figures_of_a_funnel_equal_those_over_http(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, "/analysis/funnel")
    steps = asked(page, "funnel")["steps"]
    assert [step["count"] for step in steps] == [int(text) for text in column(page, 2)] == [VIEWED, ADDED, ORDERED]
    assert [step["dropped"] for step in steps] == [int(text) for text in column(page, 3)]


def test_figures_of_a_trend_equal_those_over_http(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("trends", {"series": ["Product Viewed"], "period": "7d"}))
    (line,) = asked(page, "trends")["lines"]
    assert [line["total"], *line["values"]] == [int(text) for text in column(page, 2)]
    assert sum(line["values"]) == 35  # people 0–6 of each of five twenties viewed in the last seven days


def test_a_condition_narrows_the_answer_while_it_is_typed(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"]}))
    page.get_by_role("button", name="Condition on all events").click()
    row = page.locator(".fg-filter-row")
    choose(page, "Property", "total", within=row)
    choose(page, "Comparison", "is below", within=row)
    page.get_by_label("Value", exact=True).fill("20")
    expect(page.locator(".fg-result-table tbody tr td:nth-child(2)").first).to_have_text("10")
    assert query_of(page)["filters"] == [{"property": "total", "op": "lt", "value": 20}]
    expect(page.get_by_label("Value", exact=True)).to_be_focused()


def test_a_value_counts_when_its_field_is_left(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, address("funnel", {"steps": ["Product Viewed", "Product Added"]}))
    page.get_by_role("button", name="Condition on all events").click()
    choose(page, "Property", "platform", within=page.locator(".fg-filter-row"))
    page.get_by_label("Values", exact=True).type("iOS")
    page.keyboard.press("Tab")
    expect(page.locator(".fg-result-table tbody tr td:nth-child(2)").first).to_have_text(str(ON_IOS))
    assert query_of(page)["filters"] == [{"property": "platform", "value": "iOS"}]


def test_what_is_wrong_is_said_at_the_field(open_page: OpenPage, bazaar: Shop) -> None:
    page = open_page(address("funnel", {"steps": ["Product Viewed", "Product Bought"]}), of=bazaar)
    step = page.locator(".fg-event-part", has=page.get_by_label("Step 2", exact=True))
    expect(step.get_by_role("alert").first).to_contain_text("Product Bought")
    expect(page.get_by_role("alert")).to_have_count(1)


def test_the_stages_of_counting_are_told(open_page: OpenPage, bazaar: Shop) -> None:
    query = {"steps": ["Product Viewed", "Product Added"], "filters": [{"property": "platform", "value": "iOS"}]}
    page = answered(open_page, bazaar, address("funnel", query))
    page.get_by_text("How this was counted").click()
    stages = page.locator(".fg-stage")
    expect(stages).to_have_count(4)
    on_ios = ON_IOS + 20 + 10 + 4
    assert f"{on_ios} events" in stages.nth(1).inner_text()
    assert f"{VIEWED + ADDED + ORDERED + AGAIN - on_ios} events do not" in stages.nth(1).inner_text()


def test_a_chart_is_saved_as_png(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, "/analysis/funnel")
    page.locator("canvas").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the chart as PNG").first.click()
    assert download.value.suggested_filename == "funnel-1.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_number_is_reached_and_opened_by_keyboard(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, "/analysis/funnel")
    page.get_by_role("button", name="How this was counted").press("Shift+Tab")
    page.keyboard.press("Enter")
    assert people_shown(page) == ADDED - ORDERED  # the last number of the table: who left before the last step
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("kind", ["", *ANALYSES])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: OpenPage, bazaar: Shop, kind: str, theme: str) -> None:
    page = open_page(address(kind, OWN.get(kind)), of=bazaar)
    if theme == "dark":
        page.get_by_role("button", name="Dark theme").click()
        page.locator("body.body--dark").wait_for()
    if kind:
        settled(page)
        page.get_by_text("More settings").click()
        page.get_by_text("How this was counted").click()
        page.locator(".fg-stage").first.wait_for()
    page.wait_for_timeout(400)  # what is fading in has not its colour yet
    assert serious(page) == []


def test_axe_finds_nothing_serious_in_the_list_of_people(open_page: OpenPage, bazaar: Shop) -> None:
    page = answered(open_page, bazaar, "/analysis/funnel")
    page.locator(".fg-result-table .fg-door").first.click()
    people_shown(page)
    page.wait_for_timeout(400)
    assert serious(page) == []


@pytest.mark.parametrize("kind", ["", *ANALYSES])
def test_a_narrow_screen_holds_the_page(open_page: OpenPage, bazaar: Shop, kind: str) -> None:
    page = open_page(address(kind, OWN.get(kind)), of=bazaar, width=390)
    if kind:
        settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("kind", list(ANALYSES))
def test_a_new_shop_is_told_how_to_begin(open_page: OpenPage, empty_shop: Shop, kind: str) -> None:
    page = open_page(f"/analysis/{kind}", of=empty_shop)
    expect(page.get_by_text("There is nothing to ask about yet")).to_be_visible()
    expect(page.get_by_role("link", name="Import data").last).to_be_visible()
