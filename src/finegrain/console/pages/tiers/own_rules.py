"""What stands beside the figures of a scheme of one's own: its rules in order, with ways to edit and to delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui import ui

from finegrain.audience.rules.reading import read_rule
from finegrain.audience.rules.sentences import sentence
from finegrain.console.holder import workspace
from finegrain.console.pages.tiers.address import PATH
from finegrain.console.widgets.questions import ask_to_delete
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.audience.tiers.own.contract import OwnScheme

NEW = f"{PATH}/-/new"
"""Where a scheme is made; no scheme has a dash for its name."""


def edit_url(name: str) -> str:
    """Give the address at which a scheme of one's own is edited."""
    return f"{PATH}/{quote(name)}/edit"


def own_rules(own: OwnScheme) -> None:
    """Draw the rules; the first that somebody meets decides."""
    with ui.element("div").classes("fg-card-head"):
        with ui.element("h2").classes("fg-h2"):
            ui.label(_("Rules"))
        ui.label(_("the first that holds decides")).classes("fg-hint")
    with ui.element("ol").classes("fg-own-rules"):
        for tier in own.tiers:
            with ui.element("li"):
                ui.label(_(tier.label)).classes("fg-tier-name")
                ui.label(sentence(read_rule(tier.rule))).classes("fg-hint")
        with ui.element("li"):
            ui.label(_(own.rest.label)).classes("fg-tier-name")
            ui.label(_("Everybody else.")).classes("fg-hint")
    with ui.element("div").classes("fg-actions"):
        edit = button_link(_("Edit"), edit_url(own.name), icon="edit", primary=False)
        delete = ui.button(_("Delete"), icon="delete", on_click=lambda: _ask_deletion(own), color=None).classes("fg-outlined")
        reserved("strategy:write", edit, delete)


def _ask_deletion(own: OwnScheme) -> None:
    text = _("Its history goes out of sight with it. It stays where segments, goals or other schemes name its tiers.")
    ask_to_delete(own.label, text, lambda: workspace().schemes.delete(own.name), PATH)
