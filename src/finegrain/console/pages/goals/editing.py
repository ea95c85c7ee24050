"""Changing and deleting a goal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.goals.address import PATH, goal_url
from finegrain.console.pages.goals.amounts import minor, suffix, typed, untyped
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.questions import ask_to_delete, done
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.strategy.goals.contract import Goal


def ask_deletion(goal: Goal) -> None:
    """Ask whether a goal is to go, and lead to the board when it went."""
    text = _("Its course can be measured again, but the people it was set for are forgotten.")
    ask_to_delete(goal.name, text, lambda: workspace().goals.delete(goal.id), PATH)


def edit_goal(goal: Goal) -> None:
    """Show what may change of a goal, and change it."""
    _Editor(goal)


class _Editor:
    """The dialog.

    What is measured, of whom and from which day on cannot change: that would be another goal.
    """

    def __init__(self, goal: Goal) -> None:
        self._goal, self._currency = goal, workspace().currency
        unit = goal.metric.unit
        with ui.dialog(value=True) as self._dialog, card(classes="fg-dialog fg-goal-form"):
            ui.label(_("Change the goal")).classes("fg-state-title").props("role=heading aria-level=2")
            self._name = ui.input(_("Name"), value=goal.name).props("maxlength=100")
            self._target = ui.number(
                _("Target"), value=typed(goal.target, unit, self._currency), suffix=suffix(unit, self._currency)
            )
            self._target.props("step=any")
            self._last = ui.date_input(_("Last day"), value=goal.last_day.isoformat()).props("outlined dense")
            budget = None if goal.budget_minor is None else typed(goal.budget_minor, "minor", self._currency)
            self._budget = ui.number(_("Budget"), value=budget, suffix=self._currency).props("step=any clearable")
            self._owner = ui.input(_("Owner"), value=goal.owner).props("maxlength=100")
            self._note = ui.textarea(_("Note"), value=goal.note).props("outlined dense autogrow maxlength=2000")
            ui.label(_("Another last day measures the baseline anew.")).classes("fg-hint")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")
                ui.button(_("Save"), on_click=self._save)
        self._dialog.on("hide", self._dialog.delete)

    async def _save(self) -> None:
        target, budget = self._target.value, self._budget.value
        saved = await done(
            workspace().goals.change,
            self._goal.id,
            name=self._name.value,
            target=self._goal.target if target is None else untyped(target, self._goal.metric.unit, self._currency),
            last_day=read_day(self._last.value) or self._goal.last_day,
            budget_minor=None if budget is None else minor(budget, self._currency),
            owner=self._owner.value,
            note=self._note.value,
        )
        if saved:
            self._dialog.close()
            ui.navigate.to(goal_url(self._goal))


def read_day(text: str | None) -> date | None:
    """Read a civil day; None where it is none.

    Examples:
        >>> read_day("2024-06-01"), read_day("soon"), read_day(None)
        (datetime.date(2024, 6, 1), None, None)
    """
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
