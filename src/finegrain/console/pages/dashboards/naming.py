"""Asks for a name before something is made or renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.widgets.cards import card
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def ask_name(title: str, button: str, then: Callable[[str], Awaitable[bool]], *, label: str = "", value: str = "") -> None:
    """Ask for a name in a dialog, which closes once the name was taken.

    Args:
        title: shown as it is.
        button: says what is done.
        then: does it; says whether it was done.
        label: what is named; by default “Name”.
        value: what stands there at first.
    """

    async def agreed() -> None:
        if await then((field.value or "").strip()):
            dialog.close()

    with ui.dialog(value=True) as dialog, card(classes="fg-dialog"):
        ui.label(title).classes("fg-state-title").props("role=heading aria-level=2")
        field = ui.input(label or _("Name"), value=value).props("autofocus maxlength=100 autocomplete=off")
        field.on("keydown.enter", agreed)
        with ui.element("div").classes("fg-row fg-end"):
            ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
            ui.button(button, on_click=agreed)
    dialog.on("hide", dialog.delete)
