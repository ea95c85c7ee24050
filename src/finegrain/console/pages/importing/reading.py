"""How the rows of a file are read: what they are, lines or orders, times, refunds, and saved mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.importing.words import KINDS
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from nicegui.events import GenericEventArguments, ValueChangeEventArguments

    from finegrain.collect.mapping.contract import ImportPreview
    from finegrain.console.pages.importing.state import DraftState

TIME_FORMATS = {
    "auto": N_("As it stands (date or ISO time)"),
    "epoch_s": N_("Seconds since 1970"),
    "epoch_ms": N_("Milliseconds since 1970"),
    "excel": N_("Excel's day numbers"),
}
PATTERNS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
GRANULARITY = {"order": N_("One row is one order"), "line": N_("One row is one line of an order")}


class ReadingOptions:
    """The card with what holds for all rows; edited in place.

    Args:
        state: the upload and its corrections.
    """

    def __init__(self, state: DraftState) -> None:
        self._state = state
        mapping = state.preview.mapping
        with card(_("How the rows are read")), ui.element("div").classes("fg-options"):
            with _option(_("The rows are")):
                segmented({key: _(text) for key, text in KINDS.items()}, mapping.kind, self._kind, label=_("What the rows are"))
            with _option(_("A row is")) as self._granularity_box:
                texts = {key: _(text) for key, text in GRANULARITY.items()}
                self._granularity = segmented(texts, mapping.granularity, self._choose_granularity, label=_("A row is"))
            with _option(_("Times are")):
                self._time = ui.select(self._formats(mapping.time_format), value=mapping.time_format, on_change=self._choose_time)
                self._time.props('use-input hide-selected fill-input new-value-mode="add-unique" input-debounce=300').classes(
                    "fg-field"
                )
                self._time.props["aria-label"] = _("Times are")
            with _option(_("Refunds start with")) as self._prefix_box:
                self._prefix = (
                    ui.input(value=mapping.refund_prefix or "", placeholder="C").props("debounce=400").classes("fg-short")
                )
                self._prefix.on_value_change(self._choose_prefix)
                self._prefix.props["aria-label"] = _("Order numbers of refunds start with")
            with _option(_("Saved mapping")):
                self._saved = SavedMappings(state)
        state.on_change(self._update)
        self._update(state.preview)

    def _update(self, preview: ImportPreview) -> None:
        mapping = preview.mapping
        for box in (self._granularity_box, self._prefix_box):
            box.set_visibility(mapping.kind == "orders")
        self._granularity.set_value(mapping.granularity)
        self._time.set_options(self._formats(mapping.time_format), value=mapping.time_format)

    def _formats(self, current: str) -> dict[str, str]:
        formats = {key: _(text) for key, text in TIME_FORMATS.items()}
        return {**formats, **{pattern: pattern for pattern in (*PATTERNS, current) if pattern not in formats}}

    async def _kind(self, kind: str) -> None:
        if kind != self._state.upload.kind:
            await self._state.choose_kind(next(key for key in KINDS if key == kind))

    async def _choose_granularity(self, granularity: str) -> None:
        if granularity != self._state.preview.mapping.granularity:
            await self._state.choose(granularity=granularity)

    async def _choose_time(self, event: ValueChangeEventArguments[Any]) -> None:
        if event.value and event.value != self._state.preview.mapping.time_format:
            await self._state.choose(time_format=event.value)

    async def _choose_prefix(self, event: ValueChangeEventArguments[Any]) -> None:
        if (event.value or "") != (self._state.preview.mapping.refund_prefix or ""):
            await self._state.choose(refund_prefix=event.value or "")


class SavedMappings:
    """Takes a mapping that was saved, and saves this one under a name.

    Args:
        state: the upload and its corrections.
    """

    def __init__(self, state: DraftState) -> None:
        self._state = state
        self._select = ui.select({}, on_change=self._take, clearable=True).classes("fg-field")
        self._select.props["aria-label"] = _("Saved mapping")
        self._name = ui.input(placeholder=_("Save as …")).classes("fg-short").on("keydown.enter", self._save)
        self._name.props["aria-label"] = _("Name under which the mapping is saved")
        button = ui.button(icon="save", on_click=self._save).props("flat round dense").classes("fg-tool")
        button.props["aria-label"] = _("Save the mapping")
        ui.timer(0, self._list, once=True)

    async def _list(self) -> None:
        saved = await work(workspace().imports.mappings)
        names = {mapping.name: mapping.name for mapping in saved if mapping.mapping.kind == self._state.upload.kind}
        chosen = self._state.upload.choices.get("mapping_name")
        self._select.set_options(names, value=chosen if chosen in names else None)

    async def _take(self, event: ValueChangeEventArguments[Any]) -> None:
        if event.value != self._state.upload.choices.get("mapping_name"):
            await self._state.choose(mapping_name=event.value, columns=None)

    async def _save(self, _event: GenericEventArguments | None = None) -> None:
        name = (self._name.value or "").strip()
        if not name:
            self._name.run_method("focus")
            return
        try:
            await work(workspace().imports.save_mapping, name, self._state.preview.mapping)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        await self._list()
        self._name.set_value("")
        ui.notify(_("Saved as “{name}”.", name=name), type="positive")


def _option(label: str) -> ui.element:
    box = ui.element("div").classes("fg-option")
    with box:
        ui.label(label).classes("fg-option-label")
    return box
