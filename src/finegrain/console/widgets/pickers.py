"""Pickers: one of a few choices, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def segmented(choices: Mapping[str, str], value: str | None, on_change: Callable[[str], object], *, label: str) -> ui.toggle:
    """Draw a few choices side by side, one of them chosen.

    Args:
        choices: key → text.
        value: the chosen key; None when none is.
        on_change: called with the key that the user picks; may be async.
        label: what is chosen, for screen readers.
    """

    def changed(key: str | None) -> object:
        # What an async function gives has to reach NiceGUI, which awaits it.
        return None if key is None else on_change(key)

    toggle = ui.toggle(dict(choices), value=value, on_change=lambda event: changed(event.value)).classes("fg-segmented")
    toggle.props["role"] = "group"
    toggle.props["aria-label"] = label
    return toggle
