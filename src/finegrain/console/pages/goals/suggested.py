"""Suggested goals: a card for each tier whose data allow one, with the reasons, and a link that fills the wizard in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.goals.address import suggestion_url
from finegrain.console.pages.goals.words import figure, metric_text
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import money_compact
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.strategy.goals.suggesting import GoalSuggestion


def show_suggestions(suggestions: Sequence[GoalSuggestion], notes: Sequence[str]) -> None:
    """Draw the suggestions, and why there are none for other tiers; nothing where nobody has anything to say."""
    if not suggestions and not notes:
        return
    with card(_("What the data suggest"), hint=_("from what comparable people reached"), classes="fg-goal-suggested"):
        for suggestion in suggestions:
            _row(suggestion)
        for note in notes:
            ui.label(note).classes("fg-hint")


def _row(suggestion: GoalSuggestion) -> None:
    currency, unit = workspace().currency, suggestion.metric.unit
    expected, target = (figure(value, unit, currency) for value in (suggestion.expected, suggestion.target))
    with ui.element("div").classes("fg-goal-suggestion"):
        with ui.element("div").classes("fg-goal-suggestion-text"):
            ui.label(f"{_(suggestion.tier_name)} · {metric_text(suggestion.metric, {})}").classes("fg-h2")
            ui.label(
                _(
                    "{people}: {target} instead of {expected}, which such people reach by themselves; worth about {worth}",
                    people=people_text(suggestion.people),
                    target=target,
                    expected=expected,
                    worth=money_compact(suggestion.worth_minor, currency),
                )
            )
            for reason in suggestion.reasons:
                ui.label(reason.text()).classes("fg-hint")
        reserved("goal:write", button_link(_("Use it"), suggestion_url(suggestion), primary=False))
