"""Two schemes crossed: a table of links, each cell shaded by its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.widgets.formats import compact, number
from finegrain.console.widgets.shade import shaded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Cell:
    """One cell: the figure that shades it, what stands in it, where it leads, and what is said on hover."""

    value: float
    text: str
    path: str
    tip: str


def matrix(
    rows: Sequence[str], columns: Sequence[str], cell: Callable[[int, int], Cell], *, label: str, corner: str = ""
) -> ui.element:
    """Draw a matrix.

    Args:
        rows: names at the left, shown as they are, like ``columns``.
        columns: names at the top.
        cell: gives the cell of a row and a column.
        label: what the matrix shows, for screen readers.
        corner: text above the names of the rows.
    """
    cells = [[cell(i, j) for j in range(len(columns))] for i in range(len(rows))]
    most = max((each.value for line in cells for each in line), default=0)
    table = ui.element("table").classes("fg-matrix")
    table.props["aria-label"] = label
    with table:
        with ui.element("tr"):
            for name in (corner, *columns):
                _name(name, "col")
        for name, line in zip(rows, cells, strict=True):
            with ui.element("tr"):
                _name(name, "row")
                for each in line:
                    _cell(each, each.value / most if most else 0.0)
    return table


def people_cell(people: int, path: str, tip: str) -> Cell:
    """Give a cell that counts people; ``tip`` is followed by the exact number."""
    return Cell(people, compact(people), path, f"{tip}: {number(people)}")


def _name(text: str, scope: str) -> None:
    with ui.element("th").props(f"scope={scope}"):
        ui.label(text)


def _cell(cell: Cell, share: float) -> None:
    # The square root keeps small cells apart where one cell holds most people.
    with ui.element("td"):
        link = ui.element("a" if cell.value else "span").classes("fg-cell")
        if cell.value:
            shaded(link, share**0.5)
            link.props["href"] = cell.path
            link.props["aria-label"] = cell.tip
        with link:
            ui.label(cell.text)
            ui.tooltip(cell.tip)
