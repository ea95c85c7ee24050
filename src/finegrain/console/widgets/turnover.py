"""Who came and who left, drawn by day: those who came upwards, those who left downwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.console.theme import Palette


def turnover_series(came: Sequence[int | None], left: Sequence[int | None], colours: Palette, tag: str) -> list[dict[str, Any]]:
    """Give the two ECharts series, a value a day; ``tag`` is the BCP 47 tag that numbers are written in.

    Args:
        came: how many came; None leaves a gap.
        left: how many left, likewise; drawn below zero.
        colours: the palette to draw in.
        tag: of the reader's language.
    """
    courses = ((_("Came"), came, colours.good), (_("Left"), [None if each is None else -each for each in left], colours.bad))
    looks = {"type": "bar", "stack": "turnover", "barMaxWidth": 14, "tooltip": {":valueFormatter": unsigned_formatter(tag)}}
    return [{"name": name, "data": list(data), "color": colour, **looks} for name, data, colour in courses]


def unsigned_formatter(tag: str) -> str:
    """Give the script that writes a number without its sign, for what is drawn below zero and yet counts people."""
    return f"v => v == null ? '–' : new Intl.NumberFormat('{tag}').format(Math.abs(v))"
