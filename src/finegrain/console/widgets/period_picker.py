"""Picks the period of a page: the last so many days, or any days from a calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.period import PRESETS, ShownPeriod
from finegrain.console.widgets.pickers import segmented
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable


class PeriodPicker:
    """A row of lengths with a calendar beside it.

    Args:
        period: what is chosen at first.
        newest: the last day that can be chosen.
        on_change: told the period that the user picks.
    """

    def __init__(self, period: ShownPeriod, newest: date, on_change: Callable[[ShownPeriod], object]) -> None:
        self.period = period
        self._newest = newest
        self._on_change = on_change
        lengths = {str(days): ngettext("{n} day", "{n} days", days) for days in PRESETS}
        chosen = str(period.preset) if period.preset else None
        with ui.element("div").classes("fg-row"):
            self._lengths = segmented(lengths, chosen, self._length, label=_("Period shown"))
            self._button = ui.button(icon="calendar_month", color=None).classes("fg-outlined")
            self._button.props["aria-label"] = _("Choose days")
            with self._button, ui.menu().props("anchor='bottom right' self='top right'") as self._menu:
                self._calendar()
        self._label()

    def _calendar(self) -> None:
        with ui.element("div").classes("fg-calendar"):
            self._days = ui.date().props("range minimal flat first-day-of-week=1")
            self._days.props["default-year-month"] = f"{self.period.last:%Y/%m}"
            # The text is a date of ours, so that the script holds nothing foreign.
            self._days.props[":options"] = f"day => day <= '{self._newest:%Y/%m/%d}'"
            # A click into a range that is already chosen would take it back instead of beginning a new one.
            self._menu.on_value_change(lambda event: self._days.set_value(None) if event.value else None)
            with ui.element("div").classes("fg-actions fg-end"):
                ui.button(_("Cancel"), on_click=self._menu.close).props("flat")
                ui.button(_("Apply"), on_click=self._apply)

    def _length(self, key: str) -> None:
        self._choose(ShownPeriod.latest(int(key), self._newest))

    def _apply(self) -> None:
        self._menu.close()
        if chosen := _days(self._days.value):
            self._lengths.set_value(None)
            self._choose(ShownPeriod.between(*chosen, self._newest))

    def _choose(self, period: ShownPeriod) -> None:
        self.period = period
        self._label()
        self._on_change(period)

    def _label(self) -> None:
        own = "" if self.period.preset else f"{self.period.first} – {self.period.last}"
        self._button.set_text(own)


def _days(value: Any) -> tuple[date, date] | None:
    # Quasar gives a range as an object, a single day as a text, and nothing as None.
    match value:
        case {"from": str(first), "to": str(last)}:
            return date.fromisoformat(first), date.fromisoformat(last)
        case str(day):
            return date.fromisoformat(day), date.fromisoformat(day)
    return None
