"""The card that shows, for each SDK, the code that points it at this server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.sources.errors import BadOriginError
from finegrain.collect.sources.snippets import PLACEHOLDER, SDKS, Sdk, snippet
from finegrain.console.pages.data.copying import Code
from finegrain.console.pages.data.words import SDKS as SDK_NAMES
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import WireFormat


class SetupCard:
    """Shows the snippet of one SDK at a time.

    Args:
        format: of the source.
        url: the server's address as the request had it; the browser's own view of it replaces it at once.
    """

    def __init__(self, format: WireFormat, url: str) -> None:  # noqa: A002 - its name
        self._format = format
        self._sdk: Sdk = SDKS[0]
        self._key = PLACEHOLDER
        with card(_("Set up an SDK"), classes="fg-setup"):
            with ui.element("div").classes("fg-row fg-gap-below"):
                segmented({sdk: _(SDK_NAMES[sdk]) for sdk in SDKS}, self._sdk, self._choose, label=_("Where the sender runs"))
                self._url = ui.input(_("Address of this server"), value=url, on_change=self._show).classes("fg-url")
                self._url.props["hint"] = _("as the sender reaches it")
            self._place = ui.element("div").classes("fg-stack fg-snippet")
        self._show()
        ui.on("fg-origin", lambda event: self._url.set_value(str(event.args)))
        ui.run_javascript("emitEvent('fg-origin', window.location.origin)")

    def set_key(self, key: str) -> None:
        """Put a key into the code."""
        self._key = key
        self._show()

    def _choose(self, sdk: str) -> None:
        self._sdk = next(each for each in SDKS if each == sdk)
        self._show()

    def _show(self) -> None:
        try:
            found = snippet(self._format, self._sdk, url=self._url.value, key=self._key)
        except BadOriginError:
            self._url.props("error")
            return
        self._url.props(remove="error")
        self._place.clear()
        with self._place:
            if found.install:
                Code(found.install, label=_("Install"))
            Code(found.code.rstrip(), label=_("Code for {package}", package=found.package), marked=(self._key,))
            with ui.element("div").classes("fg-note"):
                ui.icon("info").props('aria-hidden="true"')
                with ui.element("div"):
                    if self._key == PLACEHOLDER:
                        ui.label(_("Put the key in the place of {placeholder}.", placeholder=PLACEHOLDER))
                    ui.label(_(found.note))
