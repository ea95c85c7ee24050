"""Tiers over time, and schemes of one's own, over a workspace of this module's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.acceptance.console.conftest import stock
from tests.integration.console.conftest import address, element, elements, see, tell, texts, until

import finegrain as fg
from finegrain.console.pages.tiers.own_editor import draft_key
from finegrain.console.widgets.charts import ThemedChart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, LAST = date(2024, 5, 1), date(2024, 5, 10)
RULE = {"orders": "purchases", "op": "gte", "value": 3, "period": "90d"}
CARE = {"name": "care", "label": "Care", "tiers": [{"key": "vip", "label": "VIP", "rule": RULE}]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """The shop once more, with ten days of history, and a scheme of its own that has none."""
    with fg.open(tmp_path_factory.mktemp("history")) as workspace:
        stock(workspace)
        workspace.history.fill(FIRST, LAST)
        workspace.schemes.save_values(CARE)
        yield workspace


async def over_time(visit: Visit, path: str) -> User:
    user = await visit(path)
    await until(lambda: len(elements(user, ThemedChart)) == 3)
    return user


async def test_a_scheme_over_time_shows_everybody_on_each_day(visit: Visit, workspace: fg.Workspace) -> None:
    user = await over_time(visit, f"/tiers/frequency/history?first={FIRST}&last={LAST}")
    series = elements(user, ThemedChart)[0].options["series"]
    assert len(series[0]["data"]) == 10
    assert sum(one["data"][0] for one in series) == sum(
        one.days[0].size for one in workspace.history.sizes("frequency", FIRST, LAST).series
    )


async def test_a_move_lists_as_many_people_as_it_counts(visit: Visit) -> None:
    user = await over_time(visit, f"/tiers/frequency/history?first={FIRST}&last={LAST}")
    table = element(user, ui.table, aria_label="Moves")
    move = table.rows[0]
    await tell(user, table, "people", move["door"])
    await see(user, f"{move['text']} p")
    assert f"was={move['door'][0]}&now={move['door'][1]}" in address(user)


async def test_a_day_of_which_nothing_is_kept_becomes_the_nearest(visit: Visit) -> None:
    user = await over_time(visit, f"/tiers/rfm/history?first=1999-01-01&last={LAST - timedelta(days=1)}")
    assert [pick.value for pick in elements(user, ui.select, "fg-history-day")[:2]] == ["2024-05-01", "2024-05-09"]


async def test_without_history_the_page_offers_to_compute_it(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/tiers/care/history")
    await see(user, "Time takes two days")
    user.find("Compute past days").click()
    await see(user, "Earlier days can be computed")
    (button,) = [each for each in elements(user, ui.button) if each.text == "Compute"]
    await tell(user, button, "click")
    await until(lambda: len(workspace.history.days("care")) > 1)
    await until(lambda: len(elements(user, ThemedChart)) == 3)


async def test_a_scheme_of_ones_own_is_a_tab_with_its_rules(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/tiers/care")
    await until(lambda: elements(user, ui.table, "fg-tiers"))
    people = {row["id"]: row["people"] for row in element(user, ui.table, "fg-tiers").rows}
    assert people == {tier.key: tier.people for tier in workspace.tiers("care").tiers}
    assert {"Care", "VIP", "Everybody else."} <= set(texts(user))


async def test_a_rule_that_cannot_be_used_is_told_at_its_node(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/tiers/care/edit")
    await until(lambda: elements(user, ui.element, "fg-tree"))
    user.find("As text").click()
    await until(lambda: elements(user, ui.textarea))
    element(user, ui.textarea).value = '{"event": "Order Complete"}'
    user.find("Take it over").click()
    user.find("Save").click()
    await see(user, "There is no event “Order Complete”.")
    assert workspace.schemes.get("care").tiers[0].rule["orders"] == "purchases"


async def test_a_new_scheme_is_kept_as_a_draft_and_saved(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/tiers/-/new")
    await until(lambda: elements(user, ui.element, "fg-tree"))
    element(user, ui.input, aria_label="Name for programs").value = "calls"
    user.find("Add a tier").click()
    await until(lambda: len(elements(user, ui.element, "fg-tree")) == 2)
    elements(user, ui.input, aria_label="Tier key")[1].value = "all"
    await until(lambda: (kept := workspace.drafts.get(draft_key(""))) is not None and kept.content["tiers"][1]["key"] == "all")
    user.find("Save").click()
    await until(lambda: workspace.schemes.find("calls"))
    assert workspace.schemes.get("calls").keys == ("active", "all", "rest")
    await until(lambda: workspace.drafts.get(draft_key("")) is None)


async def test_a_draft_of_a_scheme_is_offered_again_and_discarded(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/tiers/care/edit")
    await until(lambda: elements(user, ui.element, "fg-tree"))
    element(user, ui.input, aria_label="What it is for").value = "half done"
    await see(user, "Draft saved")
    again = await visit("/tiers/care/edit")
    await see(again, "You have an unsaved draft of")
    assert element(again, ui.input, aria_label="What it is for").value == "half done"
    again.find("Discard").click()
    await until(lambda: workspace.drafts.get(draft_key("care")) is None)
