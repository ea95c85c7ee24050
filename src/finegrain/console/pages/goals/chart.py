"""The chart of a goal: its value day by day, the target and the baseline as lines, the forecast as a cone to the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from finegrain.console.text import language_tag
from finegrain.console.theme import FONT
from finegrain.console.widgets.charts import (
    ThemedChart,
    category_axis,
    has_lonely,
    legend_options,
    number_formatter,
    tooltip_options,
)
from finegrain.console.widgets.formats import short_day
from finegrain.i18n import _
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.console.theme import Palette
    from finegrain.strategy.goals.contract import Unit
    from finegrain.strategy.goals.progress import Progress

Values = list[float | None]


@dataclass(frozen=True)
class Courses:
    """What the chart draws, one value for each day of the goal, in shown units: per cent, major units or days.

    Attributes:
        value: up to the last day that is over.
        expected: from there to the forecast of the last day, in a straight line.
        low: the lower end of the interval, likewise.
        width: what the upper end lies above it.
    """

    value: Values
    expected: Values
    low: Values
    width: Values


def courses(progress: Progress, currency: str) -> Courses:
    """Give the lines of a goal's chart; without a forecast only the value has any."""
    goal, found = progress.goal, progress.forecast
    shown = [_shown(day.value, goal.metric.unit, currency) for day in progress.course]
    left = goal.days - len(shown)
    value: Values = [*shown, *[None] * left]
    nothing: Values = [None] * goal.days
    if found is None or not shown or shown[-1] is None:
        return Courses(value, nothing, nothing, nothing)
    ends = (_shown(one, goal.metric.unit, currency) for one in (found.value, found.low, found.high))
    expected, low, high = (_line(len(shown), goal.days, shown[-1], end or 0.0) for end in ends)
    width: Values = [None if a is None or b is None else b - a for a, b in zip(low, high, strict=True)]
    return Courses(value, expected, low, width)


def goal_chart(progress: Progress, currency: str) -> ThemedChart:
    """Draw a goal's course."""
    tag = language_tag()
    label = _("Value of each day, with target and forecast")
    return ThemedChart(lambda colours: chart_options(progress, currency, colours, tag), label=label, height="320px")


def chart_options(progress: Progress, currency: str, colours: Palette, tag: str) -> dict[str, Any]:
    """Give the ECharts options in a palette; ``tag`` is the BCP 47 tag that numbers are written in."""
    goal, drawn = progress.goal, courses(progress, currency)
    unit = goal.metric.unit
    scripts = {full: number_formatter(currency if unit == "minor" else "", tag, full=full) for full in (True, False)}
    if unit == "share":
        scripts = dict.fromkeys((True, False), "v => v == null ? '–' : `${Math.round(v * 10) / 10}%`")
    lines = [(_("Target"), _shown(goal.target, unit, currency), colours.good, "solid")]
    if goal.baseline is not None:
        lines.append((_("Baseline"), _shown(goal.baseline, unit, currency), colours.muted, "dashed"))
    legend = [_("Value so far")]
    if progress.forecast:
        legend += [_("Expected"), _("80% interval")]
    days = [short_day(goal.first_day + timedelta(days=place)) for place in range(goal.days)]
    return {
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 12, "top": 40, "bottom": 4, "containLabel": True},
        "legend": legend_options(colours) | {"data": legend},
        "tooltip": tooltip_options(colours) | {"axisPointer": {"type": "line"}},
        "xAxis": category_axis(days, colours) | {"boundaryGap": False},
        "yAxis": {
            "type": "value",
            "splitNumber": 4,
            "scale": goal.metric.name in {"tier_share", "average_order_value"},
            "splitLine": {"lineStyle": {"color": colours.line}},
            "axisLabel": {"color": colours.muted, "fontSize": 12, ":formatter": scripts[False]},
        },
        "series": _series(drawn, lines, colours, scripts[True]),
    }


def _series(drawn: Courses, lines: Sequence[tuple[str, float | None, str, str]], colours: Palette, script: str) -> list[Any]:
    told = {"tooltip": {":valueFormatter": script}}
    hidden = {"type": "line", "symbol": "none", "lineStyle": {"width": 0}, "silent": True, "tooltip": {"show": False}}
    marks = [
        {
            "yAxis": at,
            "name": name,
            "lineStyle": {"color": colour, "type": kind, "width": 1.5},
            # The course begins away from its target, and ends near it.
            "label": {"formatter": "{b}", "position": "insideEndTop" if place else "insideStartTop", "color": colour},
        }
        for place, (name, at, colour, kind) in enumerate(lines)
    ]
    return [
        {
            **told, "name": _("Value so far"), "type": "line", "data": drawn.value, "color": colours.accent,
            "symbol": "circle", "symbolSize": 6, "showSymbol": has_lonely(drawn.value), "lineStyle": {"width": 2}, "z": 3,
            "markLine": {"symbol": "none", "silent": True, "data": marks},
        },
        {
            **told, "name": _("Expected"), "type": "line", "data": drawn.expected, "color": colours.accent, "symbol": "none",
            "lineStyle": {"width": 2, "type": "dashed"}, "z": 3,
        },
        # A mark does not stretch the axis: what lies above all values would be cut off.
        {**hidden, "name": _("Target"), "data": [[0, at] for _name, at, _colour, _kind in lines]},
        {**hidden, "stack": "interval", "name": _("Lower end"), "data": drawn.low, "color": colours.accent},
        {
            **hidden, "stack": "interval", "name": _("80% interval"), "data": drawn.width, "color": colours.ramp_low,
            "areaStyle": {"color": colours.accent, "opacity": 0.14},
        },
    ]  # fmt: skip


def _shown(value: float | None, unit: Unit, currency: str) -> float | None:
    if value is None or unit == "days":
        return value
    return value * 100 if unit == "share" else float(Money(currency, round(value)).major)


def _line(over: int, days: int, start: float | None, end: float) -> Values:
    begun = start or 0.0
    steps = days - over
    return [*[None] * (over - 1), *(begun + (end - begun) * step / steps for step in range(steps + 1))]
