"""The value of a condition: the control that its operator and the kind of its values call for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import as_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.catalogue import Attribute, ValueKind

OPERATORS = {
    "is": N_("is"),
    "is_not": N_("is not"),
    "contains": N_("contains"),
    "not_contains": N_("does not contain"),
    "matches": N_("matches the pattern"),
    "not_matches": N_("does not match"),
    "gt": N_("is above"),
    "gte": N_("is at least"),
    "lt": N_("is below"),
    "lte": N_("is at most"),
    "between": N_("is between"),
    "before": N_("is before"),
    "after": N_("is after"),
    "exists": N_("has a value"),
    "not_exists": N_("has no value"),
}
_OF_KIND: dict[ValueKind, tuple[str, ...]] = {
    "text": ("is", "is_not", "contains", "not_contains", "matches", "not_matches", "exists", "not_exists"),
    "number": ("is", "is_not", "gt", "gte", "lt", "lte", "between", "exists", "not_exists"),
    "boolean": ("is", "is_not", "exists", "not_exists"),
    "time": ("after", "before", "exists", "not_exists"),
}
_NUMERIC = {"gt", "gte", "lt", "lte"}
_LEFT = "event => event.relatedTarget?.closest('.q-menu') || emit(event.target.value ?? '')"
_NONE = {"exists", "not_exists"}


def operators_of(kind: ValueKind, chosen: str = "") -> dict[str, str]:
    """Give the operators that make sense of a kind of values, and the chosen one: operator → how it is called."""
    wanted = _OF_KIND[kind]
    return {key: _(text) for key, text in OPERATORS.items() if key in wanted or key == chosen}


class FilterValue:
    """Draws the control for an operator inside the current place.

    Args:
        attribute: what is compared.
        op: the operator.
        value: what stands in it at first, as a JSON value; None for nothing.
        on_change: is called after each change by the user.
    """

    def __init__(self, attribute: Attribute, op: str, value: Any, on_change: Callable[[], object]) -> None:
        self._attribute, self._op, self._on_change = attribute, op, on_change
        self._fields: list[Any] = []
        self._draw(value)
        # Read back, 3 may be “3”; what nobody touched stays what it was.
        self._given, self._at_first = value, self._read()

    def _draw(self, value: Any) -> None:
        match _control(self._op, self._attribute):
            case "nothing":
                return
            case "range":
                low, high = (*value, None, None)[:2] if isinstance(value, list) else (None, None)
                self._fields = [self._number(low, _("From")), self._number(high, _("To"))]
            case "number":
                self._fields = [self._number(value, _("Value"))]
            case "day":
                self._fields = [self._day(value)]
            case "truth":
                self._fields = [self._truth(value)]
            case "several":
                self._fields = [self._several(value)]
            case _:
                self._fields = [self._text(value)]

    def take(self, attribute: Attribute, op: str, *, keep: bool) -> bool:
        """Compare something else, or in another way, with the controls that are there, and say whether they are the right ones.

        What is being typed in them stays: whoever types at once must not lose it to a control that is drawn anew.

        Args:
            attribute: what is compared from now on.
            op: the operator from now on.
            keep: whether the value that stands there is still meant.
        """
        if _control(op, attribute) != _control(self._op, self._attribute):
            return False
        self._attribute, self._op = attribute, op
        if not keep:
            self._forget()
        return True

    def _forget(self) -> None:
        self._given = None
        for field in self._fields:
            if isinstance(field.value, list):
                field.set_options(list(self._attribute.values), value=[])
            elif field.value not in (None, ""):
                field.value = "" if isinstance(field, ui.input) else None
        self._at_first = self._read()

    @property
    def is_complete(self) -> bool:
        """Whether every control holds something."""
        return all(field.value not in (None, "", []) for field in self._fields)

    def value(self) -> Any:
        """Give the value as JSON has it; None where the operator takes none."""
        now = self._read()
        return self._given if self._given is not None and now == self._at_first else now

    def _read(self) -> Any:
        if not self._fields:
            return None
        if self._op == "between":
            return [field.value for field in self._fields]
        (field,) = self._fields
        if self._op not in {"is", "is_not"} or self._attribute.kind == "boolean":
            return field.value
        values = [as_number(one) if self._attribute.kind == "number" else one for one in field.value]
        return values[0] if len(values) == 1 else values

    def _named(self, field: Any, label: str) -> Any:
        field.props["aria-label"] = label
        return field.classes("fg-filter-value")

    def _number(self, value: Any, label: str) -> ui.number:
        number = value if isinstance(value, int | float) else None
        return self._named(ui.number(value=number, placeholder=label, on_change=self._on_change), label)  # type: ignore[no-any-return]

    def _text(self, value: Any) -> ui.input:
        text = "" if value is None else str(value)
        return self._named(ui.input(value=text, placeholder=_("Value"), on_change=self._on_change), _("Value"))  # type: ignore[no-any-return]

    def _day(self, value: Any) -> ui.input:
        text = "" if value is None else str(value)
        field = ui.input(value=text, on_change=self._on_change)
        if not text or len(text) == len("2024-06-01"):
            field.props("type=date")
        return self._named(field, _("Day"))  # type: ignore[no-any-return]

    def _truth(self, value: Any) -> ui.select:
        chosen = value if isinstance(value, bool) else None
        return self._named(ui.select({True: _("yes"), False: _("no")}, value=chosen, on_change=self._on_change), _("Value"))  # type: ignore[no-any-return]

    def _take(self, select: ui.select, typed: Any) -> None:
        text = typed.strip() if isinstance(typed, str) else ""
        if text and text not in select.value:
            options = list(dict.fromkeys([*select.options, text]))
            select.set_options(options, value=[*select.value, text])

    def _several(self, value: Any) -> ui.select:
        given = value if isinstance(value, list) else [] if value is None else [value]
        chosen = [_as_text(one) for one in given]
        options = list(dict.fromkeys([*self._attribute.values, *chosen]))
        with ui.element("div").classes("fg-filter-several") as box:
            select = ui.select(options, value=chosen, multiple=True, new_value_mode="add-unique", on_change=self._on_change)
        select.props("use-chips input-debounce=0")
        # Who leaves the field means what was typed, whether or not Enter was pressed.
        box.on("focusout", lambda event: self._take(select, event.args), js_handler=_LEFT)
        return self._named(select, _("Values"))  # type: ignore[no-any-return]


def _control(op: str, attribute: Attribute) -> str:
    if op in _NONE:
        return "nothing"
    if op in {"is", "is_not"}:
        return "truth" if attribute.kind == "boolean" else "several"
    if op in {"before", "after"}:
        return "day"
    return "range" if op == "between" else "number" if op in _NUMERIC else "text"


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
