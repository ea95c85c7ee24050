"""The bar of a goal: how far the value is, between where the baseline and where the target stand, and what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.goals.words import LOOKS, figure
from finegrain.i18n import _

if TYPE_CHECKING:
    from typing import Literal

    from finegrain.strategy.goals.progress import Progress

    Mark = Literal["now", "expected", "target", "baseline"]

_LEVELS = frozenset({"tier_share", "average_order_value"})
"""Metrics that have their size from the first day on, while the others grow from nothing."""
_ROOM = 0.06


@dataclass(frozen=True)
class Scale:
    """Where figures stand on a bar.

    Attributes:
        low, high: the figures at its two ends; ``low`` lies below ``high``.
    """

    low: float
    high: float

    @classmethod
    def of(cls, progress: Progress) -> Scale:
        """Give the scale on which everything that is known of a goal has room."""
        found, goal = progress.forecast, progress.goal
        known = [goal.target, goal.baseline, progress.value, *((found.low, found.high) if found else ())]
        figures = [one for one in known if one is not None]
        low = min(figures) if goal.metric.name in _LEVELS else min(0.0, *figures)
        high = max(figures)
        room = ((high - low) or abs(high)) * _ROOM or 1.0
        return cls(low - room if goal.metric.name in _LEVELS or low < 0 else low, high + room)

    def at(self, value: float) -> float:
        """Give where a figure stands, 0–100 per cent of the length.

        Examples:
            >>> Scale(0.0, 2.0).at(0.5)
            25.0
        """
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * 100


def progress_bar(progress: Progress, currency: str) -> ui.element:
    """Draw the bar: filled up to the value, a band and a dot for the forecast, a tick for the baseline, a flag for the target."""
    scale, found, goal = Scale.of(progress), progress.forecast, progress.goal
    box = ui.element("div").classes(f"fg-goal-bar fg-goal-{LOOKS[progress.state].tone}").props("role=img")
    box.props["aria-label"] = bar_text(progress, currency)
    with box:
        if found:
            left, right = scale.at(found.low), scale.at(found.high)
            ui.element("div").classes("fg-goal-band").style(f"left:{left:.2f}%;width:{max(right - left, 0.6):.2f}%")
        if progress.value is not None:
            ui.element("div").classes("fg-goal-fill").style(f"width:{scale.at(progress.value):.2f}%")
        if goal.baseline is not None:
            ui.element("div").classes("fg-goal-baseline").style(f"left:{scale.at(goal.baseline):.2f}%")
        if found:
            ui.element("div").classes("fg-goal-expected").style(f"left:{scale.at(found.value):.2f}%")
        ui.element("div").classes("fg-goal-target").style(f"left:{scale.at(goal.target):.2f}%")
        ui.tooltip(bar_text(progress, currency))
    return box


def mark(kind: Mark) -> None:
    """Draw how a figure is marked on a bar, to stand before its name."""
    ui.element("span").classes(f"fg-goal-mark fg-goal-mark-{kind}").props('aria-hidden="true"')


def bar_key(progress: Progress) -> None:
    """Say what the marks on a bar mean, as far as it has them."""
    found, goal = progress.forecast, progress.goal
    marks: tuple[tuple[Mark, str, bool], ...] = (
        ("now", _("Now"), progress.value is not None),
        ("expected", _("Expected, with the 80% interval"), found is not None),
        ("target", _("Target"), True),
        ("baseline", _("Baseline"), goal.baseline is not None),
    )
    with ui.element("div").classes(f"fg-goal-key fg-hint fg-goal-{LOOKS[progress.state].tone}").props('aria-hidden="true"'):
        for kind, name, there in marks:
            if there:
                with ui.element("span"):
                    mark(kind)
                    ui.label(name)


def bar_text(progress: Progress, currency: str) -> str:
    """Say what a bar shows."""
    goal, found = progress.goal, progress.forecast
    baseline, now, target, expected = (
        figure(value, goal.metric.unit, currency)
        for value in (goal.baseline, progress.value, goal.target, found.value if found else None)
    )
    return _(
        "Baseline {baseline}, now {now}, expected on the last day {expected}, target {target}",
        baseline=baseline,
        now=now,
        expected=expected,
        target=target,
    )
