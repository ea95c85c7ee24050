"""The columns of a file, each with what it holds and which of our fields it fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.mapping.contract import FIELDS
from finegrain.console.pages.importing.words import field_name
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.collect.mapping.contract import ColumnPreview, ImportKind, ImportPreview
    from finegrain.console.pages.importing.state import DraftState

KEPT: dict[ImportKind, str] = {
    "orders": N_("Keep as a property"),
    "events": N_("Keep as a property"),
    "people": N_("Keep as a trait"),
}


class ColumnEditor:
    """A row a column, edited in place: a correction changes what stands in the rows, never the rows themselves.

    Args:
        state: the upload and its corrections.
    """

    def __init__(self, state: DraftState) -> None:
        self._state = state
        self._kind = state.upload.kind
        self._rows: dict[str, _ColumnRow] = {}
        self._box = ui.element("div").classes("fg-scroll")
        self._build(state.preview)
        state.on_change(self._update)

    def _build(self, preview: ImportPreview) -> None:
        self._rows = {}
        with self._box, ui.element("table").classes("fg-plain fg-columns"):
            with ui.element("thead"), ui.element("tr"):
                for heading in (_("Column"), _("First values"), _("Becomes"), _("Why")):
                    with ui.element("th"):
                        ui.label(heading)
            with ui.element("tbody"):
                for column in preview.columns:
                    self._rows[column.name] = _ColumnRow(self._state, column)

    def _update(self, preview: ImportPreview) -> None:
        if preview.mapping.kind != self._kind:
            self._kind = preview.mapping.kind
            self._box.clear()
            self._build(preview)
            return
        for column in preview.columns:
            self._rows[column.name].update(column)


class _ColumnRow:
    def __init__(self, state: DraftState, column: ColumnPreview) -> None:
        self._state = state
        self._shown = column
        kind = state.upload.kind
        options = {"": _(KEPT[kind]), **{field.name: field_name(field.name) for field in FIELDS[kind]}}
        with ui.element("tr"):
            with ui.element("td").classes("fg-strong"):
                ui.label(column.name)
            with ui.element("td").classes("fg-samples"):
                ui.label(" · ".join(sample for sample in column.samples if sample) or "–")
            with ui.element("td"):
                self._select = ui.select(options, value=column.field or "", on_change=self._chosen).classes("fg-field")
                self._select.props["aria-label"] = _("What the column {name} becomes", name=column.name)
            with ui.element("td").classes("fg-hint"):
                self._reason = ui.label(column.reason)

    def update(self, column: ColumnPreview) -> None:
        """Show what the preview now says of this column."""
        self._shown = column
        self._select.set_value(column.field or "")
        self._reason.set_text(column.reason)

    async def _chosen(self) -> None:
        if self._select.value != (self._shown.field or ""):
            await self._state.fill(self._shown.name, self._select.value)
