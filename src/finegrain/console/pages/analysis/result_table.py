"""The table of an answer: every number that stands for people opens the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.widgets.formats import number
from finegrain.console.widgets.shade import ramp
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.contract import Cell, ResultTable, Selection

ROWS_AT_ONCE = 25
MOST_CELLS = 12_000
"""Cells that are sent to the browser; a file has them all."""
_CELL = """
<q-td :props="props" :class="props.value.k" :style="{'--fg-within': props.value.w}">
  <button v-if="props.value.d" type="button" class="fg-door" :aria-label="props.value.a"
    @click="$parent.$emit('door', [props.row.id, props.col.name])">{{ props.value.t }}</button>
  <template v-else>{{ props.value.t }}</template>
</q-td>"""


class ResultTableView:
    """The table; ``show`` brings it up to date in place.

    Args:
        label: what it holds, for screen readers.
        on_people: is called with a selection when a number is clicked.
    """

    def __init__(self, label: str, on_people: Callable[[Selection], Any]) -> None:
        self._shown: ResultTable | None = None
        self._unfolded = False
        self._on_people = on_people
        self._table = ui.table(rows=[], columns=[], row_key="id", pagination=ROWS_AT_ONCE).classes("fg-table fg-result-table")
        self._table.props("separator=none dense :rows-per-page-options='[25, 50, 100, 0]'")
        self._table.props["aria-label"] = label
        self._table.add_slot("body-cell", _CELL)
        self._more = ui.button(on_click=self._unfold, icon="expand_more", color=None).props("flat dense").classes("fg-add")
        self._rest = ui.label().classes("fg-hint")
        self._table.on("door", lambda event: self._open(*event.args))

    def show(self, table: ResultTable) -> None:
        """Show a table."""
        self._shown = table
        rows = len(table.rows) if self._unfolded else len(table.rows[: table.first])
        self._more.text = table.rest
        self._more.set_visibility(rows < len(table.rows))
        self._table.props.set_bool("hide-pagination", rows <= ROWS_AT_ONCE)
        self._table.columns = [
            {
                "name": f"c{place}", "label": column.label, "field": f"c{place}",
                "align": "right" if column.kind == "number" else "left", "headerClasses": "fg-th",
                "headerStyle": _head_style(column.label),
            }
            for place, column in enumerate(table.columns)
        ]  # fmt: skip
        shown = min(rows, max(ROWS_AT_ONCE, MOST_CELLS // max(1, len(table.columns))))
        self._table.rows = [_row(table, place) for place in range(shown)]
        cut = {"n": number(shown), "total": number(len(table.rows))}
        self._rest.text = _("The first {n} of {total} rows; the CSV file has all of them.", **cut)
        self._rest.set_visibility(shown < rows)

    def _unfold(self) -> None:
        self._unfolded = True
        if self._shown:
            self.show(self._shown)

    def _open(self, row: int, column: str) -> None:
        # A browser may say anything; what it says is only looked up.
        place = int(column[1:]) if column[1:].isdecimal() else -1
        if self._shown and 0 <= row < len(self._shown.rows) and 0 <= place < len(self._shown.columns):
            select = self._shown.rows[row][place].select
            if select is not None:
                self._on_people(select)


def _head_style(label: str) -> str:
    """Let no line of a Chinese heading be shorter than half of it, since it may break between any two characters."""
    return "" if label.isascii() else f"min-width:calc({(len(label) + 1) // 2}em + 12px)"


def _row(table: ResultTable, place: int) -> dict[str, Any]:
    row = table.rows[place]
    name = " · ".join(cell.text for cell, column in zip(row, table.columns, strict=True) if column.kind == "text" and cell.text)
    cells = zip(row, table.columns, strict=True)
    return {"id": place} | {
        f"c{at}": _cell(cell, numeric=column.kind == "number", row=name, column=column.label)
        for at, (cell, column) in enumerate(cells)
    }


def _cell(cell: Cell, *, numeric: bool, row: str, column: str) -> dict[str, Any]:
    classes = ["fg-num"] if numeric else []
    within = ""
    if cell.shade is not None:
        classes.append("fg-shaded-cell")
    if cell.quiet:
        classes.append("fg-quiet")
    elif cell.shade is not None:
        look, within = ramp(cell.shade)
        classes.append(look)
    shown: dict[str, Any] = {"t": cell.text, "k": " ".join(classes), "w": within}
    if cell.select is not None:
        shown |= {"d": True, "a": _("{row}, {column}: {value}, show the people", row=row, column=column, value=cell.text)}
    return shown
