"""A field that takes several texts, one after the other, as fast as they are typed."""

from __future__ import annotations

from typing import Any

from nicegui import ui

_TAKE = "value => { mounted_app.elements[%d].props['model-value'] = value; }"


class Chips(ui.input_chips):
    """``ui.input_chips`` in which the browser holds the texts.

    That of NiceGUI shows a text once the server has sent it back; one that is entered before then takes its place.
    """

    LOOPBACK = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on("update:model-value", js_handler=_TAKE % self.id)
