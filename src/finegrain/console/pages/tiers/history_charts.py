"""The charts of a scheme over time: sizes by day as stacked areas, who came and left, and the flow between two days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.history.contract import NOBODY
from finegrain.console.pages.tiers.history_address import NOWHERE
from finegrain.console.text import language_tag
from finegrain.console.theme import FONT
from finegrain.console.widgets.charts import ThemedChart, category_axis, legend_options, number_formatter, tooltip_options
from finegrain.console.widgets.formats import number, percent, short_day
from finegrain.console.widgets.turnover import turnover_series, unsigned_formatter
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finegrain.audience.history.contract import FlowResult, Series, SizesResult
    from finegrain.console.theme import Palette

_NODE_PX, _LEAST_PX, _LABEL_PX = 46, 280, 190
_TIP = "p => { const tip = document.createElement('span'); tip.textContent = p.data.title; return tip.innerHTML }"
"""Says an item's title; names come from data, so that they are escaped before they become HTML."""


def sizes_chart(sizes: SizesResult, names: Mapping[str, str]) -> ThemedChart:
    """Draw the sizes of all tiers by day, one above the other."""
    tag = language_tag()
    return ThemedChart(
        lambda colours: sizes_options(sizes, names, colours, tag), label=_("People by tier and day"), height="320px"
    )


def sizes_options(sizes: SizesResult, names: Mapping[str, str], colours: Palette, tag: str) -> dict[str, Any]:
    """Give the ECharts options of the stacked areas, the best tier at the top."""
    days = [short_day(day.day) for day in sizes.series[0].days] if sizes.series else []
    shown = [one for one in sizes.series if any(day.size for day in one.days)]
    shades = tier_colours(len(shown), colours)
    return _frame(days, colours, tag) | {
        "series": [
            {
                "name": names[key(one)],
                "type": "line",
                "stack": "people",
                "symbol": "none",
                "color": shade,
                "lineStyle": {"width": 1, "color": colours.card},
                "areaStyle": {"opacity": 1, "color": shade},
                "data": [day.size for day in one.days],
                "tooltip": {":valueFormatter": number_formatter("", tag, full=True)},
            }
            for one, shade in reversed(list(zip(shown, shades, strict=True)))
        ],
    }


def turnover_chart(one: Series) -> ThemedChart:
    """Draw who came into a tier and who left it, by day."""
    tag = language_tag()
    return ThemedChart(
        lambda colours: turnover_options(one, colours, tag), label=_("Who came and who left, by day"), height="220px"
    )


def turnover_options(one: Series, colours: Palette, tag: str) -> dict[str, Any]:
    """Give the ECharts options: who came upwards, who left downwards."""
    series = turnover_series([day.entered for day in one.days], [day.left for day in one.days], colours, tag)
    options = _frame([short_day(day.day) for day in one.days], colours, tag) | {"series": series}
    options["yAxis"] |= {"minInterval": 1}
    options["yAxis"]["axisLabel"][":formatter"] = unsigned_formatter(tag)
    return options


def flow_chart(flow: FlowResult, names: Mapping[str, str]) -> ThemedChart:
    """Draw the flow from the tiers of the first day to those of the last."""
    rows = sum(1 for row in flow.counts if sum(row))
    height = max(_LEAST_PX, rows * _NODE_PX)
    label = _("Who went from which tier to which")
    return ThemedChart(lambda colours: flow_options(flow, names, colours), label=label, height=f"{height}px")


