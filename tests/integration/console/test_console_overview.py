"""The overview over a real workspace, without a browser: its cards, pictures and period against a count of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.integration.console.conftest import address, element, elements, links, see, tell, texts, until

from finegrain.console.theme import DARK, LIGHT
from finegrain.console.widgets.charts import ThemedChart

if TYPE_CHECKING:
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def shown(visit: Visit, path: str = "/", language: str = "en-US") -> User:
    user = await visit(path, language=language)
    await until(lambda: elements(user, ThemedChart))
    return user


def orders_of(days: int) -> list[float]:
    """Count the orders of the last ``days`` days from how the shop is stocked."""
    return [
        20.0 + 7 * (person % 13) + 5 * order
        for person in range(120)
        for order in range(person % 6 + 1 if person % 4 else 0)
        if person % 45 + 40 * order < days
    ]


@pytest.mark.parametrize("days", [7, 30, 90])
async def test_cards_and_bars_equal_a_count_of_our_own(visit: Visit, days: int) -> None:
    user = await shown(visit, f"/?period={days}")
    orders = orders_of(days)
    assert [texts(user, "fg-kpi-value")[place] for place in (0, 3)] == ["120", str(len(orders))]
    bars, line = element(user, ThemedChart).options["series"]
    assert sum(bars["data"]) == len(orders)
    assert sum(line["data"]) == pytest.approx(sum(orders))


async def test_tiles_and_cells_each_add_up_to_everybody(visit: Visit) -> None:
    user = await shown(visit)
    without_order = texts(user, "fg-beside")[1]
    assert sum(map(int, [*texts(user, "fg-tile-value"), without_order])) == 120
    assert sum(map(int, texts(user, "fg-cell"))) == 120


async def test_tiles_and_cells_of_the_past_lead_to_people_of_the_past(visit: Visit) -> None:
    user = await shown(visit, "/?from=2024-05-01&to=2024-05-10")
    doors = links(user, "fg-tile") + links(user, "fg-cell")
    assert doors
    assert all("as_of=2024-05-11" in path for path in doors)


async def test_note_says_the_days_and_where_the_data_ends(visit: Visit) -> None:
    user = await shown(visit, "/?period=7")
    assert texts(user, "fg-note") == [
        "2024-05-25 to 2024-05-31",
        "compared with 2024-05-18 to 2024-05-24",
        "The data ends on 2024-05-31; figures are as of then.",
    ]


async def test_another_length_changes_figures_and_address(visit: Visit) -> None:
    user = await shown(visit)
    element(user, ui.toggle, "fg-segmented").set_value("7")
    await see(user, "2024-05-25 to 2024-05-31")
    assert texts(user, "fg-kpi-value")[3] == str(len(orders_of(7)))


@pytest.mark.parametrize("chosen", [{"from": "2024-05-06", "to": "2024-05-09"}, "2024-05-06"])
async def test_days_from_the_calendar_are_shown(visit: Visit, chosen: object) -> None:
    user = await shown(visit)
    element(user, ui.date).set_value(chosen)
    user.find("Apply").click()
    last = chosen["to"] if isinstance(chosen, dict) else chosen
    await see(user, f"2024-05-06 to {last}")
    assert element(user, ui.toggle, "fg-segmented").value is None
    assert address(user) == f"/?from=2024-05-06&to={last}"


async def test_calendar_without_a_day_changes_nothing(visit: Visit) -> None:
    user = await shown(visit, "/?period=7")
    user.find("Apply").click()
    assert element(user, ui.toggle, "fg-segmented").value == "7"
    assert "2024-05-25 to 2024-05-31" in texts(user)


@pytest.mark.parametrize("query", ["?from=0001-01-01&to=0001-01-02", "?from=0001-01-01&to=9999-12-31", "?from=1970-01-01&to=x"])
async def test_any_days_that_an_address_names_are_shown(visit: Visit, query: str) -> None:
    user = await visit(f"/{query}")
    await until(lambda: elements(user, ThemedChart) or elements(user, ui.element, "fg-state-error"))
    assert texts(user, "fg-state-error") == []


async def test_switch_of_the_theme_redraws_charts_in_its_colours(visit: Visit) -> None:
    user = await shown(visit)
    for theme, name in ((DARK, "Dark theme"), (LIGHT, "Light theme")):
        await tell(user, element(user, ui.button, "fg-tool", aria_label=name), "click")
        assert element(user, ThemedChart).options["series"][0]["itemStyle"]["color"] == theme.bar


async def test_overview_speaks_chinese(visit: Visit, shop: fg.Workspace) -> None:
    user = await shown(visit, language="zh-CN")
    names = {tier.name for tier in shop.tiers("rfm").tiers}
    assert texts(user, "fg-kpi-label") == ["用户", "活跃用户", "收入", "订单", "客单价", "复购率"]
    assert not names & set(texts(user, "fg-tile-name"))
