"""The period that figures are shown for: the last so many days, or any days, as an address keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PRESETS = (7, 30, 90)
"""Lengths that are offered, in days."""

DEFAULT_DAYS = 30

EARLIEST = date(1900, 1, 1)
"""No figures reach further back; a zone cannot place the very first days of the calendar in UTC."""


@dataclass(frozen=True)
class ShownPeriod:
    """Civil days from ``first`` to ``last``, both included; ``preset`` is the length it was asked for by, if it was."""

    first: date
    last: date
    preset: int | None = None

    @classmethod
    def latest(cls, days: int, newest: date) -> Self:
        """Give the ``days`` days that end with ``newest``."""
        return cls(newest - timedelta(days=days - 1), newest, days)

    @classmethod
    def between(cls, first: date, last: date, newest: date) -> Self:
        """Give the days from one to the other, in either order, none earlier than ``EARLIEST`` or later than ``newest``."""
        first, last = sorted(max(EARLIEST, min(day, newest)) for day in (first, last))
        return cls(first, last)

    @classmethod
    def parse(cls, query: Mapping[str, str], newest: date) -> Self:
        """Read ``period=30`` or ``from=…&to=…``; what makes no sense gives the last 30 days.

        Args:
            query: of the address.
            newest: the last day that there can be figures for.

        Examples:
            >>> ShownPeriod.parse({"period": "7"}, date(2024, 6, 30)).first
            datetime.date(2024, 6, 24)
        """
        first, last = _day(query.get("from", "")), _day(query.get("to", ""))
        if first and last:
            return cls.between(first, last, newest)
        asked = query.get("period", "")
        return cls.latest(next((days for days in PRESETS if asked == str(days)), DEFAULT_DAYS), newest)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> ShownPeriod:
        """Give the period of the same length that ends where this one begins."""
        return ShownPeriod(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def query(self) -> str:
        """Give it as the query of an address; ``parse`` reads it back."""
        return f"period={self.preset}" if self.preset else f"from={self.first}&to={self.last}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
