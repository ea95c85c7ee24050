"""Whom a rule means: the live count with its share, reach by channel, overlaps, and some of the people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.people.among import people_columns
from finegrain.console.pages.people.rows import PERSON_CELL
from finegrain.console.pages.segments.address import segment_url
from finegrain.console.pages.segments.parts.standing import channel_name
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import NOTHING, day, moment, number, percent
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.audience.segments.contract import PreviewResult

MOST_OVERLAPS = 6


class CountCard:
    """The count, which is told to screen readers when it changes."""

    def __init__(self) -> None:
        with card(_("How many"), classes="fg-preview-count"):
            with ui.element("div").classes("fg-row").props("aria-live=polite"):
                self._count = ui.label("…").classes("fg-preview-people fg-num")
                self._unit = ui.label().classes("fg-muted")
            with ui.element("div").classes("fg-meter").props('aria-hidden="true"'):
                self._meter = ui.element("div").style("width:0")
            self._share = ui.label().classes("fg-hint")
            self._problem = ui.label().classes("fg-ask-field-problem").props("role=alert")

    def show(self, found: PreviewResult) -> None:
        """Show whom a rule means."""
        self._count.text = number(found.people)
        self._unit.text = ngettext("person", "people", found.people)
        self._meter.style(f"width:{found.share * 100:.2f}%")
        facts = {"share": percent(found.share), "total": number(found.total)}
        self._share.text = _("{share} of all {total}", **facts) + " · " + as_of_text(found.as_of)

    def complain(self, text: str) -> None:
        """Say why there is no count; nothing with an empty text."""
        if text and self._count.text == "…":
            self._count.text = NOTHING
        self._problem.text = text
        self._problem.set_visibility(bool(text))


def as_of_text(as_of: datetime) -> str:
    """Say as of which moment figures are: the time alone on the day itself."""
    zone = workspace().zone
    return _("as of {time}", time=short_moment(as_of) if _is_today(as_of) else moment(as_of, zone))


def short_moment(as_of: datetime) -> str:
    """Give the time of today, or else the day."""
    zone = workspace().zone
    return moment(as_of, zone)[-5:] if _is_today(as_of) else day(zone.day_of(as_of))


def _is_today(instant: datetime) -> bool:
    ws = workspace()
    return ws.zone.day_of(instant) == ws.zone.day_of(ws.clock.now())


def reach_card(found: PreviewResult) -> None:
    """Draw how many can be reached on each channel."""
    with card(_("Reachable on")), ui.element("ul").classes("fg-bars"):
        for one in found.reach:
            share = one.people / found.people if found.people else 0.0
            bar(channel_name(one.channel), number(one.people), share)


def overlaps_card(found: PreviewResult, own: str = "") -> None:
    """Draw in which other segments most of them are; nothing where they are in none."""
    others = sorted((one for one in found.overlaps if one.both and one.name != own), key=lambda one: -one.both)
    with card(_("Also in"), hint=_("share of these people")):
        if not others:
            ui.label(_("None of them is in another segment.")).classes("fg-hint")
            return
        with ui.element("ul").classes("fg-bars"):
            for one in others[:MOST_OVERLAPS]:
                share = one.both / found.people if found.people else 0.0
                bar(one.name, f"{number(one.both)} · {percent(share)}", share, path=segment_url(one.name))
        if len(others) > MOST_OVERLAPS:
            more = len(others) - MOST_OVERLAPS
            ui.label(ngettext("and in {n} more", "and in {n} more", more)).classes("fg-hint")


def bar(label: str, value: str, share: float, *, path: str = "") -> None:
    """Draw a line with a name, a figure and a bar."""
    with ui.element("li").classes("fg-bar"):
        with ui.element("div").classes("fg-bar-line"):
            if path:
                ui.link(label, path).classes("fg-link fg-bar-name")
            else:
                ui.label(label).classes("fg-bar-name")
            ui.label(value).classes("fg-num fg-bar-value")
        with ui.element("div").classes("fg-meter").props('aria-hidden="true"'):
            ui.element("div").style(f"width:{min(max(share, 0.0), 1.0) * 100:.1f}%")


def sample_table(rows: list[dict[str, Any]]) -> None:
    """Draw some people as a table, each with a link to their page."""
    columns = [replace(column, sortable=False) for column in people_columns()]
    table = ui.table(columns=[column.as_quasar() for column in columns], rows=rows, row_key="key").classes("fg-table")
    table.props("hide-pagination :rows-per-page-options='[0]'").props["aria-label"] = _("Some of the people")
    table.add_slot("body-cell-person", PERSON_CELL)
