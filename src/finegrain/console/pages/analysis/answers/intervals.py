"""How the answer about intervals reads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

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
from finegrain.console.pages.analysis.options import (
    bars,
    chart,
    door,
    hue,
    line,
    names_across,
    numbers_up,
    said,
    seconds_script,
    still_open,
    times_up,
)
from finegrain.console.pages.analysis.words import bucket_name, counted, duration, span_text
from finegrain.console.widgets.formats import number
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.intervals.result import IntervalGroup, IntervalResult
    from finegrain.console.pages.analysis.contract import Cell, Selection
    from finegrain.console.theme import Palette


class IntervalsAnswer:
    """Reads the answers about intervals."""

    def is_empty(self, result: IntervalResult) -> bool:
        """Say whether there is no interval."""
        return result.total.time.count == 0

    def pictures(self, result: IntervalResult) -> list[Picture]:
        """Give how long it takes, and how that changes over time."""
        return [
            Picture(_("How long it takes"), lambda colours: _histogram(result, colours), 300),
            Picture(_("Median over time"), lambda colours: _over_time(result, colours), 240, _("by the start of the interval")),
        ]

    def table(self, result: IntervalResult) -> ResultTable:
        """Give a row a bar of all and of each group."""
        columns = (
            TableColumn(_("Takes"), "text"),
            TableColumn(_("Intervals")),
            TableColumn(_("Share")),
            TableColumn(counted(result.asked)),
        )
        return grouped_table(result, columns, partial(_rows, result))

    def figures(self, result: IntervalResult) -> list[Figure]:
        """Give the middle, the slow end, and how many there are."""
        time = result.total.time
        return [
            Figure(_("Median"), duration(time.median_s), _("half take no longer")),
            Figure(_("Mean"), duration(time.mean_s)),
            Figure(_("90th percentile"), duration(time.p90_s), _("nine in ten take no longer")),
            Figure(counted(result.asked), number(result.total.actors), _intervals(time.count), opened(result.asked)),
        ]

    def notes(self, result: IntervalResult) -> list[str]:
        """Say what makes no interval."""
        query: Any = result.asked.query
        notes = [_("A start whose end does not come within {window} makes no interval.", window=span_text(query.window))]
        if query.closing == "latest":
            notes.append(_("An end closes the latest start before it alone."))
        if any(bucket.open for bucket in result.total.over_time):
            notes.append(_("Starts of the last days can still find their end."))
        return notes

    def title(self, result: IntervalResult, select: Selection) -> str:
        """Say whose interval lies in which bar."""
        bar = picked(range(len(result.total.time.counts)), select.get("bar"))
        text = _("With an interval") if bar is None else _("Takes {span}", span=_span(result, bar))
        return text + group_title(result.groups, select)


def _intervals(count: int) -> str:
    return ngettext("{count} interval", "{count} intervals", count, count=number(count))


def _span(result: IntervalResult, bar: int) -> str:
    low, high = result.total.time.breaks_s[bar : bar + 2]
    if not low:
        return _("under {time}", time=duration(high))
    # A unit that both ends have is said once, so that more spans fit below an axis.
    count, _space, unit = duration(low).rpartition(" ")
    same = unit == duration(high).rpartition(" ")[2]
    return f"{count if same else duration(low)} – {duration(high)}"


def _rows(result: IntervalResult, place: int | None, group: IntervalGroup) -> Iterator[tuple[Cell, ...]]:
    yield from (_row(result, place, group, bar) for bar, count in enumerate(group.time.counts) if count)


def _row(result: IntervalResult, place: int | None, group: IntervalGroup, bar: int) -> tuple[Cell, ...]:
    count = group.time.counts[bar]
    return (
        text_cell(_span(result, bar)),
        count_cell(count),
        share_cell(count / group.time.count if group.time.count else None),
        count_cell(group.actors_by_bar[bar], opened(result.asked, bar=bar, group=place)),
    )


def _used(result: IntervalResult) -> range:
    """Give the bars from the first to the last that is not empty."""
    used = [bar for bar, count in enumerate(result.total.time.counts) if count]
    return range(used[0], used[-1] + 1) if used else range(0)


def _groups(result: IntervalResult) -> list[tuple[int | None, str, Any]]:
    return drawn_groups(result, lambda group: group.time.count, counted(result.asked))


def _histogram(result: IntervalResult, colours: Palette) -> dict[str, Any]:
    labels = [_span(result, bar) for bar in _used(result)]
    groups = _groups(result)
    series = [
        bars(
            name,
            [door(group.actors_by_bar[bar], opened(result.asked, bar=bar, group=place)) for bar in _used(result)],
            hue(rank, colours) if len(groups) > 1 else colours.bar,
            tooltip=said(),
        )
        for rank, (place, name, group) in enumerate(groups)
    ]
    axis = names_across(labels, colours)
    return chart(colours, legend=len(series) > 1, xAxis=axis, yAxis=numbers_up(colours), series=series)


def _over_time(result: IntervalResult, colours: Palette) -> dict[str, Any]:
    query: Any = result.asked.query
    labels = [bucket_name(bucket.start, query.granularity) for bucket in result.total.over_time]
    groups = _groups(result)
    series = [
        line(
            name if len(groups) > 1 else _("Median"),
            [bucket.median_s for bucket in group.over_time],
            hue(rank, colours),
            tooltip=said(seconds_script()),
        )
        for rank, (_place, name, group) in enumerate(groups)
    ]
    series[0] |= still_open([bucket.open for bucket in result.total.over_time], labels, colours)
    most = max((bucket.median_s or 0 for _place, _name, group in groups for bucket in group.over_time), default=0)
    axis = times_up(colours, most)
    return chart(colours, legend=len(series) > 1, xAxis=names_across(labels, colours), yAxis=axis, series=series)
