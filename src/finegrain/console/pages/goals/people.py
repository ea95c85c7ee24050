"""The people whom a goal is for, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.rows import PERSON_CELL, row_style
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.audience.directory import SortKey
    from finegrain.strategy.goals.progress import Progress


def people_card(progress: Progress) -> None:
    """Draw the table; whom a live goal is for is asked as of the moment of its progress."""
    columns = (
        Column("person", _("Person")),
        Column("purchases", _("Orders"), "number", sortable=True),
        Column("revenue", _("Net revenue"), "number", sortable=True),
        Column("last_purchase", _("Last order"), "number", sortable=True),
        Column("last_event", _("Last seen"), "number", sortable=True),
    )
    with card(_("People")):
        count = ui.label().classes("fg-hint").props("aria-live=polite")

        def total(found: int) -> None:
            count.text = people_text(found)

        table = DataTable(
            columns, lambda request: _page(progress, request), label=_("People"), sort="revenue", per_page=10, on_total=total
        )
        table.table.add_slot("body-cell-person", PERSON_CELL)


def _page(progress: Progress, request: TableRequest) -> TablePage:
    ws = workspace()
    keys: tuple[SortKey, ...] = ("purchases", "revenue", "last_purchase", "last_event")
    sort: SortKey = next((key for key in keys if key == request.sort), "id")
    found = ws.directory.search(
        as_of=progress.as_of,
        among=ws.goals.people(progress.goal.id, progress.as_of),
        sort=sort,
        descending=request.descending,
        page=request.page,
        per_page=request.per_page,
    )
    style = row_style(ws, progress.as_of)
    return TablePage(found.total, [style.table_row(row) for row in found.rows])
