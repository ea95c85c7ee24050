"""The period of a question: named days, or days from a calendar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Control, Problem, labelled
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.parts.base import FormContext

DEFAULT = "30d"
"""Period of most kinds."""
PERIODS = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "7d": N_("Last 7 days"),
    "30d": N_("Last 30 days"),
    "90d": N_("Last 90 days"),
    "12w": N_("Last 12 weeks"),
    "6m": N_("Last 6 months"),
    "12m": N_("Last 12 months"),
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "all": N_("All time"),
}
_OWN = "own"
_COUNTED = re.compile(r"(\d+)([dwm])")


class PeriodPart(Control):
    """A choice of named periods, or two days.

    Args:
        context: of the form.
        value: the period as the query writes it; None for the default.
        default: what the query takes without the field.
    """

    def __init__(self, context: FormContext, value: str | None, default: str = DEFAULT) -> None:
        self._context, self._default = context, default
        text = value or default
        first, separator, last = text.partition("..")
        days = bool(separator) or (text not in PERIODS and not _COUNTED.fullmatch(text))
        options = {key: _(name) for key, name in PERIODS.items()}
        if not days:
            options.setdefault(text, _counted(text))
        options[_OWN] = _("Chosen days")
        with labelled(_("Time range"), classes="fg-ask-field-wide") as self.box:
            self._select = ui.select(options, value=_OWN if days else text, on_change=self._chosen)
            self._select.props["aria-label"] = _("Time range")
            with ui.element("div").classes("fg-pair") as self._days:
                self._first = self._day(_("First day"), first if days else "")
                self._last = self._day(_("Last day"), (last or first) if days else "")
            self._days.set_visibility(days)
            self.problem = Problem()

    def _day(self, label: str, value: str) -> ui.input:
        field = ui.input(value=value, on_change=self._context.on_change).props("type=date")
        field.props["aria-label"] = label
        return field

    def value(self) -> str | None:
        """Give the period as the query writes it."""
        if self._select.value != _OWN:
            return None if self._select.value == self._default else str(self._select.value)
        return f"{self._first.value}..{self._last.value}"

    def is_missing(self) -> bool:
        """Say whether a day is still to be chosen."""
        return self._select.value == _OWN and not (self._first.value and self._last.value)

    def put(self, period: str) -> None:
        """Choose a named period."""
        self._select.set_value(period)

    def _chosen(self) -> None:
        self._days.set_visibility(self._select.value == _OWN)
        self._context.on_change()


def _counted(text: str) -> str:
    found = _COUNTED.fullmatch(text)
    if found is None:
        return text
    count = int(found[1])
    match found[2]:
        case "d":
            return ngettext("Last {n} day", "Last {n} days", count)
        case "w":
            return ngettext("Last {n} week", "Last {n} weeks", count)
        case _other:
            return ngettext("Last {n} month", "Last {n} months", count)
