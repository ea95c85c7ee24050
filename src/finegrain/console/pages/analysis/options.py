"""Building blocks of the charts of answers: axes, colours of groups, doors, and the stretch of time that is still open."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.words import STEPS_S
from finegrain.console.text import language_tag
from finegrain.console.theme import FONT
from finegrain.console.widgets.charts import category_axis, legend_options, number_formatter, tooltip_options
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette

_HUES = ("#8a63d2", "#d9822b", "#c0527f", "#5f8f2f", "#3f8fb5", "#a5733f", "#7d7fd0", "#b5555a", "#4b9a77", "#9a8530", "#6f8fd8")
"""Colours of further groups, each with a contrast of 3 : 1 and more to the cards of both themes."""
MOST_LINES = 12
"""Groups that a chart draws; the table has them all."""

PERCENT = "v => v == null ? '–' : (v * 100).toFixed(1) + '%'"
PERCENT_AXIS = "v => (v * 100).toFixed(0) + '%'"
_TICKS = {86_400: (1, 2, 5, 7, 14, 30, 60, 90, 180), 3_600: (1, 2, 3, 6, 12), 60: (1, 2, 5, 10, 15, 30), 1: (1, 2, 5, 10, 15, 30)}
_TICKS_S = sorted(unit * times for unit, several in _TICKS.items() for times in several)
"""Distances between the marks of an axis of time that are told in few digits."""
_MOST_TICKS = 5


def hue(place: int, colours: Palette) -> str:
    """Give the colour of the group at ``place``, from 0."""
    scale = (colours.accent, colours.second, *_HUES)
    return scale[place % len(scale)]


def chart(colours: Palette, *, legend: bool, **parts: Any) -> dict[str, Any]:
    """Give the ECharts options of a chart with two axes, without its legend where there is only one series."""
    # ``containLabel`` estimates how wide names are, and cuts those that nearly fill their room; this measures them.
    bounds = {"outerBoundsMode": "same", "outerBoundsContain": "axisLabel"}
    options: dict[str, Any] = {
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 12, "top": 40 if legend else 12, "bottom": 4, **bounds},
        "tooltip": tooltip_options(colours),
    }
    return options | ({"legend": legend_options(colours) | {"type": "scroll"}} if legend else {"legend": {"show": False}}) | parts


def names_across(labels: Sequence[str], colours: Palette, *, wrap: bool = False) -> dict[str, Any]:
    """Give a horizontal axis of names; ``wrap`` shows every one of them, in several lines."""
    axis = category_axis(labels, colours)
    return axis | {"axisLabel": axis["axisLabel"] | {"interval": 0, "width": 84, "overflow": "break"}} if wrap else axis


def names_down(labels: Sequence[str], colours: Palette, *, width: int = 128) -> dict[str, Any]:
    """Give a vertical axis of names, the first at the top."""
    label = {"color": colours.text, "fontSize": 13, "margin": 12, "width": width, "overflow": "break"}
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    return {"type": "category", "inverse": True, "data": list(labels), "axisLabel": label, **hidden}


def numbers_up(colours: Palette, formatter: str = "") -> dict[str, Any]:
    """Give a vertical axis of numbers; ``formatter`` is a script of ours."""
    label = {"color": colours.muted, "fontSize": 12, ":formatter": formatter or number_formatter("", language_tag(), full=False)}
    return {"type": "value", "splitNumber": 4, "splitLine": {"lineStyle": {"color": colours.line}}, "axisLabel": label}


def shares_up(colours: Palette, most: float) -> dict[str, Any]:
    """Give a vertical axis of shares; where the greatest is near the whole, it ends there."""
    axis = numbers_up(colours, PERCENT_AXIS) | {"min": 0}
    return axis | {"max": 1, "interval": 0.25} if most > 0.8 else axis  # noqa: PLR2004 - what ECharts would round up beyond the whole


def times_up(colours: Palette, most_s: float) -> dict[str, Any]:
    """Give a vertical axis of lengths of time, marked at whole minutes, hours or days."""
    axis = numbers_up(colours, seconds_script()) | {"min": 0}
    tick = next((tick for tick in _TICKS_S if most_s <= tick * _MOST_TICKS), None)
    return axis | {"interval": tick, "max": tick * math.ceil(most_s / tick) or tick} if tick else axis


def seconds_script() -> str:
    """Give the script that writes a length of time in the reader's language."""
    steps = json.dumps([[size, _(text, n="%")] for size, text in STEPS_S])
    return (
        f"v => {{ if (!v) return v === 0 ? '0' : '–'; const steps = {steps};"
        " const [size, text] = steps.find(step => v >= step[0]) || steps.at(-1);"
        " return text.replace('%', () => +(v / size).toFixed(1)) }"
    )


def numbers_across(*, most: float | None = None) -> dict[str, Any]:
    """Give a horizontal axis of numbers that is not drawn."""
    return {"type": "value", "show": False, "min": 0} | ({"max": most} if most is not None else {})


def said(formatter: str = "", currency: str = "") -> dict[str, Any]:
    """Give how the tooltip says a value: by a script of ours, or as a number."""
    return {":valueFormatter": formatter or number_formatter(currency, language_tag(), full=True)}


def door(value: float | None, select: Selection | None, **looks: Any) -> dict[str, Any]:
    """Give an item of data that opens the people behind it, where there are any."""
    return {"value": value, **({"door": select} if select and value else {}), **looks}


def bar_label(text: str, share: float | None, colours: Palette) -> dict[str, Any]:
    """Give the label of a lying bar that is as long as ``share`` of the chart: inside it, or behind one that has no room."""
    if (share or 0) > 0.34:  # noqa: PLR2004 - of the width of a card, which holds the longest label
        return {"formatter": text}
    return {"formatter": text, "position": "right", "color": colours.text}


def line(name: str, data: Sequence[Any], colour: str, **looks: Any) -> dict[str, Any]:
    """Give a course over time."""
    style: dict[str, Any] = {"width": 2, "color": colour}
    dots = {"symbol": "circle", "symbolSize": 6, "showSymbol": len(data) <= 45}  # noqa: PLR2004 - as many as can be told apart
    return {"name": name, "type": "line", "data": list(data), "color": colour, "lineStyle": style, **dots, **looks}


def bars(name: str, data: Sequence[Any], colour: str, **looks: Any) -> dict[str, Any]:
    """Give upright bars."""
    style = {"color": colour, "borderRadius": [3, 3, 0, 0]}
    return {"name": name, "type": "bar", "data": list(data), "color": colour, "barMaxWidth": 44, "itemStyle": style, **looks}


def still_open(opens: Sequence[bool], labels: Sequence[str], colours: Palette) -> dict[str, Any]:
    """Give the shade over the last buckets, whose time has not ended; to be joined with a series."""
    first = next((place for place, open_ in enumerate(opens) if open_), None)
    if first is None:
        return {"markArea": {"data": []}}
    label = {"show": True, "position": "insideTopRight", "color": colours.muted, "fontSize": 11}
    # From the last bucket that is final on: the course from there is not.
    ends = [{"name": _("still open"), "xAxis": labels[max(0, first - 1)]}, {"xAxis": labels[-1]}]
    return {"markArea": {"silent": True, "itemStyle": {"color": colours.text, "opacity": 0.05}, "label": label, "data": [ends]}}
