"""One threshold on the form: its field, what is saved, what the data suggest, and what is wrong with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.audience.tiers.contract import Suggestion, Threshold


class ThresholdField:
    """A field that is changed in place, so that typing and focus survive whatever the page does around it.

    Args:
        threshold: what it edits; ``value`` is what is saved.
        text: what stands in it at first.
        on_edit: is called after each change by the user.
    """

    def __init__(self, threshold: Threshold, text: str, on_edit: Callable[[], Any]) -> None:
        self.threshold = threshold
        self._on_edit = on_edit
        self._quiet = False
        self._suggestion: Suggestion | None = None
        self._use: ui.button | None = None
        self.box = ui.element("div").classes("fg-threshold")
        with self.box:
            with ui.element("div").classes("fg-threshold-row"):
                with ui.element("div").classes("fg-threshold-label"):
                    ui.label(_(threshold.label)).tooltip(_(threshold.help))
                    self._saved = ui.label().classes("fg-threshold-saved")
                self._field = self._choice(text) if threshold.choices else self._number(text)
                self._field.props["aria-label"] = _(threshold.label)
            self._advice = ui.element("div").classes("fg-threshold-advice")
            self._problem = ui.label().classes("fg-threshold-problem").props("role=alert")
        self.mark()
        self.complain("")

    def _choice(self, text: str) -> ui.select:
        labels = self.threshold.choice_labels or self.threshold.choices
        options = {value: _(label) for value, label in zip(self.threshold.choices, labels, strict=True)}
        value = text if text in options else str(self.threshold.value)
        return ui.select(options, value=value, on_change=self._edited).classes("fg-threshold-choice")

    def _number(self, text: str) -> ui.number:
        # Limits are not given to the element: it would cut what was typed to them instead of saying what is wrong.
        field = ui.number(value=as_number(text), on_change=self._edited, suffix=_(self.threshold.unit))
        field.props["step"] = 1 if self.threshold.whole else "any"
        return field.classes("fg-threshold-number fg-num")

    @property
    def text(self) -> str:
        """What stands in the field, as it goes into a URL; empty when the field is empty."""
        return as_text(self._field.value)

    @property
    def is_edited(self) -> bool:
        """Whether it differs from what is saved."""
        return self.text != as_text(self.threshold.value)

    def put(self, value: float | str) -> None:
        """Put ``value`` into the field as if nobody had typed."""
        self._quiet = True
        self._field.value = value if self.threshold.choices else as_number(as_text(value))
        self._quiet = False
        self.mark()

    def saved(self, threshold: Threshold) -> None:
        """Take over what is saved now."""
        self.threshold = threshold
        self.mark()

    def mark(self) -> None:
        """Say what is saved where the field differs from it."""
        self.box.classes(add="fg-threshold-edited") if self.is_edited else self.box.classes(remove="fg-threshold-edited")
        self._saved.text = _("saved: {value}", value=self.written(self.threshold.value)) if self.is_edited else ""
        if self._use and self._suggestion:
            self._use.set_visibility(as_text(self._suggestion.value) != self.text)

    def complain(self, problem: str) -> None:
        """Say what is wrong with what was typed; nothing when empty."""
        self._problem.text = problem
        self._problem.set_visibility(bool(problem))

    def advise(self, suggestion: Suggestion | None, on_take: Callable[[dict[str, float | str]], Any]) -> None:
        """Show what the data suggest and why, with a button that takes it over; nothing when they suggest nothing."""
        self._advice.clear()
        self._suggestion = suggestion
        if suggestion is None:
            return
        with self._advice:
            with ui.element("div").classes("fg-row"):
                ui.label(_("Suggested: {value}", value=self.written(suggestion.value))).classes("fg-advice-value")
                self._use = ui.button(_("Use"), on_click=lambda: on_take({suggestion.name: suggestion.value}), color=None).props(
                    "flat dense"
                )
                self._use.props["aria-label"] = _("Use the suggestion for {threshold}", threshold=_(self.threshold.label))
            ui.label(suggestion.text())
        self.mark()

    def written(self, value: float | str) -> str:
        """Write a value of this threshold out, with its unit or as its choice is called."""
        if self.threshold.choices:
            labels = dict(zip(self.threshold.choices, self.threshold.choice_labels, strict=False))
            return _(labels.get(str(value), str(value)))
        return _("{value} {unit}", value=f"{float(value):,.10g}", unit=_(self.threshold.unit)).strip()

    def _edited(self) -> None:
        if not self._quiet:
            self.mark()
            self._on_edit()


def as_text(value: Any) -> str:
    """Write a value as it goes into a URL, so that equal values are equal texts: ``90``, ``0.5``, ``median``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def as_number(text: str) -> float | None:
    """Read what stands in a URL; None where it is no number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def edits_text(count: int) -> str:
    """Say how many thresholds differ from what is saved."""
    return ngettext("{n} change not saved", "{n} changes not saved", count)
