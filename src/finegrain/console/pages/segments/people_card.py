"""The people of a segment as a table, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.holder import workspace
from finegrain.console.pages.people.rows import row_style
from finegrain.console.pages.segments.address import segment_url
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.directory import SortKey
    from finegrain.audience.segments.contract import Segment

_PERSON_CELL = """
<q-td :props="props"><div class="fg-who"><a class="fg-link" :href="props.row.href">{{ props.row.person }}</a>
<a v-if="props.row.why" class="fg-hint fg-who-why" :href="props.row.why">{{ props.row.why_text }}</a></div>
<div v-if="props.row.name" class="fg-hint">{{ props.row.name }}</div></q-td>"""


def people_card(segment: Segment, people: NDArray[np.int64], as_of: datetime) -> None:
    """Draw everybody in a segment; of a rule with a link to the reasons."""
    columns = (
        Column("person", _("Person")),
        Column("purchases", _("Orders"), "number", sortable=True),
        Column("revenue", _("Net revenue"), "number", sortable=True),
        Column("last_purchase", _("Last order"), "number", sortable=True),
        Column("last_event", _("Last seen"), "number", sortable=True),
    )
    with card(_("People")):
        table = DataTable(
            columns,
            lambda request: _page(segment, people, as_of, request),
            label=_("People"),
            sort="last_event",
            nothing=_("Nobody is in this segment now"),
        )
    table.table.add_slot("body-cell-person", _PERSON_CELL)


def _page(segment: Segment, people: NDArray[np.int64], as_of: datetime, request: TableRequest) -> TablePage:
    ws = workspace()
    keys: tuple[SortKey, ...] = ("purchases", "revenue", "last_purchase", "last_event")
    sort: SortKey = next((key for key in keys if key == request.sort), "id")
    found = ws.directory.search(
        as_of=as_of, among=people, sort=sort, descending=request.descending, page=request.page, per_page=request.per_page
    )
    style = row_style(ws, as_of)
    rows: list[dict[str, Any]] = [style.table_row(row) for row in found.rows]
    if segment.is_rule:
        for row in rows:
            row |= {"why": f"{segment_url(segment.name, person=str(row['key']))}#why", "why_text": _("why")}
    return TablePage(found.total, rows)
