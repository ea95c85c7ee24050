"""A real server over a small shop, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pytest
from tests.clients.chromium import ARGUMENTS
from tests.clients.logins import log_in

import finegrain as fg
from finegrain.access.roles import ROLES
from finegrain.console.session import COOKIE
from finegrain.people.contract import TraitChange
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from finegrain.access.contract import Role

PEOPLE = 120
LAST_DAY = datetime(2024, 5, 31, 3, tzinfo=UTC)
"""Noon in Shanghai of the shop's last day; with the machine's clock far beyond, the data stops there."""

PATIENCE_MS = 60_000
"""How long a page may take on a machine that is busy with other tests."""

HOSTILE = 7

_DELAY = """(ms => {
  window.WebSocket = class extends window.WebSocket {
    send(data) { setTimeout(() => this.readyState === 1 && super.send(data), ms); }
    set onmessage(take) { super.onmessage = event => setTimeout(() => take.call(this, event), ms); }
  };
})(%d)"""

_SERVE = """
import sys, finegrain as fg
from finegrain.server.run import serve
serve(fg.open(sys.argv[1]), "127.0.0.1", 0, on_listening=lambda url: print(url, flush=True))
"""


@dataclass(frozen=True)
class Shop:
    """A running server: where it answers, the folder it serves, and the key of a session of a user of each role."""

    url: str
    home: Path
    keys: dict[Role, str] = field(default_factory=dict)


class OpenPage(Protocol):
    """Opens a path of a shop in a new browser session of a user who has a role, and waits for its heading."""

    def __call__(
        self,
        path: str,
        *,
        locale: str = "en-US",
        width: int = 1440,
        of: Shop | None = None,
        role: Role = "admin",
        delay_ms: int = 0,
    ) -> Page:
        """Give the open page, whose connection takes ``delay_ms`` more each way."""
        ...


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over 120 people, of whom every fourth never ordered; the others ordered 1 to 6 times, up to 2024-05-31."""
    home = tmp_path_factory.mktemp("shop")
    with fg.open(home) as workspace:
        stock(workspace)
    yield from serving(home)


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over a new workspace."""
    yield from serving(tmp_path_factory.mktemp("empty"))


def serving(home: Path) -> Iterator[Shop]:
    """Run a server over ``home`` in a process of its own while the generator waits, then stop it and see that it went well."""
    with fg.open(home) as workspace:
        keys = {role: log_in(workspace, role) for role in ROLES}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FINEGRAIN_")}
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(home)], stdout=subprocess.PIPE, text=True, cwd=home, env=environment
    )
    try:
        assert server.stdout is not None
        yield Shop(server.stdout.readline().strip(), home, keys)
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0
        if server.stdout:
            server.stdout.close()


def stock(workspace: fg.Workspace) -> None:
    """Put the people, visits and orders of the shop into ``workspace``."""
    ids = [f"user-{number:03d}" for number in range(PEOPLE)]
    workspace.people.register(ids, LAST_DAY - timedelta(days=300))
    workspace.people.set_traits(
        TraitChange(each, {"name": f"Person {place}", "city": "Shanghai" if place % 2 else "London"} | _hostile(place), LAST_DAY)
        for place, each in enumerate(ids)
    )
    rows = [row for place, each in enumerate(ids) for row in _events(place, each)]
    workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))


def _hostile(place: int) -> dict[str, str]:
    """Traits of person 7 that would do harm if a page took them for markup, or a spreadsheet program for a formula."""
    return {"note": '<img src=x onerror="throw 1">', "nickname": "=1+1"} if place == HOSTILE else {}


def _events(place: int, person: str) -> Iterator[dict[str, object]]:
    yield _event(f"visit-{place}", person, "Page Viewed", place % 100, {"path": "/"})
    if place % 4 == 0:
        return
    for order in range(place % 6 + 1):
        total = 20.0 + 7 * (place % 13) + 5 * order
        properties = {"order_id": f"o{place}-{order}", "total": total, "currency": "CNY"}
        yield _event(f"order-{place}-{order}", person, "Order Completed", place % 45 + 40 * order, properties)


def _event(message: str, person: str, event: str, days_ago: int, properties: dict[str, object]) -> dict[str, object]:
    time = (LAST_DAY - timedelta(days=days_ago)).replace(tzinfo=None)
    return {
        "message_id": message, "distinct_id": person, "event": event, "time": time, "received_at": time,
        "source": "test", "historical": True, "properties": json.dumps(properties),
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; one a module, since Playwright's loop must not run beside that of asynchronous tests."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, shop: Shop) -> Iterator[OpenPage]:
    """Open pages; at the end, none of them may have asked an outside address or raised an error in its scripts."""
    problems: list[str] = []
    contexts = []

    def open_(
        path: str,
        *,
        locale: str = "en-US",
        width: int = 1440,
        of: Shop | None = None,
        role: Role = "admin",
        delay_ms: int = 0,
    ) -> Page:
        base = (of or shop).url
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 900}, base_url=base)
        context.add_cookies([{"name": COOKIE, "value": (of or shop).keys[role], "url": base}])
        contexts.append(context)
        if delay_ms:
            context.add_init_script(_DELAY % delay_ms)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: None if _is_inside(request.url, base) else problems.append(request.url))
        page.goto(path)
        page.locator(".fg-main").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


_HEARD = """() => new Promise(done => {
  const ask = () => socket.emit('ack', {client_id: clientId, next_message_id: nextMessageId}, done);
  const begin = () => setTimeout(window.did_handshake ? ask : begin, 50);
  begin();
})"""


def heard(page: Page) -> None:
    """Wait until the server has taken all that was done on a page so far, where nothing on the page says that it has."""
    page.evaluate(_HEARD)


def loaded(page: Page) -> None:
    """Wait until nothing on a page is being loaded any more."""
    from playwright.sync_api import expect

    expect(page.locator("[aria-busy=true], .fg-skeleton, .fg-busy")).to_have_count(0)


def settled(page: Page, holds: Callable[[], object]) -> None:
    """Wait until a page that changes as it gets answers shows what it should."""
    for _attempt in range(PATIENCE_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail("the page did not come to rest")


def _is_inside(url: str, base: str) -> bool:
    return url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:"))
