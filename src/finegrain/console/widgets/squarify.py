"""Lays out areas as rectangles that are as near to squares as they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Place(NamedTuple):
    """A rectangle in the unit square: left and top edge, width and height, each a share of the whole."""

    left: float
    top: float
    width: float
    height: float


def squarify(areas: Sequence[float], aspect: float = 1.0) -> list[Place]:
    """Fill a rectangle with one rectangle an area, in order.

    Args:
        areas: positive, the greatest first.
        aspect: width / height of the rectangle to fill.

    Returns:
        The places, in shares of the rectangle; their areas stand in the proportion of ``areas``. Empty for no areas.

    References:
        Bruls, Huizing, van Wijk (2000), Squarified Treemaps, section 3.
    """
    total = sum(areas)
    scaled = [area * aspect / total for area in areas]
    places: list[Place] = []
    free = Place(0.0, 0.0, aspect, 1.0)
    while scaled:
        row = _row(scaled, min(free.width, free.height))
        laid, free = _lay(row, free)
        places += laid
        scaled = scaled[len(row) :]
    return [Place(left / aspect, top, width / aspect, height) for left, top, width, height in places]


def _row(areas: list[float], side: float) -> list[float]:
    row = areas[:1]
    for area in areas[1:]:
        if _worst([*row, area], side) > _worst(row, side):
            break
        row.append(area)
    return row


def _worst(row: list[float], side: float) -> float:
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _lay(row: list[float], free: Place) -> tuple[list[Place], Place]:
    left, top, width, height = free
    places = []
    if width >= height:
        depth = sum(row) / height
        for area in row:
            places.append(Place(left, top, depth, area / depth))
            top += area / depth
        return places, Place(left + depth, free.top, max(width - depth, 0.0), height)
    depth = sum(row) / width
    for area in row:
        places.append(Place(left, top, area / depth, depth))
        left += area / depth
    return places, Place(free.left, top + depth, width, max(height - depth, 0.0))
