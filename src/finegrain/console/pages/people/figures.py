"""The top of a person's page: figures, tiers with the reasons for them, traits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.tiers.address import DEFAULT_OTHER, OTHER, TiersAddress
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.formats import NOTHING, day, moment, money, number
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from finegrain.audience.tiers.contract import ExplainedFigure, Explanation
    from finegrain.console.pages.people.person import PersonView
    from finegrain.people.contract import Trait, TraitType
    from finegrain.zones import Zone

TRAIT_NAMES = {
    "age": N_("Age"),
    "birthday": N_("Birthday"),
    "city": N_("City"),
    "country": N_("Country"),
    "email": N_("E-mail"),
    "gender": N_("Gender"),
    "level": N_("Level"),
    "member_level": N_("Member level"),
    "name": N_("Full name"),
    "nickname": N_("Nickname"),
    "phone": N_("Phone"),
    "province": N_("Province"),
    "signup_channel": N_("Sign-up channel"),
}
"""What common traits are called; the others keep the name they came with."""


def kpi_row(view: PersonView, zone: Zone, currency: str) -> None:
    """Draw the figures: orders, revenue, average order value, last order, last seen."""
    row = view.row
    with ui.element("div").classes("fg-kpis"):
        kpi(_("Orders"), number(row.purchases), tip=_("Orders that were not refunded in full."))
        kpi(_("Net revenue"), money(row.revenue_minor, currency), tip=_("All orders less refunds."))
        kpi(_("Average order value"), money(row.average_order_value_minor, currency))
        _date_kpi(_("Last order"), row.last_purchase, view.as_of, zone)
        _date_kpi(_("Last seen"), row.last_event, view.as_of, zone)


def _date_kpi(label: str, moment: datetime | None, as_of: datetime, zone: Zone) -> None:
    text = NOTHING if moment is None else day(zone.day_of(moment))
    with card(classes="fg-kpi") as section:
        section.props["aria-label"] = f"{label}: {text}"
        ui.label(label).classes("fg-kpi-label")
        with ui.element("div").classes("fg-kpi-line"):
            ui.label(text).classes("fg-kpi-value")
            if moment is not None:
                ui.label(ago((as_of - moment).days)).classes("fg-kpi-ago")


def ago(days: int) -> str:
    """Say how long ago something was, in whole days."""
    return _("today") if days <= 0 else ngettext("{n} day ago", "{n} days ago", days)


def tiers_card(view: PersonView, zone: Zone, as_of_text: str) -> None:
    """Draw the tier of each scheme: which figures put the person there, and when time alone moves them on."""
    with card(_("Tiers and why")), ui.element("div").classes("fg-why"):
        for explanation in view.explanations:
            _why(explanation, view.labels[explanation.scheme], zone, as_of_text)


def _why(explanation: Explanation, label: str, zone: Zone, as_of_text: str) -> None:
    with ui.element("section").classes("fg-why-one"):
        with ui.element("div").classes("fg-why-head"):
            ui.label(label).classes("fg-hint").props("role=heading aria-level=3")
            link = ui.element("a").classes("fg-chip")
            link.props["href"] = _tier_url(explanation, as_of_text)
            with link:
                ui.label(explanation.tier_name)
        with ui.element("dl").classes("fg-why-figures"):
            for figure in explanation.figures:
                _figure(figure)
        _move(explanation, zone)


def _tier_url(explanation: Explanation, as_of_text: str) -> str:
    scheme = explanation.scheme
    return TiersAddress(scheme, as_of=as_of_text, by=DEFAULT_OTHER.get(scheme, OTHER), tier=explanation.tier).url()


def _figure(figure: ExplainedFigure) -> None:
    with ui.element("div"):
        with ui.element("dt"):
            ui.label(figure.label)
        with ui.element("dd"):
            ui.label(figure.value).classes("fg-num fg-why-value")
            ui.label(figure.verdict).classes("fg-why-verdict")


def _move(explanation: Explanation, zone: Zone) -> None:
    line = ui.element("div").classes("fg-why-move")
    with line:
        if explanation.moves_at is None:
            ui.icon("all_inclusive").props('aria-hidden="true"')
            ui.label(_("Time alone changes nothing"))
        else:
            ui.icon("schedule").props('aria-hidden="true"')
            when = day(zone.day_of(explanation.moves_at))
            ui.label(_("Moves to {tier} on {day} if nothing happens", tier=explanation.moves_to_name, day=when))
        if explanation.note:
            ui.tooltip(explanation.note)


def traits_card(traits: Mapping[str, Trait], zone: Zone) -> None:
    """Draw the traits; their names and values are whatever was sent, and shown as plain text."""
    with card(_("Traits")):
        if not traits:
            ui.label(_("Nothing is known yet beyond ids and behaviour. Import a file of people to add traits.")).classes(
                "fg-hint"
            )
            return
        with ui.element("dl").classes("fg-traits"):
            for name, trait in traits.items():
                with ui.element("div"):
                    with ui.element("dt"):
                        ui.label(_(TRAIT_NAMES[name]) if name in TRAIT_NAMES else name)
                    with ui.element("dd"):
                        ui.label(trait_text(trait.value))
                        _origin(trait, zone)


def _origin(trait: Trait, zone: Zone) -> None:
    when = moment(trait.set_at, zone)
    said = _(
        "{type}, set {moment} by {source}", type=_(TYPE_NAMES[trait.type]), moment=when, source=trait.source or _("an import")
    )
    ui.tooltip(said)


TYPE_NAMES: dict[TraitType, str] = {
    "text": N_("Text"),
    "number": N_("Numeric value"),
    "boolean": N_("Yes or no"),
    "datetime": N_("Date or time"),
    "list": N_("List"),
    "object": N_("Object"),
    "nothing": N_("Nothing"),
}


def trait_text(value: Any) -> str:
    """Write a trait's value: texts as they are, yes and no for truth, anything nested as JSON."""
    match value:
        case None:
            return NOTHING
        case bool():
            return _("yes") if value else _("no")
        case str() | int() | float():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
