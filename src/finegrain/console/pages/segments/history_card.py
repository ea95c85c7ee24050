"""How many were in a segment day by day, and who came and left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.options import chart, line, names_across, numbers_up, said
from finegrain.console.text import language_tag
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.charts import ThemedChart, number_formatter
from finegrain.console.widgets.formats import day as written_day
from finegrain.console.widgets.formats import number, short_day
from finegrain.console.widgets.turnover import turnover_series, unsigned_formatter
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
_MOST_IN_FULL = 1_000_000
_SIDES = {"left": 64, "right": 12}
"""Of both grids, so that a day stands under itself; the marks of the axes have room in them."""
_SIZES = {**_SIDES, "top": 40, "height": 150}
_TURNOVER = {**_SIDES, "top": 214, "bottom": 30}


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
        tag = language_tag()
        ThemedChart(lambda colours: history_options(days, colours, tag), label=label, height="340px")
        for text in _notes(days):
            ui.label(text).classes("fg-hint")


def history_options(days: Sequence[DaySize], colours: Palette, tag: str) -> dict[str, Any]:
    """Give the ECharts options: the size as a line, and below it, around a zero of its own, who came and who left.

    Args:
        days: what is drawn, in order.
        colours: the palette to draw in.
        tag: BCP 47 tag of the language that numbers are written in.
    """
    sizes = line(_("People"), [one.size for one in days], colours.accent, tooltip=said())
    turnover = turnover_series([one.entered for one in days], [one.left for one in days], colours, tag)
    labels = names_across([short_day(one.day) for one in days], colours)
    quiet = {"axisLabel": {"show": False}, "axisLine": {"show": False}}
    return chart(
        colours,
        legend=True,
        grid=[_SIZES, _TURNOVER],
        axisPointer={"link": [{"xAxisIndex": "all"}]},
        xAxis=[labels | quiet, labels | {"gridIndex": 1}],
        yAxis=_axes(days, colours, tag),
        series=[sizes, *(one | {"xAxisIndex": 1, "yAxisIndex": 1} for one in turnover)],
    )


def _axes(days: Sequence[DaySize], colours: Palette, tag: str) -> list[dict[str, Any]]:
    # In full, because the marks of a size that hardly changes are alike when rounded; what is longer has no room.
    full = max(one.size for one in days) < _MOST_IN_FULL
    sizes = numbers_up(colours, number_formatter("", tag, full=full)) | {"scale": True, "minInterval": 1}
    turnover = numbers_up(colours, unsigned_formatter(tag)) | {"gridIndex": 1, "splitNumber": 2, "minInterval": 1}
    return [sizes, turnover]


def _notes(days: Sequence[DaySize]) -> list[str]:
    came, left = (sum(getattr(one, name) or 0 for one in days) for name in ("entered", "left"))
    said_ = [_("{came} came and {left} left in the days shown.", came=number(came), left=number(left))]
    changed = [written_day(one.day) for one in days if one.changed]
    if changed:
        said_.append(_("The rule was changed on {days}.", days=_(", ").join(changed)))
    if any(one.filled for one in days):
        said_.append(_("Some days were computed afterwards, with later traits."))
    return said_
