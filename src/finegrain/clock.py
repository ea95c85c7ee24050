"""The one clock: where every reading of the present time comes from, so that tests can set it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is moved; for tests, simulation and back-testing.

    Args:
        now: where it stands at first; must be aware.

    Examples:
        >>> clock = SettableClock(datetime(2024, 1, 1, tzinfo=UTC))
        >>> clock.advance(days=1)
        >>> clock.now().isoformat()
        '2024-01-02T00:00:00+00:00'
    """

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Give the instant at which the clock stands, aware, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Move the clock to ``now``."""
        self._now = now.astimezone(UTC)

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward by so many days and seconds."""
        self._now += timedelta(days=days, seconds=seconds)
