"""The list of all events that have been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.catalogue.address import CATALOGUE, PLAN
from finegrain.console.pages.catalogue.reading import read_listing, sources
from finegrain.console.pages.catalogue.rows import SORTS, SPARK_CELL, STATE_CELL, event_row, sorted_events
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number, percent
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import button_link, empty_state, skeleton
from finegrain.console.widgets.tables import Column, DataTable, TablePage
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.collect.catalogue.contract import CatalogueProgress
    from finegrain.console.widgets.tables import TableRequest

LOOK_AGAIN_S = 2.0
_PAUSE_MS = 200


@page(CATALOGUE, title=N_("Catalogue"), nav="catalogue")
def catalogue(source: str = "", text: str = "") -> None:
    """Show the page; ``source`` and ``text`` fill the filters."""
    with page_head(_("Catalogue"), hint=_("Every event that is sent, with its properties, as it really arrives.")):
        button_link(_("Tracking plan"), PLAN, icon="rule", primary=False)
    Loaded(_first_look, lambda known: _show(known, source, text), waiting=lambda: skeleton("480px", lines=12))


def _first_look() -> tuple[list[str], bool]:
    progress = workspace().catalogue.refresh(budget_s=1.0)
    return sources(), progress.stored > 0


def _show(known: tuple[list[str], bool], source: str, text: str) -> None:
    names, anything = known
    if anything:
        CatalogueListing(names, source if source in names else "", text)
        return
    with card():
        empty_state(
            "menu_book",
            _("Nothing has been sent yet"),
            _("As soon as a source sends or a file is imported, its events and properties are listed here by themselves."),
            actions=_ways_in,
        )


def _ways_in() -> None:
    button_link(_("Connect a source"), "/data/sources")
    button_link(_("Import a file"), "/import", primary=False)


class CatalogueListing:
    """Filters, how far the counting is, and the table of events.

    Args:
        names: the sources that can be chosen.
        source: the chosen one; empty for all.
        text: what is searched for.
    """

    def __init__(self, names: list[str], source: str, text: str) -> None:
        self._progress: CatalogueProgress | None = None
        with card():
            with ui.element("div").classes("fg-row fg-catalogue-filters"):
                self._text = ui.input(placeholder=_("Search for events"), value=text, on_change=self._filtered)
                self._text.props(f"clearable debounce={_PAUSE_MS}").classes("fg-grow").props["aria-label"] = _(
                    "Search for events"
                )
                options = {"": _("All sources"), **{name: name for name in names}}
                self._source = ui.select(options, value=source, on_change=self._filtered).classes("fg-field")
                self._source.props["aria-label"] = _("Source")
            with ui.element("div").classes("fg-catalogue-note").props("aria-live=polite"):
                self._count = ui.label().classes("fg-muted")
                self._counting = ui.label().classes("fg-warn")
            self._table = DataTable(
                _columns(),
                self._page,
                label=_("Events"),
                sort="count",
                nothing=_("No event bears such a name"),
                on_total=self._counted,
            )
        self._table.table.classes("fg-catalogue")
        self._table.table.add_slot("body-cell-spark", SPARK_CELL)
        self._table.table.add_slot("body-cell-state", STATE_CELL)
        self._again = ui.timer(LOOK_AGAIN_S, self._look_again, active=False)

    def _page(self, request: TableRequest) -> TablePage:
        listing = read_listing(self._source.value or None, self._text.value or "")
        self._progress = listing.progress
        sort = request.sort if request.sort in SORTS else "count"
        events = sorted_events(listing.events, sort, descending=request.descending)
        first = (request.page - 1) * request.per_page
        return TablePage(len(events), [event_row(event, listing) for event in events[first : first + request.per_page]])

    def _filtered(self) -> None:
        self._table.reload()

    def _counted(self, total: int) -> None:
        self._count.text = ngettext("{count} event", "{count} events", total, count=number(total))
        progress = self._progress
        if progress is None:
            return
        behind = progress.counted < progress.stored
        notes = [_("Counting: {share} so far", share=percent(progress.share))] if behind else []
        if progress.other_events:
            number_ = number(progress.other_events)
            notes.append(_("{number} further events bear names for which there was no room.", number=number_))
        self._counting.text = " · ".join(notes)
        self._again.active = behind

    async def _look_again(self) -> None:
        await work(workspace().catalogue.refresh, budget_s=LOOK_AGAIN_S / 2)
        self._table.reload(first_page=False)


def _columns() -> tuple[Column, ...]:
    return (
        Column("event", _("Event"), "link", sortable=True),
        Column("spark", _("Last 14 days")),
        Column("count", _("Events"), "number", sortable=True),
        Column("state", _("Plan")),
        Column("sources", _("Sources")),
        Column("properties", _("Properties"), "number", sortable=True),
        Column("last", _("Last received"), "number", sortable=True),
    )
