"""The card that starts an import, shows how far it is, and leads to what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.importing import jobs
from finegrain.console.pages.importing.words import STAGES, field_name
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number, percent
from finegrain.console.widgets.states import button_link, error_state
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.collect.mapping.contract import ImportPreview
    from finegrain.console.pages.importing.state import DraftState

LOOK_EVERY_S = 1.0


class RunCard:
    """Starts the import of an upload; a page opened while it runs shows the same progress.

    Args:
        state: the upload and its corrections.
    """

    def __init__(self, state: DraftState) -> None:
        self._state = state
        with card(classes="fg-run"):
            self._ready = ui.element("div").classes("fg-row")
            with self._ready:
                self._status = ui.label().classes("fg-grow").props("aria-live=polite")
                self._start = ui.button(_("Import"), icon="play_arrow", on_click=self._begin)
            self._running = ui.element("div").classes("fg-stack")
            with self._running:
                self._stage = ui.label().props("aria-live=polite")
                self._bar = ui.linear_progress(0, show_value=False).props("rounded")
                self._bar.props["aria-label"] = _("Progress of the import")
            self._ended = ui.element("div")
        self._timer = ui.timer(LOOK_EVERY_S, self._look, active=False)
        state.on_change(self._update)
        state.on_failure(self._failed)
        self._update(state.preview)
        self._attach()

    def _update(self, preview: ImportPreview) -> None:
        missing = ", ".join(field_name(field) for field in preview.missing)
        text = (
            _("Choose the columns for: {missing}", missing=missing)
            if missing
            else _("Every field that is needed has its column.")
        )
        self._status.set_text(text)
        self._status.classes(replace="fg-grow fg-warn" if missing else "fg-grow fg-good")
        self._start.set_enabled(not missing)

    def _failed(self, error: Exception | None) -> None:
        self._start.set_enabled(error is None)
        self._ended.clear()
        if error:
            with self._ended:
                error_state(error)

    def _begin(self) -> None:
        self._ended.clear()
        jobs.start(self._state.upload, self._state.preview.mapping)
        self._attach()

    def _attach(self) -> None:
        job = jobs.job_of(self._state.upload)
        running = job is not None and job.running
        self._ready.set_visibility(not running)
        self._running.set_visibility(running)
        self._timer.active = running
        if job and not running:
            self._end(job)
        elif self._state.upload.import_id is not None:
            with self._ended:
                button_link(
                    _("This file was imported. See what it did"), f"/import/run/{self._state.upload.import_id}", primary=False
                )

    def _look(self) -> None:
        job = jobs.job_of(self._state.upload)
        if job is None or not job.running:
            self._attach()
            return
        progress = job.progress
        share = percent(progress.share, decimals=0)
        stage = _(STAGES[progress.stage])
        self._stage.set_text(_("{stage}: {rows} rows, {share}", stage=stage, rows=number(progress.rows), share=share))
        self._bar.set_value(progress.share)

    def _end(self, job: jobs.Job) -> None:
        if job.summary:
            ui.navigate.to(f"/import/run/{job.summary.import_id}")
        elif job.error:
            self._failed(job.error)
            self._start.set_enabled(True)
