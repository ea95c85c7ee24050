"""The card of one's own open sessions: from where, with which browser, when last; each can be ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.account.browsers import browser_name
from finegrain.console.pages.settings.cells import cell, head, when
from finegrain.console.session import own_session
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.access.contract import Session


class OpenSessions:
    """The card."""

    def __init__(self) -> None:
        with card(_("Open sessions"), hint=_("Where you are logged in"), classes="fg-wide"):
            user_id = own_session().user.id
            sessions = workspace().access.sessions
            self._list = Loaded(lambda: sessions.of_user(user_id), self._show, waiting=lambda: skeleton("80px", lines=2))

    def _show(self, found: list[Session]) -> None:
        own = own_session().id
        with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-sessions"):
            head((_("Browser"), _("Address"), _("Last seen"), _("Logged in"), ""))
            with ui.element("tbody"):
                for session in found:
                    self._row(session, own=session.id == own)

    def _row(self, session: Session, *, own: bool) -> None:
        with ui.element("tr"):
            cell(browser_name(session.agent), "fg-strong").props["title"] = session.agent
            cell(session.address, "fg-num")
            when(session.seen_at, "")
            when(session.created_at, "")
            with ui.element("td").classes("fg-right"):
                if own:
                    ui.label(_("this one")).classes("fg-chip fg-chip-plain")
                else:
                    button = ui.button(_("End"), on_click=lambda: self._end(session.id), color=None).props("dense")
                    name = browser_name(session.agent)
                    button.classes("fg-outlined fg-small").props["aria-label"] = _("End the session in {browser}", browser=name)

    async def _end(self, session_id: int) -> None:
        await work(workspace().access.sessions.end_one, session_id, own_session().user.id)
        ui.notify(_("The session has ended"), type="positive")
        self._list.reload()
