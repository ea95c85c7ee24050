"""The list of people: filters, count and table, kept in step with one address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.people.address import PER_PAGE, allowed
from finegrain.console.pages.people.filters import PeopleFilters
from finegrain.console.pages.people.rows import PERSON_CELL, SCHEME_NAMES, RowStyle, row_style, scheme_labels
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.states import empty_state
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.audience.directory import SortKey
    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.console.pages.people.address import PeopleAddress

SHOWN_SCHEMES: tuple[SchemeName, ...] = ("rfm", "activity", "value")
"""Schemes whose tier is a column; the others can be filtered by."""
_SORTABLE: tuple[SortKey, ...] = ("purchases", "revenue", "last_purchase", "last_event")


@dataclass(frozen=True)
class ListingBasis:
    """What the list needs before its first page: the moment, how rows are written, and the filters' names and choices."""

    as_of: datetime
    everybody: int
    style: RowStyle
    choices: dict[SchemeName, dict[str, str]]
    labels: dict[SchemeName, str]


def basis(address: PeopleAddress) -> ListingBasis:
    """Work out what the list needs; takes a pass over everybody.

    Raises:
        BadValueError: the moment in the address is none.
    """
    ws = workspace()
    as_of = ws.as_of(address.as_of or None)
    results = {scheme: ws.tiering.compute(scheme, as_of) for scheme in ws.tiering.names()}
    choices = {
        scheme: {tier.key: _("{tier} · {n}", tier=_(tier.name), n=number(tier.people)) for tier in result.tiers}
        for scheme, result in results.items()
    }
    return ListingBasis(as_of, results["rfm"].total, row_style(ws, as_of, address.as_of), choices, scheme_labels(ws))


class PeopleListing:
    """Filters, count and table.

    Args:
        address: what is shown at first.
        found: what ``basis`` gave for it.
        on_address: is called with the new address whenever it changes.
    """

    def __init__(self, address: PeopleAddress, found: ListingBasis, on_address: Callable[[PeopleAddress], Any]) -> None:
        self._address = address
        self._basis = found
        self._on_address = on_address
        with card():
            self._filters = PeopleFilters(address, found.choices, found.labels, self._filtered)
            self._count = ui.label().classes("fg-people-count").props("aria-live=polite")
            self._table = DataTable(
                self._columns(),
                self._page,
                label=_("People"),
                sort=address.sort,
                descending=address.descending,
                per_page=PER_PAGE,
                page=address.page,
                nothing=self._nobody,
                on_total=self._counted,
                on_request=self._asked,
            )
        self._table.table.add_slot("body-cell-person", PERSON_CELL)

    def _columns(self) -> list[Column]:
        return [
            Column("person", _("Person")),
            *(Column(f"tier_{scheme}", _(SCHEME_NAMES[scheme])) for scheme in SHOWN_SCHEMES),
            Column("purchases", _("Orders"), "number", sortable=True),
            Column("revenue", _("Net revenue"), "number", sortable=True),
            Column("average", _("Average order value"), "number"),
            Column("last_purchase", _("Last order"), "number", sortable=True),
            Column("last_event", _("Last seen"), "number", sortable=True),
        ]

    def _nobody(self) -> None:
        empty_state(
            "person_search",
            _("Nobody matches"),
            _("Ids, names and trait values are searched for parts of words. Take a filter away to see more people."),
            actions=lambda: ui.button(_("Clear all filters"), on_click=self._filters.clear, color=None).classes("fg-outlined"),
        )

    def _page(self, request: TableRequest) -> TablePage:
        address = allowed(self._address)
        sort: SortKey = next((key for key in _SORTABLE if key == request.sort), address.sort)
        found = workspace().directory.search(
            address.text,
            as_of=self._basis.as_of,
            tiers=address.tiers,
            show_tiers=SHOWN_SCHEMES,
            sort=sort,
            descending=request.descending,
            page=request.page,
            per_page=request.per_page,
        )
        return TablePage(found.total, [self._basis.style.table_row(row) for row in found.rows])

    def _counted(self, total: int) -> None:
        everybody = self._basis.everybody
        if self._address.is_filtered:
            self._count.text = _("{n} of {total} people", n=number(total), total=number(everybody))
        else:
            self._count.text = ngettext("{count} person", "{count} people", total, count=number(total))

    def _filtered(self, **changes: Any) -> None:
        sorted_anew = (changes["sort"], changes["descending"]) != (self._address.sort, self._address.descending)
        self._go(self._address.but(**changes))
        if sorted_anew:
            self._table.sort_by(self._address.sort, descending=self._address.descending)
        else:
            self._table.reload()

    def _asked(self, request: TableRequest) -> None:
        sort: SortKey = next((key for key in _SORTABLE if key == request.sort), self._address.sort)
        self._go(self._address.but(sort=sort, descending=request.descending, page=request.page))
        self._filters.sorted_by(self._address)

    def _go(self, address: PeopleAddress) -> None:
        self._address = address = allowed(address)
        ui.navigate.history.replace(address.url())
        self._on_address(address)
