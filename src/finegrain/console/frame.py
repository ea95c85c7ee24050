"""The frame around every page: title, navigation, language and theme; and the decorator that puts a page into it."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import Client, ui
from starlette.exceptions import HTTPException

from finegrain.access.acting import current_actor, require
from finegrain.access.errors import NotAllowedError
from finegrain.access.roles import ROLE_LABELS
from finegrain.console import preferences, text
from finegrain.console.logo import LOGO
from finegrain.console.session import client_session, fix_session
from finegrain.console.theme import DARK, LIGHT, PRIMARY
from finegrain.console.widgets.charts import ThemedChart
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.states import error_state
from finegrain.errors import NotFoundError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from finegrain.access.contract import Permission

    Builder = Callable[..., Any]

PRODUCT = "finegrain"
_LONGEST_BUILD_S = 60.0
"""How long a page may take until it is given up; a busy machine must not turn a page into an error."""


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation; ``key`` is what a page names as its ``nav``, shown to those who have ``permission``."""

    key: str
    path: str
    label: str
    icon: str
    permission: Permission = "query:read"


@dataclass(frozen=True)
class NavGroup:
    """Entries of the navigation under one heading."""

    label: str
    items: tuple[NavItem, ...]


NAV = (
    NavGroup(
        N_("Analysis"),
        (
            NavItem("overview", "/", N_("Overview"), "dashboard"),
            NavItem("analysis", "/analysis", N_("Analysis"), "query_stats"),
            NavItem("dashboards", "/dashboards", N_("Dashboards"), "space_dashboard"),
            NavItem("people", "/people", N_("People"), "person"),
        ),
    ),
    NavGroup(
        N_("Audience"),
        (
            NavItem("segments", "/segments", N_("Segments"), "groups"),
            NavItem("tiers", "/tiers", N_("Tiers"), "layers"),
        ),
    ),
    NavGroup(N_("Strategy"), (NavItem("goals", "/goals", N_("Goals"), "flag"),)),
    NavGroup(
        N_("Data"),
        (
            NavItem("sources", "/data/sources", N_("Sources"), "cable"),
            NavItem("live", "/data/live", N_("Live"), "sensors"),
            NavItem("catalogue", "/data/catalogue", N_("Catalogue"), "menu_book"),
            NavItem("plan", "/data/plan", N_("Tracking plan"), "rule"),
            NavItem("refused", "/data/refused", N_("Refused data"), "block"),
            NavItem("health", "/data/health", N_("Ingestion health"), "monitor_heart"),
            NavItem("import", "/import", N_("Import data"), "upload_file"),
        ),
    ),
    NavGroup(
        N_("Settings"),
        (
            NavItem("users", "/settings/users", N_("Users"), "group", "admin"),
            NavItem("tokens", "/settings/tokens", N_("Tokens"), "key", "admin"),
            NavItem("audit", "/settings/audit", N_("Audit log"), "history", "admin"),
        ),
    ),
)


class ConsolePage(ui.page):
    """A page in the user's language and theme; ``title`` is an English text that is translated for each user."""

    def resolve_language(self) -> Any:
        """Give the language for ``<html lang>`` and Quasar's own texts."""
        return text.TAGS[preferences.chosen_language()]

    def resolve_title(self) -> str:
        """Give the title of the browser's tab."""
        return f"{_(self.title)} · {PRODUCT}" if self.title else PRODUCT

    def resolve_dark(self) -> bool:
        """Tell whether the page is light on dark."""
        return preferences.dark()


def page(path: str, *, title: str, nav: str, permission: Permission = "query:read") -> Callable[[Builder], Builder]:
    """Make a function the builder of a page inside the frame.

    The builder may be async and may take path and query parameters like any FastAPI route, typed with built-in types. It
    shows what needs no data at once and loads the rest through ``widgets.loading``. What it returns, if anything, is a
    ``Response`` that takes the place of the page. An error of the builder is shown inside the frame, under status 404 where
    something was not found, else 500.

    Args:
        path: the route.
        title: of the browser's tab, an English text marked for translation; ``set_title`` replaces it.
        nav: key of the entry of the navigation that is marked.
        permission: who lacks it is told so instead, under status 403.
    """

    def decorate(builder: Builder) -> Builder:
        @functools.wraps(builder)
        async def framed(*args: Any, **kwargs: Any) -> Any:
            with frame(nav):
                try:
                    require(permission)
                    result = builder(*args, **kwargs)
                    return await result if inspect.isawaitable(result) else result
                except HTTPException:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
                    ui.context.client.status_code = _status(error)
                    error_state(report(error))

        ConsolePage(path, title=title, response_timeout=_LONGEST_BUILD_S)(framed)
        return builder

    return decorate


def _status(error: Exception) -> int:
    if isinstance(error, NotAllowedError):
        return 403
    return 404 if isinstance(error, NotFoundError) else 500


def set_title(title: str) -> None:
    """Set the title of the browser's tab to ``title``, which is shown as it is."""
    ui.page_title(f"{title} · {PRODUCT}")


