"""From civil time to UTC for whole columns: the offsets of a zone as a table of steps, taken from the zone data of Python."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from finegrain.zones import Zone

_FIRST, _LAST = datetime(1900, 1, 1), datetime(2101, 1, 1)  # noqa: DTZ001 - civil times have no zone
_LONG_AGO = datetime(1, 1, 1)  # noqa: DTZ001
_SECOND = timedelta(seconds=1)
_STRIDE = timedelta(days=7)  # no zone has changed its offset twice in a week since 1900


@lru_cache(maxsize=16)
def zone_offsets(zone: Zone) -> pa.Table:
    """Give the offsets of ``zone`` by civil time: ``civil_from timestamp[us], utc_offset duration[us]``, ascending.

    A row holds from its civil time to that of the next. A civil time that a clock shows twice means the first of the two; one
    that it skips means the instant that the old offset gives (so it moves forward by the gap), as Python's ``fold=0`` does.
    Before 1900 and after 2100 the nearest offset holds.
    """
    starts, offsets = [_LONG_AGO], [_offset(zone, _FIRST)]
    week = _FIRST
    while week < _LAST:
        following = week + _STRIDE
        if _offset(zone, following) != offsets[-1]:
            starts.append(_step(zone, week, following))
            offsets.append(_offset(zone, following))
        week = following
    return pa.table({"civil_from": pa.array(starts, pa.timestamp("us")), "utc_offset": pa.array(offsets, pa.duration("us"))})


def _step(zone: Zone, before: datetime, after: datetime) -> datetime:
    # ``before`` has the old offset, ``after`` the new one; find the first second that has the new one.
    old = _offset(zone, before)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: Zone, civil: datetime) -> timedelta:
    return civil.replace(tzinfo=zone.info).utcoffset() or timedelta()
