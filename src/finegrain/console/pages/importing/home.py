"""The import page: a new upload, uploads that wait, past imports, and the rows that were refused."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.importing.words import KIND_HINTS, KINDS, file_size, reason_name
from finegrain.console.widgets.cards import card, number_link
from finegrain.console.widgets.formats import moment, number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import may, reserved, rights_hint
from finegrain.console.widgets.states import empty_state
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from nicegui.events import UploadEventArguments

    from finegrain.collect.imports.contract import ImportRecord
    from finegrain.collect.mapping.contract import ImportKind
    from finegrain.collect.uploads import Upload

SHOWN_IMPORTS = 50


@page("/import", title=N_("Import data"), nav="import")
def import_home() -> None:
    """Show the page."""
    with page_head(_("Import data"), hint=_("CSV, TSV, JSON Lines, Parquet or XLSX, plain or gzip.")):
        pass
    NewUpload()
    if may("data:write"):
        Loaded(workspace().uploads.waiting, _show_waiting, waiting=lambda: None)
    Loaded(workspace().imports.dead_letter_counts, _show_refused, waiting=lambda: None)
    Loaded(workspace().imports.history, _show_history)


class NewUpload:
    """The card in which a file is dropped; what it holds is chosen first."""

    def __init__(self) -> None:
        self._kind: ImportKind = "orders"
        with card(_("New import")):
            with ui.element("div").classes("fg-row"):
                segmented({key: _(text) for key, text in KINDS.items()}, self._kind, self._choose, label=_("What the rows are"))
                self._hint = ui.label(_(KIND_HINTS[self._kind])).classes("fg-hint")
            self._upload = ui.upload(
                label=_("Drop a file here, or click to choose one"),
                auto_upload=True,
                max_file_size=workspace().settings.import_max_upload_bytes,
                on_upload=self._received,
                on_rejected=self._too_large,
            ).classes("fg-upload fg-dropzone")
            self._upload.props('flat bordered accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.xlsx,.gz"')
            self._upload.props["aria-label"] = _("File to import")
            if reserved("data:write", self._upload):
                ui.label(rights_hint("data:write")).classes("fg-hint")

    def _choose(self, kind: str) -> None:
        self._kind = next(key for key in KINDS if key == kind)
        self._hint.set_text(_(KIND_HINTS[self._kind]))

    async def _received(self, event: UploadEventArguments) -> None:
        try:
            upload = await workspace().uploads.add(event.file.name, self._kind, event.file.iterate())
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        ui.navigate.to(f"/import/upload/{upload.id}")

    def _too_large(self) -> None:
        limit = file_size(workspace().settings.import_max_upload_bytes)
        ui.notify(_("This file cannot be taken: another type, or larger than {limit}.", limit=limit), type="negative")


def _show_waiting(uploads: tuple[Upload, ...]) -> None:
    if not uploads:
        return
    with card(_("Uploaded, not imported yet"), hint=_("kept for seven days")), ui.element("div").classes("fg-list"):
        for upload in uploads:
            _waiting_row(upload)


def _waiting_row(upload: Upload) -> None:
    async def remove() -> None:
        if await done(workspace().uploads.remove, upload.id):
            row.delete()

    with ui.element("div").classes("fg-list-row") as row:
        ui.icon("description").classes("fg-muted").props('aria-hidden="true"')
        link = ui.element("a").classes("fg-link fg-grow")
        link.props["href"] = f"/import/upload/{upload.id}"
        with link:
            ui.label(upload.path.name)
        ui.label(f"{_(KINDS[upload.kind])} · {moment(upload.uploaded_at, workspace().zone)}").classes("fg-hint")
        button = ui.button(icon="delete", on_click=remove).props("flat round dense").classes("fg-tool")
        button.props["aria-label"] = _("Remove {name}", name=upload.path.name)


def _show_refused(counts: dict[str, int]) -> None:
    if not counts:
        return
    with card(_("Rows that were refused"), hint=_("kept until they are replayed")), ui.element("div").classes("fg-row"):
        for reason, count in sorted(counts.items(), key=lambda item: -item[1]):
            link = ui.element("a").classes("fg-pill")
            link.props["href"] = f"/import/refused?reason={reason}"
            with link:
                ui.label(reason_name(reason))
                ui.label(number(count)).classes("fg-num")


def _show_history(records: list[ImportRecord]) -> None:
    with card(_("Past imports")):
        if not records:
            empty_state(
                "upload_file",
                _("Nothing was imported yet"),
                _("Drop a file with orders above. Its columns are recognised, and you check them before anything is stored."),
            )
            return
        with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain"):
            _history_head()
            with ui.element("tbody"):
                for record in records[:SHOWN_IMPORTS]:
                    _history_row(record)


def _history_head() -> None:
    left = (_("Time"), _("File"), _("Rows are"))
    right = (_("Rows"), _("Accepted"), _("Refused"), _("Repeated"))
    with ui.element("thead"), ui.element("tr"):
        for name in left:
            _cell("th", name)
        for name in right:
            _cell("th", name, "fg-right")


def _history_row(record: ImportRecord) -> None:
    summary = record.summary
    names = ", ".join(PurePath(file).name for file in record.files) or _("Replay of refused rows")
    with ui.element("tr"):
        _cell("td", moment(record.started_at, workspace().zone), "fg-num")
        with ui.element("td"):
            number_link(names, f"/import/run/{record.id}")
        _cell("td", _(KINDS[record.kind]))
        for figure in (summary["rows"], summary["accepted"]):
            _cell("td", number(figure), "fg-right fg-num")
        with ui.element("td").classes("fg-right"):
            refused = sum(summary["rejected"].values())
            number_link(number(refused), f"/import/run/{record.id}", label=_("{n} rows refused", n=refused))
        _cell("td", number(summary["duplicates"]), "fg-right fg-num")


def _cell(tag: str, text: str, classes: str = "") -> None:
    with ui.element(tag).classes(classes):
        ui.label(text)
