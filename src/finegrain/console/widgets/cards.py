"""Cards, and cards that show one figure with its change and its course."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.widgets.formats import NOTHING, number, percent
from finegrain.console.widgets.sparkline import sparkline
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def card(title: str = "", *, hint: str = "", classes: str = "") -> Iterator[ui.element]:
    """Draw a white card; the texts are shown as they are.

    Args:
        title: heading of the card.
        hint: quiet text at the right of the heading.
        classes: further CSS classes.
    """
    section = ui.element("section").classes(f"fg-card {classes}")
    with section:
        if title or hint:
            with ui.element("div").classes("fg-card-head"):
                with ui.element("h2").classes("fg-h2"):
                    ui.label(title)
                ui.label(hint).classes("fg-hint")
        yield section


@dataclass(frozen=True)
class Delta:
    """A change against an earlier figure.

    Attributes:
        change: as a share of the earlier figure, 0.064 for +6.4 %; None where there is nothing to compare with.
        up_is_good: whether growth is good news; decides the colour.
        in_points: whether ``change`` is the difference of two shares, shown in percentage points.
        against: what it is compared with, shown as it is.
    """

    change: float | None
    against: str
    up_is_good: bool = True
    in_points: bool = False


def kpi(
    label: str,
    value: str,
    *,
    delta: Delta | None = None,
    course: Sequence[float] = (),
    meter: float | None = None,
    path: str = "",
    tip: str = "",
) -> None:
    """Draw a card with one figure.

    Args:
        label: name of the figure.
        value: the figure, already written out.
        delta: its change.
        course: the figure over time, drawn as a sparkline; empty for none.
        meter: the figure as a part of the whole, 0–1, drawn as a bar in place of a sparkline.
        path: where the figure leads; it is no link when empty.
        tip: what the figure means, shown on hover.
    """
    with card(classes="fg-kpi") as section:
        if tip:
            section.tooltip(tip)
        ui.label(label).classes("fg-kpi-label")
        with ui.element("div").classes("fg-kpi-line"):
            if path:
                number_link(value, path, label=f"{label}: {value}").classes("fg-kpi-value")
            else:
                ui.label(value).classes("fg-kpi-value")
            if delta:
                delta_label(delta)
        if course:
            sparkline(course)
        if meter is not None:
            with ui.element("div").classes("fg-meter").props('aria-hidden="true"'):
                ui.element("div").style(f"width:{min(max(meter, 0.0), 1.0) * 100:.1f}%")


def delta_label(delta: Delta) -> None:
    """Draw a change: an arrow, the size, and what it is against; green where the news is good."""
    with ui.element("div").classes("fg-delta"):
        if delta.change is None:
            ui.label(NOTHING).classes("fg-hint")
        else:
            text, tone = delta_words(delta.change, up_is_good=delta.up_is_good, in_points=delta.in_points)
            ui.label(text).classes(f"{tone} fg-num")
        ui.label(delta.against).classes("fg-delta-against")


def delta_words(change: float, *, up_is_good: bool = True, in_points: bool = False) -> tuple[str, str]:
    """Give a change as text, and the CSS class of its colour; what rounds to nothing is neutral.

    Examples:
        >>> delta_words(0.064), delta_words(-0.02, up_is_good=False)
        (('↑ 6.4%', 'fg-good'), ('↓ 2.0%', 'fg-good'))
    """
    size = _("{points} pts", points=number(abs(change) * 100, decimals=1)) if in_points else percent(abs(change))
    if round(abs(change), 3) == 0:
        return f"→ {size}", "fg-hint"
    return f"{'↑' if change > 0 else '↓'} {size}", "fg-good" if (change > 0) is up_is_good else "fg-bad"


def number_link(text: str, path: str, *, label: str = "") -> ui.element:
    """Draw a number that leads to the people behind it.

    Args:
        text: the number, already written out.
        path: of the page that lists them.
        label: what a screen reader says instead of the bare number.
    """
    link = ui.element("a").classes("fg-num fg-link")
    link.props["href"] = path
    if label:
        link.props["aria-label"] = label
    with link:
        ui.label(text)
    return link
