"""Colours, house style and the style sheet of the console."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from nicegui import ui

from finegrain.console.preferences import dark

FONT = '-apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
PRIMARY = "#2f5bea"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; each is also the CSS variable ``--fg-<name>``.

    Attributes:
        page, card, raised, line: surfaces, and the lines between them.
        text, muted, faint: text of falling weight; ``faint`` is for decoration only.
        accent, accent_soft: the one accent hue, and its tint behind a chosen thing.
        good, bad, warn: what a figure means.
        ramp_low, ramp_middle, ramp_high: the ramp for amounts, from near the surface; ``ramp_text`` reads on its lower half,
            white on its upper.
        bar: bars of a chart; second: its second series.
    """

    page: str
    card: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    good: str
    bad: str
    warn: str
    ramp_low: str
    ramp_middle: str
    ramp_high: str
    ramp_text: str
    bar: str
    second: str


LIGHT = Palette(
    page="#f5f6f9",
    card="#ffffff",
    raised="#f7f8fb",
    line="#e9ebf0",
    text="#1c2130",
    muted="#656d80",
    faint="#c3c9d6",
    accent="#2f5bea",
    accent_soft="#e6ebfc",
    good="#0a7f55",
    bad="#cc2f38",
    warn="#a85b00",
    ramp_low="#d7e0fa",
    ramp_middle="#446be8",
    ramp_high="#2443b4",
    ramp_text="#000000",
    bar="#93abf5",
    second="#0fa697",
)
DARK = Palette(
    page="#0d1017",
    card="#161a23",
    raised="#1c212c",
    line="#262c39",
    text="#e6e8ee",
    muted="#99a1b3",
    faint="#4b5263",
    accent="#7d9bff",
    accent_soft="#19213a",
    good="#3ecf8e",
    bad="#ff6b74",
    warn="#f0a94a",
    ramp_low="#1f2a4c",
    ramp_middle="#2f4a9a",
    ramp_high="#446be8",
    ramp_text="#e6e8ee",
    bar="#3d5cc4",
    second="#2bc4b3",
)


def palette() -> Palette:
    """Give the colours that the current user sees."""
    return DARK if dark() else LIGHT


def style_sheet() -> str:
    """Give the whole style sheet: the palettes as CSS variables, then the rules."""
    rules = (Path(__file__).parent / "console.css").read_text(encoding="utf-8")
    return f":root{{{_variables(LIGHT)}--fg-font:{FONT};}}\n.body--dark{{{_variables(DARK)}}}\n{rules}"


def set_house_style() -> None:
    """Give NiceGUI's elements the looks of the house: flat, lower case, tight."""
    ui.button.default_props("unelevated no-caps")
    ui.toggle.default_props("unelevated no-caps")
    ui.input.default_props("outlined dense")
    ui.number.default_props("outlined dense")
    ui.select.default_props("outlined dense options-dense")
    ui.table.default_props("flat")
    ui.tooltip.default_props("delay=300")


def _variables(colours: Palette) -> str:
    return "".join(f"--fg-{field.name.replace('_', '-')}:{getattr(colours, field.name)};" for field in fields(colours))
