"""The instants that trends are counted over: the days before, rolling days, whole buckets, the days of the DAU/MAU ratio."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.periods import Buckets, Days, cut
from finegrain.i18n import Phrase
from finegrain.zones import bucket_start, from_us, next_bucket, to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Granularity
    from finegrain.behaviour.queries.scope import Scope

RATIO_DAYS = 30
"""Days of the month over which the DAU/MAU ratio is taken."""


def scope_before(scope: Scope) -> Scope:
    """Give the scope of as many civil days just before a scope's.

    Raises:
        BadQueryError: they would lie before the calendar begins.
    """
    try:
        days = scope.days.before()
        period = days.period(scope.zone)
    except OverflowError as error:
        allowed = Phrase("false: as many days before this period leave the calendar")
        raise BadQueryError(field="compare", value="true", allowed=allowed) from error
    return replace(scope, days=days, start_us=period.start_us, end_us=period.end_us)


@dataclass(frozen=True)
class Windows:
    """One range of instants a bucket: ``[start_us[i], end_us[i])``, both ``(B,) int64`` and ascending."""

    start_us: NDArray[np.int64]
    end_us: NDArray[np.int64]


def rolling_windows(scope: Scope, granularity: Granularity, days: int) -> Windows:
    """Give the ``days`` civil days that end with each bucket's last day inside the period.

    Args:
        scope: the period and the zone.
        granularity: no shorter than a day.
        days: how many, 1 or more.
    """
    ends = cut(scope.days, granularity, scope.zone).edges_us[1:]
    lasts = [scope.zone.day_of(from_us(end - 1)) for end in ends.tolist()]
    starts = [to_us(scope.zone.day_start(last - timedelta(days=days - 1))) for last in lasts]
    return Windows(np.array(starts, dtype=np.int64), ends)


def whole_buckets(scope: Scope, granularity: Granularity) -> Buckets:
    """Give the whole civil buckets that touch the period."""
    if granularity == "hour":
        return cut(scope.days, granularity, scope.zone)
    first = bucket_start(scope.days.first, granularity)
    last = next_bucket(bucket_start(scope.days.last, granularity), granularity) - timedelta(days=1)
    return cut(Days(first, last), granularity, scope.zone)


def start_before(scope: Scope, granularity: Granularity) -> int:
    """Give the instant at which the bucket before the first whole one begins, in microseconds since 1970 UTC."""
    if granularity == "hour":
        yesterday = scope.days.first - timedelta(days=1)
        return int(cut(Days(yesterday, yesterday), granularity, scope.zone).edges_us[-2])
    first = bucket_start(scope.days.first, granularity)
    return to_us(scope.zone.day_start(bucket_start(first - timedelta(days=1), granularity)))


def ratio_days(scope: Scope) -> Days:
    """Give the 30 civil days over which the DAU/MAU ratio is taken; see ``StickinessQuery``."""
    over = scope.zone.day_of(from_us(scope.now_us)) - timedelta(days=1)
    last: date = min(scope.days.last, over)
    return Days(last - timedelta(days=RATIO_DAYS - 1), last)
