"""Civil time: DST days, buckets, and instants that skip."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.errors import BadValueError
from finegrain.zones import Bucket, Zone, bucket_start, from_us, next_bucket, to_us

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"])
BUCKETS: list[Bucket] = ["day", "week", "month", "quarter"]
HOUR_US = 3_600_000_000


@pytest.mark.parametrize(("day", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 6, 1), 24)])
def test_a_day_of_london_has_as_many_hours_as_its_clocks(day: date, hours: int) -> None:
    edges = Zone("Europe/London").edges_us(day, day)
    assert edges[1] - edges[0] == hours * HOUR_US


def test_a_day_whose_midnight_is_skipped_starts_at_its_first_instant() -> None:
    start = Zone("Africa/Cairo").day_start(date(2024, 4, 26))  # clocks went from 23:59:59 to 01:00
    assert start == datetime(2024, 4, 25, 22, tzinfo=UTC)


@given(zone=ZONES, instant=st.datetimes(datetime(1990, 1, 2), datetime(2030, 12, 30), timezones=st.just(UTC)))
def test_bucket_of_an_instant_is_its_civil_day(zone: str, instant: datetime) -> None:
    day = instant.astimezone(ZoneInfo(zone)).date()
    edges = Zone(zone).edges_us(day - timedelta(days=1), day + timedelta(days=1))
    assert np.searchsorted(edges, to_us(instant), "right") - 1 == 1


@given(first=DAYS, length=st.integers(0, 400), bucket=st.sampled_from(BUCKETS))
def test_buckets_join_without_gap_and_cover_the_days(first: date, length: int, bucket: Bucket) -> None:
    last = first + timedelta(days=length)
    starts = Zone("UTC").bucket_starts(first, last, bucket)
    assert starts[0] <= first
    assert starts[-1] <= last
    assert list(starts) == sorted(set(starts))
    assert all(start.weekday() == 0 for start in starts) or bucket != "week"


def test_no_bucket_when_the_last_day_lies_before_the_first() -> None:
    assert Zone("UTC").bucket_starts(date(2024, 1, 2), date(2024, 1, 1)) == ()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_microseconds_give_back_the_instant(instant: datetime) -> None:
    assert from_us(to_us(instant)) == instant


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(BadValueError) as caught:
        Zone(name)
    assert caught.value.facts["value"] == name


@given(zone=ZONES, instant=st.datetimes(datetime(1990, 1, 2), datetime(2030, 12, 30), timezones=st.just(UTC)))
def test_an_instant_lies_in_the_period_of_its_day_and_in_no_other(zone: str, instant: datetime) -> None:
    known = Zone(zone)
    day = known.day_of(instant)
    periods = [known.period(day + timedelta(days=shift), day + timedelta(days=shift)) for shift in (-1, 0, 1)]
    assert [period.start_us <= to_us(instant) < period.end_us for period in periods] == [False, True, False]


@given(zone=ZONES, first=DAYS, length=st.integers(0, 60))
def test_adjoining_periods_meet_and_the_days_of_a_period_cover_it(zone: str, first: date, length: int) -> None:
    known, last = Zone(zone), first + timedelta(days=length)
    period, edges = known.period(first, last), known.edges_us(first, last)
    assert (period.start_us, period.end_us) == (edges[0], edges[-1])
    assert len(edges) == length + 2
    assert known.period(last + timedelta(days=1), last + timedelta(days=9)).start_us == period.end_us


@given(day=DAYS, bucket=st.sampled_from(BUCKETS))
def test_a_bucket_starts_at_its_own_start_and_the_next_is_the_next(day: date, bucket: Bucket) -> None:
    start = bucket_start(day, bucket)
    following = next_bucket(start, bucket)
    assert start <= day < following
    assert bucket_start(start, bucket) == start
    assert bucket_start(following - timedelta(days=1), bucket) == start
    assert bucket_start(following, bucket) == following


def test_edges_of_no_bucket_are_one_point() -> None:
    assert Zone("UTC").edges_us(date(2024, 1, 2), date(2024, 1, 1)).tolist() == [to_us(datetime(2024, 1, 2, tzinfo=UTC))]


def test_an_unknown_bucket_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadValueError, match=r"bucket is year.*day, week, month or quarter"):
        Zone("UTC").edges_us(date(2024, 1, 1), date(2024, 1, 2), "year")  # type: ignore[arg-type]
