"""Goals as tables for people, and their figures read from what people type."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from finegrain.cli.output import money, number, percent, table
from finegrain.errors import BadValueError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from finegrain.strategy.goals.contract import Unit
    from finegrain.strategy.goals.progress import Progress
    from finegrain.strategy.goals.suggesting import GoalSuggestionResult
    from finegrain.workspace import Workspace

METHODS = {
    "daily_steps": N_("the days to come are as the last two weeks"),
    "ratio": N_("the ratio stays what it is"),
    "waiting": N_("each of those who have not done it yet does it with a chance of their own"),
    "buying": N_("everybody buys at a pace of their own"),
}


def figure(value: float | None, unit: Unit, currency: str) -> str:
    """Write a figure in its unit; a dash for none."""
    if value is None:
        return "–"
    if unit == "share":
        return percent(value)
    return money(round(value), currency) if unit == "minor" else f"{value:,.2f}"


def target_of(text: str, unit: Unit, currency: str) -> float:
    """Read a target: a share as ``25%`` or ``0.25``, an amount in major units, or a number of days.

    Raises:
        BadValueError: it is none of these.
    """
    if unit == "minor":
        return float(money_minor("--target", text, currency))
    value = _decimal("--target", text.removesuffix("%"))
    return float(value / 100 if text.endswith("%") else value)


def money_minor(option: str, text: str, currency: str) -> int:
    """Read an amount in major units; give it in minor units.

    Raises:
        BadValueError: it is no number.
    """
    from finegrain.money import Money

    return Money.from_major(_decimal(option, text), currency).amount_minor


def _decimal(option: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**12:
        raise BadValueError(name=option, value=text, allowed=_("a number such as 12.5, of a share also 12.5%"))
    return value


def board_table(ws: Workspace, board: Sequence[Progress]) -> RenderableType:
    """Give all goals, one a row."""
    from finegrain.strategy.goals.contract import METRIC_LABELS
    from finegrain.strategy.goals.progress import STATE_LABELS

    columns = [_("Number"), _("Goal"), _("Metric"), _("For"), _("Baseline"), _("Now"), _("Expected"), _("Target"), _("Until")]
    rows = [
        (
            str(progress.goal.id),
            progress.goal.name,
            _(METRIC_LABELS[progress.goal.metric.name]),
            progress.goal.whom.name,
            *(
                figure(value, progress.goal.metric.unit, ws.currency)
                for value in (
                    progress.goal.baseline,
                    progress.value,
                    progress.forecast.value if progress.forecast else None,
                    progress.goal.target,
                )
            ),
            progress.goal.last_day.isoformat(),
            _(STATE_LABELS[progress.state]),
        )
        for progress in board
    ]
    return table([*columns, _("State")], rows, numbers=range(4, 8))


def shown_goal(ws: Workspace, progress: Progress) -> list[RenderableType]:
    """Give one goal: its row, its state, why it has no baseline, its forecast, and its days."""
    from finegrain.strategy.goals.progress import baseline_gap

    unit, found = progress.goal.metric.unit, progress.forecast
    gap = baseline_gap(progress.goal)
    parts: list[RenderableType] = [board_table(ws, [progress]), progress.reason.text(), *([gap.text()] if gap else [])]
    if found is not None:
        low, high = (figure(value, unit, ws.currency) for value in (found.low, found.high))
        parts.append(
            _("80% interval on the last day: {low} to {high}; {method}.", low=low, high=high, method=_(METHODS[found.method]))
        )
        parts.append(
            _("The interval is as wide as {tests} such forecasts of the past were off.", tests=found.tests)
            if found.tests
            else _("The past is too short to test the forecast: the interval knows of chance only.")
        )
    rows = [(day.day.isoformat(), figure(day.value, unit, ws.currency), number(day.people)) for day in progress.course]
    return [*parts, table([_("Day"), _("Value so far"), _("People")], rows, numbers=(1, 2))]


def suggestion_table(ws: Workspace, found: GoalSuggestionResult) -> RenderableType:
    """Give the suggested goals, one a row."""
    from finegrain.strategy.goals.contract import METRIC_LABELS

    columns = [_("Tier"), _("Metric"), _("People"), _("By itself"), _("Target"), _("Worth"), _("Why")]
    rows = [
        (
            f"{_(one.tier_name)} ({one.tier})",
            _(METRIC_LABELS[one.metric.name]),
            number(one.people),
            *(figure(value, one.metric.unit, ws.currency) for value in (one.expected, one.target)),
            money(one.worth_minor, ws.currency),
            " ".join(note.text() for note in one.reasons),
        )
        for one in found.suggestions
    ]
    return table(columns, rows, numbers=range(2, 6))
