"""The layout of treemaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.widgets.squarify import Place, squarify

areas = st.lists(st.integers(1, 10**6), min_size=1, max_size=30).map(lambda each: sorted(each, reverse=True))


def test_example_of_the_paper_comes_out_as_printed() -> None:
    """Bruls, Huizing, van Wijk (2000), figure 4: areas 6 6 4 3 2 2 1 in a rectangle of 6 × 4."""
    places = squarify([6, 6, 4, 3, 2, 2, 1], aspect=1.5)
    inches = [(round(place.width * 6, 3), round(place.height * 4, 3)) for place in places]
    assert inches[:4] == [(3, 2), (3, 2), (1.714, 2.333), (1.286, 2.333)]


@given(areas, st.floats(0.3, 4))
def test_areas_keep_their_proportion_and_fill_the_whole(sizes: list[int], aspect: float) -> None:
    places = squarify(sizes, aspect)
    total = sum(sizes)
    assert [place.width * place.height for place in places] == pytest.approx([size / total for size in sizes], rel=1e-6)


@given(areas, st.floats(0.3, 4))
def test_no_two_tiles_overlap_and_none_leaves_the_map(sizes: list[int], aspect: float) -> None:
    places = squarify(sizes, aspect)
    for place in places:
        assert -1e-6 <= place.left <= place.left + place.width <= 1 + 1e-6
        assert -1e-6 <= place.top <= place.top + place.height <= 1 + 1e-6
    assert not any(_overlap(a, b) for i, a in enumerate(places) for b in places[:i])


def test_no_areas_give_no_places() -> None:
    assert squarify([]) == []


def _overlap(a: Place, b: Place) -> bool:
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    down = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    return across > 1e-7 and down > 1e-7
