"""The chart of a scheme: what share of people each tier holds, and what share of revenue they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.theme import FONT, palette
from finegrain.console.widgets.charts import ThemedChart
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.audience.tiers.contract import Tier
    from finegrain.console.pages.tiers.view import TiersView
    from finegrain.console.theme import Palette

ROW_PX = 40
FOOT_PX = 44
_PERCENT = "v => v == null ? '–' : v.toFixed(1) + '%'"


class ShareChart:
    """Two bars a tier: people and revenue; ``show`` brings it up to date in place.

    Args:
        on_people: is called with a tier's key when one of its bars is clicked.
    """

    def __init__(self, on_people: Callable[[str], Any]) -> None:
        self._tiers: tuple[Tier, ...] = ()
        self._revenue_minor = 0
        self._on_people = on_people
        self._chart = ThemedChart(self._build, label=_("Share of people and of revenue by tier"), height="300px")
        self._chart.on_point_click(lambda event: self._clicked(event.data_index))

    def show(self, view: TiersView) -> None:
        """Show the tiers of ``view``, best at the top."""
        count_changed = len(self._tiers) != len(view.result.tiers)
        self._tiers, self._revenue_minor = view.result.tiers, view.revenue_minor
        if count_changed:
            self._chart.style(f"height:{len(self._tiers) * ROW_PX + FOOT_PX}px")
            ui.timer(0.1, lambda: self._chart.run_chart_method("resize"), once=True)
        self._chart.repaint()

    def _clicked(self, place: int) -> None:
        self._on_people(self._tiers[place].key)

    def _build(self, colours: Palette) -> dict[str, Any]:
        revenue = [tier.revenue_minor / self._revenue_minor * 100 if self._revenue_minor > 0 else None for tier in self._tiers]
        people = [tier.share * 100 for tier in self._tiers]
        return chart_options([_(tier.name) for tier in self._tiers], people, revenue, colours)


def chart_options(
    names: Sequence[str], people: Sequence[float], revenue: Sequence[float | None], colours: Palette | None = None
) -> dict[str, Any]:
    """Give the ECharts options: horizontal bars in percent, the first name at the top."""
    colours = colours or palette()
    return {
        "aria": {"enabled": True},
        "animationDuration": 300,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 44, "top": 34, "bottom": 0, "containLabel": True},
        "legend": {"top": 0, "left": 0, "itemWidth": 12, "itemHeight": 8, "itemGap": 18, "textStyle": {"color": colours.muted}},
        "tooltip": _tooltip(colours),
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": _axis(names, colours),
        "series": [
            _bars(_("Share of people"), people, colours.accent, colours),
            _bars(_("Share of revenue"), revenue, colours.second, colours),
        ],
    }


def _axis(names: Sequence[str], colours: Palette) -> dict[str, Any]:
    return {
        "type": "category",
        "inverse": True,
        "data": list(names),
        "axisTick": {"show": False},
        "axisLine": {"show": False},
        "axisLabel": {"color": colours.text, "fontSize": 13, "margin": 12, "width": 120, "overflow": "break"},
    }


def _bars(name: str, values: Sequence[float | None], colour: str, colours: Palette) -> dict[str, Any]:
    return {
        "name": name,
        "type": "bar",
        "data": list(values),
        "color": colour,
        "barMaxWidth": 11,
        "barGap": "25%",
        "itemStyle": {"borderRadius": [0, 3, 3, 0]},
        "label": {
            "show": True, "position": "right", "color": colours.muted, "fontSize": 12,
            ":formatter": "p => p.value == null ? '' : p.value.toFixed(1) + '%'",
        },
        "tooltip": {":valueFormatter": _PERCENT},
    }  # fmt: skip


def _tooltip(colours: Palette) -> dict[str, Any]:
    return {
        "trigger": "axis",
        "axisPointer": {"type": "shadow", "shadowStyle": {"color": colours.text, "opacity": 0.05}},
        "backgroundColor": colours.card,
        "borderColor": colours.line,
        "textStyle": {"color": colours.text, "fontSize": 13},
        "confine": True,
    }
