"""The page of one upload: its columns as they were recognised, corrections, and the import itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.importing.columns import ColumnEditor
from finegrain.console.pages.importing.reading import ReadingOptions
from finegrain.console.pages.importing.running import RunCard
from finegrain.console.pages.importing.state import DraftState
from finegrain.console.pages.importing.words import field_name, file_size
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.states import error_state
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.collect.mapping.contract import ImportPreview


@page("/import/upload/{upload_id}", title=N_("Check the columns"), nav="import", permission="data:write")
async def import_draft(upload_id: str) -> None:
    """Show the page."""
    try:
        upload = await work(workspace().uploads.get, upload_id)
    except FinegrainError as error:
        error_state(error)
        return
    set_title(upload.path.name)
    with page_head(upload.path.name, back=("/import", _("Import data"))):
        pass
    body = ui.element("div").classes("fg-stack")
    state = DraftState(upload)
    with body:
        placeholder = ui.element("div").classes("fg-skeleton").style("min-height:240px")

    async def load() -> None:
        try:
            preview = await state.load()
        except FinegrainError as error:
            placeholder.delete()
            with body:
                error_state(error)
            return
        placeholder.delete()
        with body:
            _show(state, preview)

    ui.timer(0, load, once=True)


def _show(state: DraftState, preview: ImportPreview) -> None:
    RunCard(state)
    ReadingOptions(state)
    with card(_("Columns"), hint=_file_hint(preview)):
        ColumnEditor(state)
    _Checks(state)


class _Checks:
    """What changes with every correction: notes, and the first rows as they would be imported."""

    def __init__(self, state: DraftState) -> None:
        with card(_("First rows, as they will be read")):
            self._notes = ui.element("div").classes("fg-notes").props("aria-live=polite")
            self._sample = ui.element("div").classes("fg-scroll")
        state.on_change(self._update)
        self._update(state.preview)

    def _update(self, preview: ImportPreview) -> None:
        self._notes.clear()
        with self._notes:
            for note in preview.notes:
                with ui.element("div").classes("fg-note"):
                    ui.icon("info_outline").props('aria-hidden="true"')
                    ui.label(note)
        self._sample.clear()
        with self._sample:
            _sample_table(preview)


def _sample_table(preview: ImportPreview) -> None:
    fields = list(preview.mapping.columns)
    with ui.element("table").classes("fg-plain"):
        with ui.element("thead"), ui.element("tr"):
            for field in fields:
                with ui.element("th"):
                    ui.label(field_name(field))
        with ui.element("tbody"):
            for row in preview.sample[:8]:
                with ui.element("tr"):
                    for field in fields:
                        with ui.element("td"):
                            ui.label(row.get(field, ""))


def _file_hint(preview: ImportPreview) -> str:
    file = preview.file
    parts = [file.format.upper(), file.encoding, "gzip" if file.compression == "gzip" else "", file_size(file.size_bytes)]
    return " · ".join(part for part in parts if part)
