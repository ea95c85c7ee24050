"""The console of a workspace with nothing in it teaches the first step on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.console.conftest import browser, links, see

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from tests.integration.console.conftest import Visit

    from finegrain.access.contract import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A new workspace."""
    with fg.open(tmp_path_factory.mktemp("empty")) as workspace:
        yield workspace


@pytest.mark.parametrize(
    ("path", "language", "text"),
    [
        ("/", "en", "Nothing here yet: bring your first data"),
        ("/", "zh", "还没有数据，从导入第一份文件开始"),
        ("/people", "en", "There is nobody here yet"),
        ("/tiers/rfm", "en", "There is nobody to sort into tiers yet"),
        ("/import", "en", "Nothing was imported yet"),
    ],
)
async def test_page_without_data_leads_to_the_import(visit: Visit, path: str, language: str, text: str) -> None:
    user = await visit(path, language=language)
    await see(user, text)
    assert links(user).count("/import") == (1 if path == "/import" else 2)


@pytest.mark.parametrize(("role", "ways"), [("admin", 2), ("viewer", 1)])
async def test_the_list_of_segments_teaches_what_they_are_for(visit: Visit, role: Role, ways: int) -> None:
    user = await visit("/segments", role=role)
    await see(user, "There are no segments yet")
    assert links(user).count("/segments/new") == ways  # in the head, and for who may make one under the text


@pytest.mark.parametrize("path", ["/people.csv", "/tiers/rfm.csv", "/tiers/value.csv", "/tiers/lifecycle.csv"])
async def test_files_of_nobody_have_their_headings(server: FastAPI, path: str) -> None:
    async with browser(server) as session:
        answer = await session.get(path)
    assert answer.status_code == 200
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].count(",") >= 6
    assert all(",0," in line for line in lines[1:])


async def test_import_without_saved_mappings_or_refusals_is_calm(visit: Visit) -> None:
    user = await visit("/import/refused")
    await see(user, "No row is refused")
