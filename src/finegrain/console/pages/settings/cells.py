"""Cells of the plain tables of these pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.data.words import ago
from finegrain.console.widgets.formats import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def head(names: Sequence[str]) -> None:
    """Draw the headings of a table; an empty one is that of a column of buttons."""
    with ui.element("thead"), ui.element("tr"):
        for name in names:
            with ui.element("th"):
                ui.label(name)


def cell(text: str, classes: str = "") -> ui.label:
    """Draw a cell with a text that is shown as it is."""
    with ui.element("td").classes(classes):
        return ui.label(text)


def chip(text: str, tone: str) -> None:
    """Draw a cell with a state; ``tone`` is the CSS class of its colour."""
    with ui.element("td"):
        ui.label(text).classes(f"fg-chip {tone}")


def when(at: datetime | None, never: str) -> None:
    """Draw a cell that says how long ago something was, and when, on hover; ``never`` where it was not."""
    label = cell(ago(at, workspace().clock.now()) if at else never, "fg-num" if at else "fg-num fg-muted")
    if at:
        label.props["title"] = moment(at, workspace().zone)
