"""How times are written is told from the values, and the engine reads them so."""

from __future__ import annotations

import duckdb
import pytest

from finegrain.collect.mapping.times import first_decisive, guess_time


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2010-12-01", "auto"),
        ("2010-12-01 08:26:00.000", "auto"),
        ("2010-12-01T08:26:00Z", "auto"),
        ("2010-12-01T08:26:00+0800", "auto"),
        ("2024-01-05 10:00:00 +0800", "%Y-%m-%d %H:%M:%S %z"),
        ("2024/1/5 8:30", "%Y/%m/%d %H:%M"),
        ("2024/01/05 08:30:15", "%Y/%m/%d %H:%M:%S"),
        ("2024.1.5", "%Y.%m.%d"),
        ("20240105", "%Y%m%d"),
        ("20240105083015", "%Y%m%d%H%M%S"),
        ("2024年1月5日", "%Y年%m月%d日"),
        ("2024年1月5日 8:30", "%Y年%m月%d日 %H:%M"),
        ("2024年1月5日 8时30分15秒", "%Y年%m月%d日 %H时%M分%S秒"),
        ("25/1/2024", "%d/%m/%Y"),
        ("1/25/2024 8:30 PM", "%m/%d/%Y %I:%M %p"),
        ("25.01.24", "%d.%m.%y"),
        ("5-Jan-24", "%d-%b-%y"),
        ("Jan 5, 2024", "%b %d, %Y"),
        ("January 5, 2024 8:30", "%B %d, %Y %H:%M"),
        ("1704447000", "epoch_s"),
        ("1704447000123", "epoch_ms"),
        ("45296.35", "excel"),
    ],
)
def test_the_way_a_time_is_written(value: str, form: str) -> None:
    guess = guess_time([value])
    assert guess is not None
    assert (guess.format, guess.share, guess.ambiguous) == (form, 1.0, False)
    if "%" in form:
        read = duckdb.execute("SELECT CAST(try_strptime(?, ?) AS VARCHAR)", [value, form]).fetchone()
        assert read is not None
        assert read[0].startswith("2024-01-")


@pytest.mark.parametrize("values", [[], ["abc"], ["17850", "13047"], ["2024-01-05", "x", "y"], ["1.5"], ["20241399"]])
def test_what_is_no_time(values: list[str]) -> None:
    assert guess_time(values) is None


def test_one_number_above_twelve_decides_for_the_column() -> None:
    assert guess_time(["1/2/2024", "3/4/2024", "13/4/2024"]).format == "%d/%m/%Y"  # type: ignore[union-attr]
    assert guess_time(["1/2/2024", "3/4/2024", "4/13/2024"]).format == "%m/%d/%Y"  # type: ignore[union-attr]


def test_without_one_the_order_of_the_values_decides_and_is_said() -> None:
    guess = guess_time(["1/2/2024", "9/2/2024", "2/3/2024"])
    assert guess is not None
    assert (guess.format, guess.ambiguous) == ("%d/%m/%Y", True)
    assert "in order" in guess.reason


@pytest.mark.parametrize(("value", "form"), [("1/2/2024", "%m/%d/%Y"), ("1.2.2024", "%d.%m.%Y"), ("1-2-2024", "%d-%m-%Y")])
def test_what_stays_open_follows_the_separator(value: str, form: str) -> None:
    guess = guess_time([value])
    assert guess is not None
    assert (guess.format, guess.ambiguous) == (form, True)


def test_the_share_counts_values_written_otherwise() -> None:
    guess = guess_time(["2024/1/5"] * 8 + ["2024-01-06", "unknown"])
    assert guess is not None
    assert (guess.format, guess.share) == ("%Y/%m/%d", 0.8)


def test_the_first_value_that_decides() -> None:
    assert first_decisive(["1/2/2024", "x", "2/30/2024", "30/2/2024"]) == "2/30/2024"
    assert first_decisive(["1/2/2024"]) is None
