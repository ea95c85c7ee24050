"""The page that leads to the kinds of analysis: what question each answers."""

from __future__ import annotations

from nicegui import ui

from finegrain.console.pages.analysis.address import analysis_url
from finegrain.console.pages.analysis.kinds import ANALYSES, Analysis
from finegrain.i18n import _


def show_index() -> None:
    """Draw a card a kind."""
    with ui.element("ul").classes("fg-analysis-cards"):
        for analysis in ANALYSES.values():
            _card(analysis)


def _card(analysis: Analysis) -> None:
    with ui.element("li"), ui.element("a").classes("fg-card fg-analysis-card") as link:
        link.props["href"] = analysis_url(analysis.name)
        with ui.element("div").classes("fg-analysis-card-icon").props('aria-hidden="true"'):
            ui.icon(analysis.icon)
        with ui.element("div").classes("fg-analysis-card-text"):
            ui.label(_(analysis.title)).classes("fg-h2")
            ui.label(_(analysis.question)).classes("fg-analysis-card-question")
            ui.label(_(analysis.example)).classes("fg-hint")