@contextmanager
def frame(nav: str = "") -> Iterator[None]:
    """Draw the frame around what is built inside the ``with`` block."""
    text.fix_language(ui.context.client)
    fix_session(ui.context.client)
    ui.colors(primary=PRIMARY, dark=DARK.card, dark_page=DARK.page, positive=LIGHT.good, negative=LIGHT.bad)
    # Given a value, NiceGUI does not ask the browser whether the drawer is open; the browser decides by its width.
    drawer = ui.left_drawer(value=False, top_corner=True, bottom_corner=True).props("width=208 show-if-above")
    with drawer.classes("fg-drawer"):
        _navigation(nav)
    with ui.header().classes("fg-header"):
        _header(drawer)
    with ui.element("div").classes("fg-main") as content:
        ui.skip_link(_("Skip to the content"), target=content).classes("fg-skip")
        yield


@contextmanager
def page_head(title: str, *, hint: str = "", back: tuple[str, str] | None = None) -> Iterator[ui.element]:
    """Draw the heading of a page; what is built inside the block stands at its right.

    Gives the place under the title, for a quiet line that comes later.

    Args:
        title: shown as it is.
        hint: a quiet line under the title.
        back: (path, label) of the page above this one.
    """
    with ui.element("div").classes("fg-head"):
        with ui.element("div").classes("fg-head-title") as place:
            if back:
                _back_link(*back)
            with ui.element("h1").classes("fg-h1"):
                ui.label(title)
            if hint:
                ui.label(hint).classes("fg-hint")
        with ui.element("div").classes("fg-actions"):
            yield place


def framed_response(request: Request, status: int, build: Callable[[], object], *, title: str) -> Response:
    """Answer ``request`` with a page of its own that ``build`` fills, under HTTP ``status``."""
    with Client(ConsolePage("", title=title), request=request) as client, frame():
        build()
    return client.build_response(request, status)


def _navigation(active: str) -> None:
    with ui.element("a").classes("fg-brand").props('href="/"'):
        ui.html(LOGO, sanitize=False).props('aria-hidden="true"')
        ui.label(PRODUCT)
    navigation = ui.element("nav")
    navigation.props["aria-label"] = _("Navigation")
    with navigation:
        for group in NAV:
            items = [item for item in group.items if current_actor().may(item.permission)]
            if not items:
                continue
            ui.label(_(group.label)).classes("fg-nav-group")
            for item in items:
                _nav_link(item, active=item.key == active)


def _nav_link(item: NavItem, *, active: bool) -> None:
    link = ui.element("a").classes("fg-nav" + (" fg-nav-active" if active else ""))
    link.props["href"] = item.path
    if active:
        link.props["aria-current"] = "page"
    with link:
        ui.icon(item.icon).props('aria-hidden="true"')
        ui.label(_(item.label))


def _header(drawer: ui.left_drawer) -> None:
    menu = (
        ui.button(icon="menu", on_click=lambda: drawer.run_method("toggle"), color=None)
        .props("flat round dense")
        .classes("fg-tool fg-menu")
    )
    menu.props["aria-label"] = _("Show or hide the navigation")
    ui.space()
    _language_switch()
    _theme_switch()
    _user_menu()


def _user_menu() -> None:
    session = client_session(ui.context.client)
    if session is None:
        return
    with ui.button(session.user.name, icon="account_circle", color=None).props("flat dense").classes("fg-tool fg-user") as button:
        button.props["aria-label"] = _("Account of {name}", name=session.user.name)
        with ui.menu().classes("fg-user-menu"), ui.element("div").classes("fg-user-card"):
            with ui.element("div").classes("fg-user-who"):
                ui.label(session.user.name).classes("fg-h2")
                ui.label(_(ROLE_LABELS[session.user.role])).classes("fg-hint")
            with ui.element("a").props('href="/account"'):
                ui.icon("manage_accounts").props('aria-hidden="true"')
                ui.label(_("My account"))
            with ui.element("form").props('method="post" action="/logout"'), ui.element("button").props('type="submit"'):
                ui.icon("logout").props('aria-hidden="true"')
                ui.label(_("Log out"))


def _language_switch() -> None:
    language, name = text.OTHER[current_language()]

    def switch() -> None:
        preferences.choose_language(language)
        ui.navigate.reload()

    button = ui.button(name, icon="language", on_click=switch, color=None).props("flat dense").classes("fg-tool")
    button.props["lang"] = text.TAGS[language]


def _theme_switch() -> None:
    mode = ui.dark_mode(preferences.dark())

    def switch() -> None:
        preferences.choose_dark(not preferences.dark())
        mode.set_value(preferences.dark())
        show()
        for element in list(ui.context.client.elements.values()):
            if isinstance(element, ThemedChart):
                element.repaint()

    button = ui.button(on_click=switch, color=None).props("flat round dense").classes("fg-tool")

    def show() -> None:
        button.icon = "light_mode" if preferences.dark() else "dark_mode"
        button.props["aria-label"] = _("Light theme") if preferences.dark() else _("Dark theme")
        button.update()

    show()


def _back_link(path: str, label: str) -> None:
    link = ui.element("a").classes("fg-back")
    link.props["href"] = path
    with link:
        ui.icon("chevron_left").props('aria-hidden="true"')
        ui.label(label)
