"""The card of the second factor: set up with a QR code, confirmed by a code, with recovery codes that are shown once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.data.copying import Code
from finegrain.console.session import own_session
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from finegrain.access.contract import User

_GROUP = 4


class SecondFactor:
    """The card.

    Args:
        user: whose account it is.
    """

    def __init__(self, user: User) -> None:
        self._secret = ""
        with card(_("Second factor"), hint=_("A code of an app, besides the password")):
            self._body = ui.element("div").classes("fg-form")
        with self._body:
            self._state(on=user.two_factor)

    def _state(self, *, on: bool) -> None:
        ui.label(_("on") if on else _("off")).classes(f"fg-chip {'fg-chip-good' if on else 'fg-chip-plain'}")
        ui.label(_on_text() if on else _off_text()).classes("fg-muted")
        label = _("Set up another app") if on else _("Set up")
        ui.button(label, icon="phonelink_lock", on_click=self._begin, color=None).classes("fg-outlined")

    async def _begin(self) -> None:
        self._secret, uri = await work(workspace().access.login.begin_second_factor, own_session().user.id)
        self._body.clear()
        with self._body, ui.element("div").classes("fg-setup-factor"):
            ui.html(qr_svg(uri), sanitize=False).classes("fg-qr").props(f'role=img aria-label="{_("QR code for the app")}"')
            with ui.element("div").classes("fg-form"):
                ui.label(_("Scan this with an authenticator app, or type the key into it:")).classes("fg-muted")
                ui.label(grouped(self._secret)).classes("fg-secret")
                self._code = ui.input(_("Code that the app shows")).props(
                    "maxlength=7 inputmode=numeric autocomplete=one-time-code"
                )
                self._code.on("keydown.enter", self._confirm)
                ui.button(_("Switch on"), on_click=self._confirm)

    async def _confirm(self) -> None:
        login, user = workspace().access.login, own_session().user
        try:
            codes = await work(login.confirm_second_factor, user.id, self._secret, self._code.value or "")
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
            return
        self._secret = ""
        self._body.clear()
        with self._body:
            ui.label(_("on")).classes("fg-chip fg-chip-good")
            text = _(
                "Keep these recovery codes in a safe place: each logs you in once without the phone. They are not shown again."
            )
            ui.label(text).classes("fg-muted")
            Code("\n".join(codes), label=_("Recovery codes"))


def qr_svg(text: str) -> str:
    """Draw ``text`` as a QR code, in black on white as cameras read it best, as SVG."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=False, border=2, omitsize=True)
    return out.getvalue().decode()


def grouped(secret: str) -> str:
    """Write a key in groups that are easy to type.

    Examples:
        >>> grouped("ABCDEFGHIJ")
        'ABCD EFGH IJ'
    """
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))


def _on_text() -> str:
    return _("A code is asked for at each login. Lost phone and recovery codes? An administrator can drop the second factor.")


def _off_text() -> str:
    return _("The password alone is enough to log in. With a second factor, a stolen password opens nothing.")
