"""The page of one source: its key, how an SDK is set up, whether it sends, and who may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.sources.errors import UnknownSourceError
from finegrain.console.frame import framed_response, page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_id
from finegrain.console.pages.data.addresses import LIVE, REFUSED, SOURCES, with_query
from finegrain.console.pages.data.copying import Code
from finegrain.console.pages.data.fresh_keys import take_key
from finegrain.console.pages.data.setup_card import SetupCard
from finegrain.console.pages.data.source_figures import LATELY, SourceFigures, read_source
from finegrain.console.pages.data.source_forms import origins_form, rotation_dialog
from finegrain.console.pages.data.words import ago, format_name
from finegrain.console.text import work
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.formats import NOTHING, moment, number
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.console.widgets.watching import Watch
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from starlette.responses import Response

    from finegrain.collect.sources.contract import NewKey, Source

LOOK_EVERY_S = 1.0


@page(SOURCES + "/{name:path}", title=N_("Source"), nav="sources")
async def source(name: str) -> Response | None:
    """Show one source."""
    request = ui.context.client.request
    try:
        figures = await work(read_source, workspace(), name)
    except UnknownSourceError:
        return framed_response(request, 404, _unknown, title=N_("Unknown source"))
    set_title(name)
    _SourcePage(figures, f"{request.url.scheme}://{request.url.netloc}")
    return None


class _SourcePage:
    """The page, changed in place as the source changes."""

    def __init__(self, figures: SourceFigures, url: str) -> None:
        self._source = figures.source
        key = take_key(self._source.name, workspace().clock.now())
        with page_head(self._source.name, back=(SOURCES, _("Sources"))) as head:
            self._enable = ui.button(on_click=self._toggle, color=None).classes("fg-outlined")
            dialog = rotation_dialog(self._source, self._rotated)
            rotate = ui.button(_("New key"), icon="vpn_key", on_click=dialog.open, color=None).classes("fg-outlined")
            reserved("admin", self._enable, rotate)
        with head:
            self._note = ui.element("div").classes("fg-note")
        self._key_place = ui.element("div").classes("fg-loaded")
        self._arrival = _Arrival(figures)
        self._setup = SetupCard(self._source.format, url)
        with card(_("Allowed web origins")), ui.element("div").classes("fg-form"):
            origins_form(self._source, self._changed)
        self._changed(self._source)
        if key:
            self._show_key(key)

    def _changed(self, source: Source) -> None:
        self._source = source
        self._enable.text = _("Disable") if source.enabled else _("Enable")
        self._enable.icon = "pause" if source.enabled else "play_arrow"
        zone = workspace().zone
        self._note.clear()
        with self._note:
            ui.label(format_name(source.format))
            ui.label(_("Write key …{hint}, made {time}", hint=source.key_hint, time=moment(source.key_made_at, zone))).classes(
                "fg-num"
            )
            if source.old_key_until and source.old_key_until > workspace().clock.now():
                ui.label(_("The old key works until {time}", time=moment(source.old_key_until, zone))).classes("fg-num fg-warn")
            if not source.enabled:
                ui.label(_("Disabled: what it sends is refused")).classes("fg-bad")

    def _show_key(self, key: str) -> None:
        self._key_place.clear()
        with self._key_place, card(_("The key"), hint=_("Copy it now: it is kept as a hash, and cannot be shown again.")) as box:
            Code(key, label=_("The key"))
        box.classes("fg-key")
        self._setup.set_key(key)

    def _rotated(self, made: NewKey) -> None:
        self._changed(made.source)
        self._show_key(made.key)

    async def _toggle(self) -> None:
        try:
            changed = await work(workspace().sources.set_enabled, self._source.name, enabled=not self._source.enabled)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            self._changed(changed)


class _Arrival:
    """Says whether anything has come, and turns green when the first event does."""

    def __init__(self, figures: SourceFigures) -> None:
        self._figures = figures
        with card(classes="fg-arrival"):
            with ui.element("div").classes("fg-arrival-line").props("aria-live=polite"):
                self._dot = ui.element("span").classes("fg-dot").props('aria-hidden="true"')
                self._text = ui.label().classes("fg-strong")
                self._detail = ui.label().classes("fg-hint")
            self._live = button_link(_("Watch live"), with_query(LIVE, source=figures.source.name), icon="sensors", primary=False)
        self._kpis = ui.element("div").classes("fg-kpis")
        self._show(figures)
        Watch(lambda: read_source(workspace(), figures.source.name, since=LATELY), self._show, every_s=LOOK_EVERY_S)

    def _show(self, figures: SourceFigures) -> None:
        if figures.last_at is None:
            figures = replace(figures, last_at=self._figures.last_at)
        came = figures.last_at is not None
        self._dot.classes(replace="fg-dot fg-dot-good" if came else "fg-dot fg-dot-waiting")
        self._text.text = _("Events arrive") if came else _("Waiting for the first event …")
        hint = _("Set up an SDK as shown below: what it sends appears here at once.")
        self._detail.text = _came_last(figures) if came else hint
        self._live.set_visibility(came)
        if came and (not self._kpis.default_slot.children or _shown(figures) != _shown(self._figures)):
            self._kpis.clear()
            with self._kpis:
                _kpis(figures)
        self._figures = figures


def _shown(figures: SourceFigures) -> tuple[object, ...]:
    return figures.hourly, figures.duplicates, figures.refused, figures.open_refused


def _came_last(figures: SourceFigures) -> str:
    recent = workspace().collector.recent(1, figures.source.name)
    when = ago(figures.last_at, workspace().clock.now())
    if recent and recent[0].kind == "event":
        return _("{event} of {id}, {when}", event=recent[0].name, id=shown_id(recent[0].distinct_id), when=when)
    return _("the last {when}", when=when)


def _kpis(figures: SourceFigures) -> None:
    kpi(_("Events, 24 h"), number(figures.events), course=figures.hourly)
    kpi(_("Repeated, 24 h"), number(figures.duplicates), tip=_("Sent again with the same message id, and not counted again."))
    kpi(_("Refused, 24 h"), number(figures.refused))
    path = with_query(REFUSED, source=figures.source.name) if figures.open_refused else ""
    kpi(_("Refused items waiting"), number(figures.open_refused) if figures.open_refused else NOTHING, path=path)


def _unknown() -> None:
    empty_state(
        "cable",
        _("There is no such source"),
        _("The link may be incomplete. All sources stand in the list."),
        actions=lambda: button_link(_("All sources"), SOURCES),
    )
