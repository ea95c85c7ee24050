"""The page of refused items over a real workspace, without a browser: filter, replay, discard, download."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from nicegui import ui
from tests.clients.logins import as_owner
from tests.integration.console.conftest import address, browser, element, elements, see, tell, texts, until
from tests.integration.console.test_console_sources import send, track

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of this module's own, which it fills."""
    with fg.open(tmp_path_factory.mktemp("refused")) as workspace:
        yield workspace


def refuse(workspace: fg.Workspace, source: str, mark: str, *, times: int = 2) -> None:
    """Let a new source send items without a person, and one with a bad time."""
    with as_owner():
        workspace.sources.add(source, "segment")
    items: list[dict[str, Any]] = [{"type": "track", "event": "A", "messageId": f"{mark}{number}"} for number in range(times)]
    send(workspace, source, *items, track(f"{mark}t", timestamp="yesterday"))


def rows(user: User) -> list[dict[str, Any]]:
    """Give the rows of the table, none before it stands."""
    found = elements(user, ui.table)
    return found[0].rows if found else []


def reasons(user: User) -> dict[str, str]:
    """Give the reasons that can be chosen, none while the filters are drawn anew."""
    found = elements(user, ui.select, aria_label="Reason")
    return dict(found[0].options) if found else {}


async def press(user: User, text: str) -> None:
    """Press the button that says ``text``; of several the last, which a dialog has drawn."""
    await tell(user, [each for each in elements(user, ui.button) if each.text == text][-1], "click")


async def test_nothing_refused_is_good_news(visit: Visit) -> None:
    user = await visit("/data/refused")
    await see(user, "Nothing is refused here")
    assert not [each for each in elements(user, ui.button) if each.text == "Replay all of these" and each.visible]


async def test_items_are_listed_with_reason_advice_and_whole(visit: Visit, workspace: fg.Workspace) -> None:
    refuse(workspace, "listed", "l")
    user = await visit("/data/refused?source=listed")
    await until(lambda: len(rows(user)) == 3)
    assert sorted(row["reason"] for row in rows(user)) == ["no person", "no person", "unreadable time"]
    (late,) = [row for row in rows(user) if row["reason"] == "unreadable time"]
    assert "yesterday" in late["detail"]
    assert "clock" in late["advice"]
    assert json.loads(late["raw"])["messageId"] == "lt"


async def test_filters_hold_in_the_address(visit: Visit, workspace: fg.Workspace) -> None:
    refuse(workspace, "filtered", "f")
    user = await visit("/data/refused")
    await until(lambda: len(rows(user)) == 6)
    await until(lambda: reasons(user))
    before = reasons(user)
    element(user, ui.select, aria_label="Source").set_value("filtered")
    await until(lambda: len(rows(user)) == 3 and reasons(user) not in ({}, before))
    element(user, ui.select, aria_label="Reason").set_value("bad_time")
    await until(lambda: len(rows(user)) == 1)
    assert address(user) == "/data/refused?source=filtered&reason=bad_time"
    again = await visit("/data/refused?source=nobody")
    await until(lambda: len(rows(again)) == 6)


async def test_discarded_items_are_asked_about_and_stay_readable(visit: Visit, workspace: fg.Workspace) -> None:
    refuse(workspace, "discarded", "d")
    user = await visit("/data/refused?source=discarded&reason=no_person")
    await until(lambda: len(rows(user)) == 2)
    await press(user, "Discard all of these")
    await see(user, "Discard 2 items?")
    assert workspace.refused.count("discarded") == 3
    await press(user, "Discard")
    await until(lambda: workspace.refused.count("discarded", status="discarded") == 2)
    await until(lambda: rows(user) == [])
    element(user, ui.toggle, aria_label="State").set_value("discarded")
    await until(lambda: len(rows(user)) == 2)


async def test_only_what_is_chosen_is_replayed(visit: Visit, workspace: fg.Workspace) -> None:
    refuse(workspace, "chosen", "c")
    user = await visit("/data/refused?source=chosen")
    await until(lambda: len(rows(user)) == 3)
    table = elements(user, ui.table)[0]
    args = {"added": True, "rows": rows(user)[:1], "keys": [rows(user)[0]["key"]]}
    await tell(user, table, "selection", args)
    await until(lambda: "1 chosen" in texts(user))
    await press(user, "Replay 1")
    await until(lambda: user.notify.contains("0 taken with 0 new events; 1 still refused."))


async def test_files_hold_what_the_page_shows(server: FastAPI, workspace: fg.Workspace) -> None:
    refuse(workspace, "file", "x")
    async with browser(server) as session:
        table = await session.get("/data/refused.csv?source=file")
        objects = await session.get("/data/refused.json?source=file&reason=bad_time")
        nothing = await session.get("/data/refused.json?source=file&status=replayed")
    lines = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(lines) == 4
    assert {line[3] for line in lines[1:]} == {"no_person", "bad_time"}
    assert [item["item"]["messageId"] for item in objects.json()] == ["xt"]
    assert nothing.json() == []


async def test_rows_of_imports_stand_beside(visit: Visit) -> None:
    user = await visit("/data/refused/imports")
    await see(user, "No row is refused")
    assert "Rows of imports" in texts(user, "fg-tab-active")
