"""The page of one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.roles import ROLE_HELP, ROLE_LABELS
from finegrain.console import preferences
from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.account.open_sessions import OpenSessions
from finegrain.console.pages.account.second_factor import SecondFactor
from finegrain.console.session import client_key, own_session
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from finegrain.access.contract import User
    from finegrain.i18n import Language

LANGUAGES: dict[str, str] = {"zh_CN": "中文", "en": "English"}


@page("/account", title=N_("My account"), nav="")
def account() -> None:
    """Show the account of who is logged in."""
    user = own_session().user
    with page_head(_("My account"), hint=_role_line(user)):
        pass
    with ui.element("div").classes("fg-account"):
        _password_card()
        SecondFactor(user)
        OpenSessions()
        _language_card()


def _role_line(user: User) -> str:
    return _("{name} · {role}: {help}", name=user.name, role=_(ROLE_LABELS[user.role]), help=_(ROLE_HELP[user.role]))


def _password_card() -> None:
    async def change() -> None:
        if new.value != again.value:
            again.props["error"] = True
            ui.notify(_("The new password was typed differently the second time."), type="negative")
            return
        session, key = own_session(), client_key(ui.context.client)
        try:
            await work(workspace().access.login.change_password, session.user.id, old.value or "", new.value or "", keep=key)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
            return
        for field in (old, new, again):
            field.value = ""
        again.props(remove="error")
        ui.notify(_("The password is changed; your other sessions have ended."), type="positive")

    with card(_("Password"), hint=_("At least ten characters"), classes="fg-form"):
        old = _secret(_("Password so far"), "current-password")
        old.props["hint"] = _("Leave it empty if you have none yet.")
        new, again = _secret(_("New password"), "new-password"), _secret(_("New password, once more"), "new-password")
        ui.button(_("Change the password"), on_click=change, color=None).classes("fg-outlined")


def _secret(label: str, complete: str) -> ui.input:
    field = ui.input(label, password=True).classes("fg-form-wide")
    field.props["autocomplete"] = complete
    return field


def _language_card() -> None:
    def choose(key: str) -> None:
        language: Language = "zh_CN" if key == "zh_CN" else "en"
        preferences.choose_language(language)
        ui.navigate.reload()

    with card(_("Language"), classes="fg-form"):
        segmented(LANGUAGES, current_language(), choose, label=_("Language"))
        ui.label(_("Kept in this browser.")).classes("fg-hint")
