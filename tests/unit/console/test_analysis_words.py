"""Names, times and spans on the pages of the analysis, in both languages."""

from __future__ import annotations

import pytest

from finegrain.console.pages.analysis import words
from finegrain.i18n import speaking


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (59.4, "59.4 s", "59.4 秒"),
        (5_400, "1.5 h", "1.5 小时"),
        (8 * 86_400, "8 d", "8 天"),
        (None, "–", "–"),
    ],
)
def test_times_are_written_in_their_largest_unit(seconds: float | None, english: str, chinese: str) -> None:
    with speaking("en"):
        assert words.duration(seconds) == english
    with speaking("zh_CN"):
        assert words.duration(seconds) == chinese


@pytest.mark.parametrize(("text", "said"), [("7d", "7 d"), ("2w", "14 d"), ("90m", "1.5 h"), ("odd", "odd"), ("", "")])
def test_windows_are_written_as_times(text: str, said: str) -> None:
    assert words.span_text(text) == said


def test_well_known_events_are_told_to_chinese_readers_and_named_to_english_ones() -> None:
    with speaking("zh_CN"):
        assert words.shown_event("Order Completed / My Event") == "下单 / My Event"
        assert words.event_choice("Order Completed") == "下单 · Order Completed"
    with speaking("en"):
        assert words.shown_event("Order Completed") == "Order Completed"
        assert words.event_choice("*") == "Any event"


def test_buckets_are_named_by_how_long_they_are() -> None:
    assert words.bucket_name("2024-06-01T14:00+08:00", "hour") == "06-01 14:00"
    assert words.bucket_name("2024-06-03", "week") == "Jun 3"
    assert words.bucket_name("2024-06-01", "month") == "Jun 2024"
