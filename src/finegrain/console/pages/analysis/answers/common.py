"""What the answers of several kinds have in common: doors, cells, and the names of groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from finegrain.behaviour.queries.report import small
from finegrain.console.pages.analysis.contract import Cell, ResultTable, TableColumn, Told
from finegrain.console.pages.analysis.options import MOST_LINES
from finegrain.console.pages.analysis.words import duration, plain, shown_event
from finegrain.console.widgets.formats import NOTHING, number, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from finegrain.behaviour.queries.report import Sentence
    from finegrain.behaviour.queries.result import Asked
    from finegrain.console.pages.analysis.contract import Selection

T = TypeVar("T")
_QUOTED = re.compile("“([^”]+)”")
_WEIGHTS: dict[str, Literal["finding", "caution"]] = {
    "finding": "finding",
    "caution": "caution",
    "open": "caution",
    "thin": "caution",
}


def told(asked: Asked, report: Iterable[Sentence]) -> list[Told]:
    """Give the sentences of a report, events called as they are everywhere on the page."""
    return [
        Told(
            _QUOTED.sub(lambda found: f"“{shown_event(found[1])}”", one.text),
            None if one.select is None else opened(asked, **one.select),
            _WEIGHTS.get(one.code, "plain"),
        )
        for one in report
    ]


def opened(asked: Asked, **select: Any) -> Selection | None:
    """Give a selection without what is at its default; None where groups are counted, which are nobody's."""
    if asked.query.unit == "groups":
        return None
    return {name: value for name, value in select.items() if value is not None}


def count_cell(count: float, select: Selection | None = None, **looks: Any) -> Cell:
    """Give a number of people, sessions or events, which opens the people behind it."""
    return Cell(plain(count), count, select if count else None, **looks)


def share_cell(share: float | None, select: Selection | None = None, **looks: Any) -> Cell:
    """Give a share; a file holds it as a number from 0 to 1."""
    return Cell(percent(share), None if share is None else round(share, 6), select, **looks)


def q_cell(q: float | None) -> Cell:
    """Give a q value; one too small to be told is told as that; files hold four digits of it."""
    return Cell(NOTHING, None) if q is None else Cell(small(q).removeprefix("= "), float(f"{q:.4g}"))


def time_cell(seconds: float | None) -> Cell:
    """Give a length of time; a file holds it in seconds."""
    return Cell(duration(seconds), None if seconds is None else round(seconds, 3))


def text_cell(text: str, **looks: Any) -> Cell:
    """Give a text."""
    return Cell(text, text, **looks)


def group_rows(result: Any) -> Iterator[tuple[int | None, str, Any]]:
    """Give the answer of all and those of the groups: place (None for all), name, and the group."""
    yield None, _("All"), result.total
    yield from named_groups(result.groups)


def grouped_table(
    result: Any, columns: Sequence[TableColumn], rows: Callable[[int | None, Any], Iterable[tuple[Cell, ...]]]
) -> ResultTable:
    """Give a table of all and of each group, whose name stands first where there are any.

    Args:
        result: the answer, which has a total and groups.
        columns: beside that of the group.
        rows: gives those of a group by its place (None for all) and the group.
    """
    named = bool(result.groups)
    cells = tuple(
        ((text_cell(name),) if named else ()) + row for place, name, group in group_rows(result) for row in rows(place, group)
    )
    return ResultTable((*((TableColumn(_("Group"), "text"),) if named else ()), *columns), cells)


def named_groups(groups: Sequence[Any]) -> list[tuple[int, str, Any]]:
    """Give the groups of the breakdown with their places and names."""
    return [(place, one.group.name, one) for place, one in enumerate(groups)]


def drawn_groups(result: Any, size: Callable[[Any], float], whole: str) -> list[tuple[int | None, str, Any]]:
    """Give the groups that a chart draws: the first that are not empty; where there are none, all, called ``whole``."""
    groups = [row for row in named_groups(result.groups) if size(row[2])][:MOST_LINES]
    return [*groups] or [(None, whole, result.total)]


def picked(items: Sequence[T], place: Any) -> T | None:
    """Give the item at a place that a selection names; None where there is none."""
    return items[place] if isinstance(place, int) and 0 <= place < len(items) else None


def group_title(groups: Sequence[Any], select: Selection) -> str:
    """Give the name of the group that a selection names, as an addition to a title; nothing where it names none."""
    found = picked(groups, select.get("group"))
    return "" if found is None else f" · {found.group.name}"


def counted_text(count: int, total: int | None) -> str:
    """Write a count with its share of a whole."""
    return f"{number(count)} · {percent(count / total)}" if total else number(count)
