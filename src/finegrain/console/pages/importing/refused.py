"""The rows that were refused: why, what they held, and a second try with another mapping."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_content, shown_text
from finegrain.console.pages.importing.words import REASON_KEYS, reason_name
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment, number
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.tables import Column, DataTable, TablePage
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from finegrain.collect.imports.contract import DeadLetter
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.console.widgets.tables import TableRequest

RAW_LENGTH = 160


@page("/import/refused", title=N_("Refused rows"), nav="import")
def refused_rows(reason: str = "", import_id: int = 0) -> None:
    """Show the page; ``import_id`` 0 means all imports, an empty ``reason`` all reasons."""
    chosen_import = import_id or None
    chosen_reason = reason if reason in REASON_KEYS else None
    with page_head(_("Refused rows"), back=("/import", _("Import data"))):
        pass
    refused_rows_body(chosen_reason, chosen_import, "/import/refused")


def refused_rows_body(reason: str | None, import_id: int | None, path: str) -> None:
    """Draw the filter, the replay and the table of refused rows.

    Args:
        reason: only rows refused for it; None for all.
        import_id: only rows of this import; None for all.
        path: of the page on which it stands, to which the filter leads back.
    """
    with card(_("Try again with another mapping"), hint=_("Rows that pass are stored and leave this list.")):
        Replay(reason, import_id)
    with card():
        with ui.element("div").classes("fg-row fg-gap-below"):
            _reason_filter(reason, import_id, path)
        refused_table(import_id=import_id, reason=reason)


def refused_table(*, import_id: int | None, reason: str | None) -> DataTable:
    """Draw the table of refused rows of one import or all, of one reason or all."""
    columns = (
        Column("file", _("File")),
        Column("line", _("Line"), "number"),
        Column("reason", _("Reason")),
        Column("detail", _("What was wrong")),
        Column("raw", _("The row")),
        Column("at", _("Refused")),
    )

    def fetch(request: TableRequest) -> TablePage:
        imports = workspace().imports
        counts = imports.dead_letter_counts(import_id)
        total = counts.get(reason, 0) if reason else sum(counts.values())
        offset = (request.page - 1) * request.per_page
        letters = imports.dead_letters(import_id=import_id, reason=reason, limit=request.per_page, offset=offset)
        return TablePage(total, [_row(letter) for letter in letters])

    table = DataTable(columns, fetch, label=_("Refused rows"), nothing=_("No row is refused"))
    table.table.classes("fg-refused")
    return table


def _row(letter: DeadLetter) -> dict[str, str]:
    raw = json.dumps(shown_content(letter.raw), ensure_ascii=False, default=str)
    return {
        "key": str(letter.id),
        "file": PurePath(letter.file).name,
        "line": number(letter.line),
        "reason": reason_name(letter.reason),
        "detail": shown_text(letter.detail),
        "raw": raw if len(raw) <= RAW_LENGTH else f"{raw[:RAW_LENGTH]}…",
        "at": moment(letter.refused_at, workspace().zone),
    }


def _reason_filter(reason: str | None, import_id: int | None, path: str) -> None:
    options = {"": _("All reasons"), **{key: reason_name(key) for key in REASON_KEYS}}
    suffix = f"&import_id={import_id}" if import_id else ""
    select = ui.select(
        options, value=reason or "", on_change=lambda event: ui.navigate.to(f"{path}?reason={event.value}{suffix}")
    )
    select.props["aria-label"] = _("Reason")
    select.classes("fg-field")


class Replay:
    """Chooses a mapping and replays the rows shown with it.

    Args:
        reason: only rows refused for it; None for all.
        import_id: only rows of this import; None for all.
    """

    def __init__(self, reason: str | None, import_id: int | None) -> None:
        self._reason = reason
        self._import_id = import_id
        self._mappings: dict[str, Mapping] = {}
        with ui.element("div").classes("fg-row"):
            self._select = ui.select({}, label=_("Mapping")).classes("fg-field")
            self._button = ui.button(_("Replay"), icon="replay", on_click=self._run).props("outline")
        self._locked = reserved("data:write", self._button)
        ui.timer(0, self._list, once=True)

    async def _list(self) -> None:
        saved, past = await work(workspace().imports.mappings), await work(workspace().imports.history)
        self._mappings = {_("Saved: {name}", name=mapping.name): mapping.mapping for mapping in saved}
        for record in past:
            names = ", ".join(PurePath(file).name for file in record.files)
            if names:
                label = _("As in the import of {name}, {time}", name=names, time=moment(record.started_at, workspace().zone))
                self._mappings.setdefault(label, record.mapping)
        self._select.set_options(list(self._mappings), value=next(iter(self._mappings), None))
        self._button.set_enabled(bool(self._mappings) and not self._locked)

    async def _run(self) -> None:
        self._button.props("loading")
        mapping = self._mappings[str(self._select.value)]
        try:
            summary = await work(workspace().imports.replay, mapping, import_id=self._import_id, reason=self._reason)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            ui.navigate.to(f"/import/run/{summary.import_id}")
        finally:
            self._button.props(remove="loading")
