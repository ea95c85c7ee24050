"""The overview against its slow twin, on days of 23 and 25 hours too, and how a period compares with the one before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import CURRENCY, START, FakeEvents, FakePeople, Happening, happenings, instants, twin_overview

from finegrain.behaviour.building import build
from finegrain.behaviour.overview import OverviewFigures, OverviewResult, overview
from finegrain.errors import BadValueError
from finegrain.zones import Bucket, Zone

BERLIN = Zone("Europe/Berlin")  # 2024-03-31 has 23 hours there
FIRST = date(2024, 3, 29)
ALWAYS = {"nobody": START - timedelta(days=365), "later": START + timedelta(days=5)}


def result_of(
    log: list[Happening], first: date, last: date, bucket: Bucket | None = None
) -> tuple[OverviewResult, dict[str, datetime]]:
    people = FakePeople(dict(ALWAYS))
    index = build(FakeEvents(log), people, CURRENCY).index
    return overview(index, BERLIN, first, last, bucket=bucket), people.since


def sale(day: date, hour: int = 12, who: str = "x", total: int = 10) -> Happening:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN.info)
    return Happening(who, "Order Completed", at, None, Decimal(total))


@given(
    log=happenings(),
    place=st.integers(0, 9),
    days=st.integers(1, 9),
    bucket=st.sampled_from(["day", "week", "month"]),
)
def test_overview_equals_the_slow_twin(log: list[Happening], place: int, days: int, bucket: Bucket) -> None:
    first, last = FIRST + timedelta(days=place), FIRST + timedelta(days=place + days - 1)
    found, known = result_of(log, first, last, bucket)
    start, end = instants(BERLIN.edges_us(first, last)[[0, -1]])
    inner = [at for at in instants(BERLIN.edges_us(first, last, bucket)) if start < at < end]
    twin = twin_overview(log, known, start, end, [start, *inner, end])
    series = found.series
    assert list(zip(series.orders, series.revenue_minor, series.active_people, strict=True)) == twin.pop("series")
    assert {name: getattr(found.figures, name) for name in twin} == twin
    if found.figures.orders:
        assert found.figures.average_order_value_minor == round(found.figures.revenue_minor / found.figures.orders)
    else:
        assert found.figures.average_order_value_minor is None


@given(log=happenings(), place=st.integers(0, 9), days=st.integers(1, 9))
def test_the_period_before_is_as_long_and_seen_as_it_stood_then(log: list[Happening], place: int, days: int) -> None:
    first = FIRST + timedelta(days=place)
    found, _ = result_of(log, first, first + timedelta(days=days - 1))
    before, _ = result_of(log, first - timedelta(days=days), first - timedelta(days=1))
    assert found.previous == before.figures


@given(log=happenings())
def test_orders_and_revenue_of_the_series_add_up(log: list[Happening]) -> None:
    found, _ = result_of(log, FIRST, FIRST + timedelta(days=9), "week")
    assert sum(found.series.orders) == found.figures.orders
    assert sum(found.series.revenue_minor) == found.figures.revenue_minor


def test_nothing_happened() -> None:
    found, _ = result_of([], FIRST, FIRST)
    assert found.figures == OverviewFigures(1, 0, 0, 0, None, None)
    assert found.deltas["people"] == 0
    assert found.deltas["orders"] is None


@pytest.mark.parametrize(("days", "bucket", "buckets"), [(45, "day", 45), (46, "week", 8), (200, "week", 30), (201, "month", 8)])
def test_the_length_of_the_period_chooses_the_buckets(days: int, bucket: str, buckets: int) -> None:
    found, _ = result_of([], FIRST, FIRST + timedelta(days=days - 1))
    assert (found.series.bucket, len(found.series.starts), found.series.starts[0]) == (bucket, buckets, FIRST)
    assert len(found.series.orders) == buckets


def test_a_day_of_23_hours_is_one_bucket() -> None:
    log = [sale(date(2024, 3, 30), 23), sale(date(2024, 3, 31), 0), sale(date(2024, 3, 31), 23), sale(date(2024, 4, 1), 0)]
    found, _ = result_of(log, date(2024, 3, 30), date(2024, 4, 1))
    assert found.series.orders == (1, 2, 1)


def test_repeat_rate_counts_who_bought_before_or_twice() -> None:
    log = [sale(date(2024, 4, 1)), sale(date(2024, 4, 3)), sale(date(2024, 4, 3), who="y")]
    assert result_of(log, date(2024, 4, 3), date(2024, 4, 3))[0].figures.repeat_rate == 0.5
    assert result_of(log, date(2024, 4, 1), date(2024, 4, 2))[0].figures.repeat_rate == 0


def test_deltas_are_relative_but_for_the_repeat_rate() -> None:
    log = [sale(date(2024, 4, 1), total=10), sale(date(2024, 4, 2), total=15), sale(date(2024, 4, 2), who="y", total=5)]
    found, _ = result_of(log, date(2024, 4, 2), date(2024, 4, 2))
    expected = {"orders": 1.0, "revenue_minor": 1.0, "active_people": 1.0, "repeat_rate": 0.5, "average_order_value_minor": 0.0}
    assert found.deltas == expected | {"people": 0.5}


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadValueError, match="last is 2024-03-28"):
        result_of([], FIRST, date(2024, 3, 28))


def test_results_give_plain_values_and_tables() -> None:
    found, _ = result_of([sale(FIRST)], FIRST, date(2024, 3, 30))
    plain = found.to_dict()
    assert plain["figures"] == asdict(found.figures)
    assert plain["series"]["starts"] == ["2024-03-29", "2024-03-30"]
    assert found.to_arrow().to_pydict() == {
        "start": [FIRST, date(2024, 3, 30)],
        "orders": [1, 0],
        "revenue_minor": [1000, 0],
        "active_people": [1, 0],
    }
    assert found.to_pandas()["orders"].tolist() == [1, 0]
