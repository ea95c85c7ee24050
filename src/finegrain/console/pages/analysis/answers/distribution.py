"""How a distribution's answer reads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    drawn_groups,
    group_title,
    grouped_table,
    opened,
    picked,
    share_cell,
    text_cell,
)
from finegrain.console.pages.analysis.contract import Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import bars, chart, door, hue, names_across, numbers_up, said
from finegrain.console.pages.analysis.words import counted, plain
from finegrain.console.pages.people.events import is_amount
from finegrain.console.widgets.formats import number
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.distribution.result import DistributionBar, DistributionResult
    from finegrain.console.pages.analysis.contract import Cell, Selection
    from finegrain.console.theme import Palette

MEASURES = {"events": N_("Times"), "days": N_("Different days"), "sum": N_("Sum of a property")}


class DistributionAnswer:
    """Reads the answers of distributions."""

    def is_empty(self, result: DistributionResult) -> bool:
        """Say whether nobody is measured."""
        return result.total.count == 0

    def pictures(self, result: DistributionResult) -> list[Picture]:
        """Give the bars."""
        return [Picture(_("How many, how often"), lambda colours: _bars(result, colours), 320, _measure(result))]

    def table(self, result: DistributionResult) -> ResultTable:
        """Give a row a bar of all and of each group."""
        columns = (TableColumn(_measure(result), "text"), TableColumn(counted(result.asked)), TableColumn(_("Share")))
        return grouped_table(result, columns, partial(_rows, result))

    def figures(self, result: DistributionResult) -> list[Figure]:
        """Give the mean, the middle and the upper end."""
        total = result.total
        return [
            Figure(counted(result.asked), number(total.count), select=opened(result.asked)),
            Figure(_("Mean"), plain(_rounded(total.mean)), _measure(result)),
            Figure(_("Median"), plain(_rounded(total.median)), _("half have no more")),
            Figure(_("90th percentile"), plain(_rounded(total.p90)), _("at most {max}", max=plain(_rounded(total.max)))),
        ]

    def notes(self, result: DistributionResult) -> list[str]:
        """Say what was left out, and who counts."""
        query: Any = result.asked.query
        notes = []
        if result.total.left_out:
            text = ngettext(
                "{count} event has no number in {property} and is left out.",
                "{count} events have no number in {property} and are left out.",
                result.total.left_out,
                count=number(result.total.left_out),
                property=query.property,
            )
            notes.append(text)
        if not query.zero:
            notes.append(_("Who did it not once in the period is not counted."))
        if not query.breaks:
            notes.append(_("Bars are drawn so that the values of one differ as little as can be."))
        return notes

    def title(self, result: DistributionResult, select: Selection) -> str:
        """Say who is in which bar."""
        bar = picked(result.total.bars, select.get("bar"))
        text = f"{_measure(result)} · {_span(result, bar)}" if bar else _("Everybody counted")
        return text + group_title(result.groups, select)


def _rows(result: DistributionResult, place: int | None, group: Any) -> Iterator[tuple[Cell, ...]]:
    for at, bar in enumerate(group.bars):
        door = opened(result.asked, bar=at, group=place)
        yield text_cell(_span(result, bar)), count_cell(bar.count, door), share_cell(bar.share)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _measure(result: DistributionResult) -> str:
    query: Any = result.asked.query
    if query.measure != "sum":
        return _(MEASURES[query.measure])
    money = _(" ({currency})", currency=workspace().currency) if is_amount(query.property) else ""
    return _("Sum of {property}", property=query.property) + money


def _span(result: DistributionResult, bar: DistributionBar) -> str:
    query: Any = result.asked.query
    if bar.low is None:
        return _("under {high}", high=plain(bar.high))
    if bar.high is None:
        return _("{low} and more", low=plain(bar.low))
    if query.measure == "sum":
        return f"{plain(bar.low)} – < {plain(bar.high)}"
    # Whole numbers: the last one below the next break.
    last = -int(-bar.high // 1) - 1
    return plain(bar.low) if last <= bar.low else f"{plain(bar.low)} – {plain(last)}"


def _bars(result: DistributionResult, colours: Palette) -> dict[str, Any]:
    labels = [_span(result, bar) for bar in result.total.bars]
    groups = drawn_groups(result, lambda group: group.count, counted(result.asked))
    series = [
        bars(
            name,
            [door(bar.count, opened(result.asked, bar=at, group=place)) for at, bar in enumerate(group.bars)],
            hue(rank, colours) if len(groups) > 1 else colours.bar,
            tooltip=said(),
        )
        for rank, (place, name, group) in enumerate(groups)
    ]
    axis = names_across(labels, colours, wrap=True)
    return chart(colours, legend=len(series) > 1, xAxis=axis, yAxis=numbers_up(colours), series=series)
