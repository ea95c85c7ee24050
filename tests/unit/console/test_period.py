"""Periods as an address keeps them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.period import EARLIEST, PRESETS, ShownPeriod

NEWEST = date(2024, 6, 30)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize("query", [{}, {"period": "8"}, {"period": "x"}, {"from": "2024-06-01"}, {"from": "1", "to": "2"}])
def test_address_without_sense_shows_the_last_30_days(query: dict[str, str]) -> None:
    assert ShownPeriod.parse(query, NEWEST) == ShownPeriod(date(2024, 6, 1), NEWEST, 30)


def test_chosen_days_are_read_in_either_order_and_never_beyond_the_newest() -> None:
    shown = ShownPeriod.parse({"from": "2024-07-20", "to": "2024-06-10"}, NEWEST)
    assert (shown.first, shown.last, shown.preset) == (date(2024, 6, 10), NEWEST, None)


def test_period_before_a_leap_day_month_has_as_many_days() -> None:
    before = ShownPeriod(date(2024, 3, 1), date(2024, 3, 31)).before()
    assert (before.first, before.last) == (date(2024, 1, 30), date(2024, 2, 29))


@given(days, days)
def test_query_of_chosen_days_reads_back(one: date, other: date) -> None:
    period = ShownPeriod.between(one, other, NEWEST)
    query = dict(part.split("=") for part in period.query().split("&"))
    assert ShownPeriod.parse(query, NEWEST) == period


@given(st.sampled_from(PRESETS), days)
def test_lengths_end_with_the_newest_day_and_read_back(length: int, newest: date) -> None:
    period = ShownPeriod.latest(length, newest)
    assert (period.days, period.last, period.before().last) == (length, newest, period.first - timedelta(days=1))
    assert ShownPeriod.parse({"period": period.query().removeprefix("period=")}, newest) == period


@given(st.dates(), st.dates())
def test_any_two_days_give_a_period_that_can_be_compared_with_the_one_before(one: date, other: date) -> None:
    period = ShownPeriod.between(one, other, NEWEST)
    assert EARLIEST <= period.first <= period.last <= NEWEST
    assert period.before().days == period.days


@given(st.dictionaries(st.sampled_from(["period", "from", "to", "q"]), st.text() | st.dates().map(str)))
def test_any_address_shows_a_period_that_ends_by_the_newest_day(query: dict[str, str]) -> None:
    period = ShownPeriod.parse(query, NEWEST)
    assert period.days >= 1
    assert period.last <= NEWEST
