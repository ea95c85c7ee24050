"""The list of people and the page of one person, over a real workspace and without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.integration.console.conftest import address, element, elements, links, see, tell, texts, until

if TYPE_CHECKING:
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def listed(visit: Visit, path: str, total: int, language: str = "en-US") -> tuple[User, ui.table]:
    """Open a list of people and wait until its first page has come."""
    user = await visit(path, language=language)
    await until(lambda: elements(user, ui.table) and element(user, ui.table).pagination["rowsNumber"] == total)
    return user, element(user, ui.table)


async def test_list_shows_a_page_of_everybody(visit: Visit) -> None:
    user, table = await listed(visit, "/people", 120)
    assert "120 people" in texts(user, "fg-people-count")
    assert len({row["key"] for row in table.rows}) == 25


async def test_rows_are_those_of_the_directory(visit: Visit, shop: fg.Workspace) -> None:
    _user, table = await listed(visit, "/people?sort=revenue&order=desc", 120)
    found = shop.directory.search(as_of=shop.as_of(), sort="revenue")
    assert [row["key"] for row in table.rows] == [row.person_id for row in found.rows]
    assert [row["person"] for row in table.rows] == [row.display_id for row in found.rows]


async def test_search_in_the_address_narrows_the_list(visit: Visit) -> None:
    user, table = await listed(visit, "/people?q=user-01", 10)
    assert "10 of 120 people" in texts(user, "fg-people-count")
    assert {row["person"] for row in table.rows} == {f"user-{number:03d}" for number in range(10, 20)}


async def test_typing_searches_and_keeps_the_address_in_step(visit: Visit) -> None:
    user, table = await listed(visit, "/people", 120)
    element(user, ui.input).set_value("user-007")
    await until(lambda: table.pagination["rowsNumber"] == 1)
    assert table.rows[0]["person"] == "user-007"
    assert "/people.csv?q=user-007" in links(user)


async def test_filters_are_taken_away_together(visit: Visit) -> None:
    user, table = await listed(visit, "/people?q=user-01&frequency=never", 2)
    user.find("Clear all").click()
    await until(lambda: table.pagination["rowsNumber"] == 120)
    assert element(user, ui.input).value == ""
    assert "/people.csv" in links(user)


async def test_turned_page_and_order_are_kept_in_the_address(visit: Visit) -> None:
    user, table = await listed(visit, "/people", 120)
    turned = {"page": 2, "rowsPerPage": 25, "sortBy": "revenue", "descending": False}
    await tell(user, table, "request", {"pagination": turned})
    await until(lambda: table.pagination["page"] == 2 and not table.props["loading"])
    assert "/people.csv?sort=revenue&order=asc" in links(user)
    assert address(user) == "/people?sort=revenue&order=asc&page=2"
    assert "revenue:asc" in {select.value for select in elements(user, ui.select)}


async def test_choice_of_an_order_begins_at_the_first_page(visit: Visit, shop: fg.Workspace) -> None:
    user, table = await listed(visit, "/people?page=3", 120)
    element(user, ui.select, "fg-filter-sort").set_value("id:asc")
    await until(lambda: table.pagination["page"] == 1 and not table.props["loading"])
    found = shop.directory.search(as_of=shop.as_of(), sort="id", descending=False)
    assert [row["key"] for row in table.rows] == [row.person_id for row in found.rows]


async def test_moment_that_is_none_is_explained_in_place_of_the_list(visit: Visit) -> None:
    user = await visit("/people?as_of=yesterday")
    await see(user, "as-of is yesterday, which is not allowed.")
    assert "Code: bad_value" in texts(user, "fg-state-error")


async def test_list_speaks_chinese(visit: Visit) -> None:
    user, table = await listed(visit, "/people", 120, language="zh-CN")
    assert "用户" in texts(user, "fg-h1")
    assert [column["label"] for column in table.columns][:2] == ["用户", "RFM"]
