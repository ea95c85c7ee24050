"""What figures, shades and charts hold whatever is put into them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.tiers.chart import chart_options
from finegrain.console.pages.tiers.fields import as_number, as_text
from finegrain.console.theme import DARK, LIGHT, Palette
from finegrain.console.widgets import formats
from finegrain.console.widgets.cards import delta_words
from finegrain.console.widgets.period_picker import _days
from finegrain.console.widgets.shade import ramp
from finegrain.i18n import speaking
from finegrain.zones import Zone

LANGUAGES = st.sampled_from(["en", "zh_CN"])
UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12, "万": 10**4, "亿": 10**8, "万亿": 10**12}
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.integers(-(10**14), 10**14), LANGUAGES)
def test_short_number_is_the_number_to_a_tenth_of_its_unit(value: int, language: str) -> None:
    with speaking(language):
        found = re.fullmatch(r"(-?[\d,.]+)(\D*)", formats.compact(value))
    assert found
    number, unit = Decimal(found[1].replace(",", "")), UNITS[found[2].strip()]
    assert abs(number * unit - value) <= Decimal("0.051") * unit


@given(st.integers(-(10**14), 10**14), LANGUAGES)
def test_money_in_full_loses_no_cent(minor: int, language: str) -> None:
    with speaking(language):
        text = formats.money(minor, "CNY")
    digits = Decimal(re.sub(r"[^\d.]", "", text))
    assert digits * 100 == abs(minor)
    assert text.startswith("-") is (minor < 0)


@given(st.floats(-10, 10), st.integers(0, 3))
def test_percentage_reads_back_to_its_last_decimal(share: float, decimals: int) -> None:
    text = formats.percent(share, decimals=decimals)
    assert abs(float(text.rstrip("%").replace(",", "")) - share * 100) <= 0.5 * 10**-decimals + 1e-9


@given(st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_moment_reads_back_in_its_zone_to_the_minute(moment: datetime) -> None:
    read = datetime.strptime(formats.moment(moment, Zone("Asia/Shanghai")), "%Y-%m-%d %H:%M").replace(
        tzinfo=ZoneInfo("Asia/Shanghai")
    )
    assert 0 <= (moment - read).total_seconds() < 60


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), LANGUAGES)
def test_days_of_an_axis_name_their_day_and_months_their_year(day: date, language: str) -> None:
    with speaking(language):
        assert str(day.day) in formats.bucket_label(day, "week")
        assert str(day.year) in formats.bucket_label(day, "quarter")


@given(st.floats(-5, 5), st.booleans(), st.booleans())
def test_arrow_follows_the_change_and_colour_the_news(change: float, up_is_good: bool, in_points: bool) -> None:
    text, tone = delta_words(change, up_is_good=up_is_good, in_points=in_points)
    if round(abs(change), 3) == 0:
        assert (text[0], tone) == ("→", "fg-hint")
    else:
        assert text[0] == ("↑" if change > 0 else "↓")
        assert tone == ("fg-good" if (change > 0) is up_is_good else "fg-bad")


@given(FINITE)
def test_threshold_comes_back_from_an_address(value: float) -> None:
    assert as_number(as_text(value)) == value


@given(st.integers(-(2**53), 2**53))
def test_equal_thresholds_are_equal_texts(value: int) -> None:
    assert as_text(value) == as_text(float(value)) == str(value)


@pytest.mark.parametrize("text", ["", " ", "x", "1,5", "median", "--1"])
def test_text_that_is_no_number_gives_none(text: str) -> None:
    assert as_number(text) is None


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("step", range(0, 101, 5))
def test_text_can_be_read_on_every_shade_of_the_ramp(colours: Palette, step: int) -> None:
    """WCAG 2.2, 1.4.3, with the ground mixed as ``color-mix(in srgb, …)`` of the style sheet does."""
    classes, within = ramp(step / 100)
    upper, part = "upper" in classes, float(within.rstrip("%")) / 100
    low, high = (colours.ramp_middle, colours.ramp_high) if upper else (colours.ramp_low, colours.ramp_middle)
    ground = [a + (b - a) * part for a, b in zip(_parts(low), _parts(high), strict=True)]
    assert _contrast(_parts("#ffffff" if upper else colours.ramp_text), ground) >= 4.5


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_fainter(one: float, other: float) -> None:
    (low, low_within), (high, high_within) = (ramp(shade) for shade in sorted((one, other)))
    assert (len(low), float(low_within[:-1])) <= (len(high), float(high_within[:-1]))


@given(st.lists(st.tuples(st.text(), FINITE, st.none() | FINITE)))
def test_bars_stand_in_the_order_of_the_tiers_with_a_gap_for_no_revenue(tiers: list[tuple[str, float, float | None]]) -> None:
    names, people, revenue = ([tier[part] for tier in tiers] for part in range(3))
    options = chart_options(names, people, revenue, LIGHT)  # type: ignore[arg-type]
    assert options["yAxis"]["data"] == names
    assert options["yAxis"]["inverse"] is True
    assert [value is None for value in options["series"][1]["data"]] == [value is None for value in revenue]


def test_names_of_tiers_reach_no_script() -> None:
    """Keys with a leading colon are evaluated by the browser (CONSOLE.md, rule 8)."""
    hostile = "</script>${alert(1)}"
    written = json.dumps(chart_options([hostile], [1.0], [None], DARK))
    scripts = re.findall(r'":\w+": "((?:[^"\\]|\\.)*)"', written)
    assert scripts
    assert not any("alert" in script for script in scripts)


@given(st.dates(), st.dates())
def test_days_of_a_calendar_are_read_however_they_come(one: date, other: date) -> None:
    assert _days({"from": str(one), "to": str(other)}) == (one, other)
    assert _days(str(one)) == (one, one)
    assert _days(None) is None


def _parts(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _contrast(one: list[float], other: list[float]) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(parts: list[float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
