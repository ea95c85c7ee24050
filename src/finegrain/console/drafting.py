"""Drafts of what somebody is editing on a page: kept with every change, offered when the page opens again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.console.holder import workspace
from finegrain.console.text import work
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.loading import report
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.access.drafts.contract import Draft

REST_S = 0.4
"""How long typing must rest before the draft is kept."""
NBSP = "\u00a0"
"""Takes the place of a line of which nothing can be said."""


class DraftKeeper:
    """Keeps what is on the page soon after each change, one after the other, and says that it did.

    The place of the banner is where the keeper is made.

    Args:
        key: under which the draft is kept.
        put_back: shows what was there before the draft, as soon as the reader lets it go: later it would take away what was
            edited meanwhile. None for a page that is loaded anew instead.
        load_anew: loads the page anew, once the draft is dropped.
    """

    def __init__(
        self, key: str, *, put_back: Callable[[], object] | None = None, load_anew: Callable[[], object] | None = None
    ) -> None:
        self._key, self._put_back, self._load_anew = key, put_back, load_anew
        self._turn = 0
        self._lock = asyncio.Lock()
        self._told: ui.label | None = None
        self._banner = ui.element("div").classes("fg-draft").props("role=status")
        self._banner.set_visibility(False)

    def offer(self, draft: Draft) -> None:
        """Say that the page shows a draft, and let the reader discard it."""
        at = moment(draft.saved_at, workspace().zone)
        with self._banner:
            ui.icon("edit_note").props('aria-hidden="true"')
            ui.label(_("You have an unsaved draft of {time}; it is what you see here.", time=at)).classes("fg-draft-text")
            ui.button(_("Continue"), on_click=self._hide, color=None).props("flat dense").classes("fg-add")
            ui.button(_("Discard"), on_click=self._let_go, color=None).props("flat dense").classes("fg-add")
        self._banner.set_visibility(True)

    def tell(self) -> None:
        """Draw the line that says whether the draft is kept; it is empty until something changes."""
        self._told = ui.label().classes("fg-hint").props("aria-live=polite")

    def changed(self, content: Mapping[str, Any]) -> None:
        """Hold what is on the page now, and keep it once nothing has changed for a moment."""
        self._turn += 1
        self._say(NBSP)
        with suppress(FinegrainError):  # said when it is to be kept
            workspace().drafts.hold(self._key, content)
        background_tasks.create(self._keep(self._turn, content), name="keep a draft", context=self._banner)

    async def drop(self) -> None:
        """Let the draft go, after one that is just being kept."""
        self._turn += 1
        async with self._lock:
            await self._try(workspace().drafts.drop, self._key)

    async def _let_go(self) -> None:
        self._hide()
        if self._put_back:
            self._put_back()
        await self.drop()  # and with it what was put back, which is no change of the reader's
        if self._load_anew:
            self._load_anew()

    def _hide(self) -> None:
        self._banner.set_visibility(False)

    async def _keep(self, turn: int, content: Mapping[str, Any]) -> None:
        await asyncio.sleep(REST_S)
        async with self._lock:
            if turn == self._turn and await self._try(workspace().drafts.save, self._key, content):
                self._say(_("Draft saved. It is here again after a restart."))

    async def _try(self, change: Callable[..., object], *args: Any) -> bool:
        try:
            await work(change, *args)
        except Exception as error:  # noqa: BLE001 - a draft that cannot be kept must not stop whoever works
            report(error)
            why = error.message(current_language()) if isinstance(error, FinegrainError) else ""
            self._say(" ".join([_("The draft could not be kept."), *([why] if why else [])]))
            return False
        return True

    def _say(self, text: str) -> None:
        if self._told and not self._told.is_deleted:
            self._told.text = text
