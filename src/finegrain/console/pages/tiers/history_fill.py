"""Computes past days of which nothing is kept, at the reader's wish, and says how far it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import reserved
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTHS = (30, 90, 180)


def fill_button(on_filled: Callable[[], object], *, primary: bool = False) -> None:
    """Draw the button; ``on_filled`` is called when the days are there."""
    open_ = lambda: _Filling(on_filled)  # noqa: E731
    if primary:
        button = ui.button(_("Compute past days"), icon="history", on_click=open_)
    else:
        button = ui.button(_("Compute past days"), icon="history", on_click=open_, color=None).classes("fg-outlined")
    reserved("strategy:write", button)


class _Filling:
    """The dialog.

    Args:
        on_filled: is called when the days are there.
    """

    def __init__(self, on_filled: Callable[[], object]) -> None:
        self._on_filled = on_filled
        self._days = LENGTHS[0]
        self._done = (0, 0)
        with ui.dialog(value=True).props("persistent") as self._dialog, card(classes="fg-dialog"):
            ui.label(_("Compute past days")).classes("fg-state-title").props("role=heading aria-level=2")
            ui.label(
                _(
                    "From now on the state of every day is kept by itself. Earlier days can be computed: tiers exactly, from "
                    "what happened until then; rules with the traits of today. Days that are there stay as they are."
                )
            ).classes("fg-muted")
            lengths = {str(days): ngettext("{n} day", "{n} days", days) for days in LENGTHS}
            segmented(lengths, str(self._days), self._choose, label=_("How long"))
            self._told = ui.label().classes("fg-hint").props("aria-live=polite")
            with ui.element("div").classes("fg-row fg-end"):
                self._cancel = ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")
                self._button = ui.button(_("Compute"), on_click=self._run)
            self._timer = ui.timer(1.0, self._tell, active=False)
        self._dialog.on("hide", self._dialog.delete)

    def _choose(self, days: str) -> None:
        self._days = int(days)

    def _tell(self) -> None:
        ready, every = self._done
        self._told.text = _("{done} of {all} days", done=ready, all=every) if every else ""

    def _progress(self, ready: int, every: int) -> None:
        self._done = (ready, every)

    async def _run(self) -> None:
        ws = workspace()
        last = ws.zone.day_of(ws.as_of() - timedelta(microseconds=1)) - timedelta(days=1)
        self._button.props("loading")
        self._cancel.disable()
        self._timer.activate()
        filled = await done(ws.history.fill, last - timedelta(days=self._days - 1), last, progress=self._progress)
        if self._dialog.is_deleted:
            return
        self._timer.deactivate()
        self._button.props(remove="loading")
        self._cancel.enable()
        if filled:
            self._dialog.close()
            self._on_filled()
