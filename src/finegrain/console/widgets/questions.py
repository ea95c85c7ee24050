"""Questions before what cannot be taken back, and the words when something was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec

from nicegui import ui

from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")


def ask(question: str, explanation: str, button: str, then: Callable[[], Awaitable[object]]) -> None:
    """Ask before something is done that hurts.

    Args:
        question: shown as it is.
        explanation: what follows from it.
        button: says what is done.
        then: does it, when the reader agrees.
    """

    async def agreed() -> None:
        dialog.close()
        await then()

    with ui.dialog(value=True) as dialog, card(classes="fg-dialog"):
        ui.label(question).classes("fg-state-title").props("role=heading aria-level=2")
        ui.label(explanation).classes("fg-muted")
        with ui.element("div").classes("fg-row fg-end"):
            ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
            ui.button(button, on_click=agreed, color="negative")
    dialog.on("hide", dialog.delete)


def ask_to_delete(name: str, explanation: str, delete: Callable[[], object], path: str) -> None:
    """Ask before something is deleted, and lead elsewhere when it went.

    Args:
        name: of what is deleted, shown as it is.
        explanation: what follows from it.
        delete: does it, in a thread; what it refuses is told.
        path: where the reader is led.
    """

    async def agreed() -> None:
        if await done(delete):
            ui.navigate.to(path)

    ask(_("Delete “{name}”?", name=name), explanation, _("Delete"), agreed)


async def done(change: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Make a change in a thread; say what was wrong where it is refused, and whether it was made."""
    try:
        await work(change, *args, **kwargs)
    except FinegrainError as error:
        ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
        return False
    return True