def flow_options(flow: FlowResult, names: Mapping[str, str], colours: Palette) -> dict[str, Any]:
    """Give the ECharts options of the Sankey diagram; each band and place has its move as ``door``."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": {
            "trigger": "item", "backgroundColor": colours.card, "borderColor": colours.line, "confine": True,
            "textStyle": {"color": colours.text, "fontSize": 13}, ":formatter": _TIP,
        },
        "series": [{
            "type": "sankey", "data": _places(flow, names, colours), "links": _bands(flow, names, colours),
            "left": _LABEL_PX, "right": _LABEL_PX, "top": 8, "bottom": 8, "nodeWidth": 12, "nodeGap": 12, "draggable": False,
            "layoutIterations": 0, "emphasis": {"focus": "adjacency"}, "lineStyle": {"curveness": 0.5},
            "label": {"color": colours.text, "fontSize": 12, "width": _LABEL_PX - 10, "overflow": "truncate"},
        }],
    }  # fmt: skip


def _places(flow: FlowResult, names: Mapping[str, str], colours: Palette) -> list[dict[str, Any]]:
    shades = dict(zip(flow.keys, [*tier_colours(len(flow.keys) - 1, colours), colours.faint], strict=True))
    sides = (
        ("was", flow.first_day, [sum(row) for row in flow.counts], "left"),
        ("now", flow.last_day, [sum(column) for column in zip(*flow.counts, strict=True)], "right"),
    )
    return [
        {
            "name": f"{side} {one}",
            "value": people,
            "depth": depth,
            "itemStyle": {"color": shades[one], "borderWidth": 0},
            # In a label, what stands in braces would be filled in by ECharts.
            "label": {"formatter": f"{number(people)} {braceless(names[one])}", "position": position},
            "title": f"{names[one]}, {day.isoformat()}: {number(people)}",
        }
        for depth, (side, day, totals, position) in enumerate(sides)
        for one, people in zip(flow.keys, totals, strict=True)
        if people
    ]


def _bands(flow: FlowResult, names: Mapping[str, str], colours: Palette) -> list[dict[str, Any]]:
    return [
        {
            "source": f"was {was}",
            "target": f"now {now}",
            "value": people,
            "title": f"{names[was]} → {names[now]}: {number(people)} · {percent(people / sum(row))}",
            "door": [was or NOWHERE, now or NOWHERE],
            # Who stayed is told quietly, so that who moved is seen.
            "lineStyle": {"color": colours.faint if was == now else colours.accent, "opacity": 0.3 if was == now else 0.35},
        }
        for was, row in zip(flow.keys, flow.counts, strict=True)
        for now, people in zip(flow.keys, row, strict=True)
        if people
    ]


def tier_colours(count: int, colours: Palette) -> list[str]:
    """Give a colour for each tier of a scheme, from strong to faint, so that neighbours can be told apart."""
    shades = []
    for place in range(count):
        share = 2 * place / (count - 1) if count > 1 else 1.0
        ends = (colours.ramp_high, colours.ramp_middle) if share <= 1 else (colours.ramp_middle, colours.ramp_low)
        shades.append(_mixed(*ends, share if share <= 1 else share - 1))
    return shades


def key(one: Series) -> str:
    """Give the key of the tier whose series it is."""
    return one.name.rpartition("/")[2] or NOBODY


def braceless(text: str) -> str:
    """Give a text without braces, which labels of charts would fill in.

    Examples:
        >>> braceless("a{b}")
        'a(b)'
    """
    return text.replace("{", "(").replace("}", ")")


def _mixed(one: str, other: str, share: float) -> str:
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in parts)


def _frame(days: Sequence[str], colours: Palette, tag: str) -> dict[str, Any]:
    return {
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 12, "right": 24, "top": 44, "bottom": 4, "containLabel": True},
        "legend": legend_options(colours) | {"type": "scroll", "right": 0, "icon": "roundRect"},
        "tooltip": tooltip_options(colours) | {"axisPointer": {"type": "line"}},
        "xAxis": category_axis(days, colours),
        "yAxis": {
            "type": "value", "splitNumber": 4, "splitLine": {"lineStyle": {"color": colours.line}},
            "axisLabel": {"color": colours.muted, "fontSize": 12, ":formatter": number_formatter("", tag, full=False)},
        },
    }  # fmt: skip
