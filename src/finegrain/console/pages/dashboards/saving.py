"""Saves a question to a dashboard: the dialog behind the button of the analysis pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.dashboards.address import dashboard_url
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.questions import done
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEW = 0


async def save_to_dashboard(kind: str, query: Mapping[str, Any], title: str) -> None:
    """Ask where a question is to be put and what it is called, and put it there.

    Args:
        kind: the kind of query.
        query: its fields as JSON values.
        title: what the card is called at first.
    """
    boards = await work(workspace().dashboards.all)
    _SaveDialog({board.id: board.name for board in boards}, kind, dict(query), title)


class _SaveDialog:
    """The dialog."""

    def __init__(self, boards: dict[int, str], kind: str, query: dict[str, Any], title: str) -> None:
        self._kind, self._query = kind, query
        with ui.dialog(value=True) as self._dialog, card(classes="fg-dialog"):
            ui.label(_("Save to a dashboard")).classes("fg-state-title").props("role=heading aria-level=2")
            self._title = ui.input(_("Title of the card"), value=title).props("maxlength=100 autocomplete=off")
            choices = {**boards, _NEW: _("A new dashboard")}
            self._board = ui.select(choices, value=next(iter(choices)), label=_("Dashboard"), on_change=self._chosen)
            self._name = ui.input(_("Name of the dashboard")).props("maxlength=100 autocomplete=off")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")
                ui.button(_("Save"), on_click=self._save)
        self._dialog.on("hide", self._dialog.delete)
        self._chosen()

    def _chosen(self) -> None:
        self._name.set_visibility(self._board.value == _NEW)

    async def _save(self) -> None:
        if not await done(self._put):
            return
        self._dialog.close()
        ui.navigate.to(dashboard_url(self._saved_to))

    def _put(self) -> None:
        boards = workspace().dashboards
        number = self._board.value or boards.make(self._name.value or "").id
        self._saved_to = number
        boards.add(number, self._title.value or "", self._kind, self._query)
