"""The list of segments: search, and a table of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.console.holder import workspace
from finegrain.console.pages.segments.address import NEW, NEW_LIST, segment_url
from finegrain.console.pages.segments.history_card import TREND_DAYS, history_of
from finegrain.console.pages.segments.preview_pane import as_of_text
from finegrain.console.pages.segments.reading import SegmentRow, segment_rows
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number, percent
from finegrain.console.widgets.rights import may
from finegrain.console.widgets.sparkline import HEIGHT, WIDTH, curve
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.audience.history.contract import DaySize

PER_PAGE = 25

_NAME_CELL = """
<q-td :props="props" class="fg-segment-cell"><div class="fg-segment-name">
<q-icon :name="props.row.icon" aria-hidden="true"></q-icon>
<div><a class="fg-link" :href="props.row.href">{{ props.row.name }}</a>
<div v-if="props.row.about" class="fg-hint fg-segment-about" :title="props.row.about">{{ props.row.about }}</div>
</div></div></q-td>"""
_SHARE_CELL = """
<q-td :props="props"><div class="fg-share-cell"><span class="fg-num">{{ props.row.share }}</span>
<div class="fg-meter" aria-hidden="true"><div :style="{width: props.row.width}"></div></div></div></q-td>"""

_TREND_CELL = f"""
<q-td :props="props"><svg v-if="props.row.trend" class="fg-trend" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"
role="img" :aria-label="props.row.trend_text"><title>{{{{ props.row.trend_text }}}}</title>
<path class="fg-spark-line" :d="props.row.trend"></path></svg>
<span v-else class="fg-hint" :title="props.row.trend_text">{{{{ props.row.trend_text && "–" }}}}</span></q-td>"""


class SegmentListing:
    """Search and table."""

    def __init__(self) -> None:
        self._trends: dict[str, dict[str, str]] = {}
        with card():
            with ui.element("div").classes("fg-row fg-segment-search"):
                self._search = ui.input(placeholder=_("Search names, descriptions and rules"), on_change=self._changed)
                self._search.props("debounce=200 clearable type=search").props["aria-label"] = _("Search segments")
                with self._search.add_slot("prepend"):
                    ui.icon("search").props('aria-hidden="true"')
                self._count = ui.label().classes("fg-hint").props("aria-live=polite")
            self._table = DataTable(
                self._columns(),
                self._page,
                label=_("Segments"),
                sort="name",
                descending=False,
                per_page=PER_PAGE,
                nothing=lambda: empty_state("search_off", _("No segment matches")),
                on_total=self._counted,
            )
        self._table.table.add_slot("body-cell-name", _NAME_CELL)
        self._table.table.add_slot("body-cell-share", _SHARE_CELL)
        self._table.table.add_slot("body-cell-trend", _TREND_CELL)

    def _columns(self) -> list[Column]:
        return [
            Column("name", _("Segment"), sortable=True),
            Column("size", _("People"), "number", sortable=True),
            Column("share", _("Share"), "number"),
            Column("trend", _("Trend")),
            Column("fresh", _("Freshness")),
            Column("made_by", _("Made by")),
        ]

    def _page(self, request: TableRequest) -> TablePage:
        wanted = str(self._search.value or "").strip().casefold()
        found = [row for row in segment_rows() if wanted in _searched(row)]
        found.sort(key=_ORDERS.get(request.sort, _ORDERS["name"]), reverse=request.descending)
        start = (request.page - 1) * request.per_page
        return TablePage(len(found), [_cells(row) for row in found[start : start + request.per_page]])

    async def _draw_trends(self) -> None:
        """Draw the small lines once the table is there; each reads who was in a segment on many days, and so only once."""
        rows = self._table.table.rows
        self._trends |= await work(trends, [row["name"] for row in rows if row["name"] not in self._trends])
        if rows is self._table.table.rows and not self._table.table.is_deleted:
            self._table.table.rows = [row | self._trends.get(row["name"], {}) for row in rows]

    def _counted(self, total: int) -> None:
        background_tasks.create(self._draw_trends(), name="draw trends", context=self._count)
        self._count.text = ngettext("{n} segment", "{n} segments", total)

    def _changed(self) -> None:
        self._table.reload()


_ORDERS: dict[str, Callable[[SegmentRow], Any]] = {
    "name": lambda row: row.segment.name.casefold(),
    "size": lambda row: row.segment.size,
}


def _searched(row: SegmentRow) -> str:
    return f"{row.segment.name}\n{row.segment.description}\n{row.sentence}".casefold()


def _cells(row: SegmentRow) -> dict[str, Any]:
    segment = row.segment
    return {
        "key": segment.name,
        "name": segment.name,
        "icon": "rule" if segment.is_rule else "list_alt",
        "href": segment_url(segment.name),
        "about": segment.description or row.sentence,
        "size": number(segment.size),
        "share": percent(row.share),
        "width": f"{min(row.share, 1.0) * 100:.1f}%",
        "fresh": as_of_text(segment.as_of) if segment.as_of else _("a list, as it was made"),
        "made_by": segment.made_by,
    }


def trends(segments: list[str]) -> dict[str, dict[str, str]]:
    """Give the small line of each segment, and what it says; no line where fewer than two days are kept."""
    as_of = workspace().as_of()
    return {name: _trend([one.size for one in _kept(name, as_of)]) for name in segments}


def _trend(sizes: list[int]) -> dict[str, str]:
    line = curve(sizes)
    if not line:
        return {"trend_text": _("A line appears with the second day.")}
    text = _("from {first} to {last} in {n} days", first=number(sizes[0]), last=number(sizes[-1]), n=len(sizes))
    return {"trend": line, "trend_text": text}


def _kept(name: str, as_of: datetime) -> tuple[DaySize, ...]:
    try:
        return history_of(name, as_of, TREND_DAYS)
    except UnknownSegmentError:  # deleted since the list was read
        return ()


def nothing_yet() -> None:
    """Say what segments are for, and how to make the first one."""

    def ways() -> None:
        if may("strategy:write"):
            button_link(_("New segment"), NEW, icon="add")
            button_link(_("New list"), NEW_LIST, icon="playlist_add", primary=False)

    empty_state(
        "groups",
        _("There are no segments yet"),
        _(
            "A segment is a named set of people: all who meet a rule now, such as “bought three times and not for 30 days”, or a "
            "list of ids. It is the audience of analyses, goals and strategies. A rule is computed anew every minute."
        ),
        actions=ways,
    )
