"""The health page: whether what is sent is taken in, how fast, how late, and what is refused."""

from __future__ import annotations

from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import HEALTH, SOURCES
from finegrain.console.pages.data.health_view import (
    Courses,
    HealthView,
    figures_now,
    health_path,
    read_health,
    source_table,
    status_line,
)
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import button_link, empty_state, skeleton
from finegrain.console.widgets.watching import Watch
from finegrain.i18n import N_, _

LOOK_EVERY_S = 2.0
CHARTS_EVERY = 5
"""Charts and table are renewed with every fifth look."""


@page(HEALTH, title=N_("Ingestion health"), nav="health")
def health(source: str = "") -> None:
    """Show the page for one source, or for all together."""
    with page_head(_("Ingestion health"), hint=_("Whether what is sent is taken in, how fast, and what is refused.")):
        place = ui.element("div")
    Loaded(lambda: read_health(workspace(), source), lambda view: HealthDesk(view, source, place), waiting=_waiting)


class HealthDesk:
    """Everything under the heading, renewed in place every few seconds.

    Args:
        view: what is shown at first.
        source: whose figures; empty for all together.
        actions: where the choice of the source stands.
    """

    def __init__(self, view: HealthView, source: str, actions: ui.element) -> None:
        self._source = source if source in view.sources else ""
        self._looks = 1
        if not view.sources:
            _nobody()
            return
        with actions:
            names = {"": _("All sources"), **{name: name for name in view.sources}}
            select = ui.select(names, value=self._source, on_change=lambda event: self._choose(event.value)).classes("fg-field")
            select.props["aria-label"] = _("Source")
        self._status = card_box("fg-arrival")
        self._kpis = ui.element("div").classes("fg-kpis")
        self._courses = Courses(view, workspace().zone)
        with card(_("Sources"), hint=_("the last hour")):
            self._table = ui.element("div").classes("fg-scroll")
        self._show(view)
        self._show_table(view)
        self._watch = Watch(self._read, self._renew, every_s=LOOK_EVERY_S)

    async def _choose(self, source: str) -> None:
        self._source, self._looks = source, 0
        ui.navigate.history.replace(health_path(source))
        await self._watch.look()

    def _read(self) -> tuple[str, HealthView]:
        source = self._source
        return source, read_health(workspace(), source)

    def _renew(self, found: tuple[str, HealthView]) -> None:
        source, view = found
        if source != self._source:
            return
        self._show(view)
        if self._looks % CHARTS_EVERY == 0:
            self._courses.show(view)
            self._show_table(view)
        self._looks += 1

    def _show(self, view: HealthView) -> None:
        self._status.clear()
        with self._status:
            status_line(view, workspace().zone)
        self._kpis.clear()
        with self._kpis:
            figures_now(view)

    def _show_table(self, view: HealthView) -> None:
        self._table.clear()
        with self._table:
            source_table(view)


def card_box(classes: str) -> ui.element:
    """Give an empty card."""
    with card(classes=classes) as box:
        return box


def _waiting() -> None:
    skeleton("66px")
    with ui.element("div").classes("fg-kpis"):
        for _card in range(6):
            skeleton("128px")
    skeleton("300px")


def _nobody() -> None:
    with card():
        empty_state(
            "monitor_heart",
            _("Nobody sends yet"),
            _("Once an SDK is connected, its events, delays and refused items are counted here by minute."),
            actions=lambda: button_link(_("Connect an SDK"), SOURCES, icon="cable"),
        )
