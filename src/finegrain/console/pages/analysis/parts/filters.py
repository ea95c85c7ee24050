"""Conditions: a row each, added and taken away in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.attributes import EVENT, PERSON, THEN, AttributePicker
from finegrain.console.pages.analysis.parts.base import Control, Problem, add_button, icon_button
from finegrain.console.pages.analysis.parts.filter_value import FilterValue, operators_of
from finegrain.console.pages.analysis.parts.rows import RowsPart
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext


class FilterRow(Control):
    """One condition.

    Args:
        context: of the form.
        value: the condition as a JSON object; None for a new one.
        events: gives the events whose properties are offered.
        on_delete: is called with this row when it is to go.
    """

    def __init__(
        self,
        context: FormContext,
        value: Mapping[str, Any] | None,
        events: Callable[[], list[str]],
        on_delete: Callable[[FilterRow], object],
    ) -> None:
        self._context = context
        given = value or {}
        op = str(given.get("op", "is"))
        with ui.element("div").classes("fg-filter-row") as self.box:
            with ui.element("div").classes("fg-filter-head"):
                self.picker = AttributePicker(context, _("Property"), _key(given), self._attribute_chosen, events, past=True)
                icon_button("close", _("Take this condition away"), lambda: on_delete(self))
            with ui.element("div").classes("fg-filter-line"):
                self._op = ui.select(operators_of(self.picker.attribute.kind, op), value=op, on_change=self._op_chosen)
                self._op.classes("fg-filter-op").props["aria-label"] = _("Comparison")
                with ui.element("div").classes("fg-filter-cell") as self._cell:
                    self._value = FilterValue(self.picker.attribute, op, given.get("value"), context.on_change)
            self.problem = Problem()

    def value(self) -> dict[str, Any] | None:
        """Give the condition as a JSON object; None while it is not complete."""
        if not self.picker.key or not self._value.is_complete:
            return None
        whose, _dot, name = self.picker.key.partition(".")
        found = {"property": name, "op": None if self._op.value == "is" else self._op.value, "value": self._value.value()}
        found |= {"of": "person" if whose != EVENT else None, "as_it_was": True if whose == THEN else None}
        return {field: one for field, one in found.items() if one is not None}

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self.picker.offer()

    def _attribute_chosen(self) -> None:
        operators = operators_of(self.picker.attribute.kind)
        op = self._op.value if self._op.value in operators else next(iter(operators))
        self._op.set_options(operators, value=op)
        self._compare(keep=False)

    def _op_chosen(self) -> None:
        self._compare(keep=True)

    def _compare(self, *, keep: bool) -> None:
        attribute, op = self.picker.attribute, str(self._op.value)
        if not self._value.take(attribute, op, keep=keep):
            self._cell.clear()
            with self._cell:
                self._value = FilterValue(attribute, op, None, self._context.on_change)
        self._context.on_change()


class FiltersPart(RowsPart[FilterRow]):
    """Conditions that must all hold.

    Args:
        context: of the form.
        values: the conditions as JSON objects.
        events: gives the events whose properties are offered.
        label: of the button that adds one.
    """

    def __init__(
        self, context: FormContext, values: Sequence[Mapping[str, Any]], events: Callable[[], list[str]], label: str = ""
    ) -> None:
        super().__init__(context)
        self._events = events
        with ui.element("div").classes("fg-filters-part"):
            self._list = ui.element("div").classes("fg-filter-list")
            for value in values:
                self._add(value)
            if label:
                add_button(label, self.add)

    def add(self) -> None:
        """Add an empty row."""
        self._add(None)

    def _add(self, value: Mapping[str, Any] | None) -> None:
        with self._list:
            self._rows.append(FilterRow(self._context, value, self._events, self._delete))


def _key(value: Mapping[str, Any]) -> str:
    if not value.get("property"):
        return ""
    whose = EVENT if value.get("of", "event") == "event" else THEN if value.get("as_it_was") else PERSON
    return f"{whose}.{value['property']}"
