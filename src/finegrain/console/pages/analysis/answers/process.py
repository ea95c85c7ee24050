"""How a process diagnosis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    counted_text,
    opened,
    picked,
    q_cell,
    share_cell,
    text_cell,
    time_cell,
    told,
)
from finegrain.console.pages.analysis.contract import Cell, Figure, NamedTable, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import bar_label, chart, door, names_down, numbers_across, said
from finegrain.console.pages.analysis.words import shown_event
from finegrain.console.widgets.formats import NOTHING, money_compact, number, percent
from finegrain.i18n import N_, _, ngettext
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.contract import Selection, Told
    from finegrain.console.theme import Palette

_ROW_PX, _FEW = 54, 5
_OUTCOMES = {
    "reached": N_("Reached: {step}"),
    "converted": N_("Went on after: {step}"),
    "dropped": N_("Left after: {step}"),
    "lost": N_("Left after {step}, and did not finish later"),
    "skipped": N_("Skipped: {step}"),
    "returned": N_("Went back to: {step}"),
    "repeated": N_("Repeated: {step}"),
}


class ProcessAnswer:
    """Reads process diagnoses."""

    def is_empty(self, result: Any) -> bool:
        """Say whether nobody began."""
        return not result.steps[0].cases

    def sentences(self, result: Any) -> list[Told]:
        """Give the report."""
        return told(result.asked, result.report())

    def further(self, result: Any) -> list[NamedTable]:
        """Give the points of improvement, the ways through the process, and what is done again."""
        return [
            NamedTable(_("Points of improvement, by what they are worth"), _points(result)),
            NamedTable(_("Ways through the process"), _variants(result)),
            NamedTable(_("Done again"), _rework(result)),
        ]

    def pictures(self, result: Any) -> list[Picture]:
        """Give how far cases come, and what is lost where."""
        steps = len(result.steps)
        pictures = [Picture(_("How far cases come"), lambda colours: _steps(result, colours), steps * _ROW_PX + 50)]
        if result.losses:
            lost = len(result.losses) * _ROW_PX + 20
            hint = _("what the lost people would have brought at the usual pace") if _in_money(result) else _("completions lost")
            pictures.append(Picture(_("What is lost where"), lambda colours: _losses(result, colours), lost, hint))
        return pictures

    def table(self, result: Any) -> ResultTable:
        """Give a row a step."""
        heads = [_("Cases"), _("People"), _("Go on"), _("Left, not back"), _("Then finish"), _("Lost completions")]
        columns = [TableColumn(_("Step"), "text"), *(TableColumn(head) for head in heads)]
        columns += [TableColumn(_("Lost value")), TableColumn(_("Median wait")), TableColumn(_("90% within"))]
        return ResultTable(tuple(columns), tuple(_row(result, step) for step in result.steps))

    def figures(self, result: Any) -> list[Figure]:
        """Give cases, completions, their value, and the findings."""
        done = result.completions
        each = "" if done.value_each is None else _("{value} each", value=_value(result, done.value_each))
        return [
            Figure(_("Cases"), number(result.steps[0].cases), _people(result.steps[0].people), opened(result.asked, step=1)),
            Figure(_("Finish"), percent(done.share), _("{n} cases", n=number(done.cases))),
            Figure(_("Value"), _value(result, done.value), each),
            Figure(_("Findings"), number(len(result.findings)), _("of {n} comparisons", n=number(result.compared.made))),
        ]

    def notes(self, result: Any) -> list[str]:
        """Say how findings are to be read."""
        del result
        return [_("A value that does worse goes along with leaving; whether it is the cause, only a trial can tell.")]

    def title(self, result: Any, select: Selection) -> str:
        """Say whose cases are listed."""
        place = select.get("step", 1)
        step = picked(result.steps, place - 1 if isinstance(place, int) else None)
        variant = picked(result.variants, select.get("variant"))
        text = _(_OUTCOMES.get(str(select.get("outcome", "reached")), "{step}"))
        title = text.format(step=_step(step) if step else NOTHING)
        if variant is not None:
            return _way(result, variant)
        split = picked(result.splits, select.get("split"))
        group = picked(split.groups, select.get("group", 0)) if split else None
        return f"{title} · {split.property}: {group.group.name}" if split and group else title


def _people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count, count=number(count))


def _step(step: Any) -> str:
    return f"{step.number} {shown_event(step.name)}"


def _value(result: Any, value: float | None) -> str:
    return NOTHING if value is None else money_compact(_minor(result, value), result.currency)


def _minor(result: Any, value: float) -> int:
    from decimal import Decimal

    return Money.from_major(Decimal(str(value)), result.currency).amount_minor


def _worth_cells(result: Any, worth: Any) -> tuple[Cell, Cell]:
    if worth is None:
        return Cell(NOTHING), Cell(NOTHING)
    value = None if worth.value is None else round(worth.value, 2)
    completions = number(worth.completions, decimals=0 if worth.completions >= 10 else 1)  # noqa: PLR2004 - as reports write it
    return Cell(completions, round(worth.completions, 4)), Cell(_value(result, worth.value), value)


def _row(result: Any, step: Any) -> tuple[Cell, ...]:
    asked = result.asked
    lost = opened(asked, step=step.number, outcome="lost")
    return (
        text_cell(_step(step)),
        count_cell(step.cases),
        count_cell(step.people, opened(asked, step=step.number)),
        share_cell(step.conversion),
        count_cell(step.lost_people, lost),
        share_cell(step.onward),
        *_worth_cells(result, step.lost),
        time_cell(step.time.median_s if step.time else None),
        time_cell(step.time.p90_s if step.time else None),
    )


def _points(result: Any) -> ResultTable:
    heads = [_("Go on here"), _("With the others"), _("Left, not back"), "q", _("Completions"), _("Value")]
    columns = (TableColumn(_("After"), "text"), TableColumn(_("Where"), "text"), *(TableColumn(head) for head in heads))
    rows = tuple(_point(result, point) for point in result.points)
    # Findings come first; what chance explains would bury them.
    first = max(_FEW, len(result.findings))
    rest = ngettext("Show {n} more difference", "Show {n} more differences", max(0, len(rows) - first))
    return ResultTable((*columns, TableColumn(_("Judgement"), "text")), rows, first, rest)


def _point(result: Any, point: Any) -> tuple[Cell, ...]:
    split = result.splits[point.split]
    select = opened(result.asked, step=point.step, outcome="lost", split=point.split, group=point.group)
    verdict = _("worse than chance explains") if point.significant else _("not beyond chance")
    return (
        text_cell(_step(result.steps[point.step - 1])),
        text_cell(f"{split.property}: {split.groups[point.group].group.name}"),
        share_cell(point.here.conversion),
        share_cell(point.others_conversion),
        count_cell(point.here.lost_people, select),
        q_cell(point.q),
        *_worth_cells(result, point.lost),
        text_cell(verdict, quiet=not point.significant),
    )


def _way(result: Any, variant: Any) -> str:
    if not variant.steps:
        return ngettext("{n} other way", "{n} other ways", variant.ways)
    names = [shown_event(result.steps[number_ - 1].name) for number_ in variant.steps]
    return " → ".join([*names, "…"] if variant.longer else names)


def _variants(result: Any) -> ResultTable:
    heads = (_("Cases"), _("Of all cases"), _("Finish"), _("People"))
    rows = tuple(
        (
            text_cell(_way(result, variant)),
            count_cell(variant.cases),
            share_cell(variant.share),
            share_cell(variant.completed / variant.cases if variant.cases else None),
            count_cell(variant.people, opened(result.asked, variant=place)),
        )
        for place, variant in enumerate(result.variants)
        if variant.cases
    )
    return ResultTable((TableColumn(_("Way"), "text"), *(TableColumn(head) for head in heads)), rows)


def _rework(result: Any) -> ResultTable:
    heads = (_("Cases"), _("Of the cases there"), _("Times"), _("Median time"), _("People"))
    rows = tuple(
        (
            text_cell(_(_OUTCOMES.get(one.kind, "{step}")).format(step=f"{one.step} {shown_event(one.name)}")),
            count_cell(one.cases),
            share_cell(one.share),
            count_cell(one.times),
            time_cell(one.time.median_s),
            count_cell(one.people, opened(result.asked, step=one.step, outcome=one.kind)),
        )
        for one in result.rework
    )
    return ResultTable((TableColumn(_("What"), "text"), *(TableColumn(head) for head in heads)), rows)


def _steps(result: Any, colours: Palette) -> dict[str, Any]:
    steps, first = result.steps, result.steps[0].cases
    labels = [bar_label(counted_text(step.cases, first), step.cases / max(1, first), colours) for step in steps]
    made = [
        door(step.cases, opened(result.asked, step=step.number), label=label) for step, label in zip(steps, labels, strict=True)
    ]
    label = {"show": True, "position": "insideLeft", "distance": 8, "color": "#fff", "fontSize": 13, "fontWeight": 600}
    bar = {
        "name": _("Cases"), "type": "bar", "barMaxWidth": 30, "data": made, "color": colours.ramp_middle, "label": label,
        "tooltip": said(),
    }  # fmt: skip
    names = names_down([_step(step) for step in steps], colours)
    return chart(colours, legend=False, xAxis=numbers_across(most=max(1, first)), yAxis=names, series=[bar])


def _in_money(result: Any) -> bool:
    return all(step.lost.value is not None for step in result.losses)


def _losses(result: Any, colours: Palette) -> dict[str, Any]:
    money = _in_money(result)
    data = [
        door(
            step.lost.value if money else step.lost.completions,
            opened(result.asked, step=step.number, outcome="lost"),
            label={"formatter": _value(result, step.lost.value) if money else number(step.lost.completions)},
        )
        for step in result.losses
    ]
    label = {"show": True, "position": "right", "color": colours.text, "fontSize": 12}
    bar = {
        "name": _("Lost value") if money else _("Lost completions"), "type": "bar", "barMaxWidth": 26, "data": data,
        "color": colours.bar, "label": label, "itemStyle": {"borderRadius": [0, 3, 3, 0]},
        "tooltip": said(currency=result.currency if money else ""),
    }  # fmt: skip
    names = names_down([_("after {step}", step=_step(step)) for step in result.losses], colours, width=150)
    most = max((item["value"] for item in data), default=0) * 1.2
    return chart(colours, legend=False, xAxis=numbers_across(most=most or 1), yAxis=names, series=[bar])
