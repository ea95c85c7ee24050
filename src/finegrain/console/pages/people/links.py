"""What links the ids of a person, and taking a wrong link apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.masked import shown_id
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.rights import reserved
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language
from finegrain.zones import from_us

if TYPE_CHECKING:
    from finegrain.console.pages.people.person import PersonView
    from finegrain.people.contract import Edge
    from finegrain.people.identity import LinkKind
    from finegrain.zones import Zone

KIND_NAMES: dict[LinkKind, str] = {
    "identify": N_("Logged in"),
    "signup": N_("Signed up"),
    "alias": N_("Declared the same"),
    "bind": N_("Bound"),
    "unbind": N_("Unbound"),
}


def links_card(view: PersonView, zone: Zone) -> None:
    """Draw the ids that are the person's only for some time, and every link with its way out."""
    if not view.edges:
        return
    with card(_("Links between ids"), hint=_("Why these ids are one person. A wrong link can be dropped.")):
        for span in view.spans:
            if span.from_us is not None or span.until_us is not None:
                ui.label(_span_text(shown_id(span.distinct_id), span.from_us, span.until_us, zone)).classes("fg-hint")
        with ui.element("div").classes("fg-links"):
            for edge in view.edges:
                _link(edge, zone)


def _span_text(distinct_id: str, from_us_: int | None, until_us: int | None, zone: Zone) -> str:
    begin, end = (None if us is None else moment(from_us(us), zone) for us in (from_us_, until_us))
    if begin is None:
        return _("{id}: this person's until {end}", id=distinct_id, end=end)
    if end is None:
        return _("{id}: this person's since {begin}", id=distinct_id, begin=begin)
    return _("{id}: this person's from {begin} to {end}", id=distinct_id, begin=begin, end=end)


def _link(edge: Edge, zone: Zone) -> None:
    with ui.element("div").classes("fg-link-row" + (" fg-link-dropped" if edge.dropped_at else "")):
        with ui.element("div").classes("fg-link-body"):
            ui.label(_ids(edge)).classes("fg-link-ids")
            ui.label(_facts(edge, zone)).classes("fg-hint")
        if edge.dropped_at:
            button = ui.button(_("Link again"), on_click=lambda: _switch(edge, drop=False), color=None).classes("fg-outlined")
        else:
            dialog = _confirmation(edge)
            button = ui.button(_("Unmerge"), icon="call_split", on_click=dialog.open, color=None).classes("fg-outlined")
        reserved("people:write", button)


def _ids(edge: Edge) -> str:
    return f"{shown_id(edge.from_id)} → {shown_id(edge.to_id)}"


def _facts(edge: Edge, zone: Zone) -> str:
    said = _("{kind}, {moment}", kind=_(KIND_NAMES[edge.kind]), moment=moment(edge.at, zone))
    facts = [said, _("last on {moment}", moment=moment(edge.last_at, zone)) if edge.last_at != edge.at else "", edge.source]
    if edge.dropped_at:
        facts.append(_("dropped {moment}", moment=moment(edge.dropped_at, zone)))
    return " · ".join(fact for fact in facts if fact)


def _confirmation(edge: Edge) -> ui.dialog:
    with ui.dialog() as dialog, card(_("Drop this link?"), classes="fg-dialog"):
        ui.label(_ids(edge)).classes("fg-link-ids")
        ui.label(_("People, their events and traits become what they are without it.")).classes("fg-hint")
        ui.label(_("If an app says the same again later, it links again.")).classes("fg-hint")
        with ui.element("div").classes("fg-actions"):
            ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
            ui.button(_("Drop the link"), on_click=lambda: _switch(edge, drop=True), color="negative")
    return dialog


async def _switch(edge: Edge, *, drop: bool) -> None:
    people = workspace().people
    try:
        await work(people.unmerge if drop else people.relink, edge.id)
    except FinegrainError as error:
        ui.notify(error.message(current_language()), type="negative")
        return
    ui.navigate.reload()
