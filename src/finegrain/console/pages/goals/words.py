"""Goals in words: figures in their unit, states with their colour, people, days left."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nicegui import ui

from finegrain.console.widgets.formats import NOTHING, money, money_compact, number, percent
from finegrain.i18n import N_, _, ngettext
from finegrain.strategy.goals.contract import METRIC_LABELS
from finegrain.strategy.goals.progress import STATE_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.strategy.goals.contract import Goal, Metric, Unit, Whom
    from finegrain.strategy.goals.forecasting import Method
    from finegrain.strategy.goals.progress import Progress, State


class Look(NamedTuple):
    """How a state looks: an icon, and a tone that is part of CSS classes."""

    icon: str
    tone: str


LOOKS: Mapping[State, Look] = {
    "at_risk": Look("warning", "warn"),
    "on_track": Look("trending_up", "good"),
    "too_early": Look("hourglass_top", "quiet"),
    "not_begun": Look("event", "quiet"),
    "reached": Look("check_circle", "good"),
    "missed": Look("cancel", "bad"),
    "not_measured": Look("help", "bad"),
}
"""States, those that want attention first."""
STATE_RULES: Mapping[State, str] = {
    "at_risk": N_("At risk: the forecast for the last day does not reach the target."),
    "on_track": N_("On track: the forecast for the last day reaches the target."),
    "too_early": N_("Too early: a forecast takes seven days, since the days of a week differ, and something to divide by."),
    "not_begun": N_("Not begun: the first day is not over."),
    "reached": N_("Reached: all days are over and the value reaches the target, or it does and cannot fall any more."),
    "missed": N_("Missed: all days are over, and the value does not reach the target."),
    "not_measured": N_("Cannot be measured: whom the goal is for is gone."),
}
METHODS: Mapping[Method, str] = {
    "daily_steps": N_("The days to come are taken to be as the last two weeks."),
    "ratio": N_("The ratio is taken to stay what it is."),
    "waiting": N_("Each of those who have not done it yet is taken to do it with a chance of their own."),
    "buying": N_("Everybody is taken to buy at a pace of their own."),
}


def figure(value: float | None, unit: Unit, currency: str, *, short: bool = False) -> str:
    """Write a figure in its unit; a dash for none.

    Examples:
        >>> figure(0.342, "share", "CNY"), figure(2.5, "days", "CNY"), figure(None, "minor", "CNY")
        ('34.2%', '2.50', '–')
    """
    if value is None:
        return NOTHING
    if unit == "share":
        return percent(value)
    if unit == "days":
        return number(value, decimals=2)
    return (money_compact if short else money)(round(value), currency)


def metric_text(metric: Metric, names: Mapping[str, str]) -> str:
    """Name a metric with its event or its tier: ``Conversion · Order Completed``; ``names`` are those of tiers."""
    about = metric.event or names.get(metric.tier, metric.tier)
    label = _(METRIC_LABELS[metric.name])
    if metric.filters:
        conditions = ngettext("{n} condition", "{n} conditions", len(metric.filters))
        about = _("{event} with {conditions}", event=about, conditions=conditions)
    return _("{metric} · {about}", metric=label, about=about) if about else label


def whom_text(whom: Whom, names: Mapping[str, str]) -> str:
    """Name the people of a goal; ``names`` are those of tiers by ``scheme/key``."""
    return names.get(whom.tier, whom.tier) if whom.tier else whom.segment


def days_text(progress: Progress) -> str:
    """Say how long a goal still goes, or when it begins."""
    goal, over = progress.goal, len(progress.course)
    if progress.state == "not_begun":
        return _("from {first} to {last}", first=goal.first_day.isoformat(), last=goal.last_day.isoformat())
    left = goal.days - over
    return ngettext("{n} day left", "{n} days left", left) if left > 0 else _("ended {last}", last=goal.last_day.isoformat())


def span_text(goal: Goal) -> str:
    """Write the days of a goal: ``2024-06-01 – 2024-06-30 (30 days)``."""
    days = ngettext("{n} day", "{n} days", goal.days)
    return _("{first} – {last} ({days})", first=goal.first_day.isoformat(), last=goal.last_day.isoformat(), days=days)


def state_pill(state: State) -> ui.element:
    """Draw a state as a small pill."""
    look = LOOKS[state]
    with ui.element("span").classes(f"fg-goal-state fg-goal-{look.tone}") as pill:
        ui.icon(look.icon).props('aria-hidden="true"')
        ui.label(_(STATE_LABELS[state]))
    return pill
