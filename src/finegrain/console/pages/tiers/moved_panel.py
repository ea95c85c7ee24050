"""The people behind a move from one tier to another: a panel at the side that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.among import people_among
from finegrain.console.pages.tiers.history_reading import key_of, moved_people
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.tiers.history_address import HistoryAddress
    from finegrain.console.pages.tiers.history_reading import HistoryView


class MovedPanel:
    """The panel; closed until a move is clicked.

    Args:
        on_close: is called when the reader closes it.
    """

    def __init__(self, on_close: Callable[[], object]) -> None:
        self._dialog = ui.dialog().props("position=right full-height no-route-dismiss").classes("fg-panel-dialog")
        self._dialog.on("hide", on_close)
        with self._dialog:
            self._panel = ui.element("div").classes("fg-panel")

    def show(self, view: HistoryView, address: HistoryAddress) -> None:
        """List the people of the move that the address names; close when it names none."""
        self._panel.clear()
        was, now = key_of(address.was), key_of(address.now)
        if not address.was or not {was, now} <= set(view.names):
            self._dialog.close()
            return
        title = f"{view.names[was]} → {view.names[now]}"
        self._panel.props["aria-label"] = title
        with self._panel:
            with ui.element("div").classes("fg-panel-head"):
                with ui.element("div"):
                    with ui.element("h2").classes("fg-panel-title"):
                        ui.label(title)
                    count = ui.label().classes("fg-panel-count fg-num").props("aria-live=polite")
                close = ui.button(icon="close", on_click=self._dialog.close, color=None).props("flat round dense")
                close.classes("fg-tool").props["aria-label"] = _("Close the list")

            def total(found: int) -> None:
                count.text = people_text(found)

            people_among(lambda: moved_people(workspace(), address), view.as_of, total)
        self._dialog.open()
