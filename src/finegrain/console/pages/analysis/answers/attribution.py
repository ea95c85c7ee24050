"""How attribution's answer reads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import count_cell, group_title, grouped_table, opened, share_cell, text_cell
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import chart, door, hue, names_down, numbers_across, said
from finegrain.console.pages.analysis.words import MODELS, shown_event
from finegrain.console.pages.people.rows import plain_amount
from finegrain.console.widgets.formats import money_compact, number, percent
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.attribution.result import AttributionGroup, AttributionResult, TouchCredits
    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette
    from finegrain.money import Money

_BAR_PX, _ROW_PX = 14, 22
_SHOWN = 15
_ROOM = 1.18
"""How much longer than the longest bar the axis is, for the label behind it."""


class AttributionAnswer:
    """Reads the answers about attribution."""

    def is_empty(self, result: AttributionResult) -> bool:
        """Say whether there is no conversion."""
        return result.total.conversions == 0

    def pictures(self, result: AttributionResult) -> list[Picture]:
        """Give the credit of each touch by each model."""
        query: Any = result.asked.query
        rows = len(_drawn(result))
        height = rows * (_BAR_PX * len(query.models) + _ROW_PX) + 50
        hint = _("money credited") if result.total.amount else _("conversions credited")
        return [Picture(_("What conversions are owed to"), lambda colours: _bars(result, colours), height, hint)]

    def table(self, result: AttributionResult) -> ResultTable:
        """Give a row a touch and model, of all and of each group."""
        heads = [_("Credited conversions"), _("Share"), _("Conversions touched"), _("People")]
        columns = [TableColumn(_("Touch"), "text"), TableColumn(_("Model"), "text"), *(TableColumn(head) for head in heads)]
        if result.total.amount is not None:
            columns.append(TableColumn(_("Money ({currency})", currency=result.currency)))
        return grouped_table(result, columns, partial(_rows, result))

    def figures(self, result: AttributionResult) -> list[Figure]:
        """Give the conversions, their money, and how many have no touch."""
        total = result.total
        direct = next((touch for touch in total.touches if touch.kind == "direct"), None)
        model = next(iter(direct.by_model), "") if direct else ""
        figures = [Figure(_("Conversions"), number(total.conversions)), Figure(_("People"), number(total.actors))]
        if total.amount is not None:
            figures.append(Figure(_("Money"), _money(total.amount)))
        if direct:
            credit = direct.by_model[model]
            select = opened(result.asked, model=model, kind="direct")
            figures.append(Figure(_("Without a touch"), percent(credit.share), number(credit.credited), select))
        return figures

    def notes(self, result: AttributionResult) -> list[str]:
        """Say what a share of credit is not, and which conversions have no amount."""
        notes = [_("Credit says what came before, not what caused it.")]
        if result.total.without_amount:
            text = ngettext(
                "{count} conversion has no amount and counts 0.",
                "{count} conversions have no amount and count 0.",
                result.total.without_amount,
                count=number(result.total.without_amount),
            )
            notes.append(text)
        return notes

    def title(self, result: AttributionResult, select: Selection) -> str:
        """Say whose conversions have credit of which touch."""
        kind = select.get("kind", "touch")
        touch = next((one for one in result.total.touches if one.kind == kind and one.touch == select.get("touch", "")), None)
        name = _touch(touch) if touch else str(select.get("touch", ""))
        model = _(MODELS.get(str(select.get("model")), ""))
        return f"{name} · {model}" + group_title(result.groups, select)


def _touch(touch: TouchCredits) -> str:
    return shown_event(touch.touch) if touch.kind == "touch" else touch.name


def _money(money: Money) -> str:
    return money_compact(money.amount_minor, money.currency)


def _select(result: AttributionResult, touch: TouchCredits, model: str, group: int | None = None) -> Selection | None:
    kind = touch.kind if touch.kind != "touch" else None
    return opened(result.asked, model=model, touch=touch.touch or None, kind=kind, group=group)


def _rows(result: AttributionResult, place: int | None, group: AttributionGroup) -> Iterator[tuple[Cell, ...]]:
    for touch in group.touches:
        yield from (_row(result, place, touch, model) for model, credit in touch.by_model.items() if credit.credited)


def _row(result: AttributionResult, group: int | None, touch: TouchCredits, model: str) -> tuple[Cell, ...]:
    credit = touch.by_model[model]
    cells = (
        text_cell(_touch(touch)),
        text_cell(_(MODELS[model])),
        count_cell(round(credit.conversions, 2)),
        share_cell(credit.share),
        count_cell(credit.credited),
        count_cell(credit.actors, _select(result, touch, model, group)),
    )
    if credit.money is None:
        return cells
    return (*cells, Cell(_money(credit.money), plain_amount(credit.money.amount_minor, credit.money.currency)))


def _bars(result: AttributionResult, colours: Palette) -> dict[str, Any]:
    query: Any = result.asked.query
    touches = _drawn(result)
    names = [_touch(touch) for touch in touches]
    label = {"show": True, "position": "right", "color": colours.muted, "fontSize": 11}
    series: list[dict[str, Any]] = [
        {
            "name": _(MODELS[model]), "type": "bar", "barMaxWidth": 12, "color": hue(rank, colours), "label": label,
            "itemStyle": {"borderRadius": [0, 3, 3, 0]},
            "tooltip": said(currency=result.currency if result.total.amount else ""),
            "data": [_bar(result, touch, model) for touch in touches],
        }
        for rank, model in enumerate(query.models)
    ]  # fmt: skip
    most = max((item["value"] for one in series for item in one["data"]), default=0)
    across = numbers_across(most=most * _ROOM or 1)
    return chart(colours, legend=len(series) > 1, xAxis=across, yAxis=names_down(names, colours), series=series)


def _drawn(result: AttributionResult) -> list[TouchCredits]:
    """Give the first touches that have any credit."""
    return [touch for touch in result.total.touches if any(one.credited for one in touch.by_model.values())][:_SHOWN]


def _bar(result: AttributionResult, touch: TouchCredits, model: str) -> dict[str, Any]:
    credit = touch.by_model[model]
    value = credit.conversions if credit.money is None else float(credit.money.major)
    return door(value, _select(result, touch, model), label={"formatter": percent(credit.share)})
