"""The page of one person over a real workspace: person 7 of the shop ordered twice, for 69 and 74 yuan, 7 and 47 days ago."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.integration.console.conftest import browser, element, elements, links, see, tell, texts, until

from finegrain.audience.tiers.contract import SCHEMES

if TYPE_CHECKING:
    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def shown(visit: Visit, shop: fg.Workspace, distinct_id: str, query: str = "", language: str = "en-US") -> User:
    """Open the page of a person and wait for all of its parts."""
    user = await visit(f"/people/{shop.people.find(distinct_id).id}{query}", language=language)
    await until(lambda: elements(user, ui.table, "fg-orders") and not element(user, ui.table, "fg-orders").props["loading"])
    await until(lambda: texts(user, "fg-timeline-foot"))
    return user


async def test_figures_equal_the_orders_of_the_person(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007")
    values = texts(user, "fg-kpi-value")
    assert values == ["2", "¥143.00", "¥71.50", "2024-05-24", "2024-05-24"]
    assert texts(user, "fg-kpi-ago") == ["7 days ago"] * 2


async def test_orders_stand_newest_first_and_add_up(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007")
    rows = element(user, ui.table, "fg-orders").rows
    assert [(row["order"], row["net"], row["status"]) for row in rows] == [
        ("o7-0", "¥69.00", "Completed"),
        ("o7-1", "¥74.00", "Completed"),
    ]


async def test_every_scheme_says_why_and_leads_to_its_tier(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007", "?as_of=2024-06-01")
    person, as_of = shop.people.find("user-007").id, shop.as_of("2024-06-01")
    tiers = {scheme: shop.tiering.compute(scheme, as_of).explain(person).tier for scheme in SCHEMES}
    assert links(user, "fg-chip") == [f"/tiers/{scheme}?as_of=2024-06-01&tier={tier}" for scheme, tier in tiers.items()]


async def test_hostile_traits_are_plain_text(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007")
    traits = texts(user, "fg-traits")
    assert dict(zip(traits[::2], traits[1::2], strict=True)) == {
        "Full name": "Person 7",
        "City": "Shanghai",
        "note": '<img src=x onerror="throw 1">',
        "Nickname": "=1+1",
    }


async def test_timeline_stands_newest_first_under_its_days(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007")
    assert texts(user, "fg-timeline-day") == ["2024-05-24", "2024-04-14"]
    assert texts(user, "fg-event-name") == ["Placed an order", "Viewed a page", "Placed an order"]
    assert texts(user, "fg-timeline-foot") == ["The beginning"]


async def test_event_is_shown_as_it_was_stored_and_hidden_again(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007")
    button = elements(user, ui.button, "fg-tool", aria_label="Show the event as it was stored")[0]
    for opened in ("true", "false", "true"):
        await tell(user, button, "click", {})
        assert button.props["aria-expanded"] == opened
    assert json.loads(texts(user, "fg-json")[0])["properties"] == {"order_id": "o7-0", "total": 69.0, "currency": "CNY"}


async def test_only_what_happened_before_the_moment_counts(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007", "?as_of=2024-05-01")
    assert "As of 2024-05-01" in texts(user)
    assert texts(user, "fg-kpi-value")[:2] == ["1", "¥74.00"]
    assert texts(user, "fg-event-name") == ["Placed an order"]


@pytest.mark.parametrize("moment", ["1900-01-01", "9999-12-31"])
async def test_person_can_be_shown_at_any_moment(visit: Visit, shop: fg.Workspace, moment: str) -> None:
    user = await shown(visit, shop, "user-007", f"?as_of={moment}")
    assert len(links(user, "fg-chip")) == len(SCHEMES)


async def test_person_without_orders_has_dashes_and_no_row(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-008")
    assert texts(user, "fg-kpi-value")[:4] == ["0", "¥0.00", "–", "–"]
    assert "No order so far" in texts(user)


async def test_page_of_a_person_speaks_chinese(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, shop, "user-007", language="zh-CN")
    assert texts(user, "fg-kpi-ago") == ["7 天前"] * 2
    assert texts(user, "fg-event-name")[0] == "下单"


@pytest.mark.parametrize("address", ["0", "99999", "x", "-1", "1e3", "²", str(2**63), str(2**70)])
async def test_person_that_does_not_exist_is_not_found(server: FastAPI, address: str) -> None:
    async with browser(server) as session:
        answer = await session.get(f"/people/{address}")
    assert answer.status_code == 404
    assert "There is no such person" in answer.text


async def test_moment_that_is_none_is_explained_on_the_page(visit: Visit, shop: fg.Workspace) -> None:
    user = await visit(f"/people/{shop.people.find('user-007').id}?as_of=soon")
    await see(user, "as-of is soon, which is not allowed.")
