"""Roles, logins and hostile names in a real browser, over a server of this module's own."""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect
from tests.acceptance.console.conftest import LAST_DAY, heard, loaded, serving, settled, stock
from tests.clients.logins import as_owner, log_in

import finegrain as fg
from finegrain.console.session import COOKIE, SECURE_COOKIE
from finegrain.people.contract import TraitChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response, WebSocket
    from tests.acceptance.console.conftest import OpenPage, Shop

MARKUP = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>'
EMAIL, PHONE, NAME = "canary.bird@nest.example", "13700001234", "Canary Yellowfeather"
QUICK_MS = 5_000
"""An open page follows within about two seconds; the rest is for a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stocked workspace in which names are markup, and with a person made of canaries."""
    home = tmp_path_factory.mktemp("guarded")
    with fg.open(home) as workspace:
        stock(workspace)
        for name, traits in ((EMAIL, {"name": NAME, "phone": PHONE}), (MARKUP, {"name": MARKUP, MARKUP: MARKUP})):
            workspace.people.register([name], LAST_DAY)
            workspace.people.set_traits([TraitChange(name, traits, LAST_DAY)])
        key = workspace.sources.add(MARKUP, "segment").key
        (home / "key").write_text(key, encoding="ascii")
        (home / "hostile").write_text(log_in(workspace, "analyst", name=MARKUP), encoding="ascii")
        log_in(workspace, "admin")
        for file in ("link", "tls link"):
            (home / file).write_text(_link(workspace), encoding="ascii")
        workspace.access.tokens.add(MARKUP, ["query:read"])
    return home


def _link(workspace: fg.Workspace) -> str:
    with as_owner():
        return workspace.access.login.make_link("admin")


@pytest.fixture(scope="module")
def shop(home: Path) -> Iterator[Shop]:
    """The server, to which events with hostile names and canaries have been sent."""
    for shop in serving(home):
        _send(shop)
        yield shop


def _send(shop: Shop) -> None:
    told = {"email": EMAIL, "phone": PHONE, "name": NAME, MARKUP: MARKUP}
    items = [
        {"type": "track", "event": event, "userId": person, "messageId": f"{event} {person}", "properties": told}
        for event in (MARKUP, "Form Sent", "")
        for person in (EMAIL, MARKUP)
    ]
    body = json.dumps({"batch": items, "writeKey": (shop.home / "key").read_text(encoding="ascii")}).encode()
    request = urllib.request.Request(f"{shop.url}/v1/batch", body, {"content-type": "application/json"})  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        assert answer.status == 200


def test_open_page_follows_a_change_of_role_and_refuses_what_was_possible_before(open_page: OpenPage) -> None:
    users = open_page("/settings/users")
    desk = open_page("/tiers/activity?set.churned_days=95", role="operator")
    save = desk.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_enabled()
    _give_role(users, "operator", "Viewer")
    with suppress(Error):  # the page may be loading anew already
        save.click(timeout=300)
    expect(save).to_be_disabled(timeout=QUICK_MS)
    expect(desk.get_by_text("Thresholds saved")).to_have_count(0)
    expect(open_page("/tiers/activity").get_by_label("Churned from", exact=True)).not_to_have_value("95")
    _give_role(users, "operator", "Operator")
    expect(save).to_be_enabled(timeout=QUICK_MS)


def _give_role(users: Page, name: str, role: str) -> None:
    users.get_by_label(f"Role of {name}", exact=True).click()
    users.get_by_role("option", name=role).click()
    expect(users.get_by_text(f"“{name}” is now: {role}").first).to_be_visible()
    loaded(users)  # the list is drawn anew, and with it the fields


def test_last_administrator_stays_one(open_page: OpenPage) -> None:
    users = open_page("/settings/users")
    users.get_by_label("Role of admin", exact=True).click()
    users.get_by_role("option", name="Viewer").click()
    expect(users.get_by_text("“admin” is the last administrator who can log in.")).to_be_visible()
    expect(users.get_by_label("Role of admin", exact=True)).to_have_value("Administrator")


def test_logout_leads_every_open_page_to_the_login(browser: Browser, shop: Shop, home: Path) -> None:
    context = browser.new_context(locale="en-US", base_url=shop.url)
    first, second = context.new_page(), context.new_page()
    first.goto(f"/login/link?key={(home / 'link').read_text(encoding='ascii')}")
    first.get_by_role("button", name="Log in").click()
    expect(first.locator(".fg-main")).to_be_visible()
    second.goto("/data/sources")
    heard(second)  # only a page that is connected can be told
    first.get_by_label("Account of admin").click()
    first.get_by_role("button", name="Log out").click()
    expect(first.get_by_label("Password")).to_be_visible()
    expect(second.get_by_label("Password")).to_be_visible(timeout=QUICK_MS)
    assert second.url.endswith("/login?next=/data/sources")
    context.close()


