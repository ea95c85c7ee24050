"""How a churn diagnosis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import count_cell, picked, q_cell, share_cell, text_cell, told
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import PERCENT, chart, door, names_down, numbers_across, said
from finegrain.console.pages.analysis.words import shown_event
from finegrain.console.pages.people.rows import plain_amount
from finegrain.console.widgets.formats import NOTHING, money_compact, number, percent
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.contract import NamedTable, Selection, Told
    from finegrain.console.theme import Palette

_SIGNS = {
    "unreached": N_("No message"),
    "event": N_("Did: {event}"),
    "trouble": N_("Trouble: {event}"),
    "missing": N_("Did not: {event}"),
    "last": N_("Last did: {event}"),
    "stopped": N_("{event}, then no {following}"),
}
_VERDICTS = {"finding": N_("marks the silent"), "none": N_("not beyond chance"), "thin": N_("too few people")}
_GROUPS = {
    "silent": N_("Went silent"),
    "stayed": N_("Stayed"),
    "too_new": N_("Left out: too new"),
    "outside": N_("Left out: outside the period"),
    "back": N_("Left out: silent and back"),
}
_ROW_PX, _SHOWN = 46, 12


class ChurnAnswer:
    """Reads churn diagnoses."""

    def is_empty(self, result: Any) -> bool:
        """Say whether there is nobody to compare."""
        return not (result.compared.silent or result.compared.stayed)

    def nothing(self, result: Any) -> tuple[str, str]:
        """Say why nobody can be compared, and what takes more people in."""
        who = result.compared
        text = _(
            "Too new: {too_new}. Silent and back: {back}. Outside the period: {outside}. "
            "A shorter silence, less time looked at before it, or a longer period takes more of them in.",
            **{name: number(getattr(who, name)) for name in ("too_new", "back", "outside")},
        )
        return _("There is nobody to compare"), text

    def sentences(self, result: Any) -> list[Told]:
        """Give the report."""
        return told(result.asked, result.report())

    def further(self, result: Any) -> list[NamedTable]:
        """Give no further table: all signs stand in one."""
        del result
        return []

    def pictures(self, result: Any) -> list[Picture]:
        """Give how frequent each sign is among the silent and among those who stayed."""
        rows = len(_drawn(result))
        if not rows:
            return []
        hint = _("share of comparable people with the sign")
        return [Picture(_("What marks the silent"), lambda colours: _bars(result, colours), max(120, rows * _ROW_PX + 50), hint)]

    def table(self, result: Any) -> ResultTable:
        """Give a row a sign, findings first, by what is at stake."""
        columns = (
            TableColumn(_("Sign"), "text"),
            TableColumn(_("Judgement"), "text"),
            TableColumn(_("Silent with it")),
            TableColumn(_("Of the silent")),
            TableColumn(_("Of those who stayed")),
            TableColumn(_("Times as often")),
            TableColumn("q"),
            TableColumn(_("At stake ({currency})", currency=result.currency)),
        )
        rows = tuple(_row(result, place, sign) for place, sign in enumerate(result.signs))
        judged = sum(sign.verdict != "thin" for sign in result.signs)
        thin = len(rows) - judged
        # Signs that too few people have come last, and are many: they would bury the others.
        more = ngettext("Show {n} sign that too few people have", "Show {n} signs that too few people have", thin)
        return ResultTable(columns, rows, judged or None, more)

    def figures(self, result: Any) -> list[Figure]:
        """Give who was compared, and what they brought."""
        who = result.compared
        alike = _("{n} comparable")
        return [
            Figure(_("Went silent"), number(who.silent), alike.format(n=number(who.matched_silent)), {"group": "silent"}),
            Figure(_("Stayed"), number(who.stayed), alike.format(n=number(who.matched_stayed)), {"group": "stayed"}),
            Figure(_("Signs found"), number(len(result.findings)), _("of {n} looked at", n=number(len(result.signs)))),
            Figure(_("Revenue"), money_compact(who.revenue_minor, result.currency), _("of the silent")),
        ]

    def notes(self, result: Any) -> list[str]:
        """Say nothing beside the report."""
        del result
        return []

    def title(self, result: Any, select: Selection) -> str:
        """Say who is listed: a group, with or without a sign."""
        group = _(_GROUPS.get(str(select.get("group", "silent")), "People"))
        sign = picked(result.signs, select.get("sign"))
        if sign is None:
            return group
        text = _("{group}, without: {sign}") if select.get("having") is False else _("{group}, with: {sign}")
        return text.format(group=group, sign=_name(sign))


def _name(sign: Any) -> str:
    text = _(_SIGNS.get(sign.kind, "{event}"))
    return text.format(event=shown_event(sign.event), following=shown_event(sign.following) if sign.following else "")


def _row(result: Any, place: int, sign: Any) -> tuple[Cell, ...]:
    ratio = NOTHING
    if sign.ratio is not None:
        ratio = f"{sign.ratio:.2f}\n{sign.low:.2f}–{sign.high:.2f}"
    stake = sign.stake_minor if sign.verdict == "finding" else None
    return (
        text_cell(_name(sign)),
        text_cell(_(_VERDICTS.get(sign.verdict, "")), quiet=sign.verdict != "finding"),
        count_cell(sign.silent_with, {"sign": place, "having": True}),
        share_cell(sign.share_silent),
        share_cell(sign.share_stayed),
        Cell(ratio, None if sign.ratio is None else round(sign.ratio, 4)),
        q_cell(sign.q),
        Cell(money_compact(stake, result.currency), None if stake is None else plain_amount(stake, result.currency)),
    )


def _drawn(result: Any) -> list[tuple[int, Any]]:
    """Give the first signs that were judged, with their places."""
    return [(place, sign) for place, sign in enumerate(result.signs) if sign.ratio is not None][:_SHOWN]


def _bars(result: Any, colours: Palette) -> dict[str, Any]:
    signs = _drawn(result)
    label = {"show": True, "position": "right", "color": colours.muted, "fontSize": 11}
    shared = {
        "type": "bar",
        "barMaxWidth": 12,
        "label": label,
        "tooltip": said(PERCENT),
        "itemStyle": {"borderRadius": [0, 3, 3, 0]},
    }
    sides = (("silent", _("Went silent"), "share_silent", colours.accent), ("stayed", _("Stayed"), "share_stayed", colours.faint))
    series = [
        {
            "name": name, "color": colour, **shared,
            "data": [
                door(getattr(sign, share), _side(group, place), label={"formatter": percent(getattr(sign, share))})
                for place, sign in signs
            ],
        }
        for group, name, share, colour in sides
    ]  # fmt: skip
    names = names_down([_name(sign) for _place, sign in signs], colours, width=180)
    return chart(colours, legend=True, xAxis=numbers_across(most=1.1), yAxis=names, series=series)


def _side(group: str, place: int) -> Selection:
    return {"sign": place, "having": True} | ({"group": group} if group != "silent" else {})
