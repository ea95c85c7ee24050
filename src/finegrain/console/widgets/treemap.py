"""A treemap of links: area is one figure, shade another, and every tile is a door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.widgets.shade import shaded
from finegrain.console.widgets.squarify import squarify

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Tile:
    """One tile.

    Attributes:
        name, value: the two lines in it, shown as they are.
        area: its share of the map; not negative; tiles of no area are left out.
        shade: 0 (faint) to 1 (strong).
        path: where it leads.
        tip: what is said on hover and focus, and to screen readers.
    """

    name: str
    value: str
    area: float
    shade: float
    path: str
    tip: str


def treemap(tiles: Sequence[Tile], *, label: str, height_px: int = 240, aspect: float = 2.4) -> ui.element:
    """Draw ``tiles`` as rectangles.

    Args:
        tiles: any number, in any order; the greatest stands at the top left.
        label: what the map shows, for screen readers.
        height_px: least height of the map, which fills its card.
        aspect: width / height for which the tiles come out near to squares.
    """
    shown = sorted((tile for tile in tiles if tile.area > 0), key=lambda tile: -tile.area)
    box = ui.element("div").classes("fg-treemap").style(f"min-height:{height_px}px").props("role=group")
    box.props["aria-label"] = label
    with box:
        for tile, place in zip(shown, squarify([tile.area for tile in shown], aspect), strict=True):
            link = shaded(ui.element("a"), tile.shade).classes("fg-tile")
            left, top, width, height = (100 * part for part in place)
            link.style(f"left:{left:.3f}%;top:{top:.3f}%;width:{width:.3f}%;height:{height:.3f}%")
            link.props["href"] = tile.path
            link.props["aria-label"] = tile.tip
            with link:
                with ui.element("div").classes("fg-tile-text"):
                    ui.label(tile.name).classes("fg-tile-name")
                    ui.label(tile.value).classes("fg-tile-value")
                ui.tooltip(tile.tip)
    return box
