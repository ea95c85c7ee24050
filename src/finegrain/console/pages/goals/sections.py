"""The numbered cards of the wizard."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def section(number: int, title: str, hint: str = "") -> Iterator[ui.element]:
    """Draw one card with its number; what is built inside the block stands below its title."""
    with ui.element("section").classes("fg-card fg-ask fg-goal-section") as box:
        with ui.element("div").classes("fg-goal-section-head"):
            ui.label(str(number)).classes("fg-event-badge").props('aria-hidden="true"')
            with ui.element("h2").classes("fg-h2"):
                ui.label(title)
            if hint:
                ui.label(hint).classes("fg-hint")
        yield box
