"""What reaches a reader without ``people:read``: figures, and of personal data nothing that could be recognised."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from nicegui import ui
from tests.clients.logins import as_owner
from tests.integration.console.conftest import browser, element, elements, see, tell, texts, until

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest
from finegrain.people.contract import TraitChange
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui import Client
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EMAIL, PHONE, NAME, STREET = "canary.bird@nest.example", "13700001234", "Canary Yellowfeather", "Aviary Lane 17 in Birdtown"
CANARIES = (EMAIL, PHONE, NAME, STREET, "canary.bird", "Yellowfeather", "00001234", "Aviary")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace in which everything personal of one person is a canary."""
    with fg.open(tmp_path_factory.mktemp("masking"), clock=SettableClock(NOW)) as workspace:
        workspace.people.register([EMAIL], NOW - timedelta(days=3))
        traits = {"name": NAME, "email": EMAIL, "phone": PHONE, "address": {"street": STREET}, "note": STREET}
        workspace.people.set_traits([TraitChange(EMAIL, traits, NOW - timedelta(days=3))])
        workspace.events.append(pa.Table.from_pylist([_order()], schema=EVENT_SCHEMA))
        workspace.sources.add("web", "segment")
        _send(workspace, _event("live", userId=EMAIL), _event("refused", event="", userId=EMAIL))
        file = workspace.home / "events.csv"
        file.write_text(f"user_id,event,timestamp,name,mobile\n{EMAIL},Form Sent,yesterday,{NAME},{PHONE}\n", encoding="utf-8")
        workspace.import_events(file)
        yield workspace


def _order() -> dict[str, object]:
    time = (NOW - timedelta(days=2)).replace(tzinfo=None)
    personal = {"shipping": {"street": STREET}, "coupon": PHONE, "receiver_name": NAME, "email": EMAIL}
    properties = {"order_id": "o1", "total": 25.0, "currency": "CNY", **personal}
    return {
        "message_id": "order", "distinct_id": EMAIL, "event": "Order Completed", "time": time, "received_at": time,
        "source": "test", "historical": True, "properties": json.dumps(properties),
    }  # fmt: skip


def _event(message_id: str, **fields: object) -> dict[str, object]:
    told = {"email": EMAIL, "name": NAME, "mobile": PHONE, "remark": STREET, "nested": {"deep": NAME}}
    return {"type": "track", "event": "Form Sent", "messageId": message_id, "properties": told, **fields}


def _send(workspace: fg.Workspace, *items: dict[str, object]) -> None:
    request = WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), NOW, {}, {})
    workspace.collector.store_now(Arrival(segment.decode(request), "web", "segment", NOW, ""))


def everything(client: Client) -> str:
    """Give all that a page holds and sends to its browser: of each element its tag, texts, properties and children."""
    return json.dumps([each._to_dict() for each in client.elements.values()], ensure_ascii=False, default=str)


def found(text: str) -> list[str]:
    """Give the canaries that stand in ``text``, also where it is written with escapes."""
    plain = text + text.encode().decode("unicode_escape", "replace")
    return [canary for canary in CANARIES if canary in plain]


def _has_rows(user: User) -> bool:
    return any(table.rows for table in elements(user, ui.table))


def held(user: User) -> str:
    """Give all that the page of a user holds."""
    assert user.client is not None
    return everything(user.client)


async def test_viewer_sees_no_personal_data_on_the_list_of_people(visit: Visit) -> None:
    user = await visit("/people", role="viewer")
    await until(lambda: elements(user, ui.table) and element(user, ui.table).rows)
    assert found(held(user)) == []
    assert "@nest.example" in held(user)  # masked, not missing