HOSTILE_PAGES = (
    "/people?q=onerror", "/data/live", "/data/sources", "/data/catalogue", "/data/plan", "/data/refused", "/data/health",
    "/settings/users", "/settings/tokens", "/settings/audit", "/account", "/import",
)  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_names_that_are_markup_run_nowhere(open_page: OpenPage, path: str) -> None:
    _harmless(open_page(path))


def test_person_and_event_that_are_markup_run_nowhere(open_page: OpenPage) -> None:
    page = open_page("/people?q=onerror")
    page.locator(".fg-table tbody tr td:first-child a").first.click()
    page.locator(".fg-why-one").first.wait_for()
    page.get_by_label("Show the event as it was stored").first.click()
    _harmless(page)
    page.goto("/data/catalogue")
    page.locator(".fg-table tbody a", has_text="onerror").click()
    page.locator(".fg-properties").wait_for()
    _harmless(page)


def test_user_whose_name_is_markup_sees_it_as_text(browser: Browser, shop: Shop, home: Path) -> None:
    context = browser.new_context(locale="en-US", base_url=shop.url)
    key = (home / "hostile").read_text(encoding="ascii")
    context.add_cookies([{"name": COOKIE, "value": key, "url": shop.url}])
    page = context.new_page()
    page.goto("/account")
    page.get_by_label(f"Account of {MARKUP}").click()
    expect(page.locator(".fg-user-card").get_by_text(MARKUP)).to_be_visible()
    _harmless(page)
    context.close()


def _harmless(page: Page) -> None:
    settled(
        page, lambda: "onerror" in page.content() or page.url.endswith(("/account", "/import", "/data/health", "/data/refused"))
    )
    page.wait_for_timeout(1_200)
    assert page.evaluate("window.ran") is None
    assert page.locator('img[src="x"]').count() == 0


def _come_to_rest(page: Page, received: list[str]) -> None:
    """Wait until a page is there, and nothing more comes for a while."""
    page.locator(".fg-main").wait_for()
    loaded(page)
    before = -1
    while before != len(received):
        before = len(received)
        page.wait_for_timeout(1_500)


def test_nothing_that_a_viewer_receives_names_a_person(open_page: OpenPage, browser: Browser, shop: Shop) -> None:
    received: list[str] = []
    context = browser.new_context(locale="en-US", base_url=shop.url)
    context.add_cookies([{"name": COOKIE, "value": shop.keys["viewer"], "url": shop.url}])
    page = context.new_page()
    page.on("response", lambda response: _note(received, response))
    page.on("websocket", lambda socket: _listen(received, socket))
    for path in ("/people", "/data/live", "/data/refused", "/data/catalogue/Form%20Sent", "/data/plan", "/data/sources"):
        page.goto(path)
        _come_to_rest(page, received)
    person = open_page(f"/people?q={PHONE}").locator(".fg-table tbody tr td:first-child a").first.get_attribute("href")
    page.goto(str(person))
    page.locator(".fg-why-one").first.wait_for()
    received += [page.content(), page.request.get("/people.csv").text(), page.request.get("/data/refused.json").text()]
    context.close()
    everything = "\n".join(received)
    assert len(received) > 30
    assert "@nest.example" in everything
    assert [canary for canary in (EMAIL, PHONE, NAME) if canary in everything] == []


def _note(received: list[str], response: Response) -> None:
    if "text/html" in response.headers.get("content-type", ""):
        with suppress(Error):  # of a redirect
            received.append(response.text())


def _listen(received: list[str], socket: WebSocket) -> None:
    def take(frame: Any) -> None:
        received.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    socket.on("framereceived", take)


def test_behind_a_proxy_with_tls_the_cookie_is_for_tls_alone(browser: Browser, shop: Shop, home: Path) -> None:
    link = (home / "tls link").read_text(encoding="ascii")
    context = browser.new_context(base_url=shop.url)
    told = {"x-forwarded-proto": "https"}
    answer = context.request.post("/login/link", form={"key": link}, headers=told, max_redirects=0)
    cookies = [each["value"] for each in answer.headers_array if each["name"].lower() == "set-cookie"]
    (ours,) = [each for each in cookies if each.startswith(SECURE_COOKIE)]
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(ours.lower().split("; "))
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    context.close()
