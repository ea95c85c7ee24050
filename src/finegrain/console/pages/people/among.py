"""A table of certain people, a page at a time: those behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.holder import workspace
from finegrain.console.pages.people.rows import PERSON_CELL, row_style
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.directory import SortKey


_SORTABLE: tuple[SortKey, ...] = ("purchases", "revenue", "last_purchase", "last_event")


def people_columns() -> tuple[Column, ...]:
    """Give the columns of a table of people, as ``RowStyle.table_row`` fills them."""
    return (
        Column("person", _("Person")),
        Column("purchases", _("Orders"), "number", sortable=True),
        Column("revenue", _("Net revenue"), "number", sortable=True),
        Column("last_purchase", _("Last order"), "number", sortable=True),
        Column("last_event", _("Last seen"), "number", sortable=True),
    )


def people_among(
    find: Callable[[], NDArray[np.int64]],
    as_of: datetime,
    on_total: Callable[[int], object] | None = None,
    *,
    moment: str = "",
    columns: Sequence[Column] | None = None,
    sort: SortKey = "revenue",
    per_page: int = 25,
    nothing: str = "",
    why: Callable[[int], str] | None = None,
) -> None:
    """Draw the table.

    Args:
        find: gives the ids, for each page anew; runs in a thread.
        as_of: the moment of the figures, aware.
        on_total: told how many there are.
        moment: the same as a reader chose it, for links; empty for the present.
        columns: else than those of ``people_columns``.
        sort: by what it is sorted at first, the greatest first.
        per_page: rows a page.
        nothing: what it says when there is nobody.
        why: gives the address of the reasons why a person is among them; runs in the thread.
    """
    table = DataTable(
        columns or people_columns(),
        lambda request: _page(find(), as_of, request, moment, why),
        label=_("People"),
        sort=sort,
        per_page=per_page,
        nothing=nothing,
        on_total=on_total,
    )
    table.table.add_slot("body-cell-person", PERSON_CELL)


def _page(
    ids: NDArray[np.int64], as_of: datetime, request: TableRequest, moment: str, why: Callable[[int], str] | None
) -> TablePage:
    ws = workspace()
    sort: SortKey = next((key for key in _SORTABLE if key == request.sort), "id")
    found = ws.directory.search(
        as_of=as_of, among=ids, sort=sort, descending=request.descending, page=request.page, per_page=request.per_page
    )
    style = row_style(ws, as_of, moment)
    rows = [style.table_row(row) for row in found.rows]
    if why:
        rows = [row | {"why": why(row["key"]), "why_text": _("why")} for row in rows]
    return TablePage(found.total, rows)
