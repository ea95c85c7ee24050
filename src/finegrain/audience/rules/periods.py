"""Which instants a rule's period covers as of a moment, and civil days counted from today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.deeds.contract import ALWAYS_US, Window
from finegrain.behaviour.queries.periods import read_period
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.zones import Zone

ALL = "all"


@dataclass(frozen=True)
class Moment:
    """The moment as of which a rule is asked, in the project's zone.

    Attributes:
        as_of: aware, in UTC; exclusive.
        zone: the project's.
    """

    as_of: datetime
    zone: Zone

    @cached_property
    def as_of_us(self) -> int:
        """The moment in microseconds since 1970 UTC."""
        return to_us(self.as_of)

    @cached_property
    def today(self) -> date:
        """The civil day of the last instant that is seen."""
        return self.zone.day_of(self.as_of - timedelta(microseconds=1))

    def window(self, period: str) -> Window:
        """Give the instants of a period, as far as they are seen.

        Raises:
            BadPeriodError: it cannot be read.
        """
        if period == ALL:
            return Window(ALWAYS_US, self.as_of_us)
        instants = read_period(period, self.today, None).period(self.zone)
        return Window(instants.start_us, min(instants.end_us, self.as_of_us))

    def start_us(self, day: date) -> int:
        """Give when a civil day begins."""
        return to_us(self.zone.day_start(day))

    def edges_us(self, first_us: int) -> NDArray[np.int64]:
        """Give where the civil days begin, from that of ``first_us`` to the one after today, ``(days + 1,) int64``."""
        return self.zone.edges_us(min(self.zone.day_of(from_us(first_us)), self.today), self.today)

    def days_since(self, times_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the civil days from each time to today, ``(n,) float64``; NaN where the time is ``NEVER``."""
        there = times_us != NEVER
        days = np.full(len(times_us), np.nan)
        if there.any():
            edges = self.edges_us(int(times_us[there].min()))
            days[there] = len(edges) - 1 - np.searchsorted(edges, times_us[there], side="right")
        return days
