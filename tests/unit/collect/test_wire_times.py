"""Times as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.times import Correction, pad_milliseconds, read_time

MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02T03:04:05.678Z",
        "2024-01-02T03:04:05.678+00:00",
        "2024-01-02T11:04:05.678+08:00",
        "2024-01-02 03:04:05.678",
        1_704_164_645_678,
        "1704164645678",
        1_704_164_645.678,
        1_704_164_645_678_000,
    ],
)
def test_one_moment_in_every_writing(value: object) -> None:
    assert read_time(value) == MOMENT


def test_ten_digits_are_seconds() -> None:
    assert read_time(1_704_164_645) == read_time("1704164645") == MOMENT.replace(microsecond=0)


@pytest.mark.parametrize(
    "value", ["now", "2024-13-01", "²", 1, -5, 10**30, float("nan"), True, [], {}, "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(Refused) as caught:
        read_time(value)
    assert caught.value.reason == "bad_time"


@given(moments, st.timedeltas(timedelta(days=-9000), timedelta(days=9000)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_corrected_time_does_not_depend_on_the_clients_clock(true: datetime, wrong: timedelta, wait: timedelta) -> None:
    received = true + wait
    assert Correction(received, received + wrong).apply(true + wrong) == true


@given(moments)
def test_zone_of_the_writing_does_not_matter(moment: datetime) -> None:
    shanghai = moment.astimezone(timezone(timedelta(hours=8)))
    assert read_time(shanghai.isoformat()) == read_time(moment.isoformat()) == moment


def test_correction_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Refused):
        Correction(MOMENT, datetime(1900, 1, 1, tzinfo=UTC)).apply(datetime(9999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["2024-01-02 03:04:05.", "2024-01-02T03:04:05.7", "9999-99-99 03:04:05.7", "x" * 21, ""])
def test_texts_that_only_look_like_times_stay(text: str) -> None:
    assert pad_milliseconds(text) == text
