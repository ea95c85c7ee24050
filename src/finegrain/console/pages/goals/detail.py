"""The page of one goal: its figures, its course, what its state means, what it is, and its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.audience.rules.sentences import event_text
from finegrain.console.holder import workspace
from finegrain.console.pages.goals.bar import bar_key, progress_bar
from finegrain.console.pages.goals.chart import goal_chart
from finegrain.console.pages.goals.people import people_card
from finegrain.console.pages.goals.words import (
    METHODS,
    STATE_RULES,
    days_text,
    figure,
    metric_text,
    span_text,
    state_pill,
    whom_text,
)
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.formats import NOTHING, moment, money, number
from finegrain.console.widgets.states import empty_state
from finegrain.i18n import _
from finegrain.strategy.goals.progress import baseline_gap

if TYPE_CHECKING:
    from finegrain.console.pages.goals.reading import GoalView
    from finegrain.strategy.goals.forecasting import Forecast
    from finegrain.strategy.goals.progress import Progress


def show_goal(view: GoalView) -> None:
    """Draw the page below its head."""
    progress, currency = view.progress, workspace().currency
    _kpis(progress, currency)
    with ui.element("div").classes("fg-goal-page"):
        with ui.element("div").classes("fg-stack"):
            with card(_("Day by day"), hint=days_text(progress)):
                progress_bar(progress, currency)
                bar_key(progress)
                if progress.course:
                    goal_chart(progress, currency)
                else:
                    empty_state("event", _("The first day is not over yet"), span_text(progress.goal))
            people_card(progress)
        with ui.element("div").classes("fg-stack"):
            _state_card(progress, currency)
            _facts_card(view, currency)


def _kpis(progress: Progress, currency: str) -> None:
    goal, found = progress.goal, progress.forecast
    unit = goal.metric.unit
    people = progress.course[-1].people if progress.course else goal.size
    gap = baseline_gap(goal)
    figures = (
        (_("Now"), progress.value, _("At the end of the last day that is over, over all days so far.")),
        (_("Expected"), found.value if found else None, _("The forecast of the value on the last day.")),
        (_("Target"), goal.target, _("What the value is to reach by the last day.")),
        (_("Baseline"), goal.baseline, gap.text() if gap else _("The same figure of as many days before.")),
    )
    with ui.element("div").classes("fg-kpis"):
        for label, value, tip in figures:
            kpi(label, figure(value, unit, currency, short=True), tip=tip)
        kpi(_("People"), number(people), tip=_("How many people are looked at."))


def _state_card(progress: Progress, currency: str) -> None:
    with card(_("State")):
        with ui.element("div").classes("fg-row"):
            state_pill(progress.state)
        ui.label(progress.reason.text()).classes("fg-goal-why")
        if progress.forecast:
            _forecast(progress.forecast, progress, currency)
        ui.label(_(STATE_RULES[progress.state])).classes("fg-hint fg-goal-rule")


def _forecast(found: Forecast, progress: Progress, currency: str) -> None:
    low, high = (figure(value, progress.goal.metric.unit, currency) for value in (found.low, found.high))
    ui.label(_("In four cases of five the value of the last day lies between {low} and {high}.", low=low, high=high))
    ui.label(_(METHODS[found.method])).classes("fg-hint")
    tested = (
        _("The interval is as wide as {tests} such forecasts of the past were off.", tests=found.tests)
        if found.tests
        else _("The past is too short to test the forecast: the interval knows of chance only.")
    )
    ui.label(tested).classes("fg-hint")


def _facts_card(view: GoalView, currency: str) -> None:
    goal = view.progress.goal
    chosen = (
        _("{whom}, the {people} who were in it", whom=whom_text(goal.whom, view.names), people=number(goal.size))
        if goal.whom.frozen
        else _("{whom}, whoever is in it each day", whom=whom_text(goal.whom, view.names))
    )
    conditions = event_text(goal.metric.doing) if goal.metric.filters else ""
    facts = (
        (_("Metric"), metric_text(goal.metric, view.names)),
        (_("Conditions"), conditions),
        (_("For"), chosen),
        (_("Which days"), span_text(goal)),
        (_("Baseline of"), f"{goal.baseline_first} – {goal.baseline_last}"),
        (_("Budget"), NOTHING if goal.budget_minor is None else money(goal.budget_minor, currency)),
        (_("Owner"), goal.owner or NOTHING),
        (_("Set"), f"{moment(goal.made_at, workspace().zone)} · {goal.made_by}"),
        (_("Note"), goal.note),
    )
    with card(_("What it is")), ui.element("dl").classes("fg-goal-facts"):
        for label, value in facts:
            if value:
                with ui.element("dt"):
                    ui.label(label)
                with ui.element("dd"):
                    ui.label(value)
