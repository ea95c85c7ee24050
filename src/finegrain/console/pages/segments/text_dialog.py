"""The rule as text in a dialog: to copy it, or to paste another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.audience.rules.errors import BadRuleError
from finegrain.console.pages.analysis.parts.base import Problem
from finegrain.console.pages.data.copying import copy_field_button
from finegrain.console.pages.segments.exchange import as_json, as_yaml, rule_in
from finegrain.console.pages.segments.told import told_at_node
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable


class TextDialog:
    """The dialog, open at once.

    Args:
        rule: as JSON values.
        take: is called with the JSON values of the rule that was pasted.
    """

    def __init__(self, rule: dict[str, Any], take: Callable[[dict[str, Any]], object]) -> None:
        self._rule, self._take = rule, take
        with ui.dialog(value=True) as self._dialog, card(classes="fg-dialog fg-tree-text"):
            ui.label(_("The rule as text")).classes("fg-state-title").props("role=heading aria-level=2")
            ui.label(
                _("Copy it, or paste another one: JSON or YAML, as the command line and the HTTP interface take it.")
            ).classes("fg-muted")
            segmented({"json": "JSON", "yaml": "YAML"}, "json", self._write, label=_("Form of the text"))
            self._text = ui.textarea(value=as_json(rule)).props("outlined rows=16 spellcheck=false").classes("fg-ask-wide")
            self._text.props["aria-label"] = _("The rule as text")
            self._problem = Problem()
            with ui.element("div").classes("fg-row fg-end"):
                copy_field_button(self._text)
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")
                ui.button(_("Take it over"), on_click=self._taken)
        self._dialog.on("hide", self._dialog.delete)

    def _write(self, form: str) -> None:
        self._text.value = as_yaml(self._rule) if form == "yaml" else as_json(self._rule)
        self._problem.say("")

    def _taken(self) -> None:
        try:
            rule = rule_in(str(self._text.value or ""))
        except BadRuleError as error:
            path, text = told_at_node(error)
            self._problem.say(_("{node}: {problem}", node=path, problem=text) if path else text)
            return
        self._dialog.close()
        self._take(rule)
