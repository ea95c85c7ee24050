"""What the answers of several kinds have in common: doors, cells, and the names of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from finegrain.console.pages.analysis.contract import Cell
from finegrain.console.pages.analysis.words import duration, group_name, plain
from finegrain.console.widgets.formats import number, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finegrain.behaviour.queries.result import Asked
    from finegrain.console.pages.analysis.contract import Selection

T = TypeVar("T")


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


def time_cell(seconds: float | None) -> Cell:
    """Give a length of time; a file holds it in seconds."""
    return Cell(duration(seconds), None if seconds is None else round(seconds, 3))


def text_cell(text: str, **looks: Any) -> Cell:
    """Give a text."""
    return Cell(text, text, **looks)


def group_rows(asked: Asked, total: Any, groups: Sequence[Any]) -> Iterator[tuple[int | None, str, Any]]:
    """Give the answer of all and those of the groups that are not empty: place (None for all), name, and the group."""
    yield None, _("All"), total
    yield from ((place, group_name(asked, one.group), one) for place, one in enumerate(groups))


def named_groups(asked: Asked, groups: Sequence[Any]) -> list[tuple[int, str, Any]]:
    """Give the groups of the breakdown with their places and names."""
    return [(place, group_name(asked, one.group), one) for place, one in enumerate(groups)]


def picked(items: Sequence[T], place: Any) -> T | None:
    """Give the item at a place that a selection names; None where there is none."""
    return items[place] if isinstance(place, int) and 0 <= place < len(items) else None


def group_title(asked: Asked, groups: Sequence[Any], select: Selection) -> str:
    """Give the name of the group that a selection names, as an addition to a title; nothing where it names none."""
    found = picked(groups, select.get("group"))
    return "" if found is None else f" · {group_name(asked, found.group)}"


def counted_text(count: int, total: int | None) -> str:
    """Write a count with its share of a whole."""
    return f"{number(count)} · {percent(count / total)}" if total else number(count)
