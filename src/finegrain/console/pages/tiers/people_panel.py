"""The people behind a number: a panel at the side of the tiers page that lists them, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.people.address import PeopleAddress
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.people.rows import PERSON_CELL, row_style
from finegrain.console.pages.tiers.view import people_behind
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.states import button_link, error_state
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.errors import FinegrainError
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.audience.directory import SortKey
    from finegrain.console.pages.tiers.view import TiersView


class PeoplePanel:
    """The panel; closed until a number is clicked.

    Args:
        on_close: is called when the reader closes it.
    """

    def __init__(self, on_close: Callable[[], Any]) -> None:
        self._on_close = on_close
        self._dialog = ui.dialog().props("position=right full-height no-route-dismiss").classes("fg-panel-dialog")
        self._dialog.on("hide", self._on_close)
        with self._dialog:
            self._panel = ui.element("div").classes("fg-panel")

    def show(self, view: TiersView) -> None:
        """List the people that the address of ``view`` names; close when it names none."""
        address = view.address
        self._panel.clear()
        if not address.tier:
            self._dialog.close()
            return
        with self._panel:
            try:
                self._fill(view)
            except FinegrainError as error:  # a link names a tier that these thresholds do not have
                self._head(_("People"), "")
                error_state(error)
        self._dialog.open()

    def _fill(self, view: TiersView) -> None:
        address = view.address
        count = len(people_behind(view, address.tier, address.cell))
        tiers = [(address.scheme, view.result.tier(address.tier).name)]
        if address.cell:
            tiers.append((address.by, view.matrix.column_result.tier(address.cell).name))
        names = " · ".join(_(name) for _scheme, name in tiers)
        self._panel.props["aria-label"] = names
        self._head(names, ngettext("{count} person", "{count} people", count, count=number(count)))
        with ui.element("div").classes("fg-panel-tools"):
            download_link(_("Export as CSV"), address.people_url())
            if not address.draft:
                keys = {address.scheme: address.tier} | ({address.by: address.cell} if address.cell else {})
                button_link(_("Search in the list"), PeopleAddress(tiers=keys, as_of=address.as_of).url(), primary=False)
        self._table(view)

    def _head(self, title: str, count: str) -> None:
        with ui.element("div").classes("fg-panel-head"):
            with ui.element("div"):
                with ui.element("h2").classes("fg-panel-title"):
                    ui.label(title)
                ui.label(count).classes("fg-panel-count fg-num")
            close = ui.button(icon="close", on_click=self._dialog.close, color=None).props("flat round dense").classes("fg-tool")
            close.props["aria-label"] = _("Close the list")

    def _table(self, view: TiersView) -> None:
        columns = (
            Column("person", _("Person")),
            Column("purchases", _("Orders"), "number", sortable=True),
            Column("revenue", _("Net revenue"), "number", sortable=True),
            Column("average", _("Average order value"), "number"),
            Column("last_purchase", _("Last order"), "number", sortable=True),
        )
        table = DataTable(columns, lambda request: _page(view, request), label=_("People"), sort="revenue")
        table.table.add_slot("body-cell-person", PERSON_CELL)


def _page(view: TiersView, request: TableRequest) -> TablePage:
    address, ws = view.address, workspace()
    sort: SortKey = next((key for key in ("purchases", "revenue", "last_purchase") if key == request.sort), "id")
    found = ws.directory.search(
        as_of=view.as_of,
        among=people_behind(view, address.tier, address.cell),
        sort=sort,
        descending=request.descending,
        page=request.page,
        per_page=request.per_page,
    )
    style = row_style(ws, view.as_of, address.as_of)
    return TablePage(found.total, [style.table_row(row) for row in found.rows])
