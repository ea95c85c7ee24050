"""The page on connecting an app, tried out as it stands there: its Python and its curl reach a real collector."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import finegrain as fg

if TYPE_CHECKING:
    from tests.clients.collector import Server

    from finegrain.collect.wire.contract import WireFormat

DOCS = Path(__file__).parents[3] / "docs"
BOTH = pytest.mark.parametrize("page", ["connect.md", "zh/connect.md"])
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
FORMATS: dict[str, WireFormat] = {"segment.analytics": "segment", "sensorsanalytics": "sensors", "posthog": "posthog"}


def blocks(page: str, language: str) -> list[str]:
    """Give the blocks of a page that are in one language."""
    return [text for named, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")) if named == language]


def pointed_at(server: Server, key: str, block: str) -> str:
    """Give a block with the server's own address and a key."""
    return block.replace("http://127.0.0.1:8000", server.url).replace("YOUR_KEY", key)


@BOTH
def test_python_of_the_page_arrives(server: Server, page: str) -> None:
    with fg.open(server.home) as workspace:
        keys = {format_: workspace.sources.add(format_, format_).key for format_ in FORMATS.values()}
    server.start()
    for block in blocks(page, "python"):
        key = keys[
            next(format_ for module, format_ in FORMATS.items() if f"import {module}" in block or f"from {module}" in block)
        ]
        subprocess.run([sys.executable, "-c", pointed_at(server, key, block)], check=True, timeout=60)
    server.stop()
    with fg.open(server.home) as workspace:
        names = workspace.events.event_counts()
        ann = workspace.people.find("ann")
    assert (names["Order Completed"], names["PayOrder"]) == (2, 1)
    assert (ann.traits["name"], ann.traits["city"]) == ("Ann", "上海")


@BOTH
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_of_the_page_is_answered(server: Server, page: str) -> None:
    server.start()
    (command,) = (block for block in blocks(page, "sh") if block.startswith("curl"))
    ran = subprocess.run(["sh", "-c", pointed_at(server, server.key, command)], check=True, capture_output=True, timeout=60)
    assert ran.stdout == b'{"success":true}'
