"""Controls of single values: a choice, a number, a text, yes or no, a length of time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Control, Problem, labelled
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.console.pages.analysis.parts.base import FormContext

_UNITS = {"m": N_("minutes"), "h": N_("hours"), "d": N_("days"), "w": N_("weeks"), "s": N_("seconds")}
_DURATION = re.compile(r"(\d+)([smhdw])")


class ChoicePart(Control):
    """One of a few choices.

    Args:
        context: of the form.
        label: name of the field, shown as it is.
        choices: value → English text, translated here.
        value: what is chosen at first; None for the default.
        default: what the query takes without the field.
        help_: says what the choices mean, on hover.
    """

    def __init__(
        self, context: FormContext, label: str, choices: Mapping[str, str], value: str | None, *, default: str, help_: str = ""
    ) -> None:
        self._default = default
        with labelled(label, help_=help_) as self.box:
            options = {key: _(text) for key, text in choices.items()}
            chosen = value if value in options else default
            self._select = ui.select(options, value=chosen, on_change=context.on_change)
            self._select.props["aria-label"] = label
            self.problem = Problem()

    @property
    def chosen(self) -> str:
        """What is chosen."""
        return str(self._select.value)

    def value(self) -> str | None:
        """Give what is chosen."""
        return None if self._select.value == self._default else str(self._select.value)


class NumberPart(Control):
    """A number. Limits are not given to the element: it would cut what was typed instead of saying what is wrong."""

    def __init__(
        self, context: FormContext, label: str, value: float | None, default: float, *, help_: str = "", whole: bool = True
    ) -> None:
        self._default, self._whole = default, whole
        with labelled(label, help_=help_) as self.box:
            self._field = ui.number(value=default if value is None else value, on_change=context.on_change)
            self._field.classes("fg-num").props["aria-label"] = label
            self._field.props["step"] = 1 if whole else "any"
            self.problem = Problem()

    def value(self) -> float | None:
        """Give the number; None where the field is empty."""
        found = self._field.value
        if found is None or found == self._default:
            return None
        return int(found) if self._whole and float(found).is_integer() else float(found)


class TextPart(Control):
    """A line of text."""

    def __init__(self, context: FormContext, label: str, value: str | None, *, placeholder: str = "") -> None:
        with labelled(label) as self.box:
            self._field = ui.input(value=value or "", placeholder=placeholder, on_change=context.on_change)
            self._field.props["aria-label"] = label
            self.problem = Problem()

    def value(self) -> str | None:
        """Give the text; None where there is none."""
        return (self._field.value or "").strip() or None


class SwitchPart(Control):
    """Yes or no."""

    def __init__(self, context: FormContext, label: str, *, value: bool | None, help_: str = "") -> None:
        with labelled("", classes="fg-ask-field-wide", help_=help_) as self.box:
            self._field = ui.checkbox(label, value=bool(value), on_change=context.on_change).props("dense")
            self.problem = Problem()

    def value(self) -> bool | None:
        """Give True; None for no."""
        return True if self._field.value else None


class DurationPart(Control):
    """A length of time: a whole number and its unit, written as ``7d``."""

    def __init__(self, context: FormContext, label: str, value: str | None, default: str, help_: str = "") -> None:
        self._default = default
        found = _DURATION.fullmatch(value or default) or _DURATION.fullmatch(default)
        number, unit = (found[1], found[2]) if found else ("1", "d")
        with labelled(label, help_=help_) as self.box:
            with ui.element("div").classes("fg-pair"):
                self._number = ui.number(value=int(number), on_change=context.on_change, precision=0).classes("fg-num")
                self._number.props["aria-label"] = label
                units = {key: _(text) for key, text in _UNITS.items() if key != "s" or unit == "s"}
                self._unit = ui.select(units, value=unit, on_change=context.on_change)
                self._unit.props["aria-label"] = _("Unit of time")
            self.problem = Problem()

    def value(self) -> Any:
        """Give it as the query writes it; what is no whole number goes there as it is, to be refused."""
        number = self._number.value
        text = f"{'' if number is None else format(number, 'g')}{self._unit.value}"
        return None if text == self._default else text
