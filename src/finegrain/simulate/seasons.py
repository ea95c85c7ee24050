"""How busy the shop is: weekdays, hours of the day, and the promotions of the Chinese year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEKDAY_FACTORS = (0.93, 0.92, 0.95, 0.98, 1.06, 1.12, 1.04)
"""Monday to Sunday; they average 1."""

HOUR_WEIGHTS = (
    2.2,
    1.1,
    0.6,
    0.4,
    0.4,
    0.7,
    1.6,
    3.0,
    4.2,
    4.8,
    5.2,
    5.4,
    6.4,
    5.8,
    4.8,
    4.6,
    4.7,
    4.9,
    5.6,
    6.8,
    8.2,
    8.8,
    7.6,
    4.4,
)
"""Visits by civil hour: a lunch peak, and the evening from 20 to 22."""

_SPRING_FESTIVALS = (
    date(2018, 2, 16), date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip
_MID_FEBRUARY = (2, 5)


@dataclass(frozen=True)
class Promotion:
    """A promotion of the shop.

    Attributes:
        name: what it is called, also the coupon of its days.
        first, peak, last: its civil days; the strength climbs to ``strength`` on the peak and falls off after it.
    """

    name: str
    first: date
    peak: date
    last: date
    strength: float

    def strength_on(self, day: date) -> float:
        """Give the strength on ``day``: 0 outside, ``strength`` on the peak, between a fifth and a half of it around the peak."""
        if not self.first <= day <= self.last:
            return 0.0
        if day == self.peak:
            return self.strength
        span = (self.peak - self.first).days if day < self.peak else (self.last - self.peak).days
        nearness = 1 - abs((day - self.peak).days) / (span + 1)
        return self.strength * (0.2 + 0.3 * nearness)


@dataclass(frozen=True)
class Season:
    """The season of a history, day by day.

    Attributes:
        first_day: civil day 0.
        weekday: ``(n_days,) float64`` factor of the weekday, mean 1 over a week.
        promotion: ``(n_days,) float64`` strength of the promotions, 0 on an ordinary day.
        promotion_code: ``(n_days,) int64`` place in ``promotions`` of the day's strongest, −1 without one.
        promotions: those that touch the history.
    """

    first_day: date
    weekday: NDArray[np.float64]
    promotion: NDArray[np.float64]
    promotion_code: NDArray[np.int64]
    promotions: tuple[Promotion, ...]

    @property
    def days(self) -> int:
        """How many days the history has."""
        return len(self.weekday)


def promotions_of(year: int) -> tuple[Promotion, ...]:
    """Give the promotions of a civil year: New Year, New Year goods before the Spring Festival, 618 and 11.11."""
    spring = _spring_festival(year)
    return (
        Promotion("元旦礼遇", date(year, 1, 1), date(year, 1, 1), date(year, 1, 3), 1.2),
        Promotion("年货节", spring - timedelta(days=24), spring - timedelta(days=12), spring - timedelta(days=6), 1.2),
        Promotion("618", date(year, 6, 1), date(year, 6, 18), date(year, 6, 20), 2.6),
        Promotion("双11", date(year, 10, 28), date(year, 11, 11), date(year, 11, 13), 3.4),
    )


def build_season(first_day: date, days: int) -> Season:
    """Lay out the season of ``days`` civil days from ``first_day`` on."""
    calendar = [first_day + timedelta(days=number) for number in range(days)]
    last_day = calendar[-1]
    known = [promotion for year in range(first_day.year, last_day.year + 1) for promotion in promotions_of(year)]
    touching = tuple(promotion for promotion in known if promotion.last >= first_day and promotion.first <= last_day)
    strengths = np.array([[0.0] * days, *([promotion.strength_on(day) for day in calendar] for promotion in touching)])
    return Season(
        first_day=first_day,
        weekday=np.array([WEEKDAY_FACTORS[day.weekday()] for day in calendar]),
        promotion=strengths.sum(axis=0),
        promotion_code=strengths.argmax(axis=0) - 1,
        promotions=touching,
    )


def draw_seconds(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw ``count`` seconds of the day (0–86,399) by ``HOUR_WEIGHTS``, even within an hour."""
    ends = np.cumsum(HOUR_WEIGHTS) / sum(HOUR_WEIGHTS)
    hours = np.searchsorted(ends, rng.random(count), side="right")
    return np.minimum(hours, 23) * 3_600 + rng.integers(0, 3_600, count)


def _spring_festival(year: int) -> date:
    known = {day.year: day for day in _SPRING_FESTIVALS}
    # Outside the table the middle of its range stands in: the demo needs a peak there, not the lunar calendar.
    return known.get(year, date(year, *_MID_FEBRUARY))
