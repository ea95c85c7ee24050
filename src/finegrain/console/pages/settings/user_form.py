"""The card in which a user is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.roles import ROLE_HELP, ROLE_LABELS, ROLES
from finegrain.console.holder import workspace
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.questions import done
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from finegrain.access.contract import Role


class NewUser:
    """The card.

    Args:
        made: told the name of a user who was made.
    """

    def __init__(self, made: Callable[[str], Awaitable[object]]) -> None:
        self._made = made
        self._role: Role = "viewer"
        hint = _("You get a one-time link to hand over; nobody but the user knows the password.")
        with card(_("New user"), hint=hint, classes="fg-form") as self.card:
            self._name = ui.input(_("User name"), placeholder="ann@example.com").props("maxlength=100 autocomplete=off")
            self._name.classes("fg-form-wide").on("keydown.enter", self._make)
            with ui.element("div").classes("fg-form-line"):
                segmented({role: _(ROLE_LABELS[role]) for role in ROLES}, self._role, self._choose, label=_("Role"))
                self._help = ui.label(_(ROLE_HELP[self._role])).classes("fg-hint").props("aria-live=polite")
            self._button = ui.button(_("Make the user"), icon="person_add", on_click=self._make)

    def _choose(self, key: str) -> None:
        self._role = next(role for role in ROLES if role == key)
        self._help.text = _(ROLE_HELP[self._role])

    async def _make(self) -> None:
        name = (self._name.value or "").strip()
        self._button.props("loading")
        try:
            if await done(workspace().access.users.add, name, self._role):
                self._name.value = ""
                await self._made(name)
        finally:
            self._button.props(remove="loading")
