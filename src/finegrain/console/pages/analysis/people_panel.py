"""The people behind a number of an answer: a panel at the side that lists them, and keeps them as a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.answering import people_of
from finegrain.console.pages.analysis.answers import ANSWERS
from finegrain.console.pages.analysis.saving import origin_of, save_segment
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.people.rows import PERSON_CELL, row_style
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.directory import SortKey
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
        self._dialog = ui.dialog().props("position=right full-height no-route-dismiss").classes("fg-panel-dialog")
        self._dialog.on("hide", on_close)
        with self._dialog:
            self._panel = ui.element("div").classes("fg-panel")

    def show(self, answer: Answer) -> None:
        """List the people that the address of ``answer`` names; close when it names none."""
        self._turn += 1
        self._panel.clear()
        if answer.address.select is None:
            self._dialog.close()
            return
        title = ANSWERS[answer.address.kind].title(answer.result, answer.address.select)
        self._dialog.props["aria-label"] = title
        with self._panel:
            count = self._head(title)
            with ui.element("div").classes("fg-stack") as body:
                skeleton("320px", lines=6)
        self._dialog.open()
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

    def _head(self, title: str) -> ui.label:
        with ui.element("div").classes("fg-panel-head"):
            with ui.element("div"):
                with ui.element("h2").classes("fg-panel-title"):
                    ui.label(title)
                count = ui.label("…").classes("fg-panel-count fg-num").props("aria-live=polite")
            close = ui.button(icon="close", on_click=self._dialog.close, color=None).props("flat round dense").classes("fg-tool")
            close.props["aria-label"] = _("Close the list")
        return count

    def _fill(self, answer: Answer, title: str, ids: NDArray[np.int64]) -> None:
        with ui.element("div").classes("fg-panel-tools"):
            save = ui.button(_("Save as a segment"), icon="group_add", on_click=lambda: self._ask_name(answer, title, ids))
            if not reserved("strategy:write", save):
                save.set_enabled(len(ids) > 0)
            download_link(_("Export as CSV"), answer.address.people_url())
        columns = (
            Column("person", _("Person")),
            Column("purchases", _("Orders"), "number", sortable=True),
            Column("revenue", _("Net revenue"), "number", sortable=True),
            Column("last_purchase", _("Last order"), "number", sortable=True),
            Column("last_event", _("Last seen"), "number", sortable=True),
        )
        table = DataTable(columns, lambda request: _page(answer, ids, request), label=_("People"), sort="revenue")
        table.table.add_slot("body-cell-person", PERSON_CELL)

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


def _page(answer: Answer, ids: NDArray[np.int64], request: TableRequest) -> TablePage:
    ws = workspace()
    keys: tuple[SortKey, ...] = ("purchases", "revenue", "last_purchase", "last_event")
    sort: SortKey = next((key for key in keys if key == request.sort), "id")
    found = ws.directory.search(
        as_of=answer.as_of,
        among=ids,
        sort=sort,
        descending=request.descending,
        page=request.page,
        per_page=request.per_page,
    )
    style = row_style(ws, answer.as_of, answer.address.as_of)
    return TablePage(found.total, [style.table_row(row) for row in found.rows])
