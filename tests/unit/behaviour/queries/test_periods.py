"""Periods as queries write them, and the civil buckets they are cut into."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.behaviour.errors import BadPeriodError, BadQueryError
from finegrain.behaviour.queries.periods import Days, cut, read_period
from finegrain.zones import Zone, to_us

TODAY = date(2024, 3, 10)
DATA = Days(date(2023, 5, 1), date(2024, 3, 9))
BERLIN, LORD_HOWE = Zone("Europe/Berlin"), Zone("Australia/Lord_Howe")
HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-01-01..2024-02-03", date(2024, 1, 1), date(2024, 2, 3)),
        ("2024-01-05", date(2024, 1, 5), date(2024, 1, 5)),
        ("1d", TODAY, TODAY),
        ("30d", date(2024, 2, 10), TODAY),
        ("2w", date(2024, 2, 26), TODAY),
        ("1m", date(2024, 3, 1), TODAY),
        ("4m", date(2023, 12, 1), TODAY),
        ("today", TODAY, TODAY),
        ("yesterday", date(2024, 3, 9), date(2024, 3, 9)),
        ("this_month", date(2024, 3, 1), TODAY),
        ("last_month", date(2024, 2, 1), date(2024, 2, 29)),
        ("all", date(2023, 5, 1), date(2024, 3, 9)),
    ],
)
def test_a_period_is_read_as_civil_days(text: str, first: date, last: date) -> None:
    assert read_period(text, TODAY, DATA) == Days(first, last)


def test_all_without_any_event_is_today() -> None:
    assert read_period("all", TODAY, None) == Days(TODAY, TODAY)


@pytest.mark.parametrize(
    "text", ["", "30", "0d", "d", "2024-02-30", "2024-02-02..2024-02-01", "9999-01-01", "10000d", "soon..later"]
)
def test_what_is_no_period_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(BadPeriodError, match="30d, 12w or 6m"):
        read_period(text, TODAY, DATA)


def test_the_days_before_are_as_many() -> None:
    assert Days(date(2024, 3, 1), date(2024, 3, 10)).before() == Days(date(2024, 2, 20), date(2024, 2, 29))


def test_a_day_on_which_clocks_change_is_one_bucket_of_23_or_25_hours() -> None:
    for day, hours in ((date(2024, 3, 31), 23), (date(2024, 10, 27), 25)):
        assert np.diff(cut(Days(day, day), "day", BERLIN).edges_us).tolist() == [hours * HOUR_US]
        assert len(cut(Days(day, day), "hour", BERLIN)) == hours


def test_the_hour_that_comes_twice_is_two_buckets_told_apart_by_their_offset() -> None:
    starts = cut(Days(date(2024, 10, 27), date(2024, 10, 27)), "hour", BERLIN).starts
    assert starts[2:4] == ("2024-10-27T02:00+02:00", "2024-10-27T02:00+01:00")


def test_hours_begin_at_full_hours_where_clocks_change_by_half_an_hour() -> None:
    day = date(2024, 4, 7)
    buckets = cut(Days(day, day), "hour", LORD_HOWE)
    assert buckets.starts[:3] == ("2024-04-07T00:00+11:00", "2024-04-07T01:00+11:00", "2024-04-07T02:00+10:30")
    assert np.diff(buckets.edges_us)[1] == 1.5 * HOUR_US


def test_the_first_and_the_last_week_are_cut_to_the_period() -> None:
    buckets = cut(Days(date(2024, 3, 6), date(2024, 3, 12)), "week", BERLIN)
    assert buckets.starts == ("2024-03-04", "2024-03-11")
    assert (np.diff(buckets.edges_us) / 24 / HOUR_US).tolist() == [5, 2]


def test_a_bucket_that_has_not_ended_is_open() -> None:
    now_us = to_us(BERLIN.day_start(date(2024, 3, 12)))
    assert cut(Days(date(2024, 3, 6), date(2024, 3, 12)), "week", BERLIN).open(now_us) == (False, True)


def test_too_many_buckets_are_refused() -> None:
    with pytest.raises(BadQueryError, match="granularity is hour"):
        cut(Days(date(2000, 1, 1), date(2024, 1, 1)), "hour", BERLIN)


@given(
    first=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 40),
    granularity=st.sampled_from(["hour", "day", "week", "month", "quarter"]),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo"]).map(Zone),
)
def test_buckets_follow_each_other_and_cover_the_period(first: date, length: int, granularity: str, zone: Zone) -> None:
    days = Days(first, date.fromordinal(first.toordinal() + length))
    buckets = cut(days, granularity, zone)  # type: ignore[arg-type]
    edges = buckets.edges_us.tolist()
    assert (edges[0], edges[-1]) == (days.period(zone).start_us, days.period(zone).end_us)
    assert len(edges) == len(buckets) + 1
    assert all(low < high for low, high in pairwise(edges))
