"""A comparison with a number: at least 3, from 30 to 90."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import as_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.console.pages.segments.parts.base import ConditionForm

COMPARISONS = {
    "gte": N_("at least"),
    "lte": N_("at most"),
    "is": N_("exactly"),
    "is_not": N_("not exactly"),
    "gt": N_("more than"),
    "lt": N_("less than"),
    "between": N_("from … to …"),
}


class NumberCell:
    """The operator and its number or numbers, which hold the fields ``op`` and ``value`` of a form.

    Args:
        form: whose fields they are.
        unit: a word after the number, shown as it is.
    """

    def __init__(self, form: ConditionForm, unit: str = "") -> None:
        self._form = form
        self._fields: list[ui.number | ui.input] = []
        op = form.values.get("op", "gte")
        with ui.element("div").classes("fg-tree-compare"):
            self._op = ui.select({key: _(text) for key, text in COMPARISONS.items()}, value=op, on_change=self._chosen)
            self._op.classes("fg-tree-op").props["aria-label"] = _("Comparison")
            with ui.element("div").classes("fg-tree-numbers") as self._cell:
                self._draw(form.values.get("value", 1))
            self._unit = form.word(unit)
        form.hold("op", lambda: None if self._op.value == "gte" else self._op.value)
        form.hold("value", self._value, empty=None)

    def name_unit(self, unit: str) -> None:
        """Write another word after the number."""
        self._unit.text = unit

    def _draw(self, value: Any) -> None:
        several = value if isinstance(value, list) else [value]
        if self._op.value == "between":
            low, high = (*several, None, None)[:2]
            self._fields = [self._number(low, _("From")), self._number(high, _("To"))]
        elif len(several) > 1:
            self._fields = [self._texts(several)]
        else:
            self._fields = [self._number(several[0] if several else None, _("Number"))]

    def _number(self, value: Any, label: str) -> ui.number:
        field = ui.number(value=value, on_change=self._form.changed).classes("fg-tree-number")
        field.props("step=any").props["aria-label"] = label
        return field

    def _texts(self, values: list[Any]) -> ui.input:
        field = ui.input(value=", ".join(f"{one:g}" for one in values), on_change=self._form.changed)
        field.props["aria-label"] = _("Numbers")
        return field

    def _value(self) -> Any:
        found = [_numbers(field.value) for field in self._fields]
        return found if self._op.value == "between" else found[0]

    def _chosen(self) -> None:
        now = self._value()
        self._cell.clear()
        with self._cell:
            self._draw(now[0] if isinstance(now, list) and now else now)
        self._form.changed()


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        return [as_number(part.strip()) for part in value.split(",") if part.strip()] or None
    return whole(value)


def whole(value: float | None) -> float | None:
    """Give a number without its fraction where that is nothing; None stays.

    Examples:
        >>> whole(3.0), whole(2.5), whole(None)
        (3, 2.5, None)
    """
    return int(value) if value is not None and float(value).is_integer() else value
