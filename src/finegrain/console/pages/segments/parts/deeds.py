"""The controls of conditions on what somebody did."""

from __future__ import annotations

from nicegui import ui

from finegrain.console.pages.analysis.parts.attributes import AttributePicker
from finegrain.console.pages.analysis.parts.simple import DurationPart
from finegrain.console.pages.segments.parts.base import ConditionForm
from finegrain.console.pages.segments.parts.numbers import NumberCell
from finegrain.i18n import N_, _

_MEASURES = {"count": N_("number of times"), "days": N_("number of days"), "sum": N_("sum of a property")}


class DidForm(ConditionForm):
    """An event, what of it is measured, how that compares, and in which time."""

    def draw(self) -> None:
        """Draw them."""
        self.event("event", _("Event"))
        self._measure = ui.select(
            {key: _(text) for key, text in _MEASURES.items()}, value=self.values.get("measure", "count"), on_change=self._measured
        )
        self._measure.classes("fg-tree-op-wide").props["aria-label"] = _("What is measured")
        name = self.values.get("property", "")
        key = f"event.{name}" if name else ""
        self._property = AttributePicker(self.context, _("Property"), key, self.changed, self.events, traits=False, numeric=True)
        self._property.select.classes("fg-tree-choice").set_visibility(self._measure.value == "sum")
        NumberCell(self)
        self.period("all")
        self.hold("measure", lambda: None if self._measure.value == "count" else self._measure.value)
        self.hold("property", self._summed)

    def _summed(self) -> str | None:
        return self._property.key.partition(".")[2] or None if self._measure.value == "sum" else None

    def _measured(self) -> None:
        self._property.select.set_visibility(self._measure.value == "sum")
        self.changed()

    def changed(self) -> None:
        """Take over what was edited, and offer the properties of the event."""
        self._property.offer()
        super().changed()


class FirstTimeForm(ConditionForm):
    """An event, and in which time it happened for the first time."""

    def draw(self) -> None:
        """Draw them."""
        self.event("first_time", _("Event"))
        self.period("30d")


class LastTimeForm(ConditionForm):
    """An event, and in which time it happened last."""

    def draw(self) -> None:
        """Draw them."""
        self.event("last_time", _("Event"))
        self.period("30d")


class SequenceForm(ConditionForm):
    """Two events, whether the second is to follow, within which time, and when the first one happened."""

    def draw(self) -> None:
        """Draw them."""
        self.event("after", _("First event"))
        options = {True: _("and then"), False: _("and not")}
        self._happened = ui.select(options, value=self.values.get("happened", True), on_change=self.changed)
        self._happened.classes("fg-tree-op").props["aria-label"] = _("Whether the other event is to follow")
        self.event("then", _("Event that follows"))
        self.word(_("within"))
        within = DurationPart(self.context, _("Within"), self.values.get("within"), "")
        within.box.classes("fg-tree-duration")
        self._parts["within"] = within
        self.period("all")
        self.hold("happened", lambda: None if self._happened.value else False)
        self.hold("within", within.value, empty="")
