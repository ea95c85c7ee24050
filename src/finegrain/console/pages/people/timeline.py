"""The timeline of one person: what happened, newest first, by day, a piece at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.masked import shown_event
from finegrain.console.pages.people.events import details, event_name, look_of
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import day
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.states import error_state
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from finegrain.store.events.contract import EventRow, EventStore, IdSpan
    from finegrain.zones import Zone

PIECE = 20
"""Events shown at first and with each click for more."""
_READ = 200
"""Events read at once when looking for those before a moment."""


class Timeline:
    """The card with the timeline.

    Args:
        ids: all ids of the person, each with the time in which it is the person's.
        as_of: later events are left out.
        zone: in which days are cut and times are shown.
        currency: of amounts that do not say their own.
    """

    def __init__(self, ids: Sequence[IdSpan], as_of: datetime, zone: Zone, currency: str) -> None:
        self._ids = ids
        self._as_of = as_of
        self._zone = zone
        self._currency = currency
        self._before: int | None = None
        self._day: date | None = None
        with card(_("Timeline")):
            self._list = ui.element("div").classes("fg-timeline")
            self._foot = ui.element("div").classes("fg-timeline-foot")
        with self._foot:
            ui.spinner(size="24px")
        ui.timer(0, self._load, once=True)

    async def _load(self) -> None:
        events = workspace().events
        try:
            rows, more = await work(read_before, events, self._ids, self._as_of, self._before)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            self._foot.clear()
            with self._foot:
                error_state(report(error), retry=self._load)
            return
        if not self._list.is_deleted:
            self._show(rows, more=more)

    def _show(self, rows: Sequence[EventRow], *, more: bool) -> None:
        with self._list:
            for row in rows:
                self._event(shown_event(row))
        self._before = rows[-1].seq if rows else self._before
        self._foot.clear()
        with self._foot:
            if more:
                ui.button(_("Show earlier events"), icon="expand_more", on_click=self._load, color=None).classes("fg-outlined")
            else:
                ui.label(_("The beginning") if self._day else _("No event so far")).classes("fg-hint")

    def _event(self, row: EventRow) -> None:
        civil = self._zone.day_of(row.time)
        if civil != self._day:
            self._day = civil
            ui.label(day(civil)).classes("fg-timeline-day").props("role=heading aria-level=3")
        look = look_of(row.event)
        with ui.element("div").classes("fg-event"):
            with ui.element("span").classes(f"fg-event-icon fg-event-{look.tone}").props('aria-hidden="true"'):
                ui.icon(look.icon)
            body = ui.element("div").classes("fg-event-body")
            with body:
                self._summary(row)
            ui.label(f"{row.time.astimezone(self._zone.info):%H:%M}").classes("fg-hint fg-num")
            _raw_button(row, body)

    def _summary(self, row: EventRow) -> None:
        ui.label(event_name(row.event)).classes("fg-event-name")
        found = details(row.event, row.properties, self._currency)
        if found:
            with ui.element("div").classes("fg-event-details"):
                for detail in found:
                    with ui.element("span"):
                        ui.label(detail.label).classes("fg-event-label")
                        ui.label(detail.value)


def _raw_button(row: EventRow, body: ui.element) -> None:
    """Draw the button that shows the event as it was stored; the text is made when it is first asked for."""
    shown: list[ui.label] = []

    def toggle() -> None:
        if not shown:
            with body:
                shown.append(ui.label(raw_text(row)).classes("fg-json"))
        else:
            shown[0].set_visibility(not shown[0].visible)
        button.props["aria-expanded"] = "true" if shown[0].visible else "false"

    button = (
        ui.button(icon="data_object", on_click=toggle, color=None)
        .props("flat round dense size=sm aria-expanded=false")
        .classes("fg-tool")
    )
    button.props["aria-label"] = _("Show the event as it was stored")


def raw_text(row: EventRow) -> str:
    """Write an event out as JSON, as it was stored."""
    whole = {
        "event": row.event,
        "time": row.time.isoformat(),
        "received_at": row.received_at.isoformat(),
        "distinct_id": row.distinct_id,
        "message_id": row.message_id,
        "source": row.source,
        "properties": row.properties,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def read_before(
    events: EventStore, ids: Sequence[str | IdSpan], as_of: datetime, before_seq: int | None
) -> tuple[list[EventRow], bool]:
    """Read the next piece of a timeline.

    Args:
        events: the event store.
        ids: all ids of the person, each with the time in which it is the person's.
        as_of: later events are left out.
        before_seq: the last event shown so far; None for the beginning.

    Returns:
        At most ``PIECE`` events before ``as_of``, newest first, and whether there are more.
    """
    found: list[EventRow] = []
    while len(found) <= PIECE:
        rows = events.timeline(ids, before_seq=before_seq, limit=_READ)
        found += [row for row in rows if row.time < as_of]
        if len(rows) < _READ:
            break
        before_seq = rows[-1].seq
    return found[:PIECE], len(found) > PIECE
