"""The part of the wizard about the target: what the figure was before, what the data suggest and why, and what is aimed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.parts.base import labelled
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.goals.amounts import suffix
from finegrain.console.pages.goals.sections import section
from finegrain.console.pages.goals.words import figure, metric_text
from finegrain.console.widgets.formats import money_compact
from finegrain.console.widgets.states import error_state
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language
from finegrain.strategy.goals.contract import UNITS
from finegrain.strategy.goals.progress import baseline_gap

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.goals.draft import GoalDraft
    from finegrain.console.pages.goals.measuring import Measured
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.suggesting import GoalSuggestion


class TargetPart:
    """The baseline, a suggestion, and the field of the target.

    Args:
        draft: is changed in place.
        on_edit: is called after each change by the user.
        on_take: is called with a suggestion that the user takes over.
    """

    def __init__(self, draft: GoalDraft, on_edit: Callable[[], object], on_take: Callable[[GoalSuggestion], object]) -> None:
        self._draft, self._on_edit, self._on_take = draft, on_edit, on_take
        self._currency = workspace().currency
        self._quiet = False
        with section(4, _("Which target")):
            self._baseline = ui.element("div").classes("fg-goal-baseline-box").props("aria-live=polite")
            with labelled(_("Target")):
                self._field = ui.number(value=draft.target, on_change=lambda event: self._typed(event.value))
                self._field.props("step=any").classes("fg-goal-target-field").props["aria-label"] = _("Target")
            self._advice = ui.element("div").classes("fg-stack fg-goal-advice")
        self.wait(measurable=False)

    def fit(self) -> None:
        """Show the target in the unit of the figure."""
        self._field.props["suffix"] = suffix(UNITS[self._draft.metric], self._currency)
        if self._field.value != self._draft.target:
            self.put(self._draft.target)

    def put(self, value: float | None) -> None:
        """Put a target into the field as if nobody had typed."""
        self._quiet = True
        self._field.value = value
        self._quiet = False

    def wait(self, *, measurable: bool) -> None:
        """Say that the baseline is being measured, or what is missing for it."""
        if measurable:
            self._baseline.classes(add="fg-busy")
            return
        self._empty()
        with self._baseline:
            ui.label(_("Choose people and a figure: the baseline is then measured at once.")).classes("fg-hint")

    def show(self, found: Measured) -> None:
        """Show what the data say; nothing where nothing could be measured."""
        if found.goal is None:
            return
        self._empty()
        with self._baseline:
            self._measured(found.goal)
        with self._advice:
            self._suggested(found)

    def fail(self, error: Exception) -> None:
        """Show why the data say nothing."""
        self._empty()
        with self._baseline:
            if isinstance(error, FinegrainError):
                ui.label(error.message(current_language())).classes("fg-bad")
            else:
                error_state(error)

    def _empty(self) -> None:
        self._advice.clear()
        self._baseline.classes(remove="fg-busy").clear()

    def _measured(self, goal: Goal) -> None:
        with ui.element("div").classes("fg-goal-measured"):
            ui.label(figure(goal.baseline, goal.metric.unit, self._currency)).classes("fg-kpi-value fg-goal-baseline-value")
            with ui.element("div"):
                ui.label(_("Baseline")).classes("fg-h2")
                ui.label(_baseline_of(goal)).classes("fg-hint")
                ui.label(_("The goal is for {people}.", people=people_text(goal.size))).classes("fg-hint")
        gap = baseline_gap(goal)
        if gap is not None:
            ui.label(gap.text()).classes("fg-hint")
            if goal.metric.name == "tier_share":
                ui.label(_("Without a baseline, the share is taken to be meant to rise.")).classes("fg-hint")

    def _suggested(self, found: Measured) -> None:
        one = found.suggestion
        if one is None:
            for note in found.notes:
                ui.label(note).classes("fg-hint")
            if found.goal and found.goal.whom.segment:
                ui.label(_("Targets are suggested for tiers only: comparable people of a segment are not known.")).classes(
                    "fg-hint"
                )
            return
        unit = one.metric.unit
        expected, target = (figure(value, unit, self._currency) for value in (one.expected, one.target))
        with ui.element("div").classes("fg-goal-suggestion"):
            with ui.element("div").classes("fg-goal-suggestion-text"):
                ui.label(_("Suggested: {metric} {target}", metric=metric_text(one.metric, {}), target=target)).classes("fg-h2")
                worth = money_compact(one.worth_minor, self._currency)
                ui.label(_("By themselves such people reach {expected}; worth about {worth}.", expected=expected, worth=worth))
                for reason in one.reasons:
                    ui.label(reason.text()).classes("fg-hint")
            ui.button(_("Use it"), on_click=lambda: self._on_take(one), color=None).classes("fg-outlined")

    def _typed(self, value: float | None) -> None:
        if self._quiet:
            return
        self._draft.target = value
        self._on_edit()


def _baseline_of(goal: Goal) -> str:
    days = {"first": goal.baseline_first, "last": goal.baseline_last}
    if goal.whom.frozen:
        return _("{first} – {last}, those who were in it at the start", **days)
    return _("{first} – {last}, those who were in it at the end", **days)
