"""How many were in a segment day by day, and who came and left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.options import bars, chart, line, names_across, numbers_up, said
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.charts import ThemedChart
from finegrain.console.widgets.formats import day as written_day
from finegrain.console.widgets.formats import number, short_day
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from finegrain.audience.history.contract import DaySize
    from finegrain.console.theme import Palette

SHOWN_DAYS = 30
TREND_DAYS = 14
"""Days of the small lines in the list; each reads who was in the segment."""
_FEWEST = 2
_SIZE_ONLY = "v => v == null ? '–' : Math.abs(v).toLocaleString()"


def history_of(segment: str, as_of: datetime, days: int) -> tuple[DaySize, ...]:
    """Give the days of a segment that are kept, up to the one in which a moment lies; empty where none are.

    Raises:
        UnknownSegmentError: there is no such segment.
    """
    ws = workspace()
    last = ws.zone.day_of(as_of - timedelta(microseconds=1))
    found = ws.history.sizes(segment, last - timedelta(days=days - 1), last, "segment")
    return found.series[0].days if found.series else ()


def history_card(days: Sequence[DaySize]) -> None:
    """Draw the card; with fewer than two days it says when there will be a line."""
    with card(_("Day by day")):
        if len(days) < _FEWEST:
            ui.label(_("Who is in it is kept from now on, day by day: a line appears with the second day.")).classes("fg-hint")
            return
        label = _("People by day, with those who came and left")
        ThemedChart(lambda colours: history_options(days, colours), label=label, height="240px")
        for text in _notes(days):
            ui.label(text).classes("fg-hint")


def history_options(days: Sequence[DaySize], colours: Palette) -> dict[str, Any]:
    """Give the ECharts options: the size as a line, those who came above and those who left below a line of their own."""
    left = [None if one.left is None else -one.left for one in days]
    beside = {"yAxisIndex": 1, "stack": "flow", "tooltip": said(_SIZE_ONLY)}
    quiet = {"splitLine": {"show": False}, "axisLabel": {"show": False}}
    series = [
        _quiet(bars(_("Came"), [one.entered for one in days], colours.good, **beside)),
        _quiet(bars(_("Left"), left, colours.bad, **beside)),
        line(_("People"), [one.size for one in days], colours.accent, tooltip=said()),
    ]
    axes = [numbers_up(colours) | {"scale": True}, numbers_up(colours) | quiet]
    labels = [short_day(one.day) for one in days]
    return chart(colours, legend=True, xAxis=names_across(labels, colours), yAxis=axes, series=series)


def _quiet(series: dict[str, Any]) -> dict[str, Any]:
    # They explain the line, and must not hide it.
    return series | {"barMaxWidth": 14, "itemStyle": series["itemStyle"] | {"opacity": 0.4}}


def _notes(days: Sequence[DaySize]) -> list[str]:
    came, left = (sum(getattr(one, name) or 0 for one in days) for name in ("entered", "left"))
    said_ = [_("{came} came and {left} left in the days shown.", came=number(came), left=number(left))]
    changed = [written_day(one.day) for one in days if one.changed]
    if changed:
        said_.append(_("The rule was changed on {days}.", days=_(", ").join(changed)))
    if any(one.filled for one in days):
        said_.append(_("Some days were computed afterwards, with later traits."))
    return said_
