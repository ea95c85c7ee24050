"""The people whom a goal is for, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.among import people_among
from finegrain.console.widgets.cards import card
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.strategy.goals.progress import Progress


def people_card(progress: Progress) -> None:
    """Draw the table; whom a live goal is for is asked as of the moment of its progress."""
    number, as_of = progress.goal.id, progress.as_of
    with card(_("People")):
        count = ui.label().classes("fg-hint").props("aria-live=polite")

        def total(found: int) -> None:
            count.text = people_text(found)

        people_among(lambda: workspace().goals.people(number, as_of), as_of, total, per_page=10)
