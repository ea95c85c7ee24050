"""The page of one past import: what was read, taken, refused and why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.importing.refused import refused_table
from finegrain.console.pages.importing.words import KINDS, reason_name
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.formats import moment, money_compact, number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.i18n import N_, _, current_language
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.collect.imports.contract import ImportRecord


@page("/import/run/{import_id}", title=N_("Result of the import"), nav="import")
def import_result(import_id: int) -> None:
    """Show the page."""
    Loaded(lambda: _find(import_id), _show, classes="fg-stack")


def _find(import_id: int) -> ImportRecord | None:
    return next((record for record in workspace().imports.history() if record.id == import_id), None)


def _show(record: ImportRecord | None) -> None:
    if record is None:
        empty_state(
            "search_off",
            _("There is no such import"),
            actions=lambda: button_link(_("All imports"), "/import"),
        )
        return
    names = ", ".join(PurePath(file).name for file in record.files) or _("Replay of refused rows")
    set_title(names)
    hint = f"{_(KINDS[record.kind])} · {moment(record.finished_at, workspace().zone)}"
    with ui.element("div").classes("fg-stack"):
        with page_head(names, hint=hint, back=("/import", _("Import data"))):
            button_link(_("See the tiers"), "/tiers")
            button_link(_("See the people"), "/people", primary=False)
        _figures(record)
        _rejected(record)


def _figures(record: ImportRecord) -> None:
    figures = record.summary
    with ui.element("div").classes("fg-kpis"):
        kpi(_("Rows read"), number(figures["rows"]))
        kpi(_("Accepted"), number(figures["accepted"]), tip=_("Rows that are good, repeated ones included."))
        kpi(_("Refused"), number(sum(figures["rejected"].values())))
        kpi(_("Repeated"), number(figures["duplicates"]), tip=_("Accepted rows that were stored before and changed nothing."))
        if record.kind == "orders":
            kpi(_("Orders added"), number(figures["orders"]))
            kpi(_("Refunds added"), number(figures["refunds"]))
            revenue = Money.from_major(Decimal(figures["net_revenue"]), figures["currency"])
            short = money_compact(revenue.amount_minor, revenue.currency)
            kpi(_("Net revenue of the file"), short, tip=revenue.text(current_language()))
        elif record.kind == "events":
            kpi(_("Events added"), number(figures["events"]))
        kpi(_("People in the file"), number(figures["people"]))
        kpi(_("People new"), number(figures["new_people"]))


def _rejected(record: ImportRecord) -> None:
    rejected: dict[str, int] = record.summary["rejected"]
    if not rejected:
        with card(_("Refused rows")):
            empty_state("task_alt", _("No row was refused"))
        return
    with card(_("Refused rows")):
        with ui.element("div").classes("fg-row fg-gap-below"):
            for reason, count in sorted(rejected.items(), key=lambda item: -item[1]):
                link = ui.element("a").classes("fg-pill")
                link.props["href"] = f"/import/refused?reason={reason}&import_id={record.id}"
                with link:
                    ui.label(reason_name(reason))
                    ui.label(number(count)).classes("fg-num")
        refused_table(import_id=record.id, reason=None)
