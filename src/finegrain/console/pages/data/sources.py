"""The list of sources: who sends, how much, when last, and what was refused."""

from __future__ import annotations

from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import REFUSED, SOURCES, source_path, with_query
from finegrain.console.pages.data.source_figures import LATELY, SourceFigures, read_sources
from finegrain.console.pages.data.source_forms import NewSource
from finegrain.console.pages.data.words import ago, format_name
from finegrain.console.text import work
from finegrain.console.widgets.cards import card, number_link
from finegrain.console.widgets.formats import moment, number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import may, reserved, rights_hint
from finegrain.console.widgets.states import empty_state, skeleton
from finegrain.console.widgets.watching import Watch
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

LOOK_EVERY_S = 3.0


@page(SOURCES, title=N_("Sources"), nav="sources")
def sources() -> None:
    """Show the list, and the form for a new source."""
    with page_head(_("Sources"), hint=_("The apps, sites and servers that send, each with a key of its own.")):
        button = ui.button(_("New source"), icon="add")
    reserved("admin", button)
    form = NewSource()
    form.card.set_visibility(False)
    button.set_visibility(False)

    def toggle() -> None:
        form.card.set_visibility(not form.card.visible)

    def show(found: list[SourceFigures]) -> None:
        if found:
            button.set_visibility(True)
            SourceTable(found)
            return
        form.card.set_visibility(may("admin"))
        _nothing()

    button.on_click(toggle)
    Loaded(lambda: read_sources(workspace()), show, waiting=lambda: skeleton("240px", lines=5))


class SourceTable:
    """The table; its figures are renewed every few seconds in place."""

    def __init__(self, found: list[SourceFigures]) -> None:
        self._rows: dict[str, _Row] = {}
        with card(), ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-sources"):
            _head()
            with ui.element("tbody"):
                for figures in found:
                    self._rows[figures.source.name] = _Row(figures)
        Watch(lambda: read_sources(workspace(), since=LATELY), self._renew, every_s=LOOK_EVERY_S)

    def _renew(self, found: list[SourceFigures]) -> None:
        for figures in found:
            if row := self._rows.get(figures.source.name):
                row.show(figures)


class _Row:
    def __init__(self, figures: SourceFigures) -> None:
        source = figures.source
        self._name = source.name
        self._last_at = figures.last_at
        with ui.element("tr"):
            with ui.element("td").classes("fg-strong"):
                number_link(source.name, source_path(source.name))
            _cell(format_name(source.format))
            _cell(f"…{source.key_hint}", "fg-mono")
            self._events = _cell("", "fg-right fg-num")
            self._last = _cell("", "fg-num")
            with ui.element("td").classes("fg-right"), ui.element("a").classes("fg-num fg-link") as link:
                link.props["href"] = with_query(REFUSED, source=source.name)
                link.props["aria-label"] = _("Refused items of {name}", name=source.name)
                self._refused = ui.label()
            _cell(", ".join(source.allowed_origins) or _("all origins"), "fg-muted")
            with ui.element("td").classes("fg-right"):
                self._switch = ui.switch(value=source.enabled, on_change=lambda event: self._enable(on=event.value))
                reserved("admin", self._switch)
                self._switch.props["aria-label"] = _("“{name}” may send", name=source.name)
        self.show(figures)

    def show(self, figures: SourceFigures) -> None:
        self._events.text = number(figures.events)
        self._last_at = figures.last_at or self._last_at
        self._last.props["title"] = moment(self._last_at, workspace().zone)
        self._last.text = ago(self._last_at, workspace().clock.now()) if self._last_at else _("nothing yet")
        self._refused.text = number(figures.open_refused)

    async def _enable(self, *, on: bool) -> None:
        try:
            await work(workspace().sources.set_enabled, self._name, enabled=on)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        ui.notify(_("“{name}” may send", name=self._name) if on else _("“{name}” may no longer send", name=self._name))


def _head() -> None:
    left, right = (_("Source"), _("Format"), _("Write key")), ("fg-right", "", "fg-right", "", "fg-right")
    names = (_("Events, 24 h"), _("Last received"), _("Refused"), _("Allowed origins"), _("May send"))
    with ui.element("thead"), ui.element("tr"):
        for name in left:
            _cell(name, tag="th")
        for name, classes in zip(names, right, strict=True):
            _cell(name, classes, tag="th")


def _cell(text: str, classes: str = "", *, tag: str = "td") -> ui.label:
    with ui.element(tag).classes(classes):
        return ui.label(text)


def _nothing() -> None:
    with card():
        empty_state(
            "cable",
            _("Nobody sends yet"),
            _("Make a source above: it gets a key, and you get the few lines that point an SDK at this server.")
            if may("admin")
            else rights_hint("admin"),
        )
