"""How a stickiness's answer reads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    drawn_groups,
    group_title,
    grouped_table,
    opened,
    share_cell,
)
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import (
    PERCENT,
    bars,
    chart,
    door,
    hue,
    line,
    names_across,
    numbers_up,
    said,
    shares_up,
)
from finegrain.console.pages.analysis.words import counted
from finegrain.console.widgets.formats import number, percent
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.trends.lasting_result import StickinessResult
    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette

_IN_BUCKETS = {
    "hour": N_("Different hours"),
    "day": N_("Different days"),
    "week": N_("Different weeks"),
    "month": N_("Different months"),
    "quarter": N_("Different quarters"),
}


class StickinessAnswer:
    """Reads the answers of stickiness."""

    def is_empty(self, result: StickinessResult) -> bool:
        """Say whether nobody did it."""
        return result.total.total == 0

    def pictures(self, result: StickinessResult) -> list[Picture]:
        """Give people by the number of buckets, and what share comes at least so often."""
        title = _("On how many do people do it")
        return [
            Picture(title, lambda colours: _bars(result, colours), 300),
            Picture(_("At least so often"), lambda colours: _shares(result, colours), 220),
        ]

    def table(self, result: StickinessResult) -> ResultTable:
        """Give a row a number of buckets of all and of each group."""
        columns = (
            TableColumn(_unit(result), "text"),
            TableColumn(counted(result.asked)),
            TableColumn(_("Share with at least so many")),
        )
        return grouped_table(result, columns, partial(_rows, result))

    def figures(self, result: StickinessResult) -> list[Figure]:
        """Give DAU/MAU, its two parts, and who did it at all."""
        total = result.total
        often = sum(place * count for place, count in enumerate(total.actors, start=1)) / total.total if total.total else None
        return [
            Figure(_("DAU / MAU"), percent(total.ratio), _("of 30 days that have ended")),
            Figure(_("People a day"), number(total.daily, decimals=1), _("mean of these 30 days")),
            Figure(_("People of 30 days"), number(total.monthly), _("each counted once")),
            Figure(_unit(result), number(often, decimals=1), _("mean of the period")),
        ]

    def notes(self, result: StickinessResult) -> list[str]:
        """Say over which days the ratio is taken."""
        days = {"first": result.first, "last": result.last}
        return [_("DAU / MAU is taken over the days from {first} to {last}, which have ended, whatever the period.", **days)]

    def title(self, result: StickinessResult, select: Selection) -> str:
        """Say on how many days people did it."""
        count = select.get("buckets")
        often = count if isinstance(count, int) else 0
        text = ngettext("Did it in exactly {n} bucket", "Did it in exactly {n} buckets", often)
        return text + group_title(result.groups, select)


def _rows(result: StickinessResult, place: int | None, group: Any) -> Iterator[tuple[Cell, ...]]:
    shown = list(zip(group.actors, group.shares, strict=True))[: _most(result)]
    for times, (count, share) in enumerate(shown, start=1):
        yield Cell(str(times), times), count_cell(count, opened(result.asked, buckets=times, group=place)), share_cell(share)


def _unit(result: StickinessResult) -> str:
    query: Any = result.asked.query
    return _(_IN_BUCKETS[query.granularity])


def _most(result: StickinessResult) -> int:
    """Give the greatest number of buckets that anybody has."""
    return max((place for place, count in enumerate(result.total.actors, start=1) if count), default=1)


def _shown(result: StickinessResult) -> list[tuple[int | None, str, Any]]:
    return drawn_groups(result, lambda group: group.total, counted(result.asked))


def _bars(result: StickinessResult, colours: Palette) -> dict[str, Any]:
    labels = [str(place) for place in range(1, _most(result) + 1)]
    groups = _shown(result)
    series = [
        bars(
            name,
            [
                door(count, opened(result.asked, buckets=at, group=place))
                for at, count in enumerate(group.actors[: _most(result)], start=1)
            ],
            hue(rank, colours) if len(groups) > 1 else colours.bar,
            tooltip=said(),
        )
        for rank, (place, name, group) in enumerate(groups)
    ]
    return chart(colours, legend=len(groups) > 1, xAxis=names_across(labels, colours), yAxis=numbers_up(colours), series=series)


def _shares(result: StickinessResult, colours: Palette) -> dict[str, Any]:
    labels = [f"≥ {place}" for place in range(1, _most(result) + 1)]
    groups = _shown(result)
    series = [
        line(name, list(group.shares[: _most(result)]), hue(rank, colours), tooltip=said(PERCENT))
        for rank, (_place, name, group) in enumerate(groups)
    ]
    return chart(colours, legend=len(groups) > 1, xAxis=names_across(labels, colours), yAxis=shares_up(colours, 1), series=series)
