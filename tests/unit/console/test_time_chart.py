"""The options of charts over time."""

from __future__ import annotations

import json

from finegrain.console.theme import DARK, LIGHT, style_sheet
from finegrain.console.widgets.charts import Series, time_options

HOSTILE = "</script>${alert(1)}"
SERIES = (Series("Orders", (3, None), kind="bar"), Series(HOSTILE, (1.5, 2.0), currency="CNY", right=True))


def test_each_side_has_its_scale_and_money_its_currency() -> None:
    options = time_options(("a", "b"), SERIES, LIGHT, "zh-CN")
    left, right = (axis["axisLabel"][":formatter"] for axis in options["yAxis"])
    assert "currency" not in left
    assert "currency:'CNY'" in right
    assert [each["yAxisIndex"] for each in options["series"]] == [0, 1]


def test_one_series_has_one_scale() -> None:
    assert len(time_options(("a", "b"), SERIES[:1], LIGHT, "en-US")["yAxis"]) == 1


def test_no_data_reaches_a_script() -> None:
    """Keys with a leading colon are evaluated by the browser (CONSOLE.md, rule 8)."""
    scripts = [value for key, value in _leaves(time_options((HOSTILE, "b"), SERIES, LIGHT, "en-US")) if key.startswith(":")]
    assert scripts
    assert not any(HOSTILE in script for script in scripts)


def test_theme_changes_colours_only() -> None:
    light, dark = (json.dumps(time_options(("a", "b"), SERIES, colours, "en-US")) for colours in (LIGHT, DARK))
    assert light != dark
    for name in ("card", "text", "muted", "line", "accent", "bar", "second"):
        light = light.replace(getattr(LIGHT, name), f"<{name}>")
        dark = dark.replace(getattr(DARK, name), f"<{name}>")
    assert light == dark


def test_text_can_be_read_on_every_surface() -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 for text."""
    for colours in (LIGHT, DARK):
        for ground in (colours.page, colours.card, colours.raised):
            for text in (colours.text, colours.muted, colours.accent, colours.good, colours.bad, colours.warn):
                assert _contrast(text, ground) >= 4.5, (text, ground)
        for text, ground in ((colours.ramp_text, colours.ramp_low), (colours.ramp_text, colours.ramp_middle),
                             ("#ffffff", colours.ramp_middle), ("#ffffff", colours.ramp_high)):  # fmt: skip
            assert _contrast(text, ground) >= 4.5, (text, ground)


def test_style_sheet_uses_no_colour_that_a_theme_does_not_have() -> None:
    sheet = style_sheet()
    used = {part.split(")")[0] for part in sheet.split("var(--fg-")[1:]} - {"font", "within"}
    assert used
    assert all(f"--fg-{name}:" in sheet for name in used)


def _leaves(value: object, key: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _leaves(part, name)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part, key)]
    return [(key, str(value))]


def _contrast(one: str, other: str) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_value_between_two_gaps_is_drawn_as_a_dot() -> None:
    lonely, joined = (Series("lag", values) for values in ((None, 1.0, None), (None, 1.0, 2.0)))
    shown = [each["showSymbol"] for each in time_options(("a", "b", "c"), (lonely, joined), LIGHT, "en-US")["series"]]
    assert shown == [True, False]
