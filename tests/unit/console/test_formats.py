"""Figures as users read them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from finegrain.console.widgets import formats
from finegrain.console.widgets.cards import delta_words
from finegrain.i18n import speaking
from finegrain.zones import Zone


@pytest.mark.parametrize(("value", "english", "chinese"), [(99_999, "99,999", "99,999"), (1_285_000, "1.3M", "128.5万"),
                                                           (0, "0", "0"), (None, "–", "–")])  # fmt: skip
def test_large_numbers_are_written_short(value: int | None, english: str, chinese: str) -> None:
    with speaking("en"):
        assert formats.compact(value) == english
    with speaking("zh_CN"):
        assert formats.compact(value) == chinese


def test_money_is_written_in_the_units_of_each_language() -> None:
    with speaking("zh_CN"):
        assert formats.money_compact(128_493_000, "CNY") == "¥128.5万"
        assert formats.money(128_493_050, "CNY") == "¥1,284,930.50"
    with speaking("en"):
        assert formats.money_compact(128_493_000, "CNY") == "¥1.28M"


def test_nothing_is_a_dash_never_a_zero() -> None:
    assert [formats.money(None, "CNY"), formats.percent(None), formats.day(None), formats.number(None)] == ["–"] * 4


def test_moments_are_shown_in_the_zone_of_the_project() -> None:
    assert formats.moment(datetime(2024, 5, 31, 16, 30, tzinfo=UTC), Zone("Asia/Shanghai")) == "2024-06-01 00:30"


@pytest.mark.parametrize(("bucket", "english", "chinese"), [("day", "Jun 3", "6月3日"), ("week", "Jun 3", "6月3日"),
                                                            ("month", "Jun 2024", "2024年6月")])  # fmt: skip
def test_buckets_are_named_as_axes_name_them(bucket: str, english: str, chinese: str) -> None:
    with speaking("en"):
        assert formats.bucket_label(date(2024, 6, 3), bucket) == english  # type: ignore[arg-type]
    with speaking("zh_CN"):
        assert formats.bucket_label(date(2024, 6, 3), bucket) == chinese  # type: ignore[arg-type]


@pytest.mark.parametrize(("change", "up_is_good", "tone"), [(0.1, True, "fg-good"), (0.1, False, "fg-bad"),
                                                            (-0.1, True, "fg-bad"), (-0.1, False, "fg-good")])  # fmt: skip
def test_colour_follows_whether_up_is_good(change: float, up_is_good: bool, tone: str) -> None:
    assert delta_words(change, up_is_good=up_is_good)[1] == tone


def test_change_that_rounds_to_nothing_is_neutral() -> None:
    assert delta_words(0.0004) == ("→ 0.0%", "fg-hint")


def test_difference_of_shares_is_given_in_points() -> None:
    with speaking("zh_CN"):
        assert delta_words(-0.007, in_points=True) == ("↓ 0.7 个百分点", "fg-bad")
