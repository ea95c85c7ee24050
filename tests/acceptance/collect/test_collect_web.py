"""The vendors' SDKs for web pages, in a real browser, on a page of another origin than the collector's."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.clients.chromium import ARGUMENTS
from tests.clients.collector import Client

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from tests.clients.collector import Server

    from finegrain.collect.wire.contract import WireFormat

NODE = Path(__file__).parents[2] / "clients" / "node" / "node_modules"
WAYS = [
    *[("segment", ""), ("posthog", "true"), ("posthog", "false")],
    *[("sensors", "image"), ("sensors", "ajax"), ("sensors", "beacon")],
]
PATIENCE_S = 60
LEAST = {"segment": 3, "sensors": 4, "posthog": 1}
"""Requests that a page makes for what it says, at the least."""

SDKS = {
    "segment": "@segment/analytics-next/dist/umd/index.js",
    "sensors": "sa-sdk-javascript/sensorsdata.min.js",
    "posthog": "posthog-js/dist/array.full.no-external.js",
}
PAGES = {
    "segment": """
        const settings = { integrations: { "Segment.io": { apiKey: "KEY", apiHost: "HOST/v1", protocol: "http" } } };
        const analytics = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: "KEY", cdnSettings: settings });
        analytics.page(); analytics.identify("ann", { name: "Ann" });
        analytics.track("Order Completed", { order_id: "1", total: 9.5 });""",
    "sensors": """
        var sensors = window.sensorsDataAnalytic201505;
        sensors.init({ server_url: "URL/sa?project=default&token=KEY", send_type: "SEND", show_log: false });
        sensors.quick("autoTrack"); sensors.login("ann");
        sensors.track("OrderCompleted", { order_id: "1", total: 9.5 }); sensors.setProfile({ name: "Ann" });""",
    "posthog": """
        posthog.init("KEY", { api_host: "URL", persistence: "memory", opt_out_useragent_filter: true, request_batching: SEND });
        posthog.identify("ann", { name: "Ann" }); posthog.capture("Order Completed", { order_id: "1", total: 9.5 });""",
}
"""What a page says; browsers that are driven by programs count as robots, which posthog-js leaves out unless told otherwise."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    missing = "no Chromium" if program is None else "no SDKs: run tools/node_clients.sh" if not NODE.is_dir() else ""
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address under which it is served."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.mark.parametrize(
    ("format_", "send"),
    [
        ("segment", ""),
        ("sensors", "image"),
        ("sensors", "ajax"),
        ("sensors", "beacon"),
        ("posthog", "true"),
        ("posthog", "false"),
    ],
)
def test_what_a_page_says_arrives(
    server: Server, browser: Browser, site: tuple[Path, str], format_: WireFormat, send: str
) -> None:
    folder, address = site
    with fg.open(server.home) as workspace:
        key = workspace.sources.add("page", format_, allowed_origins=[address]).key
    server.start()
    script = PAGES[format_].replace("KEY", key).replace("URL", server.url).replace("SEND", send)
    script = script.replace("HOST", urlsplit(server.url).netloc)
    shutil.copytree((NODE / SDKS[format_]).parent, folder, dirs_exist_ok=True)
    head = f'<meta charset="utf-8"><script src="{Path(SDKS[format_]).name}"></script>'
    (folder / "page.html").write_text(f"{head}<script>{script}</script>", encoding="utf-8")
    blocked = _visit(browser, f"{address}/page.html", server, answers=LEAST[format_])
    server.stop()
    assert blocked == []
    with fg.open(server.home) as workspace:
        ann = workspace.people.find("ann")
        (order,) = workspace.index.orders(ann.id)
    assert (ann.traits["name"], len(ann.distinct_ids), order.net_minor) == ("Ann", 2, 950)


def _visit(browser: Browser, url: str, server: Server, *, answers: int) -> list[str]:
    """Open a page until its order is stored and so many of its requests were answered, then leave it.

    Returns:
        The requests that the browser blocked.
    """
    blocked: list[str] = []
    answered: list[str] = []
    page = browser.new_page()
    page.on("requestfailed", lambda request: blocked.append(request.url) if request.url.startswith(server.url) else None)
    page.on("response", lambda response: answered.append(response.url) if response.url.startswith(server.url) else None)
    page.goto(url)
    for _ in range(PATIENCE_S * 10):
        page.wait_for_timeout(100)
        if len([one for one in answered if not _is_question(one)]) >= answers and _ordered(server):
            break
    page.close()
    return blocked


def _ordered(server: Server) -> bool:
    reply = Client(server, "").send("/api/v1/events", b"", method="GET", Authorization=f"Bearer {server.monitor}")
    return not {"Order Completed", "OrderCompleted"}.isdisjoint(one["name"] for one in reply.json["events"])


def _is_question(url: str) -> bool:
    return urlsplit(url).path.startswith(("/flags", "/array"))
