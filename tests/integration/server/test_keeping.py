"""The server counts what arrives for the catalogue by itself, and steps back while much arrives."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.console.conftest import stock

import finegrain as fg
from finegrain.audience.segments.contract import RecomputeResult
from finegrain.server import keeping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[fg.Workspace]:
    """A stocked workspace whose events nobody has counted yet."""
    with fg.open(tmp_path / "shop") as workspace:
        stock(workspace)
        yield workspace


async def kept_until(workspace: fg.Workspace, *, counted: bool) -> None:
    """Let the keeper run until the catalogue is complete, or half a second where it cannot be."""
    stop = asyncio.Event()
    task = asyncio.create_task(keeping.keep_catalogue(workspace, stop))
    for _try in range(500 if counted else 50):
        progress = workspace.catalogue.progress()
        if counted and progress.counted == progress.stored:
            break
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(task, 5)


def test_what_is_stored_is_counted_without_anybody_asking(shop: fg.Workspace) -> None:
    asyncio.run(kept_until(shop, counted=True))
    assert {each.name for each in shop.catalogue.events()} == {"Page Viewed", "Order Completed"}


def test_an_error_is_logged_once_and_the_next_step_tries_again(
    shop: fg.Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "PAUSE_S", 0.01)
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(shop.catalogue, "refresh", lambda **_: 1 / 0)
        asyncio.run(kept_until(shop, counted=False))
    assert len(caplog.records) == 1
    asyncio.run(kept_until(shop, counted=True))
    assert shop.catalogue.progress().share == 1.0


@pytest.mark.parametrize(
    ("took_s", "arrived", "behind", "pause_s"),
    [
        (0.2, 0, False, keeping.PAUSE_S),
        (0.2, 0, True, 0.2),
        (0.5, 1_000_000, True, 0.5 * keeping.BUSY_REST),
        (0.001, 1_000_000, True, keeping.PAUSE_S),
        (60.0, 10_000_000, True, keeping.LONGEST_PAUSE_S),
    ],
    ids=["idle", "behind", "busy", "busy and quick", "busy and slow"],
)
def test_it_rests_longer_while_much_arrives(took_s: float, arrived: int, behind: bool, pause_s: float) -> None:
    assert keeping._pause_s(took_s, arrived, behind=behind) == pause_s


async def recomputed(workspace: fg.Workspace, *, seconds: float) -> None:
    """Let the keeper of segments run for a while."""
    stop = asyncio.Event()
    task = asyncio.create_task(keeping.keep_segments(workspace, stop))
    await asyncio.sleep(seconds)
    stop.set()
    await asyncio.wait_for(task, 20)


def test_segments_are_recomputed_without_anybody_asking(shop: fg.Workspace) -> None:
    before = shop.segments.save_rule("viewers", fg.rule.did("Page Viewed"))
    asyncio.run(recomputed(shop, seconds=0.1))
    after = shop.segments.get("viewers")
    assert after.size == before.size > 0
    assert after.computed_at > before.computed_at  # type: ignore[operator]


def test_segments_that_cannot_be_recomputed_are_logged_once(
    shop: fg.Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "SEGMENTS_S", 0.02)
    monkeypatch.setattr(shop.segments, "recompute", lambda: 1 / 0)
    with caplog.at_level(logging.WARNING):
        asyncio.run(recomputed(shop, seconds=0.3))
    assert [record.message for record in caplog.records] == ["cannot recompute segments, and go on trying: division by zero"]


def test_a_rule_that_cannot_be_computed_is_named(
    shop: fg.Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = RecomputeResult(shop.as_of(), shop.clock.now(), {}, {"old": "no such form"})
    monkeypatch.setattr(shop.segments, "recompute", lambda: found)
    with caplog.at_level(logging.WARNING):
        asyncio.run(recomputed(shop, seconds=0.1))
    assert [record.message for record in caplog.records] == ["the segment old cannot be computed: no such form"]
