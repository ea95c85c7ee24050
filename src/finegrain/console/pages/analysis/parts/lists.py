"""Lists of texts and numbers: formulas, the breaks of a distribution, models of attribution."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Control, Problem, as_number, labelled
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext

_NUMBERS = re.compile(r"[\s,;，；、]+")


class TextsPart(Control):
    """Texts in one line, parted by semicolons."""

    def __init__(self, context: FormContext, label: str, values: Sequence[str], placeholder: str) -> None:
        with labelled(label, classes="fg-ask-field-wide") as self.box:
            self._field = ui.input(value="; ".join(values), placeholder=placeholder, on_change=context.on_change)
            self._field.props["aria-label"] = label
            self.problem = Problem()

    def value(self) -> list[str] | None:
        """Give the texts."""
        parts = re.split(r"[;；]", self._field.value or "")
        return [part.strip() for part in parts if part.strip()] or None


class NumbersPart(Control):
    """Numbers in one line, parted by commas or spaces."""

    def __init__(self, context: FormContext, label: str, values: Sequence[float], placeholder: str) -> None:
        with labelled(label, classes="fg-ask-field-wide") as self.box:
            text = ", ".join(f"{number:g}" for number in values)
            self._field = ui.input(value=text, placeholder=placeholder, on_change=context.on_change)
            self._field.classes("fg-num").props["aria-label"] = label
            self.problem = Problem()

    def value(self) -> list[Any] | None:
        """Give the numbers; what is none goes to the query as it is, to be refused."""
        parts = [part for part in _NUMBERS.split(self._field.value or "") if part]
        return [as_number(part) for part in parts] or None


class ChoicesPart(Control):
    """Several of a few choices; all of them is the default.

    Args:
        context: of the form.
        label: name of the field, shown as it is.
        choices: value → English text, translated here.
        values: what is chosen at first; None for all.
    """

    def __init__(self, context: FormContext, label: str, choices: Mapping[str, str], values: Sequence[str] | None) -> None:
        self._choices = list(choices)
        with labelled(label, classes="fg-ask-field-wide") as self.box:
            options = {key: _(text) for key, text in choices.items()}
            chosen = list(values) if values else self._choices
            self._select = ui.select(options, value=chosen, multiple=True, on_change=context.on_change).props("use-chips")
            self._select.props["aria-label"] = label
            self.problem = Problem()

    def value(self) -> list[str] | None:
        """Give what is chosen, in the order of the choices; None for all."""
        chosen = [key for key in self._choices if key in self._select.value]
        return None if chosen == self._choices else chosen