async def test_viewer_sees_no_personal_data_on_the_page_of_a_person(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit(f"/people/{workspace.people.find(EMAIL).id}", role="viewer")
    await until(lambda: texts(user, "fg-event-name"))
    await tell(user, element(user, ui.button, aria_label="Show the event as it was stored"), "click")
    assert "Order Completed" in texts(user, "fg-json")[0]
    assert found(held(user)) == []
    assert user.client is not None
    assert found(user.client.resolve_title() or "") == []


async def test_analyst_sees_personal_data_on_the_page_of_a_person(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit(f"/people/{workspace.people.find(EMAIL).id}", role="analyst")
    await until(lambda: texts(user, "fg-event-name"))
    await see(user, PHONE)
    assert set(found(held(user))) == set(CANARIES)


async def test_viewer_cannot_find_out_by_searching(visit: Visit, server: FastAPI) -> None:
    user = await visit(f"/people?q={PHONE}", role="viewer")
    await until(lambda: elements(user, ui.table) and element(user, ui.table).rows)
    search = element(user, ui.input, aria_label="Search people by id, name or trait")
    assert (search.value, search.enabled) == ("", False)
    async with browser(server, role="viewer") as session:
        hits = [(await session.get(f"/people.csv?q={text}")).text.count("\n") for text in (PHONE, "nobody at all")]
    assert hits[0] == hits[1]


async def test_viewer_sees_no_personal_data_in_what_arrives(visit: Visit) -> None:
    user = await visit("/data/live", role="viewer")
    await until(lambda: elements(user, ui.table) and len(element(user, ui.table).rows) == 2)
    table = element(user, ui.table)
    for row in list(table.rows):
        await tell(user, table, "whole", row["key"])
    await until(lambda: all(row["raw"] for row in table.rows))
    assert found(held(user)) == []
    element(user, ui.input).set_value("canary.bird")
    await until(lambda: not table.rows)


async def test_viewer_sees_no_personal_data_in_what_was_refused(visit: Visit) -> None:
    for path in ("/data/refused", "/data/refused/imports", "/import/refused"):
        user = await visit(path, role="viewer")
        await until(partial(_has_rows, user))
        assert found(held(user)) == [], path


@pytest.mark.parametrize(
    ("path", "text"),
    [("/data/sources/web", "Events arrive"), ("/data/catalogue/Form%20Sent", "remark"), ("/data/plan", "Form Sent")],
)
async def test_viewer_sees_no_personal_data_among_what_is_known_of_events(visit: Visit, path: str, text: str) -> None:
    user = await visit(path, role="viewer")
    await until(lambda: text in held(user))
    assert found(held(user)) == []


async def test_viewer_sees_no_personal_data_in_the_panel_of_a_tier(visit: Visit, workspace: fg.Workspace) -> None:
    keys = [tier.key for tier in workspace.tiers("value").tiers if tier.people]
    user = await visit(f"/tiers/value?tier={keys[0]}", role="viewer")
    await until(lambda: any("@nest.example" in str(table.rows) for table in elements(user, ui.table)))
    assert found(held(user)) == []


async def test_files_of_a_viewer_hold_no_personal_data(server: FastAPI, workspace: fg.Workspace) -> None:
    keys = [tier.key for tier in workspace.tiers("value").tiers if tier.people]
    paths = ["/people.csv", "/data/refused.csv", "/data/refused.json", *(f"/tiers/value/people.csv?tier={key}" for key in keys)]
    for path in paths:
        async with browser(server, role="viewer") as session:
            masked = await session.get(path)
        async with browser(server, role="analyst") as session:
            plain = await session.get(path)
        assert (masked.status_code, found(masked.text)) == (200, []), path
        assert EMAIL in found(plain.text), path


async def test_masking_follows_the_role_of_an_open_page(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/data/live", role="analyst")
    await until(lambda: elements(user, ui.table) and EMAIL in str(element(user, ui.table).rows))
    with as_owner():
        workspace.access.users.set_role("analyst", "viewer")
    try:
        await until(lambda: EMAIL not in str(element(user, ui.table).rows))
        assert found(held(user)) == []
    finally:
        with as_owner():
            workspace.access.users.set_role("analyst", "analyst")
