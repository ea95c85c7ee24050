"""Patterns that give many names one: a row each, added and taken away in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Control, Problem, add_button, icon_button
from finegrain.console.pages.analysis.parts.rows import RowsPart
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext

_KINDS = {"glob": N_("with * for any text"), "regex": N_("regular expression")}


class PatternRow(Control):
    """One pattern and the name that it gives.

    Args:
        context: of the form.
        value: the pattern as a JSON object; empty for a new one.
        on_delete: is called with this row when it is to go.
    """

    def __init__(self, context: FormContext, value: Mapping[str, Any], on_delete: Callable[[PatternRow], object]) -> None:
        with ui.element("div").classes("fg-filter-row") as self.box:
            with ui.element("div").classes("fg-filter-head"):
                placeholder = _("Names like /goods/*")
                self._pattern = self._text(context, value.get("pattern"), _("Pattern of names"), placeholder)
                icon_button("close", _("Take this pattern away"), lambda: on_delete(self))
            with ui.element("div").classes("fg-filter-line"):
                options = {kind: _(text) for kind, text in _KINDS.items()}
                self._kind = ui.select(options, value=value.get("kind", "glob"), on_change=context.on_change)
                self._kind.classes("fg-filter-value").props["aria-label"] = _("How the pattern is read")
                self._name = self._text(context, value.get("name"), _("Name that they get"), _("become one name"))
            self.problem = Problem()

    def _text(self, context: FormContext, value: str | None, label: str, placeholder: str) -> ui.input:
        field = ui.input(value=value or "", placeholder=placeholder, on_change=context.on_change).classes("fg-filter-value")
        field.props["aria-label"] = label
        return field

    def value(self) -> dict[str, Any] | None:
        """Give the pattern as a JSON object; None while it is not complete."""
        pattern, name = self._pattern.value or "", (self._name.value or "").strip()
        if not pattern or not name:
            return None
        return {"pattern": pattern, "name": name} | ({"kind": self._kind.value} if self._kind.value != "glob" else {})


class PatternsPart(RowsPart[PatternRow]):
    """Patterns in order: the first that matches a name counts.

    Args:
        context: of the form.
        values: the patterns as JSON objects.
    """

    def __init__(self, context: FormContext, values: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(context)
        with ui.element("div").classes("fg-events-part"):
            self._list = ui.element("div").classes("fg-filter-list")
            self._problem = Problem()
            add_button(_("Group names by a pattern"), lambda: self._add({}))
        for value in values:
            self._add(value)

    def _say(self, text: str) -> bool:
        self._problem.say(text)
        return True

    def _add(self, value: Mapping[str, Any]) -> None:
        with self._list:
            self._rows.append(PatternRow(self._context, value, self._delete))
