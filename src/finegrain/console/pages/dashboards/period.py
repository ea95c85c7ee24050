"""The period that all cards of a dashboard are asked for, or each card's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.analysis.parts.period import PERIODS
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

_EACH, _OWN = "each", "own"


class BoardPeriod:
    """A choice of named periods, or two days.

    Args:
        period: as the dashboard keeps it; empty where each card has its own.
        on_change: told the period that the reader picks; may be async.
    """

    def __init__(self, period: str, on_change: Callable[[str], object]) -> None:
        self._on_change = on_change
        named = period in PERIODS or not period
        options = {_EACH: _("Each card’s own period"), **{key: _(name) for key, name in PERIODS.items()}}
        self._select = ui.select({**options, _OWN: _("Chosen days")}, value=(period or _EACH) if named else _OWN)
        self._select.props["aria-label"] = _("Period of all cards")
        first, _dots, last = ("", "", "") if named else period.partition("..")
        with ui.element("div").classes("fg-row") as self._days:
            self._first, self._last = self._day(_("First day"), first), self._day(_("Last day"), last or first)
        self._days.set_visibility(not named)
        self._select.on_value_change(self._chosen)

    def _day(self, label: str, value: str) -> ui.input:
        field = ui.input(value=value, on_change=self._chosen).props("type=date")
        field.props["aria-label"] = label
        return field

    def _chosen(self) -> object:
        own = self._select.value == _OWN
        self._days.set_visibility(own)
        if not own:
            return self._on_change("" if self._select.value == _EACH else str(self._select.value))
        if self._first.value and self._last.value and self._first.value <= self._last.value:
            return self._on_change(f"{self._first.value}..{self._last.value}")
        return None
