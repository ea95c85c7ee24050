"""The rows of the form in which the properties of an event are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.plan.contract import TYPES, PropertyRule
from finegrain.collect.plan.words import TYPE_NAMES
from finegrain.console.pages.plan.values import as_texts, as_values
from finegrain.console.widgets.chips import Chips
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finegrain.collect.plan.contract import DeclaredType


class RuleRows:
    """Rows that come and go one by one, so that what is being typed in the others stays."""

    def __init__(self) -> None:
        self._rows: list[_RuleRow] = []
        with ui.element("div").classes("fg-rules-head").props('aria-hidden="true"'):
            for name in (_("Property"), _("Type"), _("Required"), _("Allowed values"), _("Description"), ""):
                ui.label(name)
        self._box = ui.element("div").classes("fg-rules")
        self._none = ui.label(_("No property is declared yet.")).classes("fg-hint")
        ui.button(_("Add a property"), icon="add", on_click=lambda: self.add(PropertyRule("")), color=None).props("flat dense")

    def put(self, rules: Iterable[PropertyRule]) -> None:
        """Replace all rows."""
        for row in list(self._rows):
            self._remove(row)
        for rule in rules:
            self.add(rule)

    def add(self, rule: PropertyRule) -> None:
        """Add a row."""
        with self._box:
            self._rows.append(_RuleRow(rule, self._remove))
        self._none.set_visibility(False)

    def rules(self) -> tuple[PropertyRule, ...]:
        """Give what stands in the rows; those without any entry are left out."""
        return tuple(row.rule() for row in self._rows if not row.is_empty())

    def _remove(self, row: _RuleRow) -> None:
        self._rows.remove(row)
        row.box.delete()
        self._none.set_visibility(not self._rows)


class _RuleRow:
    """One row."""

    def __init__(self, rule: PropertyRule, remove: object) -> None:
        self.box = ui.element("div").classes("fg-rule")
        with self.box:
            self._name = ui.input(value=rule.name, placeholder=_("Name")).props("maxlength=255")
            self._name.props["aria-label"] = _("Property")
            self._type = ui.select({key: _(TYPE_NAMES[key]) for key in TYPES}, value=rule.type)
            self._type.props["aria-label"] = _("Type")
            self._required = ui.checkbox(_("Required"), value=rule.required)
            self._allowed = Chips(value=as_texts(rule.allowed, rule.type), new_value_mode="add-unique")
            self._allowed.props("outlined dense").props["aria-label"] = _("Allowed values")
            self._allowed.props["placeholder"] = _("all; Enter adds one")
            self._description = ui.input(value=rule.description, placeholder=_("Description")).props("maxlength=2000")
            self._description.props["aria-label"] = _("Description")
            button = ui.button(icon="close", on_click=lambda: remove(self), color=None)  # type: ignore[operator]
            button.props("flat round dense").classes("fg-tool").props["aria-label"] = _("Remove this property")

    def is_empty(self) -> bool:
        """Say whether nothing was entered."""
        return not (self._name.value or self._allowed.value or self._description.value)

    def rule(self) -> PropertyRule:
        """Give what was entered."""
        type_: DeclaredType = self._type.value
        return PropertyRule(
            name=(self._name.value or "").strip(),
            type=type_,
            required=bool(self._required.value),
            allowed=as_values(self._allowed.value or (), type_),
            description=(self._description.value or "").strip(),
        )
