"""A small line that shows the course of a figure, drawn as SVG so that it follows the theme by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, _EDGE = 240.0, 32.0, 1.5


def sparkline(values: Sequence[float]) -> ui.html:
    """Draw ``values`` as a smooth line over a tinted area; fewer than two values leave the place empty."""
    line = curve(values)
    area = f"{line} L{WIDTH:g},{HEIGHT:g} L0,{HEIGHT:g} Z" if line else ""
    return ui.html(
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="fg-spark-area" d="{area}"/><path class="fg-spark-line" d="{line}"/></svg>',
        sanitize=False,
    ).classes("fg-spark")


def curve(values: Sequence[float]) -> str:
    """Give the SVG path of a smooth line through ``values`` that never leaves the range between two neighbours.

    References:
        Fritsch, Butland (1984), A method for constructing local monotone piecewise cubic interpolants: tangents are the
        harmonic mean of the slopes on both sides, and flat where the line turns.
    """
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return ""
    low, high = min(values), max(values)
    scale = (HEIGHT - 2 * _EDGE) / (high - low) if high > low else 0.0
    step = WIDTH / (len(values) - 1)
    heights = [HEIGHT - _EDGE - (value - low) * scale for value in values]
    tangents = _tangents([(b - a) / step for a, b in pairwise(heights)])
    parts = [f"M0,{heights[0]:.1f}"]
    for place, (y0, y1) in enumerate(pairwise(heights)):
        x0, x1 = place * step, (place + 1) * step
        bend0, bend1 = y0 + tangents[place] * step / 3, y1 - tangents[place + 1] * step / 3
        parts.append(f"C{x0 + step / 3:.1f},{bend0:.1f} {x1 - step / 3:.1f},{bend1:.1f} {x1:.1f},{y1:.1f}")
    return " ".join(parts)


def _tangents(slopes: list[float]) -> list[float]:
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in pairwise(slopes)]
    return [slopes[0], *inner, slopes[-1]]
