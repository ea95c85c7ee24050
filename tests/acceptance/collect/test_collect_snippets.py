"""The set-up snippets as somebody pastes them: run as they are, against a real server, they store the event they show."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.clients import npm
from tests.clients.chromium import ARGUMENTS
from tests.clients.collector import Client

import finegrain as fg
from finegrain.collect.sources.contract import FORMATS
from finegrain.collect.sources.snippets import snippet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from tests.clients.collector import Server

    from finegrain.collect.wire.contract import WireFormat

LOOKS_HUMAN = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
ANY_ORIGIN = {"access-control-allow-origin": "*"}
EVENTS = {"segment": "Product Viewed", "sensors": "ProductViewed", "posthog": "Product Viewed"}


def key_of(server: Server, format_: WireFormat) -> str:
    """Make a source of the format, start the server, and give the key."""
    with fg.open(server.home) as workspace:
        key = workspace.sources.add(f"my {format_}", format_).key
    server.start()
    return key


def assert_stored(server: Server, format_: WireFormat) -> None:
    """Stop the server and see that the snippet's event is there, whole, of its person, once."""
    server.stop()
    with fg.open(server.home) as workspace:
        (row,) = [row for row in workspace.events.timeline(["user-1"]) if row.event == EVENTS[format_]]
    assert (row.source, row.properties["product_id"], row.properties["price"]) == (f"my {format_}", "p-1", 99.5)


@pytest.mark.parametrize("format_", FORMATS)
def test_python(server: Server, tmp_path: Path, format_: WireFormat) -> None:
    key = key_of(server, format_)
    program = snippet(format_, "python", url=server.url, key=key).code
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=tmp_path, check=True, timeout=60)
    assert_stored(server, format_)
    with fg.open(server.home) as workspace:
        assert workspace.people.find("user-1").traits["name"] == "Ann"


@pytest.mark.parametrize("format_", FORMATS)
def test_curl(server: Server, tmp_path: Path, format_: WireFormat) -> None:
    key = key_of(server, format_)
    program = snippet(format_, "curl", url=server.url, key=key).code
    subprocess.run(["bash", "-euc", program.replace("curl ", "curl --fail --silent ", 1)], cwd=tmp_path, check=True, timeout=60)
    assert_stored(server, format_)


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three vendors' packages for Node."""
    folder = tmp_path_factory.mktemp("node")
    packages = [snippet(format_, "node", url="http://127.0.0.1").install.removeprefix("npm install ") for format_ in FORMATS]
    npm.install(folder, *packages)
    return folder


@pytest.mark.parametrize("format_", FORMATS)
def test_node(server: Server, node_folder: Path, format_: WireFormat) -> None:
    key = key_of(server, format_)
    program = snippet(format_, "node", url=server.url, key=key).code
    subprocess.run(["timeout", "30", "node", "-e", program], cwd=node_folder, check=True, timeout=60)
    assert_stored(server, format_)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which does not look like a bot."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    quiet = [*ARGUMENTS, "--disable-blink-features=AutomationControlled"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a web site that shows the files of the test's folder."""
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Answers with files and logs nothing."""

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("format_", FORMATS)
def test_web(server: Server, browser: Browser, site: str, tmp_path: Path, format_: WireFormat) -> None:
    key = key_of(server, format_)
    code = snippet(format_, "web", url=server.url, key=key).code
    (tmp_path / "page.html").write_text(f"<!doctype html><html><head>{code}</head><body></body></html>", encoding="utf-8")
    ((package, path),) = re.findall(r"cdn\.jsdelivr\.net/npm/((?:@[^/]+/)?[^@/]+)@1/([^\"]+)", code)
    file = npm.unpack(tmp_path, f"{package}@1") / path
    page = browser.new_page(user_agent=LOOKS_HUMAN)
    page.route(
        "**/cdn.jsdelivr.net/**", lambda route: route.fulfill(path=file, content_type="text/javascript", headers=ANY_ORIGIN)
    )
    page.goto(f"{site}/page.html")
    until_stored(server)
    page.close()
    server.stop()
    with fg.open(server.home) as workspace:
        assert workspace.events.event_counts()[EVENTS[format_]] == 1


def until_stored(server: Server) -> None:
    """Wait until the server has stored two events: the page view, which the SDKs send by themselves or are told to, and ours."""
    for _try in range(150):
        metrics = Client(server, "").metrics()
        stored = re.findall(r"^finegrain_collect_events_stored_total{.*} ([0-9.]+)$", metrics, re.MULTILINE)
        if stored and float(stored[0]) >= 2:
            return
        time.sleep(0.2)
    pytest.fail("the page sent nothing that was stored")
