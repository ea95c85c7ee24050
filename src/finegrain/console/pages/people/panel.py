"""The panel at the side of a page that lists the people behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable


class SidePanel:
    """The panel; closed until it is opened.

    Args:
        on_close: is called when the reader closes it.

    Attributes:
        box: what it holds.
    """

    def __init__(self, on_close: Callable[[], object]) -> None:
        self._dialog = ui.dialog().props("position=right full-height no-route-dismiss").classes("fg-panel-dialog")
        self._dialog.on("hide", on_close)
        with self._dialog:
            self.box = ui.element("div").classes("fg-panel")

    def open(self, title: str, count: str = "") -> ui.label:
        """Open it with nothing but a head, and give the label in which the count stands."""
        self.box.clear()
        self._dialog.props["aria-label"] = title
        with self.box, ui.element("div").classes("fg-panel-head"):
            with ui.element("div"):
                with ui.element("h2").classes("fg-panel-title"):
                    ui.label(title)
                label = ui.label(count).classes("fg-panel-count fg-num").props("aria-live=polite")
            close = ui.button(icon="close", on_click=self._dialog.close, color=None).props("flat round dense").classes("fg-tool")
            close.props["aria-label"] = _("Close the list")
        self._dialog.open()
        return label

    def close(self) -> None:
        """Close it."""
        self.box.clear()
        self._dialog.close()
