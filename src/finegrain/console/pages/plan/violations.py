"""How events violate the plan, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.plan.words import VIOLATION_NAMES
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_value
from finegrain.console.widgets.formats import NOTHING, moment, number
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.collect.plan.contract import ViolationCount

SHOWN = 100


def violations_table(found: Sequence[ViolationCount], *, with_event: bool = True) -> None:
    """Draw violations as they come, at most ``SHOWN``; the column of the event can be left out."""
    with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-violations"):
        with ui.element("thead"), ui.element("tr"):
            for name in [_("Event")] if with_event else []:
                _cell("th", name)
            for name in (_("Property"), _("What is wrong"), _("Example"), _("Source")):
                _cell("th", name)
            for name in (_("Events"), _("Refused"), _("Last received")):
                _cell("th", name, "fg-right")
        with ui.element("tbody"):
            for each in found[:SHOWN]:
                _row(each, with_event=with_event)


def _row(each: ViolationCount, *, with_event: bool) -> None:
    with ui.element("tr"):
        if with_event:
            _cell("td", each.event or _("others"), "fg-strong")
        _cell("td", each.property or NOTHING, "fg-property-name")
        with ui.element("td"):
            ui.label(_(VIOLATION_NAMES[each.kind])).classes("fg-chip " + ("fg-chip-bad" if each.refused else "fg-chip-warn"))
        _cell("td", str(shown_value(each.property, each.example)) if each.example else NOTHING, "fg-examples")
        _cell("td", each.source or NOTHING, "fg-muted")
        for figure in (each.count, each.refused):
            _cell("td", number(figure), "fg-right fg-num")
        _cell("td", moment(each.last_seen, workspace().zone), "fg-right fg-num")


def _cell(tag: str, text: str, classes: str = "") -> None:
    with ui.element(tag).classes(classes):
        ui.label(text)
