"""The people behind a number of an answer: a panel at the side that lists them, and keeps them as a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.answering import people_of
from finegrain.console.pages.analysis.answers import ANSWERS
from finegrain.console.pages.analysis.saving import origin_of, save_segment
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.among import people_among
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.people.panel import SidePanel
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.console.pages.analysis.answering import Answer


class PeoplePanel:
    """The panel; closed until a number is clicked.

    Args:
        on_close: is called when the reader closes it.
        on_saved: is called with a segment's name when the people were kept as one.
    """

    def __init__(self, on_close: Callable[[], Any], on_saved: Callable[[str], Any]) -> None:
        self._on_saved = on_saved
        self._turn = 0
        self._panel = SidePanel(on_close)

    def show(self, answer: Answer) -> None:
        """List the people that the address of ``answer`` names; close when it names none."""
        self._turn += 1
        if answer.address.select is None:
            self._panel.close()
            return
        title = ANSWERS[answer.address.kind].title(answer.result, answer.address.select)
        count = self._panel.open(title, "…")
        with self._panel.box, ui.element("div").classes("fg-stack") as body:
            skeleton("320px", lines=6)
        background_tasks.create(self._load(self._turn, answer, title, count, body), name="list people", context=body)

    async def _load(self, turn: int, answer: Answer, title: str, count: ui.label, body: ui.element) -> None:
        try:
            ids = await work(people_of, answer.address)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            failure = report(error)
            if turn == self._turn and not body.is_deleted:
                body.clear()
                with body:
                    error_state(failure)
            return
        if turn == self._turn and not body.is_deleted:
            count.text = people_text(len(ids))
            body.clear()
            with body:
                self._fill(answer, title, ids)

    def _fill(self, answer: Answer, title: str, ids: NDArray[np.int64]) -> None:
        with ui.element("div").classes("fg-panel-tools"):
            save = ui.button(_("Save as a segment"), icon="group_add", on_click=lambda: self._ask_name(answer, title, ids))
            if not reserved("strategy:write", save):
                save.set_enabled(len(ids) > 0)
            download_link(_("Export as CSV"), answer.address.people_url())
        people_among(lambda: ids, answer.as_of, moment=answer.address.as_of)

    def _ask_name(self, answer: Answer, title: str, ids: NDArray[np.int64]) -> None:
        address = answer.address

        async def save() -> None:
            origin = origin_of(address.kind, address.query, address.select, address.as_of)
            if await done(save_segment, workspace(), name.value.strip(), ids, about.value.strip(), origin):
                dialog.close()
                ui.notify(_("Saved: “{name}” can now be chosen as an audience.", name=name.value.strip()), type="positive")
                self._on_saved(name.value.strip())

        with ui.dialog(value=True) as dialog, card(classes="fg-dialog"):
            ui.label(_("Save {people} as a segment", people=people_text(len(ids)))).classes("fg-state-title").props(
                "role=heading aria-level=2"
            )
            ui.label(_("These people, as they are now: the segment does not change by itself.")).classes("fg-muted")
            name = ui.input(_("Name of the segment")).props("autofocus").classes("fg-ask-wide").on("keydown.enter", save)
            about = ui.input(_("Who they are"), value=title).classes("fg-ask-wide")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
                ui.button(_("Save"), on_click=save)
        dialog.on("hide", dialog.delete)
