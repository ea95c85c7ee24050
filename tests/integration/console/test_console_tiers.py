"""The tiers page over a real workspace, without a browser: thresholds tried out, lists behind numbers, overtaken edits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.integration.console.conftest import address, browser, element, elements, links, see, tell, texts, until

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.console.widgets.charts import ThemedChart

if TYPE_CHECKING:
    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def desk(visit: Visit, path: str, language: str = "en-US") -> User:
    """Open a scheme and wait for its figures."""
    user = await visit(path, language=language)
    await until(lambda: elements(user, ui.table, "fg-tiers"))
    return user


def people(user: User) -> dict[str, int]:
    """Read the table of tiers: key to people."""
    return {row["id"]: row["people"] for row in element(user, ui.table, "fg-tiers").rows}


def threshold(user: User, label: str) -> ui.number:
    """Give the field of a threshold."""
    return element(user, ui.number, aria_label=label)


def table_file(user: User) -> str:
    """Give the address of the file of the table, which holds the state of the page."""
    return next(path for path in links(user) if ".csv" in path and "people" not in path)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_everybody_is_in_one_tier_and_one_cell(visit: Visit, scheme: str) -> None:
    user = await desk(visit, f"/tiers/{scheme}")
    assert sum(people(user).values()) == 120
    matrix = element(user, ui.table, "fg-crossing")
    cells = [int(row[key] or 0) for row in matrix.rows for key in row if key.startswith("n:") and key != "n:all"]
    assert sum(cells) == 120


async def test_table_adds_up_in_its_last_row(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/value")
    totals = {column["name"]: column["total"] for column in element(user, ui.table, "fg-tiers").columns}
    revenue = sum(tier.revenue_minor for tier in shop.tiers("value").tiers) / 100
    assert (totals["people"], totals["share"], totals["revenue_share"]) == ("120", "100%", "100%")
    assert totals["revenue"] == f"¥{revenue / 1000:.2f}K"


async def test_bars_are_shares_of_people_and_of_revenue(visit: Visit) -> None:
    user = await desk(visit, "/tiers/value")
    shares = [sum(series["data"]) for series in element(user, ThemedChart).options["series"]]
    assert shares == pytest.approx([100, 100], abs=0.05)


async def test_first_scheme_stands_at_the_plain_address(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/tiers?as_of=2024-06-01")
    assert (answer.status_code, answer.headers["location"]) == (307, "/tiers/rfm?as_of=2024-06-01")


async def test_unknown_scheme_is_not_found(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/tiers/astrology")
    assert (answer.status_code, "There is no page at this address" in answer.text) == (404, True)


async def test_threshold_takes_effect_as_typed_and_stands_in_the_address(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    threshold(user, "Silent from").set_value(45)
    wanted = {tier.key: tier.people for tier in shop.tiers("activity", thresholds={"silent_days": 45}).tiers}
    await until(lambda: people(user) == wanted)
    assert table_file(user) == "/tiers/activity.csv?set.silent_days=45"
    assert address(user) == "/tiers/activity?set.silent_days=45"
    assert "1 change not saved" in texts(user)


async def test_only_the_last_of_quick_edits_is_computed(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    for days in (40, 50, 60, 45):
        threshold(user, "Silent from").set_value(days)
    wanted = {tier.key: tier.people for tier in shop.tiers("activity", thresholds={"silent_days": 45}).tiers}
    await until(lambda: people(user) == wanted)
    await asyncio.sleep(0.3)
    assert people(user) == wanted
    assert table_file(user).endswith("set.silent_days=45")


async def test_unusable_threshold_is_explained_at_its_field_and_changes_nothing(visit: Visit) -> None:
    user = await desk(visit, "/tiers/activity")
    before = people(user)
    threshold(user, "Silent from").set_value(95)
    await see(user, "Silent from (95) must be less than Churned from (90)")
    assert people(user) == before
    assert not next(button for button in elements(user, ui.button) if button.text == "Save").enabled


async def test_discarded_edits_leave_field_figures_and_address(visit: Visit) -> None:
    user = await desk(visit, "/tiers/activity?set.silent_days=45")
    tried = people(user)
    user.find("Discard").click()
    await until(lambda: people(user) != tried)
    assert threshold(user, "Silent from").value == 30
    assert "set." not in table_file(user)


@pytest.mark.parametrize("draft", ["set.silent_days=nan", "set.silent_days=1e999", "set.silent_days=x", "set.nothing=1"])
async def test_address_with_unusable_thresholds_shows_the_saved_ones_and_says_why(visit: Visit, draft: str) -> None:
    saved = people(await desk(visit, "/tiers/activity"))
    user = await desk(visit, f"/tiers/activity?{draft}")
    assert people(user) == saved
    assert any(texts(user, "fg-threshold-problem"))


async def test_number_of_a_tier_opens_the_list_behind_it(visit: Visit) -> None:
    user = await desk(visit, "/tiers/frequency")
    await tell(user, element(user, ui.table, "fg-tiers"), "people", "never")
    await until(lambda: element(user, ui.table, aria_label="People").pagination["rowsNumber"] == 30)
    assert texts(user, "fg-panel-count") == ["30 people"]
    assert address(user) == "/tiers/frequency?tier=never"
    assert "/tiers/frequency/people.csv?tier=never" in links(user)
    assert "/people?frequency=never" in links(user)


async def test_cell_opens_the_list_behind_it(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    crossed = shop.matrix("activity", "value")
    row, column = (int(place) for place in divmod(int(crossed.counts.argmax()), crossed.counts.shape[1]))
    keys = [crossed.row_tiers[row].key, crossed.column_tiers[column].key]
    await tell(user, element(user, ui.table, "fg-crossing"), "cell", keys)
    await until(lambda: texts(user, "fg-panel-count") == [f"{crossed.counts[row, column]} people"])
    assert f"/people?activity={keys[0]}&value={keys[1]}" in links(user)


async def test_sum_of_a_row_opens_the_whole_tier(visit: Visit) -> None:
    user = await desk(visit, "/tiers/frequency")
    await tell(user, element(user, ui.table, "fg-crossing"), "cell", ["never", "all"])
    await until(lambda: texts(user, "fg-panel-count") == ["30 people"])


async def test_bar_opens_the_tier_it_stands_for(visit: Visit) -> None:
    user = await desk(visit, "/tiers/frequency")
    place = list(people(user)).index("never")
    point = {"componentType": "series", "seriesType": "bar", "seriesIndex": 0, "seriesName": "", "name": "", "dataIndex": place}
    await tell(user, element(user, ThemedChart), "componentClick", point | {"data": 1, "dataType": "", "value": 1})
    await tell(user, element(user, ThemedChart), "pointClick", point | {"data": 1, "dataType": "", "value": 1})
    await until(lambda: texts(user, "fg-panel-count") == ["30 people"])


async def test_closed_list_leaves_the_address(visit: Visit) -> None:
    user = await desk(visit, "/tiers/frequency?tier=never")
    await until(lambda: texts(user, "fg-panel-count") == ["30 people"])
    await tell(user, element(user, ui.dialog), "hide")
    assert address(user) == "/tiers/frequency"


async def test_list_of_people_tried_out_cannot_be_searched_by_tier(visit: Visit) -> None:
    """The list of people knows saved thresholds only, so its count would differ."""
    user = await desk(visit, "/tiers/activity?set.silent_days=45&tier=silent")
    await until(lambda: texts(user, "fg-panel-count"))
    assert not any(path.startswith("/people?") for path in links(user))


async def test_link_to_a_tier_that_does_not_exist_says_so_beside_the_figures(visit: Visit) -> None:
    user = await desk(visit, "/tiers/value?tier=golden")
    await see(user, "has no tier named “golden”")
    assert sum(people(user).values()) == 120


async def test_another_scheme_crosses_the_same_people(visit: Visit) -> None:
    user = await desk(visit, "/tiers/rfm")
    element(user, ui.select, "fg-matrix-by").set_value("lifecycle")
    table = element(user, ui.table, "fg-crossing")
    await until(lambda: "nurtured" in {column["name"] for column in table.columns})
    assert sum(int(row["n:all"] or 0) for row in table.rows) == 120


async def test_another_moment_moves_people(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    element(user, ui.date_input).set_value("2024-09-30")
    wanted = {tier.key: tier.people for tier in shop.tiers("activity", "2024-09-30").tiers}
    await until(lambda: people(user) == wanted)
    assert "/tiers/rfm?as_of=2024-09-30" in links(user, "fg-tab")


async def test_moment_that_is_none_is_explained(visit: Visit) -> None:
    user = await desk(visit, "/tiers/activity")
    element(user, ui.date_input).set_value("soon")
    await see(user, "as-of is soon, which is not allowed.")


async def test_data_suggest_thresholds_that_can_be_taken_over(visit: Visit, shop: fg.Workspace) -> None:
    user = await desk(visit, "/tiers/activity")
    user.find("Suggest from the data").click()
    await see(user, "Suggested: ")
    found = shop.tiering.suggest("activity", shop.as_of()).values()
    user.find("Use all suggestions").click()
    wanted = {tier.key: tier.people for tier in shop.tiers("activity", thresholds=found).tiers}
    await until(lambda: people(user) == wanted)


async def test_page_speaks_chinese(visit: Visit) -> None:
    user = await desk(visit, "/tiers/rfm", language="zh-CN")
    assert "阈值" in texts(user, "fg-h2")
    assert "重要价值" in {row["name"] for row in element(user, ui.table, "fg-tiers").rows}
