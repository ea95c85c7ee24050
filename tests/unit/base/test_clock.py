"""Clocks: the machine's runs, the settable one stands until it is moved, and both answer in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from finegrain.clock import SettableClock, SystemClock

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))


def test_the_machines_clock_is_aware_and_runs_forward() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert first <= second


def test_a_settable_clock_stands_until_it_is_moved() -> None:
    clock = SettableClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.set(NOON - timedelta(days=9))
    assert clock.now() == NOON - timedelta(days=9)


def test_a_settable_clock_answers_in_utc_whatever_it_was_told() -> None:
    clock = SettableClock(NOON.astimezone(SHANGHAI))
    assert clock.now().tzinfo is UTC
    clock.set(datetime(2024, 1, 1, 8, tzinfo=SHANGHAI))
    assert clock.now().isoformat() == "2024-01-01T00:00:00+00:00"


@given(days=st.integers(0, 400), seconds=st.integers(0, 100_000))
def test_a_settable_clock_moves_by_days_of_24_hours_and_by_seconds(days: int, seconds: int) -> None:
    clock = SettableClock(NOON)
    clock.advance(days=days, seconds=seconds)
    assert clock.now() - NOON == timedelta(days=days, seconds=seconds)
