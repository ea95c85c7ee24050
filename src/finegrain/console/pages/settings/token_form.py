"""The card in which a token is made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.roles import PERMISSION_HELP
from finegrain.access.tokens import SCOPES
from finegrain.console.holder import workspace
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.access.contract import Permission, Token

LIVES = {"30": N_("30 days"), "90": N_("90 days"), "365": N_("One year"), "0": N_("No expiry")}
"""For how many days a token is good, as people choose it."""


class NewToken:
    """The card.

    Args:
        made: told a token that was made, and its key.
    """

    def __init__(self, made: Callable[[Token, str], object]) -> None:
        self._made = made
        self._days = "90"
        with card(_("New token"), hint=_("The key is shown once."), classes="fg-form") as self.card:
            self._name = ui.input(_("Name"), placeholder=_("nightly report")).props("maxlength=100 autocomplete=off")
            self._name.classes("fg-form-wide")
            with ui.element("fieldset").classes("fg-scopes"):
                with ui.element("legend").classes("fg-hint"):
                    ui.label(_("The program may"))
                self._boxes = {scope: self._box(scope) for scope in SCOPES}
            with ui.element("div").classes("fg-form-line"):
                ui.label(_("Good for")).classes("fg-hint")
                segmented({key: _(text) for key, text in LIVES.items()}, self._days, self._choose, label=_("Good for"))
            self._button = ui.button(_("Make the token"), icon="add", on_click=self._make)

    def _box(self, scope: Permission) -> ui.checkbox:
        with ui.element("div").classes("fg-scope-line"):
            box = ui.checkbox(_(PERMISSION_HELP[scope]), value=scope == "query:read").props("dense")
            ui.label(scope).classes("fg-mono")
        return box

    def _choose(self, key: str) -> None:
        self._days = key

    async def _make(self) -> None:
        scopes = [scope for scope, box in self._boxes.items() if box.value]
        until = workspace().clock.now() + timedelta(days=int(self._days)) if self._days != "0" else None
        self._button.props("loading")
        try:
            token, key = await work(workspace().access.tokens.add, self._name.value or "", scopes, expires_at=until)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
        else:
            self._name.value = ""
            self._made(token, key)
        finally:
            self._button.props(remove="loading")
