"""The vendors' own clients for Node, pointed at a collector: every call arrives, at its time, of its person, whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tests.clients.stored
from tests.clients.stored import events_of, ids_of, item_of, traits_of

import finegrain as fg

if TYPE_CHECKING:
    from tests.clients.collector import Server

    from finegrain.collect.wire.contract import WireFormat

CLIENTS = Path(tests.clients.stored.__file__).with_name("node")
PAST = datetime(2024, 3, 5, 8, 30, 15, 250_000, tzinfo=UTC)


@pytest.fixture
def node() -> str:
    """The program Node; the test is skipped where it or the clients are absent, but not in CI."""
    program = shutil.which("node")
    if program is None or not (CLIENTS / "node_modules" / ".installed").exists():
        reason = "there is no Node, or no clients for it: install nodejs and npm, and run tools/node_clients.sh"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def send(server: Server, node: str, format_: WireFormat) -> None:
    """Let the client for Node of a format say what it can say, and stop the server."""
    with fg.open(server.home) as workspace:
        key = workspace.sources.add(format_, format_).key
    server.start()
    command = [node, str(CLIENTS / f"{format_}.mjs"), server.url, key]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    server.stop()


def nearly(moment: datetime) -> Any:
    """Give what a moment is compared with that passed through a clock correction of two clocks on one machine."""
    return pytest.approx(moment.timestamp(), abs=2)


def test_segment_analytics_node(server: Server, node: str) -> None:
    send(server, node, "segment")
    events = events_of(server.home, "u1", "a1")
    assert events.keys() == {"Order Completed", "Product Viewed", "Page Viewed", "Screen Viewed"}
    completed, page = events["Order Completed"], events["Page Viewed"]
    assert (completed.time.timestamp(), completed.properties["total"]) == (nearly(PAST), 99.5)
    assert completed.properties["context"]["library"]["name"] == "@segment/analytics-node"
    assert (page.properties["category"], page.properties["name"], page.properties["path"]) == ("Docs", "Start", "/start")
    assert ids_of(server.home, "a1") == ids_of(server.home, "before-u1") == {"u1", "a1", "before-u1"}
    assert traits_of(server.home, "u1") == {"name": "Ann", "logins": 3, "group_id": "g1"}
    assert item_of(server.home, "group", "g1") == {"plan": "pro"}


def test_posthog_node(server: Server, node: str) -> None:
    send(server, node, "posthog")
    events = events_of(server.home, "u1", "a1")
    assert {"Order Completed", "Page Viewed"} <= events.keys()
    assert (events["Order Completed"].time.timestamp(), events["Order Completed"].properties["total"]) == (nearly(PAST), 99.5)
    assert ids_of(server.home, "a1") == {"u1", "a1"}
    traits = traits_of(server.home, "u1")
    assert (traits["plan"], traits["came_from"], traits["name"]) == ("pro", "ad", "Ann")
    assert item_of(server.home, "company", "g1") == {"name": "Acme"}
