"""Imports that run while pages come and go: one at a time, each with its progress, its summary or its error."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from nicegui import app, background_tasks

from finegrain.access.acting import acting_as, current_actor
from finegrain.collect.imports.contract import ImportProgress
from finegrain.console.holder import workspace
from finegrain.console.text import work
from finegrain.console.widgets.loading import report

if TYPE_CHECKING:
    from finegrain.access.contract import Actor
    from finegrain.collect.imports.contract import ImportSummary
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.collect.uploads import Upload


@dataclass
class Job:
    """One running or finished import of an upload."""

    progress: ImportProgress = field(default_factory=lambda: ImportProgress(0, 0.0, "reading"))
    summary: ImportSummary | None = None
    error: Exception | None = None

    @property
    def running(self) -> bool:
        """Whether it has neither ended nor failed."""
        return self.summary is None and self.error is None


def job_of(upload: Upload) -> Job | None:
    """Give the job of ``upload``, if one was started since the server did."""
    return _jobs().get(upload.id)


def start(upload: Upload, mapping: Mapping) -> Job:
    """Start to import ``upload``, and give its job; one that is running already is given instead."""
    running = job_of(upload)
    if running and running.running:
        return running
    job = _jobs()[upload.id] = Job()
    background_tasks.create(_run(job, upload, mapping, current_actor()), name=f"import {upload.id}")
    return job


async def _run(job: Job, upload: Upload, mapping: Mapping, actor: Actor) -> None:
    def note(progress: ImportProgress) -> None:
        job.progress = progress

    try:
        async with _turn():  # each may take all the memory that is set
            with acting_as(actor):  # who started it, even when the page is closed
                summary = await work(workspace().imports.run, [upload.path], mapping.kind, mapping, progress=note)
                await work(workspace().uploads.imported, upload, summary.import_id)
    except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
        job.error = report(error)
    else:
        job.summary = summary


def _turn() -> asyncio.Lock:
    if not hasattr(app.state, "import_turn"):
        app.state.import_turn = asyncio.Lock()
    return cast("asyncio.Lock", app.state.import_turn)


def _jobs() -> dict[str, Job]:
    if not hasattr(app.state, "import_jobs"):
        app.state.import_jobs = {}
    return cast("dict[str, Job]", app.state.import_jobs)
