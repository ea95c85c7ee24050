"""The chart of a segment over time: its size, and who came and left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from finegrain.audience.history.contract import DaySize
from finegrain.console.pages.segments.history_card import history_options
from finegrain.console.theme import LIGHT

FIRST = date(2024, 6, 1)


def days(*sizes: int) -> tuple[DaySize, ...]:
    """Give the days of a segment that three came to and two left each day after the first."""
    at = datetime(2024, 7, 1, tzinfo=UTC)
    turnovers = [(None, None), *[(3, 2)] * (len(sizes) - 1)]
    return tuple(
        DaySize(FIRST + timedelta(days=place), at, size, *turnover, changed=False, filled=False)
        for place, (size, turnover) in enumerate(zip(sizes, turnovers, strict=True))
    )


def test_the_size_stands_above_who_came_and_left_over_the_same_days() -> None:
    options = history_options(days(10, 11), LIGHT, "en-US")
    size, came, left = options["series"]
    assert (size["data"], came["data"], left["data"]) == ([10, 11], [None, 3], [None, -2])
    assert [one.get("yAxisIndex", 0) for one in (size, came, left)] == [0, 1, 1]
    assert options["xAxis"][0]["data"] == options["xAxis"][1]["data"] == ["Jun 1", "Jun 2"]


def test_both_grids_share_their_sides_and_their_pointer() -> None:
    options = history_options(days(10, 11), LIGHT, "en-US")
    assert len({(grid["left"], grid["right"]) for grid in options["grid"]}) == 1
    assert options["axisPointer"]["link"] == [{"xAxisIndex": "all"}]


def test_sizes_are_marked_in_full_until_they_take_too_much_room() -> None:
    scripts = [
        history_options(days(most, 11), LIGHT, "en-US")["yAxis"][0]["axisLabel"][":formatter"] for most in (999_999, 1_000_000)
    ]
    assert ["compact" in script for script in scripts] == [False, True]
