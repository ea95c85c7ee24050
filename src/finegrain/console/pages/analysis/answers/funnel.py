"""How a funnel's answer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    drawn_groups,
    group_title,
    grouped_table,
    opened,
    share_cell,
    text_cell,
    time_cell,
)
from finegrain.console.pages.analysis.contract import Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import (
    MOST_LINES,
    PERCENT,
    bar_label,
    chart,
    door,
    hue,
    line,
    names_across,
    names_down,
    numbers_across,
    said,
    shares_up,
    still_open,
)
from finegrain.console.pages.analysis.words import bucket_name, counted, duration, shown_event, span_text
from finegrain.console.widgets.formats import NOTHING, number, percent
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from finegrain.behaviour.funnel.result import FunnelGroup, FunnelResult, FunnelStep
    from finegrain.console.pages.analysis.contract import Cell, Selection
    from finegrain.console.theme import Palette

_ROW_PX, _GROUP_PX = 58, 15


class FunnelAnswer:
    """Reads the answers of funnels."""

    def is_empty(self, result: FunnelResult) -> bool:
        """Say whether nobody did the first step."""
        return result.total.steps[0].count == 0

    def pictures(self, result: FunnelResult) -> list[Picture]:
        """Give the steps, and the conversion over time."""
        steps = len(result.total.steps)
        bars = min(len(result.groups), MOST_LINES)
        build = _grouped_steps if result.groups else _steps
        height = steps * max(_ROW_PX, bars * _GROUP_PX + 18) + (52 if bars else 20)
        return [
            Picture(_("How far they come"), lambda colours: build(result, colours), height),
            Picture(_("Conversion over time"), lambda colours: _over_time(result, colours), 240, _("by the start of the chain")),
        ]

    def table(self, result: FunnelResult) -> ResultTable:
        """Give a row a step of all and of each group."""
        heads = [_("Step"), counted(result.asked), _("Left before"), _("Of the first step"), _("Of the step before")]
        columns = [TableColumn(heads[0], "text"), *(TableColumn(head) for head in heads[1:])]
        columns += [TableColumn(_("Median time")), TableColumn(_("90th percentile"))]
        return grouped_table(
            result,
            columns,
            lambda place, group: (_row(result, place, number_, step) for number_, step in enumerate(group.steps, start=1)),
        )

    def figures(self, result: FunnelResult) -> list[Figure]:
        """Give the conversion, who started, who made it, and how long it took."""
        first, last = result.total.steps[0], result.total.steps[-1]
        return [
            Figure(_("Conversion"), percent(result.total.conversion), _("from the first step to the last")),
            Figure(_("Started"), number(first.count), counted(result.asked), opened(result.asked, step=1)),
            Figure(_("Made it"), number(last.count), select=opened(result.asked, step=len(result.total.steps))),
            Figure(_("Median time"), duration(result.total.time.median_s), _("90% within {time}", time=_p90(result.total))),
        ]

    def notes(self, result: FunnelResult) -> list[str]:
        """Say what is still open, and how the groups overlap."""
        query: Any = result.asked.query
        opens = sum(bucket.open for bucket in result.total.over_time)
        notes = []
        if opens:
            text = ngettext(
                "The window of {window} has not closed for {n} bucket: some may still convert.",
                "The window of {window} has not closed for {n} buckets: some may still convert.",
                opens,
                window=span_text(query.window),
            )
            notes.append(text)
        if query.starts == "first_ever":
            notes.append(_("Whose first event of step 1 lies before the period is not counted."))
        if result.groups and query.attribution == "all":
            notes.append(_("One can be in several groups, so that groups can add up to more than all."))
        return notes

    def title(self, result: FunnelResult, select: Selection) -> str:
        """Say who came to a step, or left before it."""
        place = select.get("step")
        steps = result.total.steps
        name = _name(place, steps[place - 1]) if isinstance(place, int) and 1 <= place <= len(steps) else NOTHING
        dropped = select.get("outcome") == "dropped"
        text = _("Left before: {step}", step=name) if dropped else _("Reached: {step}", step=name)
        return text + group_title(result.groups, select)


def _name(place: int, step: FunnelStep) -> str:
    return _("{n} steps", n=place) if step.name == str(place) else f"{place} {shown_event(step.name)}"


def _p90(group: FunnelGroup) -> str:
    return duration(group.time.p90_s)


def _row(result: FunnelResult, group: int | None, place: int, step: FunnelStep) -> tuple[Cell, ...]:
    asked = result.asked
    left = opened(asked, step=place, outcome="dropped", group=group) if place > 1 else None
    return (
        text_cell(_name(place, step)),
        count_cell(step.count, opened(asked, step=place, group=group)),
        count_cell(step.dropped, left),
        share_cell(step.from_first),
        share_cell(step.from_previous if place > 1 else None),
        time_cell(step.time.median_s if step.time else None),
        time_cell(step.time.p90_s if step.time else None),
    )


def _steps(result: FunnelResult, colours: Palette) -> dict[str, Any]:
    steps = list(enumerate(result.total.steps, start=1))
    came, left = _("Came so far"), _("Left before this step")
    made = [
        door(step.count, opened(result.asked, step=place), label=bar_label(_counted(step), step.from_first, colours))
        for place, step in steps
    ]
    gone = [door(step.dropped, opened(result.asked, step=place, outcome="dropped")) for place, step in steps]
    shared = {"type": "bar", "stack": "steps", "barMaxWidth": 30, "tooltip": said()}
    label = {"show": True, "position": "insideLeft", "distance": 8, "color": "#fff", "fontSize": 13, "fontWeight": 600}
    return chart(
        colours,
        legend=True,
        xAxis=numbers_across(most=max(1, result.total.steps[0].count)),
        yAxis=names_down([_name(place, step) for place, step in steps], colours),
        series=[
            {"name": came, "data": made, "color": colours.ramp_middle, "label": label, **shared},
            {"name": left, "data": gone, "color": colours.accent_soft, "label": {"show": False}, **shared},
        ],
    )


def _started(group: Any) -> int:
    return int(group.steps[0].count)


def _grouped_steps(result: FunnelResult, colours: Palette) -> dict[str, Any]:
    names = [_name(place, step) for place, step in enumerate(result.total.steps, start=1)]
    shown = drawn_groups(result, _started, counted(result.asked))
    label = {"show": True, "position": "right", "color": colours.muted, "fontSize": 11}
    series = [
        {
            "name": name, "type": "bar", "barMaxWidth": 12, "color": hue(rank, colours), "label": label, "tooltip": said(PERCENT),
            "itemStyle": {"borderRadius": [0, 3, 3, 0]},
            "data": [
                door(step.from_first, opened(result.asked, step=number_, group=place), label={"formatter": _counted(step)})
                for number_, step in enumerate(group.steps, start=1)
            ],
        }
        for rank, (place, name, group) in enumerate(shown)
    ]  # fmt: skip
    return chart(colours, legend=True, xAxis=numbers_across(most=1.16), yAxis=names_down(names, colours), series=series)


def _counted(step: FunnelStep) -> str:
    return f"{number(step.count)} · {percent(step.from_first)}"


def _over_time(result: FunnelResult, colours: Palette) -> dict[str, Any]:
    query: Any = result.asked.query
    labels = [bucket_name(bucket.start, query.granularity) for bucket in result.total.over_time]
    groups = drawn_groups(result, _started, _("Conversion"))
    series = [
        line(name, [bucket.conversion for bucket in group.over_time], hue(rank, colours), tooltip=said(PERCENT))
        for rank, (_place, name, group) in enumerate(groups)
    ]
    series[0] |= still_open([bucket.open for bucket in result.total.over_time], labels, colours)
    return chart(
        colours,
        legend=len(series) > 1,
        xAxis=names_across(labels, colours),
        yAxis=shares_up(colours, max(bucket.conversion or 0 for _place, _name, group in groups for bucket in group.over_time)),
        series=series,
    )
