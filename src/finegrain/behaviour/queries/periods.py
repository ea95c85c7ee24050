"""Which instants a query's period covers, and the civil buckets it is cut into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.errors import BadPeriodError, BadQueryError
from finegrain.i18n import Phrase
from finegrain.zones import Period, next_bucket, to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Granularity
    from finegrain.zones import Zone

MOST_BUCKETS = 5_000
_LAST = re.compile(r"([1-9]\d{0,3})([dwm])")
_PERIODS = Phrase("days such as 2024-01-01..2024-03-31, 30d, 12w or 6m, or today, yesterday, this_month, last_month or all")


@dataclass(frozen=True)
class Days:
    """Civil days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def period(self, zone: Zone) -> Period:
        """Give the instants of these days in ``zone``."""
        return zone.period(self.first, self.last)

    def before(self) -> Days:
        """Give as many days just before these."""
        return Days(self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1))


def read_period(text: str, today: date, data: Days | None) -> Days:
    """Read a period as ``Query`` describes it.

    Args:
        text: the period.
        today: the civil day up to which figures are shown.
        data: the days from the first event to the last; None without events, when ``all`` is today.

    Raises:
        BadPeriodError: it cannot be read, ends before it begins, or leaves the calendar.

    Examples:
        >>> read_period("2w", date(2024, 3, 10), None)
        Days(first=datetime.date(2024, 2, 26), last=datetime.date(2024, 3, 10))
    """
    try:
        days = _named(text, today, data) or _counted(text, today) or _written(text)
    except (ValueError, OverflowError) as error:
        raise BadPeriodError(field="period", value=text, allowed=_PERIODS) from error
    if days.last < days.first or days.first.year < 2 or days.last.year > 9998:  # noqa: PLR2004 - room for a day on either side
        raise BadPeriodError(field="period", value=text, allowed=_PERIODS)
    return days


def _named(text: str, today: date, data: Days | None) -> Days | None:
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    named = {
        "today": Days(today, today),
        "yesterday": Days(today - timedelta(days=1), today - timedelta(days=1)),
        "this_month": Days(month, today),
        "last_month": Days(before.replace(day=1), before),
        "all": data or Days(today, today),
    }
    return named.get(text)


def _counted(text: str, today: date) -> Days | None:
    found = _LAST.fullmatch(text)
    if found is None:
        return None
    count, unit = int(found[1]), found[2]
    if unit == "m":
        months = today.year * 12 + today.month - 1 - (count - 1)
        return Days(date(months // 12, months % 12 + 1, 1), today)
    return Days(today - timedelta(days=count * (7 if unit == "w" else 1) - 1), today)


def _written(text: str) -> Days:
    first, _, last = text.partition("..")
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


@dataclass(frozen=True)
class Buckets:
    """A period cut into civil buckets.

    Attributes:
        starts: when each bucket begins as civil time, ``(B,)``: an ISO date, or for hours a time with offset; the first bucket
            may begin before the period, of which it then holds only the part inside.
        edges_us: ``(B + 1,) int64``; bucket ``i`` covers ``[edges_us[i], edges_us[i + 1])``; the first and the last edge are the
            period's.
        ends_us: ``(B,) int64``, when each whole bucket ends; a bucket that ends after the present is still open.
    """

    starts: tuple[str, ...]
    edges_us: NDArray[np.int64]
    ends_us: NDArray[np.int64]

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.starts)

    def open(self, now_us: int) -> tuple[bool, ...]:
        """Say of each bucket whether it has not ended at ``now_us``."""
        return tuple((self.ends_us > now_us).tolist())


def cut(days: Days, granularity: Granularity, zone: Zone) -> Buckets:
    """Cut a period into the civil buckets that touch it; a day of 23 or 25 hours is one bucket, and has as many hours.

    Raises:
        BadQueryError: there would be more than ``MOST_BUCKETS``.
    """
    length = {"hour": 1 / 24, "day": 1, "week": 7, "month": 28, "quarter": 90}[granularity]
    if ((days.last - days.first).days + 1) / length > MOST_BUCKETS:
        allowed = Phrase("a longer granularity or a shorter period, so that there are at most {most} buckets", most=MOST_BUCKETS)
        raise BadQueryError(field="granularity", value=granularity, allowed=allowed)
    if granularity == "hour":
        return _hours(days, zone)
    starts = zone.bucket_starts(days.first, days.last, granularity)
    bounds = [to_us(zone.day_start(day)) for day in (*starts, next_bucket(starts[-1], granularity))]
    return _clipped(tuple(day.isoformat() for day in starts), bounds, days.period(zone))


def _clipped(starts: tuple[str, ...], bounds: list[int], period: Period) -> Buckets:
    edges = np.clip(np.array(bounds, dtype=np.int64), period.start_us, period.end_us)
    return Buckets(starts, edges, np.array(bounds[1:], dtype=np.int64))


def _hours(days: Days, zone: Zone) -> Buckets:
    instants = sorted({instant for day in _each(days) for instant in _hours_of(day, zone)})
    starts = tuple(instant.astimezone(zone.info).isoformat(timespec="minutes") for instant in instants)
    period = days.period(zone)
    return _clipped(starts, [*(to_us(instant) for instant in instants), period.end_us], period)


def _each(days: Days) -> list[date]:
    return [days.first + timedelta(days=place) for place in range((days.last - days.first).days + 1)]


def _hours_of(day: date, zone: Zone) -> set[datetime]:
    """Give the instants at which the clock on the wall shows a full hour of ``day``, and the day's first instant."""
    shown = {datetime.combine(day, time(hour, fold=fold), zone.info).astimezone(UTC) for hour in range(24) for fold in (0, 1)}
    return {zone.day_start(day)} | {
        instant for instant in shown if instant.astimezone(zone.info).minute == 0 and zone.day_of(instant) == day
    }
