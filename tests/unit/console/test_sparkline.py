"""The curve of sparklines."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.widgets.sparkline import HEIGHT, WIDTH, curve

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=60))
def test_curve_never_leaves_the_range_between_two_neighbours(values: list[int]) -> None:
    """Bézier control points between both heights keep the whole segment between them."""
    numbers = [float(text) for text in NUMBER.findall(curve(values))]
    heights = [numbers[1]]
    for place in range(len(values) - 1):
        segment = numbers[2 + 6 * place : 8 + 6 * place]
        low, high = sorted((heights[-1], segment[5]))
        assert all(low - 0.11 <= bend <= high + 0.11 for bend in (segment[1], segment[3]))
        heights.append(segment[5])
    assert min(heights) >= 0
    assert max(heights) <= HEIGHT
    assert numbers[-2] == WIDTH


def test_greatest_value_stands_at_the_top_and_the_least_at_the_bottom() -> None:
    path = curve([0, 10])
    assert path == "M0,30.5 C80.0,20.8 160.0,11.2 240.0,1.5"


def test_one_value_is_no_line() -> None:
    assert curve([3]) == curve([]) == ""
