"""Charts on canvas, drawn in the palette of the user's theme and redrawn when it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nicegui import ui

from finegrain.console.text import language_tag
from finegrain.console.theme import FONT, palette

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.console.theme import Palette


class ThemedChart(ui.echart):
    """An ECharts chart that follows the theme.

    Args:
        build: gives the options for a palette; must give the same series each time.
        label: what the chart shows, for screen readers.
        height: any CSS length.
    """

    def __init__(self, build: Callable[[Palette], dict[str, Any]], *, label: str, height: str = "280px") -> None:
        # ECharts writes aria-label itself; left alone it would read out ten raw values in place of the name.
        self._aria = {"aria": {"enabled": True, "label": {"description": label}}}
        self._build = build
        super().__init__(build(palette()) | self._aria, renderer="canvas")
        self.classes("fg-chart").style(f"height:{height}").props("role=img")
        self.props["aria-label"] = label

    def repaint(self) -> None:
        """Draw again in the palette that the user has now."""
        self.options.clear()
        self.options.update(self._build(palette()) | self._aria)
        self.update()


@dataclass(frozen=True)
class Series:
    """One course of a chart over time.

    Attributes:
        name: shown as it is.
        values: one a label; None leaves a gap.
        kind: how it is drawn.
        currency: ISO code where the values are money in major units; empty for plain numbers.
        right: whether its scale stands at the right.
    """

    name: str
    values: Sequence[float | None]
    kind: Literal["bar", "line"] = "line"
    currency: str = ""
    right: bool = False


def time_chart(labels: Sequence[str], series: Sequence[Series], *, label: str, height: str = "280px") -> ThemedChart:
    """Draw courses over time: bars and lines over the same labels, on one scale or two.

    Args:
        labels: of the buckets, already written out.
        series: at most one currency a side.
        label: what the chart shows, for screen readers.
        height: any CSS length.
    """
    tag = language_tag()
    return ThemedChart(lambda colours: time_options(labels, series, colours, tag), label=label, height=height)


def time_options(labels: Sequence[str], series: Sequence[Series], colours: Palette, tag: str) -> dict[str, Any]:
    """Give the ECharts options of ``time_chart`` in a palette; ``tag`` is the BCP 47 tag that numbers are written in."""
    sides = [next((each for each in series if each.right is right), None) for right in (False, True)]
    return {
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 4, "top": 40, "bottom": 4, "containLabel": True},
        "legend": legend_options(colours),
        "tooltip": tooltip_options(colours),
        "xAxis": category_axis(labels, colours),
        "yAxis": [_value_axis(side, colours, tag, lines=i == 0) for i, side in enumerate(sides) if side or i == 0],
        "series": [_series(each, colours, tag) for each in series],
    }


def _series(each: Series, colours: Palette, tag: str) -> dict[str, Any]:
    colour = colours.second if each.right else colours.accent
    drawn: dict[str, Any] = {
        "name": each.name, "type": each.kind, "data": list(each.values), "yAxisIndex": int(each.right),
        "tooltip": {":valueFormatter": number_formatter(each.currency, tag, full=True)}, "color": colour,
    }  # fmt: skip
    if each.kind == "bar":
        return drawn | {"barMaxWidth": 32, "itemStyle": {"color": colours.bar, "borderRadius": [3, 3, 0, 0]}}
    dots = has_lonely(each.values)
    return drawn | {"smooth": 0.25, "symbol": "circle", "symbolSize": 6, "showSymbol": dots, "lineStyle": {"width": 2}}


def has_lonely(values: Sequence[float | None]) -> bool:
    """Say whether a value stands between two gaps: no line leads to it, so that only a dot shows it."""
    around = zip([None, *values], values, [*values[1:], None], strict=False)
    return any(value is not None and before is None and after is None for before, value, after in around)


def legend_options(colours: Palette) -> dict[str, Any]:
    """Give the legend of every chart: at the top left, in quiet text."""
    return {"top": 0, "left": 0, "itemWidth": 12, "itemHeight": 8, "itemGap": 18, "textStyle": {"color": colours.muted}}


def tooltip_options(colours: Palette) -> dict[str, Any]:
    """Give the tooltip of a chart with an axis."""
    return {
        "trigger": "axis",
        "axisPointer": {"type": "shadow", "shadowStyle": {"color": colours.text, "opacity": 0.05}},
        "backgroundColor": colours.card,
        "borderColor": colours.line,
        "textStyle": {"color": colours.text, "fontSize": 13},
        "confine": True,
    }


def category_axis(labels: Sequence[str], colours: Palette) -> dict[str, Any]:
    """Give a horizontal axis of labels that are already written out."""
    return {
        "type": "category",
        "data": list(labels),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": colours.line}},
        "axisLabel": {"color": colours.muted, "fontSize": 12, "hideOverlap": True},
    }


def _value_axis(side: Series | None, colours: Palette, tag: str, *, lines: bool) -> dict[str, Any]:
    return {
        "type": "value",
        "splitNumber": 4,
        "splitLine": {"show": lines, "lineStyle": {"color": colours.line}},
        "axisLabel": {
            "color": colours.muted, "fontSize": 12,
            ":formatter": number_formatter(side.currency if side else "", tag, full=False),
        },
    }  # fmt: skip


def number_formatter(currency: str, tag: str, *, full: bool) -> str:
    """Give the script that writes a number: of a currency (or a plain one when empty), in full or compact."""
    # Both values come from closed sets of ours (ISO codes, language tags), never from data, so the script is safe to build.
    notation = "maximumFractionDigits:2" if full else "notation:'compact',maximumSignificantDigits:3"
    style = f"style:'currency',currency:'{currency}',currencyDisplay:'narrowSymbol'," if currency.isalpha() else ""
    return f"v => v == null ? '–' : new Intl.NumberFormat('{tag}',{{{style}{notation}}}).format(v)"
