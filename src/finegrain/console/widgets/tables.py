"""Tables whose pages are fetched from the server one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from nicegui import background_tasks, ui

from finegrain.console.text import work
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.states import empty_state, error_state, skeleton
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nicegui.events import GenericEventArguments


MOST_ROWS = 100
"""Rows of one page, at most: each is sent to the browser."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: field of the rows.
        label: heading, shown as it is.
        kind: ``number`` stands at the right in tabular digits; ``link`` takes cells made by ``link_cell``; ``number_link`` is
            both.
        sortable: whether a click on the heading sorts; ``name`` is then the sort key that ``fetch`` is asked for.
    """

    name: str
    label: str
    kind: Literal["text", "number", "link", "number_link"] = "text"
    sortable: bool = False

    def as_quasar(self) -> dict[str, Any]:
        """Give the column as Quasar takes it."""
        align = "right" if self.kind.startswith("number") else "left"
        classes = "fg-num" if self.kind.startswith("number") else ""
        return {
            "name": self.name, "field": self.name, "label": self.label, "align": align, "sortable": self.sortable,
            "classes": classes, "headerClasses": "fg-th",
        }  # fmt: skip


@dataclass(frozen=True)
class TableRequest:
    """What a table asks for: a page counted from 1, its size, and the order."""

    page: int
    per_page: int
    sort: str
    descending: bool


@dataclass(frozen=True)
class TablePage:
    """What a table shows: the rows of one page, and how many rows there are in all.

    A row maps column names to texts that are already written out, or to ``link_cell``s; ``key`` names it.
    """

    total: int
    rows: list[dict[str, Any]] = field(default_factory=list)


def link_cell(text: str, path: str) -> dict[str, str]:
    """Give the cell of a ``link`` column: what stands there, and where it leads."""
    return {"text": text, "href": path}


class DataTable:
    """A table with its pages on the server.

    Args:
        columns: from left to right.
        fetch: gives a page; runs in a thread, in the user's language.
        sort: the column it is sorted by at first.
        descending: greatest first.
        per_page: rows a page.
        page: the page shown at first, counted from 1.
        label: what the table holds, for screen readers.
        nothing: what it says when there are no rows; or a function that draws it.
        on_total: told the number of rows whenever a page has come.
        on_request: told what is asked for whenever the reader turns a page or sorts.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Callable[[TableRequest], TablePage],
        *,
        label: str,
        sort: str = "",
        descending: bool = True,
        per_page: int = 25,
        page: int = 1,
        nothing: str | Callable[[], object] = "",
        on_total: Callable[[int], object] | None = None,
        on_request: Callable[[TableRequest], object] | None = None,
    ) -> None:
        self._fetch = fetch
        self._on_total = on_total
        self._on_request = on_request
        self._turn = 0
        self._total = 0
        self._request = TableRequest(page, per_page, sort, descending)
        self.table = ui.table(
            columns=[column.as_quasar() for column in columns], rows=[], row_key="key", pagination=self._pagination(0)
        ).classes("fg-table")
        self.table.props(":rows-per-page-options='[10, 25, 50, 100]' binary-state-sort")
        self.table.props["aria-label"] = label
        self.table.on("request", self._asked)
        self.table.on("update:pagination", self._hold)
        for column in columns:
            if column.kind.endswith("link"):
                self.table.add_slot(f"body-cell-{column.name}", _LINK_CELL)
        with self.table.add_slot("no-data"):
            self._waiting = skeleton("160px", lines=5)
            with ui.element("div") as self._nothing:
                nothing() if callable(nothing) else empty_state("search_off", nothing or _("Nothing matches"))
        self._nothing.set_visibility(False)  # it would be untrue until the first page has come
        self._problem = ui.element("div")
        self.reload(first_page=False)

    def reload(self, *, first_page: bool = True) -> None:
        """Fetch again, from the first page unless told otherwise, because what ``fetch`` depends on has changed."""
        page = 1 if first_page else self._request.page
        self._ask(TableRequest(page, self._request.per_page, self._request.sort, self._request.descending))

    def sort_by(self, sort: str, *, descending: bool) -> None:
        """Fetch the first page in another order."""
        self._ask(TableRequest(1, self._request.per_page, sort, descending))

    def _asked(self, event: GenericEventArguments) -> None:
        asked = event.args["pagination"]
        # A browser may ask for anything; 0 is Quasar's word for all rows.
        per_page = min(max(1, int(asked["rowsPerPage"])), MOST_ROWS)
        self._ask(TableRequest(max(1, int(asked["page"])), per_page, asked["sortBy"] or "", bool(asked["descending"])))
        if self._on_request:
            self._on_request(self._request)

    def _ask(self, request: TableRequest) -> None:
        self._request = request
        self._turn += 1
        self.table.props["loading"] = True
        self.table.props["aria-busy"] = "true"
        background_tasks.create(self._load(self._turn, request), name="load a page of a table", context=self._problem)

    async def _load(self, turn: int, request: TableRequest) -> None:
        try:
            page = await work(self._fetch, request)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            self._fail(turn, report(error))
        else:
            self._show(turn, page)

    def _show(self, turn: int, page: TablePage) -> None:
        if turn != self._turn or self.table.is_deleted:
            return
        self._problem.clear()
        self.table.set_visibility(True)
        if not self._nothing.visible:
            self._waiting.delete()
            self._nothing.set_visibility(True)
        self._rest()
        self._total = page.total
        self.table.rows = page.rows
        self.table.pagination = self._pagination(page.total)
        if self._on_total:
            self._on_total(page.total)

    def _hold(self) -> None:
        # The browser tells its pagination of before the rows came; taken over, it would say there are none.
        if self.table.pagination.get("rowsNumber") != self._total:
            self.table.pagination = self._pagination(self._total)

    def _fail(self, turn: int, error: Exception) -> None:
        if turn != self._turn or self.table.is_deleted:
            return
        self.table.set_visibility(False)
        self._rest()
        self._problem.clear()
        with self._problem:
            error_state(error, retry=self.reload)

    def _rest(self) -> None:
        self.table.props["loading"] = False
        self.table.props["aria-busy"] = "false"

    def _pagination(self, total: int) -> dict[str, Any]:
        request = self._request
        return {
            "page": request.page, "rowsPerPage": request.per_page, "rowsNumber": total,
            "sortBy": request.sort or None, "descending": request.descending,
        }  # fmt: skip


_LINK_CELL = (
    '<q-td :props="props"><a v-if="props.value && props.value.href" class="fg-link" :href="props.value.href">'
    "{{ props.value.text }}</a><template v-else>{{ props.value && props.value.text || props.value }}</template></q-td>"
)
