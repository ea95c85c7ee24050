"""The overview page: its address, its period, and what loads into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotation
from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.overview.course import show_course
from finegrain.console.pages.overview.figures import show_figures
from finegrain.console.pages.overview.newcomer import show_newcomer
from finegrain.console.pages.overview.reading import Basis, PageFigures, read_basis, read_figures
from finegrain.console.pages.overview.tiers import show_matrix, show_treemap
from finegrain.console.period import ShownPeriod
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.period_picker import PeriodPicker
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping


@page("/", title=N_("Overview"), nav="overview")
def overview(request: Request) -> None:
    """Show the overview for the period that the address names."""
    query = dict(request.query_params)
    with page_head(_("Overview")) as head:
        actions = ui.element("div")
    with head:
        note = ui.element("div").classes("fg-note")
    Loaded(lambda: read_basis(workspace()), lambda basis: _begin(basis, query, actions, note), waiting=_waiting)


def _begin(basis: Basis, query: Mapping[str, str], actions: ui.element, note: ui.element) -> None:
    if basis.is_empty:
        show_newcomer()
        return
    body = OverviewBody(basis, ShownPeriod.parse(query, basis.newest), note)
    with actions:
        PeriodPicker(body.period, basis.newest, body.change)


class OverviewBody:
    """Everything under the heading, for one period at a time.

    Args:
        basis: what the page stands on.
        period: the period at first.
        note: the place under the title that says which days are shown.
    """

    def __init__(self, basis: Basis, period: ShownPeriod, note: ui.element) -> None:
        self.basis = basis
        self.period = period
        self._place = note
        self._figures = Loaded(lambda: read_figures(workspace(), self.basis, self.period), self._show, waiting=_waiting)

    def change(self, period: ShownPeriod) -> None:
        """Show another period, and keep it in the address."""
        self.period = period
        ui.navigate.history.replace(f"/?{period.query()}")
        self._figures.reload()

    def _show(self, figures: PageFigures) -> None:
        self._place.clear()
        with self._place:
            _note(self.basis, figures.period)
        show_figures(figures)
        with ui.element("div").classes("fg-grid"):
            show_treemap(figures)
            show_matrix(figures)
        show_course(figures)


def _note(basis: Basis, period: ShownPeriod) -> None:
    before = period.before()
    ui.label(_("{first} to {last}", first=period.first, last=period.last)).classes("fg-num")
    ui.label(_("compared with {first} to {last}", first=before.first, last=before.last)).classes("fg-num fg-narrow-hide")
    if basis.stops and period.last == basis.newest:
        with ui.element("div").classes("fg-stop"):
            ui.icon("info").props('aria-hidden="true"')
            ui.label(_("The data ends on {day}; figures are as of then.", day=basis.stops))


def _waiting() -> None:
    with ui.element("div").classes("fg-kpis"):
        for _card in range(6):
            skeleton("128px")
    with ui.element("div").classes("fg-grid"):
        skeleton("300px").classes("fg-span-7")
        skeleton("300px").classes("fg-span-5")
    skeleton("300px")
