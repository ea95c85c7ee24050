"""The health page over a real workspace, without a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.clients.logins import as_owner
from tests.integration.console.conftest import address, element, elements, links, see, texts, until
from tests.integration.console.test_console_sources import send, track

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.console.pages.data import health
from finegrain.console.widgets.charts import ThemedChart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def clock_() -> SettableClock:
    """The clock of the workspace."""
    return SettableClock(NOW)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, clock_: SettableClock) -> Iterator[fg.Workspace]:
    """A workspace of this module's own, which it fills."""
    with fg.open(tmp_path_factory.mktemp("health"), clock=clock_) as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page look more often than readers need."""
    monkeypatch.setattr(health, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(health, "CHARTS_EVERY", 1)


def figures(user: User) -> dict[str, str]:
    """Read the large figures."""
    return dict(zip(texts(user, "fg-kpi-label"), texts(user, "fg-kpi-value"), strict=True))


async def test_without_a_source_it_leads_to_connecting_one(visit: Visit) -> None:
    user = await visit("/data/health")
    await see(user, "Nobody sends yet")
    assert links(user).count("/data/sources") == 2


async def test_what_comes_is_counted_now_by_minute_and_by_source(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("web", "segment")
    user = await visit("/data/health")
    await see(user, "Ready, and nobody sends")
    send(workspace, "web", track("1"), track("2"), track("2"), {"type": "track", "event": "A", "messageId": "3"})
    await see(user, "Taking in")
    await until(lambda: figures(user)["Refused, 1 h"] == "1")
    assert (figures(user)["Events per second"], figures(user)["Repeated, 1 h"]) == ("0.2", "1")
    volume, _times, hours = elements(user, ThemedChart)
    await until(lambda: volume.options["series"][0]["data"][-1] == 2)
    assert (len(volume.options["series"][0]["data"]), volume.options["xAxis"]["data"][-1]) == (180, "20:30")
    await until(lambda: hours.options["series"][0]["data"][-1] == 2)
    row = texts(user, "fg-scroll")
    assert row[row.index("web") + 1 : row.index("web") + 4] == ["2", "1", "1"]
    assert "/data/refused?source=web" in links(user)


async def test_one_source_alone(visit: Visit, workspace: fg.Workspace) -> None:
    with as_owner():
        workspace.sources.add("app", "segment")
    send(workspace, "app", track("a1"))
    user = await visit("/data/health")
    await until(lambda: elements(user, ui.select))
    element(user, ui.select, aria_label="Source").set_value("app")
    await until(lambda: elements(user, ThemedChart)[0].options["series"][0]["data"][-1] == 1)
    assert address(user) == "/data/health?source=app"


async def test_quiet_and_refusing_are_said(visit: Visit, workspace: fg.Workspace, clock_: SettableClock) -> None:
    clock_.set(NOW + timedelta(minutes=20))
    user = await visit("/data/health", language="zh-CN")
    await see(user, "最近入库：20 分钟前")
    workspace.health.failed([], "the disk is full")
    await see(user, "the disk is full")
    assert elements(user, ui.element, "fg-dot-bad")
