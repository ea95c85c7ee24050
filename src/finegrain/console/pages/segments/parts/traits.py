"""The controls of a condition on a trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.audience.rules.contract import DAY_OPERATORS
from finegrain.console.pages.analysis.catalogue import Attribute
from finegrain.console.pages.analysis.parts.filter_value import OPERATORS, FilterValue, operators_of
from finegrain.console.pages.segments.parts.base import ConditionForm
from finegrain.console.pages.segments.parts.numbers import whole
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY_WORDS = {
    "within_last": N_("lies within the last … days"),
    "more_than_ago": N_("lies more than … days ago"),
    "within_next": N_("lies within the next … days"),
    "anniversary": N_("comes round within … days"),
}
_DATES = ("before", "after")
_USUAL_DAYS = 30


class TraitForm(ConditionForm):
    """A trait, how it is compared, and with what."""

    def draw(self) -> None:
        """Draw them."""
        self._attributes = {each.name: each for each in self.catalogue.traits}
        trait = self.choice("trait", _("Choose a trait"), {name: name for name in self._attributes}, with_input=True)
        trait.on_value_change(self._trait_chosen)
        op = self.values.get("op", "is")
        with ui.element("div").classes("fg-tree-compare fg-tree-compare-wide"):
            self._op = ui.select(self._operators(op), value=op, on_change=self._op_chosen).classes("fg-tree-op-wide")
            self._op.props["aria-label"] = _("Comparison")
            with ui.element("div").classes("fg-filter-cell fg-tree-value") as self._cell:
                self._value = self._field(self.values.get("value"))
        self.hold("op", lambda: None if self._op.value == "is" else self._op.value)
        self.hold("value", self._compared)

    def _attribute(self) -> Attribute:
        name = str(self.values.get("trait") or "")
        return self._attributes.get(name) or Attribute(name, "text")

    def _operators(self, chosen: str = "") -> dict[str, str]:
        kind = self._attribute().kind
        found = operators_of(kind, chosen)
        if kind in {"text", "time"}:  # dates are traits of texts
            found |= {key: _(OPERATORS[key]) for key in _DATES} | {key: _(text) for key, text in _DAY_WORDS.items()}
        return found if chosen in found or not chosen else found | {chosen: _(_DAY_WORDS[chosen])}

    def _field(self, value: Any) -> Callable[[], Any]:
        op = str(self._op.value)
        self._control: FilterValue | None = None
        if op not in DAY_OPERATORS:
            self._control = FilterValue(self._attribute(), op, value, self.changed)
            return self._control.value
        days = value if isinstance(value, int) else _USUAL_DAYS
        number = ui.number(value=days, on_change=self.changed, precision=0).classes("fg-tree-number")
        number.props["aria-label"] = _("Days")
        self.word(_("days"))
        return lambda: whole(number.value)

    def _compared(self) -> Any:
        found = self._value()
        return None if found in ("", []) else found

    def _trait_chosen(self) -> None:
        operators = self._operators()
        op = self._op.value if self._op.value in operators else next(iter(operators))
        self._op.set_options(operators, value=op)
        self._compare(None)

    def _op_chosen(self) -> None:
        kept = self._compared()
        self._compare(kept if isinstance(kept, str | int | float) and not isinstance(kept, bool) else None, keep=True)

    def _compare(self, value: Any, *, keep: bool = False) -> None:
        op = str(self._op.value)
        taken = self._control and op not in DAY_OPERATORS and self._control.take(self._attribute(), op, keep=keep)
        if not taken:
            self._cell.clear()
            with self._cell:
                self._value = self._field(value)
        self.changed()
