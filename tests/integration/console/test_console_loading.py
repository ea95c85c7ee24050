"""Parts of a page that load by themselves: what they show on success, on errors, and when they are overtaken."""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from nicegui import ui
from nicegui.testing import User, user_simulation

from finegrain.console import holder
from finegrain.console.frame import page as framed_page
from finegrain.console.text import client_language, fix_language, work
from finegrain.console.widgets.latest import Latest
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest, link_cell
from finegrain.errors import UnknownNameError
from finegrain.i18n import _, current_language, resolve_language_with
from finegrain.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finegrain.console.widgets.latest import Settle
    from finegrain.workspace import Workspace


@pytest.fixture(autouse=True)
def chinese_workspace() -> Iterator[None]:
    """The console of a workspace whose language is Chinese."""
    resolve_language_with(client_language)
    yield
    resolve_language_with(None)


def page(build: Callable[[], object]) -> Callable[[], None]:
    """Give a page that ``build`` fills, in the language of the workspace."""

    def root() -> None:
        access = SimpleNamespace(sessions=SimpleNamespace(peek=lambda _key: None))
        holder.hold(cast("Workspace", SimpleNamespace(settings=Settings(language="zh_CN"), access=access)))
        fix_language(ui.context.client)
        build()

    return root


async def test_figures_are_fetched_in_a_thread_in_the_users_language() -> None:
    def fetch() -> tuple[str, bool]:
        return current_language(), threading.current_thread() is threading.main_thread()

    async with user_simulation(page(lambda: Loaded(fetch, lambda result: ui.label(repr(result))))) as user:
        await user.open("/")
        await user.should_see("('zh_CN', False)", retries=600)


async def test_event_handlers_speak_the_users_language() -> None:
    async def clicked() -> None:
        ui.label(_("Orders and revenue") + await work(current_language))

    async with user_simulation(page(lambda: ui.button("go", on_click=clicked))) as user:
        await user.open("/")
        user.find("go").click()
        await user.should_see("订单与收入zh_CN", retries=600)


async def test_error_of_ours_shows_its_code_its_remedy_and_another_try() -> None:
    attempts = iter((1, 2))

    def fetch() -> str:
        if next(attempts) == 1:
            raise UnknownNameError(kind="scheme", name="rfn", allowed="rfm")
        return "there now"

    async with user_simulation(page(lambda: Loaded(fetch, ui.label))) as user:
        await user.open("/")
        await user.should_see("unknown_name", retries=600)
        await user.should_see("rfn")
        user.find("重试").click()
        await user.should_see("there now", retries=600)


async def test_unforeseen_error_is_logged_and_its_text_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    def fetch() -> str:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR, logger="finegrain"):
        async with user_simulation(page(lambda: Loaded(fetch, ui.label))) as user:
            await user.open("/")
            await user.should_see("internal", retries=600)
            await user.should_not_see("secret detail")
    assert "secret detail" in caplog.text


async def test_answer_that_was_overtaken_is_dropped() -> None:
    turns, first_may_end, places = iter((1, 2)), threading.Event(), []

    def fetch() -> int:
        turn = next(turns)
        if turn == 1:
            first_may_end.wait(10)
        return turn

    async with user_simulation(page(lambda: places.append(Loaded(fetch, lambda turn: ui.label(f"turn {turn}"))))) as user:
        await user.open("/")
        assert user.client
        with user.client:
            places[0].reload()
        await user.should_see("turn 2", retries=600)
        first_may_end.set()
        await user.should_not_see("turn 1", retries=5)


class Asking:
    """A page that says the latest answer or error."""

    def __init__(self) -> None:
        self.said = ui.label()
        self.latest = Latest(self.said, lambda error: self.say(repr(error)), task="answer")

    def say(self, text: str) -> None:
        """Say it behind what was said."""
        self.said.text += text

    async def answer(self, text: str, settle: Settle) -> None:
        """Say an answer in two parts."""
        await asyncio.sleep(0)
        if settle(lambda: self.say(text)):
            settle(lambda: self.say("!"))

    async def fail(self, _settle: Settle) -> None:
        """Find no answer."""
        raise ZeroDivisionError


async def test_only_the_latest_of_several_answers_is_shown() -> None:
    pages: list[Asking] = []
    async with user_simulation(page(lambda: pages.append(Asking()))) as user:
        await user.open("/")
        pages[0].latest.ask(partial(pages[0].answer, "first"), pause=False)
        pages[0].latest.ask(partial(pages[0].answer, "second"))
        pages[0].latest.ask(partial(pages[0].answer, "third"))
        await user.should_see("third!", retries=600)
    assert (pages[0].said.text, "fg-busy" in pages[0].said.classes) == ("third!", False)


async def test_an_answer_that_is_dropped_is_not_shown() -> None:
    pages: list[Asking] = []
    async with user_simulation(page(lambda: pages.append(Asking()))) as user:
        await user.open("/")
        pages[0].latest.ask(partial(pages[0].answer, "first"), pause=False)
        pages[0].latest.drop()
        pages[0].latest.ask(pages[0].fail)
        await user.should_see("ZeroDivisionError()", retries=600)
    assert pages[0].said.text == "ZeroDivisionError()"


def _numbers(request: TableRequest) -> TablePage:
    places = range((request.page - 1) * request.per_page, request.page * request.per_page)
    return TablePage(57, [{"key": place, "name": link_cell(f"row {place}", f"/rows/{place}")} for place in places])


async def test_table_asks_for_the_page_and_the_order_that_the_user_wants() -> None:
    asked: list[TableRequest] = []

    def fetch(request: TableRequest) -> TablePage:
        asked.append(request)
        return _numbers(request)

    def build() -> None:
        DataTable([Column("name", "Name", kind="link", sortable=True)], fetch, label="Rows", sort="name", per_page=10)

    async with user_simulation(page(build)) as user:
        await user.open("/")
        await user.should_see(kind=ui.table)
        table = next(iter(user.find(kind=ui.table).elements))
        turned = {"page": 3, "rowsPerPage": 25, "sortBy": "name", "descending": False}
        await _until(user, lambda: len(asked) == 1)
        for listener in table._event_listeners.values():
            if listener.type == "request":
                table._handle_event({"listener_id": listener.id, "args": {"pagination": turned}})
        await _until(user, lambda: len(asked) == 2 and len(table.rows) == 25)
    assert asked == [TableRequest(1, 10, "name", descending=True), TableRequest(3, 25, "name", descending=False)]
    assert table.rows[0]["name"]["text"] == "row 50"
    assert table.pagination["rowsNumber"] == 57


async def _until(user: User, condition: Callable[[], bool]) -> None:
    assert user.client
    for _turn in range(100):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen in two seconds")


@pytest.mark.parametrize(("error", "status", "text"), [(UnknownNameError(kind="t", name="x", allowed="y"), 404, "unknown_name"),
                                                       (ZeroDivisionError("secret detail"), 500, "internal")])  # fmt: skip
async def test_builder_that_fails_is_answered_inside_the_frame(error: Exception, status: int, text: str) -> None:
    def broken() -> None:
        raise error

    async with user_simulation(page(lambda: None)) as user:
        await user.open("/")
        framed_page("/broken", title="Broken", nav="overview")(broken)
        answer = await user.http_client.get("/broken")
    assert answer.status_code == status
    assert text in answer.text
    assert "导入数据" in answer.text
    assert "secret detail" not in answer.text
