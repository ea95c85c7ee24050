"""Traits that are days: how far they lie from today, and when their month and day come round."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.conditions import read_time
from finegrain.zones import from_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import DayOperator
    from finegrain.zones import Zone

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH_DAY = re.compile(r"\d\d-\d\d")
_LEAP_YEAR = 2000
_LEAP_DAY = (2, 29)
NO_DAY = 0
"""What stands for a trait that names no day, among ordinals as among ``month × 100 + day``."""


def read_day(text: str, zone: Zone) -> date | None:
    """Give the civil day that a trait names: a date itself, a time the day in which it lies; None where it names none.

    Examples:
        >>> from finegrain.zones import Zone
        >>> read_day("2024-03-31T23:30:00Z", Zone("Europe/Berlin"))
        datetime.date(2024, 4, 1)
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        instant = read_time(text, zone)
        return None if instant is None else zone.day_of(from_us(instant))
    except (ValueError, OverflowError):
        return None


def ordinal(text: str, zone: Zone) -> int:
    """Give the day that a trait names as the proleptic Gregorian ordinal, ``NO_DAY`` where it names none."""
    day = read_day(text, zone)
    return NO_DAY if day is None else day.toordinal()


def month_day(text: str, zone: Zone) -> int:
    """Give what comes round every year as ``month × 100 + day``: of a day, or of ``MM-DD``; ``NO_DAY`` where there is none.

    Examples:
        >>> from finegrain.zones import Zone
        >>> [month_day(text, Zone("UTC")) for text in ("1990-02-28", "02-29", "soon")]
        [228, 229, 0]
    """
    day = read_day(f"{_LEAP_YEAR}-{text}" if _MONTH_DAY.fullmatch(text) else text, zone)
    return NO_DAY if day is None else day.month * 100 + day.day


def near(op: DayOperator, days: NDArray[np.int64], count: int, today: date) -> NDArray[np.bool_]:
    """Say which days meet an operator that counts civil days from today; see ``HasTrait``.

    Args:
        op: the operator.
        days: ``(n,) int64``: ordinals, or for ``anniversary`` what ``month_day`` gives.
        count: how many days.
        today: the civil day.
    """
    there = days != NO_DAY
    if op == "anniversary":
        until = np.array([days_until(code, today) if _is_day(code) else 0 for code in range(1232)])
        soon: NDArray[np.bool_] = there & (until[days] < count)
        return soon
    ahead = days - today.toordinal()
    inside = {
        "within_last": (-count < ahead) & (ahead <= 0),
        "more_than_ago": ahead <= -count,
        "within_next": (ahead >= 0) & (ahead < count),
    }
    found: NDArray[np.bool_] = there & inside[op]
    return found


def _is_day(code: int) -> bool:
    month, day = divmod(code, 100)
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(_LEAP_YEAR, month)[1]  # noqa: PLR2004 - months of a year


def days_until(code: int, today: date) -> int:
    """Give how many days there are until a month and day (``month_day``) come round, 0 for today."""
    this_year = in_year(code, today.year)
    return ((this_year if this_year >= today else in_year(code, today.year + 1)) - today).days


def in_year(code: int, year: int) -> date:
    """Give the day on which a month and day come round in a year; 29 February on 28 February where there is none.

    Examples:
        >>> in_year(229, 2023), in_year(229, 2024)
        (datetime.date(2023, 2, 28), datetime.date(2024, 2, 29))
    """
    month, day = divmod(code, 100)
    if (month, day) == _LEAP_DAY and not calendar.isleap(year):
        day -= 1
    return date(year, month, day)


def turns(op: DayOperator, day: int, count: int, today: date) -> tuple[date, ...]:
    """Give the civil days at whose start an operator may change its mind about a day that stays as it is.

    Args:
        op: the operator.
        day: as ``near`` takes it, one.
        count: how many days.
        today: the civil day.
    """
    if day == NO_DAY:
        return ()
    if op == "anniversary":
        comes = today + timedelta(days=days_until(day, today))
        return (comes - timedelta(days=count - 1), comes + timedelta(days=1))
    at = date.fromordinal(day)
    return (at, at + timedelta(days=1), at + timedelta(days=count), at - timedelta(days=count - 1))
