"""What the controls of all conditions have in common: they change the values that somebody edits, and leave the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import FormContext, Part, Problem
from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.console.pages.analysis.parts.period import PeriodPart
from finegrain.console.pages.segments.kinds import is_complete

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.segments.model import Condition

LEFT_OUT = object()
"""Stands for a field that is left out, so that it has its default."""


class ConditionForm:
    """The controls of one condition, drawn into the current place.

    Args:
        condition: what is edited, in place.
        catalogue: what pickers offer.
        on_change: is called after each change by the user.
    """

    def __init__(self, condition: Condition, catalogue: Catalogue, on_change: Callable[[], object]) -> None:
        self.condition = condition
        self.values = condition.values
        self.catalogue = catalogue
        self.context = FormContext(catalogue, self.changed, self.events)
        self._on_change = on_change
        self._parts: dict[str, Part] = {}
        self._read: dict[str, tuple[Callable[[], Any], Any]] = {}
        self._last: dict[str, Any] = {}
        with ui.element("div").classes("fg-tree-controls"):
            self.draw()
        self._problem = Problem()

    def draw(self) -> None:
        """Draw the controls of this kind."""

    def hold(self, name: str, read: Callable[[], Any], *, empty: Any = LEFT_OUT) -> None:
        """Let a control hold a field.

        Args:
            name: of the field.
            read: gives the control's value; None where it is empty, or at its default.
            empty: what the field has then.
        """
        self._read[name], self._last[name] = (read, empty), read()

    def event(self, name: str, label: str) -> EventPart:
        """Draw the control of an event."""
        part = EventPart(self.context, label, self.values.get(name) or None)
        part.box.classes("fg-tree-event")
        self._parts[name] = part
        self.hold(name, part.value, empty="")
        return part

    def period(self, default: str) -> PeriodPart:
        """Draw the control of the period."""
        part = PeriodPart(self.context, self.values.get("period"), default)
        part.box.classes("fg-tree-period")
        self._parts["period"] = part
        self.hold("period", part.value)
        return part

    def choice(self, name: str, label: str, options: Mapping[Any, str], default: Any = None, **more: Any) -> ui.select:
        """Draw a choice; the options are shown as they are, and what is chosen is among them in any case."""
        chosen = self.values.get(name, default)
        offered = {**options, **({chosen: str(chosen)} if chosen and chosen not in options else {})}
        select = ui.select(offered, value=chosen if chosen in offered else None, on_change=self.changed, **more)
        select.props["aria-label"] = label
        if not chosen:
            select.props["placeholder"] = label
        self.hold(name, lambda: select.value, empty=self._nothing(name))
        return select.classes("fg-tree-choice")

    def several(self, name: str, label: str, options: Mapping[str, str]) -> ui.select:
        """Draw a choice of several; one that is given alone stays alone."""
        given = self.values.get(name) or []
        chosen = [given] if isinstance(given, str) else list(given)
        offered = {**options, **{one: one for one in chosen if one not in options}}
        select = ui.select(offered, value=chosen, multiple=True, with_input=True, on_change=self.changed)
        select.props("use-chips").props["aria-label"] = label
        if not chosen:
            select.props["placeholder"] = label
        self.hold(name, lambda: list(select.value) or None, empty=self._nothing(name))
        return select.classes("fg-tree-several")

    def _nothing(self, name: str) -> Any:
        # The field that tells what condition it is stays, or it would be none.
        return "" if name == self.condition.kind else LEFT_OUT

    def word(self, text: str) -> ui.label:
        """Write a word between the controls."""
        return ui.label(text).classes("fg-tree-word")

    def events(self) -> list[str]:
        """Give the names of the events that it holds."""
        return [name for part in self._parts.values() for name in part.events()]

    def changed(self) -> None:
        """Take over what was edited."""
        for name, (read, empty) in self._read.items():
            now = read()
            if now != self._last[name] or type(now) is not type(self._last[name]):
                self._last[name] = now
                self._put(name, empty if now is None else now)
        for part in self._parts.values():
            part.offer()
        self.condition.complete = is_complete(self.values)
        self.complain("", "")
        self._on_change()

    def _put(self, name: str, value: Any) -> None:
        if value is LEFT_OUT:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    def complain(self, path: str, text: str) -> None:
        """Say what is wrong with it, at the control that the path is about; nothing with an empty text."""
        for part in self._parts.values():
            part.complain("", "")
        self._problem.say("")
        field = next((name for name in self._parts if path == name or path.startswith((f"{name}.", f"{name}["))), "")
        if not text or not field or not self._parts[field].complain(path[len(field) :].lstrip("."), text):
            self._problem.say(text)
