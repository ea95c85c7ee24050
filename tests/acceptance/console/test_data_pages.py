"""The data pages in a real browser: connect an SDK, see the first event arrive, watch, and deal with what was refused."""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from tests.acceptance.console.conftest import OpenPage, Shop


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over a new workspace that this module fills."""
    yield from serving(tmp_path_factory.mktemp("connecting"))


def make_source(page: Page, name: str) -> str:
    """Make a Segment source on the page of sources, and give its key as it is shown."""
    page.locator(".fg-card:visible").first.wait_for()
    if not page.get_by_label("Name", exact=True).is_visible():
        page.get_by_role("button", name="New source").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make the source").click()
    page.wait_for_url(f"**/data/sources/{name}")
    return page.locator(".fg-key pre").inner_text().strip()


def send(shop: Shop, key: str, *items: dict[str, Any]) -> int:
    """Send a batch as Segment's SDKs do; give the status of the answer."""
    connection = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=30)
    connection.request("POST", "/v1/batch", json.dumps({"writeKey": key, "batch": items}), {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def track(message_id: str, **fields: Any) -> dict[str, Any]:
    """Give one event of Segment's."""
    return {"type": "track", "userId": "ann", "event": "Product Viewed", "messageId": message_id, **fields}


def test_from_nothing_to_the_first_event(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/", of=new_shop)
    page.get_by_role("link", name="Connect an SDK").click()
    key = make_source(page, "first")
    code = page.locator(".fg-snippet pre").last
    expect(code).to_contain_text(key)
    expect(code).to_contain_text(urlsplit(new_shop.url).netloc)
    expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    assert send(new_shop, key, track("f1")) == 200
    expect(page.get_by_text("Events arrive")).to_be_visible()
    expect(page.locator(".fg-dot-good")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Events arrive")).to_be_visible()
    assert key not in page.content()


def test_each_sdk_has_its_tab_and_code_can_be_copied(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/data/sources", of=new_shop)
    key = make_source(page, "tabs")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for tab, sign in (("Python", "from segment import analytics"), ("curl", "curl "), ("Mini-program", "wx.request")):
        page.get_by_role("button", name=tab, exact=True).click()
        expect(page.locator(".fg-snippet pre").last).to_contain_text(sign)
    page.get_by_role("button", name="Copy: The key").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key


def test_a_new_key_takes_the_place_of_the_old_one(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/data/sources", of=new_shop)
    old = make_source(page, "rotated")
    page.get_by_role("button", name="New key").click()
    page.get_by_text("Not at all").click()
    page.get_by_role("button", name="Make a new key").click()
    expect(page.locator(".fg-key pre")).not_to_contain_text(old)
    new = page.locator(".fg-key pre").inner_text().strip()
    assert (send(new_shop, old, track("n1")), send(new_shop, new, track("n2"))) == (401, 200)


def test_events_appear_in_the_live_view_and_open_whole(open_page: OpenPage, new_shop: Shop) -> None:
    key = make_source(open_page("/data/sources", of=new_shop), "watched")
    page = open_page("/data/live?source=watched", of=new_shop)
    expect(page.get_by_text("Nothing that matches has arrived yet")).to_be_visible()
    send(new_shop, key, track("w1", event="Order Completed", properties={"order_id": "1001"}))
    row = page.get_by_role("row").filter(has_text="Order Completed")
    expect(row).to_be_visible()
    row.click()
    expect(page.locator(".fg-json")).to_contain_text('"order_id": "1001"')
    send(new_shop, key, track("w2", event="Cart Viewed"))
    expect(page.get_by_role("button", name="Resume · 1 new")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Cart Viewed")).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("row").filter(has_text="Cart Viewed")).to_be_visible()
    expect(page.locator(".fg-json")).to_contain_text('"order_id": "1001"')


def test_rows_open_with_the_keyboard(open_page: OpenPage, new_shop: Shop) -> None:
    key = make_source(open_page("/data/sources", of=new_shop), "keyboard")
    send(new_shop, key, track("k1", event="By Keyboard"))
    page = open_page("/data/live?source=keyboard", of=new_shop)
    expect(page.get_by_role("row").filter(has_text="By Keyboard")).to_be_visible()
    page.get_by_role("button", name="Show all of it").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fg-json")).to_contain_text("By Keyboard")


def test_a_chosen_refused_item_is_discarded_after_a_question(open_page: OpenPage, new_shop: Shop) -> None:
    key = make_source(open_page("/data/sources", of=new_shop), "refusing")
    send(new_shop, key, *({"type": "track", "event": f"E{number}", "messageId": f"r{number}"} for number in range(3)))
    page = open_page("/data/refused?source=refusing", of=new_shop)
    expect(page.get_by_role("row").filter(has_text="no person")).to_have_count(3)
    page.get_by_role("row").filter(has_text="E1").get_by_text("no person").click()
    expect(page.locator(".fg-json")).to_contain_text('"event": "E1"')
    expect(page.get_by_text("Send userId or anonymousId")).to_be_visible()
    page.get_by_role("row").filter(has_text="E0").first.get_by_role("checkbox").click()
    page.get_by_role("button", name="Discard 1").click()
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(page.locator("tr.fg-live-row")).to_have_count(2)


def test_refused_items_can_be_downloaded(open_page: OpenPage, new_shop: Shop) -> None:
    key = make_source(open_page("/data/sources", of=new_shop), "downloads")
    send(new_shop, key, {"type": "track", "event": "Nobody's", "messageId": "d1"})
    page = open_page("/data/refused", of=new_shop)
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    items = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {item["reason"] for item in items} == {"no_person"}


def test_health_counts_what_came(open_page: OpenPage, new_shop: Shop) -> None:
    key = make_source(open_page("/data/sources", of=new_shop), "healthy")
    page = open_page("/data/health", of=new_shop)
    send(new_shop, key, track("h1"), track("h2"))
    expect(page.get_by_role("status")).to_contain_text("Taking in")
    expect(page.locator("canvas")).to_have_count(3)
    expect(page.get_by_role("row").filter(has_text="healthy")).to_contain_text(re.compile("healthy\\s*2"))


@pytest.mark.parametrize("path", ["/data/sources", "/data/live", "/data/refused", "/data/health"])
def test_nothing_is_cut_off_on_a_phone(open_page: OpenPage, new_shop: Shop, path: str) -> None:
    assert_fits_a_phone(open_page(path, of=new_shop, width=390, locale="zh-CN"))


def test_a_source_is_not_cut_off_on_a_phone(open_page: OpenPage, new_shop: Shop) -> None:
    make_source(open_page("/data/sources", of=new_shop), "pocket")
    assert_fits_a_phone(open_page("/data/sources/pocket", of=new_shop, width=390, locale="zh-CN"))


def assert_fits_a_phone(page: Page) -> None:
    """Check that nothing lies beyond the right edge."""
    page.locator(".fg-card:visible").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
