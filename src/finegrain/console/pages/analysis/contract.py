"""What an analysis page is made of: figures, pictures and a table of an answer, and the doors to the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.theme import Palette

Selection = dict[str, Any]
"""Which number of an answer is meant: the fields of its kind's selection, as JSON values."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what stands in it.
        value: the same as a file holds it; None leaves the file's cell empty.
        select: the people behind it; None where there are none to list.
        shade: colours it, 0 (faint) to 1 (strong); None leaves it plain.
        quiet: whether it is not final, because its time has not ended.
        mark: colour of the line or bar of the chart that it names, any CSS colour.
    """

    text: str
    value: object = None
    select: Selection | None = None
    shade: float | None = None
    quiet: bool = False
    mark: str = ""


@dataclass(frozen=True)
class TableColumn:
    """A column: its heading, shown as it is, and how its cells stand."""

    label: str
    kind: Literal["text", "number"] = "number"


@dataclass(frozen=True)
class ResultTable:
    """The figures of an answer; rows have a cell a column.

    Attributes:
        columns, rows: all of them; a file has every row.
        first: how many rows a page shows at first; None for all.
        rest: what the rows after those are, as a button says it.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int | None = None
    rest: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure above the chart; ``note`` is a quiet line under it, ``select`` the people behind it."""

    label: str
    text: str
    note: str = ""
    select: Selection | None = None


@dataclass(frozen=True)
class Picture:
    """One chart of an answer.

    Attributes:
        title: heading, shown as it is.
        build: gives the ECharts options in a palette. An item of data that has a key ``door`` opens the people behind it.
        height_px: of the chart.
        hint: a quiet line beside the title.
        least_width_px: below which it is scrolled rather than squeezed; 0 for any width.
    """

    title: str
    build: Callable[[Palette], dict[str, Any]]
    height_px: int = 320
    hint: str = ""
    least_width_px: int = 0


@dataclass(frozen=True)
class Told:
    """One sentence of a report, in the reader's language.

    Attributes:
        text: shown as it is.
        select: the people behind it; None where there are none to list.
        weight: ``finding`` stands out, ``caution`` stands back.
    """

    text: str
    select: Selection | None = None
    weight: Literal["finding", "plain", "caution"] = "plain"


@dataclass(frozen=True)
class NamedTable:
    """A further table of an answer under its heading."""

    title: str
    table: ResultTable


@dataclass(frozen=True)
class Preset:
    """A question that is worth asking of this shop: its name, shown as it is, and its fields as JSON values."""

    name: str
    query: dict[str, Any]
