"""A sender that does not go on is told so, and what it had taken of the collector's room is given back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import pytest

import finegrain as fg
from finegrain.server.collecting import CollectDoor
from finegrain.server.wire_routes import wire_routes

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = {"type": "http", "method": "POST", "path": "/v1/track", "headers": [], "query_string": b""}


async def nobody(*_: Any) -> None:
    """Stand for the rest of the application, which is not asked."""


@pytest.mark.parametrize("sent", [[], [b"{"], [b"{", b'"event"']], ids=len)
async def test_a_body_that_does_not_come_is_408(tmp_path: Path, sent: list[bytes]) -> None:
    waiting, answered = list(sent), list[MutableMapping[str, Any]]()

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    with fg.open(tmp_path / "shop") as workspace:
        door = CollectDoor(nobody, workspace, wire_routes(), body_timeout_s=0.05)
        await door(dict(SCOPE), receive, send)
        assert workspace.collector.budget.taken == 0
    assert (answered[0]["status"], json.loads(answered[1]["body"])["code"]) == (408, "slow_body")
