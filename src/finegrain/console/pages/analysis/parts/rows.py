"""Several controls of one kind, one a row, added and taken away in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from finegrain.console.pages.analysis.parts.base import Control, Part, place_in
from finegrain.console.widgets.removal import taken_away

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.parts.base import FormContext
    from finegrain.console.pages.analysis.parts.event import EventPart

R = TypeVar("R", bound="Control | EventPart")


class RowsPart(Part, Generic[R]):
    """A list whose rows are controls; those that are not complete yet are left out of it.

    Args:
        context: of the form.
    """

    def __init__(self, context: FormContext) -> None:
        self._context = context
        self._rows: list[R] = []

    def value(self) -> list[Any] | None:
        """Give the values of the rows that are complete."""
        return [row.value() for row in self._complete()] or None

    def complain(self, path: str, text: str) -> bool:
        """Say what is wrong with one of them, or with the list; with an empty text, nothing is wrong with any."""
        for row in self._rows:
            row.complain("", "")
        found, rows = place_in(path), self._complete()
        if text and found and found[0] < len(rows):
            self._say("")
            return rows[found[0]].complain(found[1], text)
        return self._say(text)

    def offer(self) -> None:
        """Bring what each row offers up to date."""
        for row in self._rows:
            row.offer()

    def _say(self, text: str) -> bool:
        """Say what is wrong with the list, and whether there is a place for it."""
        return not text

    def _complete(self) -> list[R]:
        return [row for row in self._rows if row.value() is not None]

    def _delete(self, row: R) -> None:
        self._rows.remove(row)
        with taken_away(row.box):
            self._context.on_change()
