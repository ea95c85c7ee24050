"""The tokens of the workspace: the keys of programs, what each may do, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.acting import require
from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.copying import Code
from finegrain.console.pages.settings.cells import cell, chip, head, when
from finegrain.console.pages.settings.token_form import NewToken
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.questions import ask, done
from finegrain.console.widgets.states import empty_state, skeleton
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.access.contract import Token


@page("/settings/tokens", title=N_("Tokens"), nav="tokens", permission="admin")
def tokens() -> None:
    """Show the list, and the form for a new token."""
    with page_head(_("Tokens"), hint=_("The keys with which programs ask and change, each for what it is meant for.")):
        button = ui.button(_("New token"), icon="add")
    TokensPage(button)


class TokensPage:
    """Form, the last key, and list.

    Args:
        button: shows and hides the form.
    """

    def __init__(self, button: ui.button) -> None:
        self._form = NewToken(self._made)
        self._form.card.set_visibility(False)
        self._key = ui.element("div").classes("fg-loaded")
        button.on_click(lambda: self._form.card.set_visibility(not self._form.card.visible))
        self._list = Loaded(_read, self._show, waiting=lambda: skeleton("240px", lines=5))

    def _made(self, token: Token, key: str) -> None:
        self._form.card.set_visibility(False)
        self._key.clear()
        hint = _("Copy it now: it is kept as a hash, and cannot be shown again.")
        with self._key, card(_("The key of {name}", name=token.name), hint=hint, classes="fg-key"):
            Code(key, label=_("The key"))
        self._list.reload()

    def _show(self, found: list[Token]) -> None:
        with card():
            if not found:
                empty_state("key", _("There is no token yet"), _("A program that asks for figures or changes people needs one."))
                return
            names = (_("Token"), _("The key"), _("Scopes"), _("State"), _("Made"), _("Expires"), _("Last used"), "")
            with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-tokens"):
                head(names)
                with ui.element("tbody"):
                    for token in found:
                        self._row(token)

    def _row(self, token: Token) -> None:
        ws = workspace()
        expired = token.expires_at is not None and token.expires_at <= ws.clock.now()
        with ui.element("tr").classes("" if token.revoked_at is None and not expired else "fg-past"):
            cell(token.name, "fg-strong")
            cell(f"…{token.hint}", "fg-mono")
            with ui.element("td"), ui.element("div").classes("fg-row fg-tight"):
                for scope in token.scopes:
                    ui.label(scope).classes("fg-chip fg-chip-plain fg-scope")
            if token.revoked_at is not None:
                chip(_("revoked"), "fg-chip-bad")
            else:
                chip(_("expired") if expired else _("valid"), "fg-chip-warn" if expired else "fg-chip-good")
            when(token.created_at, "")
            cell(moment(token.expires_at, ws.zone) if token.expires_at else _("No expiry"), "fg-num")
            when(token.last_used, _("not yet"))
            with ui.element("td").classes("fg-right"):
                if token.revoked_at is None and not expired:
                    self._revoke_button(token)

    def _revoke_button(self, token: Token) -> None:
        async def revoke() -> None:
            if await done(workspace().access.tokens.revoke, token.id):
                self._list.reload()

        def question() -> None:
            text = _("Programs that use it are refused at once. A revoked token cannot be taken back into use.")
            ask(_("Revoke “{name}”?", name=token.name), text, _("Revoke"), revoke)

        button = ui.button(_("Revoke"), on_click=question, color=None).props("dense").classes("fg-outlined fg-small")
        button.props["aria-label"] = _("Revoke the token {name}", name=token.name)


def _read() -> list[Token]:
    require("admin")
    return workspace().access.tokens.all()
