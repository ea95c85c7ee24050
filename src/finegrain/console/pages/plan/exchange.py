"""A tracking plan as a file: downloaded, and taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import app, ui
from starlette.responses import Response

from finegrain.console.holder import workspace
from finegrain.console.pages.catalogue.address import PLAN
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from nicegui.events import UploadEventArguments

EXPORT = f"{PLAN}.json"
_LARGEST_BYTES = 20_000_000


@app.get(EXPORT, include_in_schema=False)
async def plan_file() -> Response:
    """Answer with the plan as a JSON file."""
    text = await work(workspace().plan.export_text)
    headers = {"Content-Disposition": 'attachment; filename="tracking-plan.json"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/json; charset=utf-8", headers=headers)


class ImportForm:
    """A dialog that takes a plan over from a file.

    Args:
        on_saved: is called after the plan has changed.
    """

    def __init__(self, on_saved: Callable[[], object]) -> None:
        self._on_saved = on_saved
        with ui.dialog() as self._dialog, card(_("Import a tracking plan"), classes="fg-plan-import"):
            ui.label(_("JSON, as the export gives it. What the file declares takes the place of the declaration so far."))
            self._replace = ui.checkbox(_("Remove the events that the file does not declare"))
            self._upload = ui.upload(
                label=_("Drop a file here, or click to choose one"),
                auto_upload=True,
                max_files=1,
                max_file_size=_LARGEST_BYTES,
                on_upload=self._received,
                on_rejected=lambda: self._complain(_("This file cannot be taken: it is no JSON file, or too large.")),
            ).classes("fg-upload fg-dropzone")
            self._upload.props('flat bordered accept=".json"').props["aria-label"] = _("Tracking plan as a file")
            self._problem = ui.label().classes("fg-bad").props("role=alert")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")

    def open(self) -> None:
        """Show the dialog."""
        self._upload.reset()
        self._complain("")
        self._dialog.open()

    async def _received(self, event: UploadEventArguments) -> None:
        try:
            text = await event.file.read()
            plan = await work(workspace().plan.import_text, text, replace=bool(self._replace.value))
        except FinegrainError as error:
            self._upload.reset()
            self._complain(error.message(current_language()))
            return
        self._dialog.close()
        ui.notify(_("Imported; the plan declares {count} events now.", count=len(plan.events)), type="positive")
        self._on_saved()

    def _complain(self, text: str) -> None:
        self._problem.text = text
        self._problem.set_visibility(bool(text))
