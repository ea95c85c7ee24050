"""What marks the people of a segment: values that they have more often, or less often, than everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.masking import mask_traits, masking
from finegrain.console.holder import workspace
from finegrain.console.pages.people.rows import scheme_labels
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number, percent
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.audience.portraits.contract import PortraitResult, Sign

SHOWN_SIGNS = 12
_EVEN = 100


def portrait_card(segment: str, as_of: datetime) -> None:
    """Draw the card; it loads by itself, since everybody's values are counted for it."""
    with card(_("What marks them"), hint=_("share of these people, against all")):
        Loaded(lambda: portrait_of(segment, as_of), _show, waiting=lambda: skeleton("160px", lines=5))


def portrait_of(segment: str, as_of: datetime) -> PortraitResult:
    """Give the portrait of a segment, as the reader may see it.

    Raises:
        UnknownSegmentError: there is no such segment.
        BadRuleError: its rule cannot be computed any more.
    """
    found = workspace().portraits.of({"segment": segment}, as_of)
    return found.masked(lambda trait, value: str(mask_traits({trait: value})[trait])) if masking() else found


def _show(found: PortraitResult) -> None:
    # That none of them has a value follows from the rule more often than it says something new.
    signs = [one for one in found.signs if one.telling > 0 and one.people][:SHOWN_SIGNS]
    if not signs:
        ui.label(_("Nothing that is known tells these people from others.")).classes("fg-hint")
        return
    schemes = scheme_labels(workspace())
    with ui.element("ul").classes("fg-signs"):
        for one in signs:
            _sign(one, schemes.get(one.name, one.name) if one.facet == "tier" else one.shown_name())


def _sign(one: Sign, name: str) -> None:
    with ui.element("li").classes("fg-sign") as row:
        row.tooltip(one.sentence())
        with ui.element("div").classes("fg-sign-name"):
            ui.label(name).classes("fg-hint")
            ui.label(one.shown_value())
        with ui.element("div").classes("fg-sign-bars").props('aria-hidden="true"'):
            ui.element("div").classes("fg-sign-here").style(f"width:{one.share * 100:.1f}%")
            ui.element("div").classes("fg-sign-all").style(f"width:{one.share_of_all * 100:.1f}%")
        ui.label(_("{share} · {all} of all", share=percent(one.share), all=percent(one.share_of_all))).classes(
            "fg-num fg-sign-share"
        )
        tone = "fg-good" if one.index > _EVEN else "fg-warn"
        ui.label(_("index {index}", index=number(round(one.index)))).classes(f"fg-num fg-sign-index {tone}")
