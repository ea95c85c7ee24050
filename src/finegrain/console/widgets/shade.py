"""The ramp by which tiles and cells are coloured: faint, middle, strong, in the colours of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from nicegui import ui

    E = TypeVar("E", bound=ui.element)

_MIDDLE = 0.5


def shaded(element: E, shade: float) -> E:
    """Colour the ground of ``element`` by ``shade``, 0 (faint) to 1 (strong), and its text so that it can be read on it."""
    classes, within = ramp(shade)
    return element.classes(classes).style(f"--fg-within:{within}")


def ramp(shade: float) -> tuple[str, str]:
    """Give the CSS classes, and the value of ``--fg-within``, that colour something by ``shade``."""
    upper = shade >= _MIDDLE
    within = (shade - _MIDDLE if upper else shade) / _MIDDLE
    return "fg-shade fg-shade-upper" if upper else "fg-shade", f"{within * 100:.1f}%"
