"""The forms of sources: make one, say whose pages may send, and give a new key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import source_path
from finegrain.console.pages.data.fresh_keys import hold_key
from finegrain.console.pages.data.words import FORMATS, format_name
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.rights import reserved
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.collect.sources.contract import NewKey, Source
    from finegrain.collect.wire.contract import WireFormat

KEPT_HOURS = {0: N_("Not at all"), 1: N_("One hour"), 24: N_("One day"), 168: N_("One week")}
"""For how long an old key may go on working, as people choose it."""


class NewSource:
    """The card in which a source is made."""

    def __init__(self) -> None:
        self._format: WireFormat = "segment"
        with card(_("New source"), hint=_("The key is shown once, on the next page."), classes="fg-form") as self.card:
            self._name = ui.input(_("Name"), placeholder="web-shop").props("maxlength=100").classes("fg-form-wide")
            self._name.on("keydown.enter", self._make)
            with ui.element("div").classes("fg-form-line"):
                names: dict[str, str] = {key: format_name(key) for key in FORMATS}
                segmented(names, self._format, self._choose, label=_("What it sends"))
                ui.label(_("The SDK that is in the app already, or the one you like best.")).classes("fg-hint")
            self._origins = origins_field(())
            self._button = ui.button(_("Make the source"), icon="add", on_click=self._make)

    def _choose(self, key: str) -> None:
        self._format = next(each for each in FORMATS if each == key)

    async def _make(self) -> None:
        self._button.props("loading")
        try:
            made = await work(
                workspace().sources.add, self._name.value, self._format, allowed_origins=origins_of(self._origins.value)
            )
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            hold_key(made)
            ui.navigate.to(source_path(made.source.name))
        finally:
            self._button.props(remove="loading")


def origins_field(origins: Sequence[str]) -> ui.textarea:
    """Give a field for web origins, one a line, with a hint below it."""
    with ui.element("div").classes("fg-form-wide fg-origins"):
        field = ui.textarea(_("Allowed web origins"), value="\n".join(origins), placeholder="https://shop.example")
        field.props("outlined dense autogrow rows=1")
        ui.label(_("One a line. Empty: pages of every site may send. Apps and servers are never held back.")).classes("fg-hint")
    return field


def origins_of(text: str) -> list[str]:
    r"""Read what stands in such a field.

    Examples:
        >>> origins_of("https://a.example, https://b.example\n\n")
        ['https://a.example', 'https://b.example']
    """
    return text.replace(",", " ").split()


def origins_form(source: Source, changed: Callable[[Source], object]) -> None:
    """Draw the form that says whose pages may send."""

    async def save() -> None:
        try:
            saved = await work(workspace().sources.set_allowed_origins, source.name, origins_of(field.value))
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        field.value = "\n".join(saved.allowed_origins)
        ui.notify(_("Saved"), type="positive")
        changed(saved)

    field = origins_field(source.allowed_origins)
    button = ui.button(_("Save"), on_click=save, color=None).classes("fg-outlined")
    reserved("admin", field, button)


def rotation_dialog(source: Source, made: Callable[[NewKey], object]) -> ui.dialog:
    """Give the dialog that makes a new key."""

    async def rotate() -> None:
        keep = timedelta(hours=int(kept.value or 0))
        try:
            new = await work(workspace().sources.rotate, source.name, keep_old=keep)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        dialog.close()
        made(new)

    with ui.dialog() as dialog, ui.element("div").classes("fg-card fg-dialog"):
        ui.label(_("New key")).classes("fg-state-title").props("role=heading aria-level=2")
        ui.label(_("Senders have to be given the new key. Until then the old one may go on working:")).classes("fg-muted")
        kept = ui.radio({hours: _(text) for hours, text in KEPT_HOURS.items()}, value=24).classes("fg-radio")
        with ui.element("div").classes("fg-row fg-end"):
            ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
            ui.button(_("Make a new key"), on_click=rotate)
    return dialog
