"""The form of a scheme's thresholds: edits take effect at once and are marked until they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.audience.errors import BadThresholdError
from finegrain.console.pages.tiers.fields import ThresholdField, as_text, edits_text
from finegrain.console.widgets.rights import reserved
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from finegrain.audience.tiers.contract import SuggestionResult, Threshold
    from finegrain.errors import FinegrainError


class ThresholdForm:
    """All thresholds of one scheme. It never draws its fields anew, so what is being typed stays.

    Args:
        thresholds: with the values that are saved.
        draft: values that were edited before and not saved.
        on_edit: is called with all values that differ from the saved ones, after each change.
        on_save: is called when the edits are to be saved.
        on_suggest: is called when the reader asks what the data suggest.
    """

    def __init__(
        self,
        thresholds: Sequence[Threshold],
        draft: Mapping[str, str],
        *,
        on_edit: Callable[[dict[str, str]], Any],
        on_save: Callable[[], Any],
        on_suggest: Callable[[], Any],
    ) -> None:
        self._on_edit = on_edit
        self._head()
        self._advice = ui.element("div").classes("fg-threshold-advice")
        self._fields = {
            threshold.name: ThresholdField(threshold, draft.get(threshold.name, as_text(threshold.value)), self._edited)
            for threshold in thresholds
        }
        self._problem = ui.label().classes("fg-threshold-problem").props("role=alert")
        self._notes = ui.element("div").classes("fg-threshold-notes")
        with ui.element("div").classes("fg-threshold-buttons"):
            self._save = ui.button(_("Save"), on_click=on_save)
            self._locked = reserved("data:write", self._save)
            self._discard = ui.button(_("Discard"), on_click=self.discard, color=None).props("flat")
            ui.space()
            self._reset = ui.button(_("Defaults"), icon="restart_alt", on_click=self.take_defaults, color=None).props("flat")
            self._reset.tooltip(_("Puts the defaults into the form; nothing is saved until you save."))
        self._suggest = ui.button(_("Suggest from the data"), icon="auto_awesome", on_click=on_suggest, color=None)
        self._suggest.classes("fg-outlined fg-threshold-suggest")
        self._mark()

    def _head(self) -> None:
        with ui.element("div").classes("fg-card-head"):
            with ui.element("h2").classes("fg-h2"):
                ui.label(_("Thresholds"))
            self._unsaved = ui.label().classes("fg-unsaved").props("aria-live=polite")

    @property
    def draft(self) -> dict[str, str]:
        """The values that differ from the saved ones, as they go into a URL; an empty field counts as unusable text."""
        return {name: field.text or " " for name, field in self._fields.items() if field.is_edited}

    def put(self, values: Mapping[str, float | str]) -> None:
        """Put values into the form, as one edit."""
        for name, value in values.items():
            self._fields[name].put(value)
        self._edited()

    def discard(self) -> None:
        """Go back to what is saved."""
        self.put({name: field.threshold.value for name, field in self._fields.items()})

    def take_defaults(self) -> None:
        """Put the defaults into the form."""
        self.put({name: field.threshold.default for name, field in self._fields.items()})

    @property
    def holds_defaults(self) -> bool:
        """Whether every field stands at its default."""
        return all(field.text == as_text(field.threshold.default) for field in self._fields.values())

    def saved(self, thresholds: Sequence[Threshold]) -> None:
        """Take over what is saved now."""
        for threshold in thresholds:
            self._fields[threshold.name].saved(threshold)
        self._mark()

    def settled(self, notes: Sequence[str]) -> None:
        """Say that what stands in the form took effect, and which bounds follow from it."""
        self.complain(None)
        self._notes.clear()
        with self._notes:
            for note in notes:
                ui.label(note)

    def complain(self, error: FinegrainError | None) -> None:
        """Say what is wrong with what was typed, at the field it is about; None when nothing is."""
        facts = {} if error is None else error.facts
        for name, field in self._fields.items():
            field.complain(self._words(error) if error and facts.get("name") == name else "")
        elsewhere = error is not None and facts.get("name") not in self._fields
        self._problem.text = self._words(error) if error and elsewhere else ""
        self._problem.set_visibility(elsewhere)
        self._save.set_enabled(bool(self.draft) and error is None and not self._locked)

    def suggest(self, found: SuggestionResult) -> None:
        """Show what the data suggest and why, beside each threshold, and what they are too thin for."""
        for field in self._fields.values():
            field.advise(None, self.put)
        for suggestion in found:
            self._fields[suggestion.name].advise(suggestion, self.put)
        self._advice.clear()
        with self._advice:
            for note in found.notes:
                ui.label(note)
            if len(found) > 1:
                ui.button(_("Use all suggestions"), on_click=lambda: self.put(found.values()), color=None).props("flat dense")
            if not found and not found.notes:
                ui.label(_("The data do not suggest anything for this scheme."))

    def _edited(self) -> None:
        self._mark()
        self._on_edit(self.draft)

    def _mark(self) -> None:
        draft = self.draft
        self._unsaved.text = edits_text(len(draft)) if draft else ""
        self._save.set_enabled(bool(draft) and not self._locked)
        self._discard.set_visibility(bool(draft))
        self._reset.set_enabled(not self.holds_defaults)
        now = {name: field.text for name, field in self._fields.items()}
        for field in self._fields.values():
            field.box.set_visibility(all(now.get(name) == value for name, value in field.threshold.only_when))

    def _words(self, error: FinegrainError | None) -> str:
        if not isinstance(error, BadThresholdError):
            return error.message(current_language()) if error else ""
        # The error names thresholds as programs do; the form names them as it labels them.
        labels = {name: _(field.threshold.label) for name, field in self._fields.items()}
        facts = {key: labels.get(value, value) if isinstance(value, str) else value for key, value in error.facts.items()}
        return type(error)(**facts).message(current_language())
