"""The whole console over a small shop, seen by a user without a browser."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx
import pytest
import pytest_asyncio
from nicegui import Client, ElementFilter, app, ui
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.storage import Storage
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals
from tests.acceptance.console.conftest import stock
from tests.clients.logins import cookies

import finegrain as fg
from finegrain.access.acting import resolve_actor_with
from finegrain.console import pages
from finegrain.console.holder import workspace as served
from finegrain.console.login import routes as _login_routes  # noqa: F401 - registers its routes
from finegrain.i18n import resolve_language_with
from finegrain.server.app import build_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from fastapi import FastAPI
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from finegrain.access.contract import Role

E = TypeVar("E", bound=ui.element)

for _module in pkgutil.iter_modules(pages.__path__):
    importlib.import_module(f"{pages.__name__}.{_module.name}")

# NiceGUI forgets all pages between two simulations, and ours are registered by their import, which happens once.
_ROUTES: list[BaseRoute] = [route for route in app.routes if not getattr(route, "path", "/_nicegui").startswith("/_nicegui")]
_PAGES = dict(Client.page_routes)


class Visit(Protocol):
    """Opens a page of the console in a new browser session of a user who has a role."""

    async def __call__(self, path: str, *, language: str = "en-US", role: Role = "admin") -> User:
        """Give the user who looks at the page."""
        ...


class AddressBar:
    """Stands in for the browser's: holds the address that the page put there last."""

    def __init__(self) -> None:
        self.shown = ""

    def replace(self, url: str) -> None:
        """Take a new address."""
        self.shown = url


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of 120 people, stocked up to 2024-05-31; tests only read it."""
    with fg.open(tmp_path_factory.mktemp("shop")) as workspace:
        stock(workspace)
        yield workspace


@pytest.fixture(scope="module")
def workspace(shop: fg.Workspace) -> fg.Workspace:
    """The workspace that the server of a module shows; modules that write have one of their own."""
    return shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(workspace: fg.Workspace) -> AsyncIterator[FastAPI]:
    """A running server over the workspace of the module."""
    handlers, storage, environment = dict(app.exception_handlers), Storage.path, dict(os.environ)
    with nicegui_reset_globals():
        os.environ["NICEGUI_USER_SIMULATION"] = "true"
        app.router.routes.extend(_ROUTES)
        Client.page_routes.update(_PAGES)
        built = build_app(workspace)
        try:
            async with built.router.lifespan_context(built):
                yield built
        finally:
            ui.navigate, ui.notify, ui.download = Navigate(), notify, download
            Client.page_routes.clear()  # else NiceGUI would take our modules for a script of the test and unload them
            Storage.path = storage  # NiceGUI removes the folder, and in the workspace's lies the secret
            app.exception_handlers.clear()
            app.exception_handlers.update(handlers)
            os.environ.clear()
            os.environ.update(environment)
            resolve_language_with(None)
            resolve_actor_with(None)


@pytest_asyncio.fixture(loop_scope="module")
async def visit(server: FastAPI) -> AsyncIterator[Visit]:
    """Open pages, each in a browser session of its own; a page is closed when the next one opens, and at the end."""
    async with AsyncExitStack() as stack:
        stack.callback(_close_pages)

        async def open_(path: str, *, language: str = "en-US", role: Role = "admin") -> User:
            _close_pages()
            user = User(await stack.enter_async_context(browser(server, language, role)))
            user.navigate.history = AddressBar()  # type: ignore[assignment]
            await user.open(path)
            return user

        yield open_


def _close_pages() -> None:
    # What an open page still sends turns ``ui.navigate`` and ``ui.notify`` back to the user who looks at it.
    for client in list(Client.instances.values()):
        client.delete()


def browser(
    server: FastAPI, language: str = "en-US", role: Role | None = "admin", door: ASGIApp | None = None
) -> httpx.AsyncClient:
    """Give a browser session that asks for ``language``, in which a user of ``role`` is logged in; nobody without a role."""
    transport, headers = httpx.ASGITransport(door or server), {"accept-language": language, "accept": "text/html"}
    kept = cookies(served(), role) if role else {}
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers, cookies=kept)


def address(user: User) -> str:
    """Give the address that the page put into the browser's bar."""
    bar = user.navigate.history
    assert isinstance(bar, AddressBar)
    return bar.shown


async def until(condition: Callable[[], object], *, tries: int = 6_000) -> None:
    """Wait until ``condition`` holds, a minute at most: the machine may be busy."""
    for _try in range(tries):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen in a minute")


def elements(user: User, kind: type[E], css: str = "", **props: str) -> list[E]:
    """Give the elements of a kind on the page, in order, with a CSS class and with properties."""
    with user:
        found = list(ElementFilter(kind=kind))
    wanted = [each for each in found if not css or css in each.classes]
    return [each for each in wanted if all(each.props.get(name.replace("_", "-")) == value for name, value in props.items())]


def element(user: User, kind: type[E], css: str = "", **props: str) -> E:
    """Give the one element of a kind, with a CSS class and with properties."""
    (found,) = elements(user, kind, css, **props)
    return found


def texts(user: User, css: str = "") -> list[str]:
    """Give the texts of all labels that are seen, or of those inside an element of a CSS class."""
    with user:
        labels = list(ElementFilter(kind=ui.label))
    seen = [label for label in labels if all(each.visible for each in (label, *label.ancestors()))]
    return [label.text for label in seen if not css or any(css in each.classes for each in (label, *label.ancestors()))]


def links(user: User, css: str = "") -> list[str]:
    """Give where the links lead that have a CSS class, or all of them."""
    return [str(each.props["href"]) for each in elements(user, ui.element, css) if "href" in each.props]


async def see(user: User, text: str) -> None:
    """Wait until ``text`` stands in some label."""
    await until(lambda: any(text in each for each in texts(user)))


async def tell(user: User, sender: ui.element, event: str, args: Any = None) -> None:
    """Let the browser report ``event`` of ``sender``."""
    with user:
        for listener in list(sender._event_listeners.values()):
            if listener.type == event:
                sender._handle_event({"listener_id": listener.id, "args": args})
    await asyncio.sleep(0)
