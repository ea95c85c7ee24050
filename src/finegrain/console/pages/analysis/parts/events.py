"""Several events in order: the steps of a funnel, touches, what is shown of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Problem, add_button
from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.console.pages.analysis.parts.rows import RowsPart
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext


class EventsPart(RowsPart[EventPart]):
    """A list of events, to which rows are added and from which they are taken in place.

    Args:
        context: of the form.
        label: of each event, with ``{n}`` for its number, translated already.
        values: the events as JSON.
        add: the text of the button that adds one.
        fewest: rows that are there at least, if only empty ones.
        badge: gives what stands before the event at a place, from 0.
        make: makes a row; by default an ``EventPart``.
    """

    def __init__(
        self,
        context: FormContext,
        label: str,
        values: Sequence[Any],
        *,
        add: str,
        fewest: int = 0,
        badge: Callable[[int], str] = lambda _place: "",
        make: Callable[..., EventPart] = EventPart,
    ) -> None:
        super().__init__(context)
        self._label, self._badge, self._make = label, badge, make
        self._fewest = fewest
        with ui.element("div").classes("fg-events-part") as self.box:
            self._list = ui.element("div").classes("fg-event-list")
            self._problem = Problem()
            add_button(add, self._add_empty)
        given = [*values, *([None] * (fewest - len(values)))]
        for value in given:
            self._add(value)

    def events(self) -> list[str]:
        """Give the names of all of them."""
        return [name for row in self._rows for name in row.events()]

    def is_missing(self) -> bool:
        """Say whether fewer are chosen than the query needs."""
        return len(self._complete()) < self._fewest

    def _say(self, text: str) -> bool:
        self._problem.say(text)
        return True

    def _add_empty(self) -> None:
        self._add(None)

    def _add(self, value: Any) -> None:
        place = len(self._rows)
        with self._list:
            row = self._make(
                self._context,
                self._label.format(n=place + 1),
                value,
                on_delete=self._delete,
                required=False,
                badge=self._badge(place),
            )
        self._rows.append(row)

    def _delete(self, row: EventPart) -> None:
        super()._delete(row)
        for place, each in enumerate(self._rows):
            each.number(self._badge(place))


def step_number(place: int) -> str:
    """Give the badge of a step: its number."""
    return str(place + 1)


def letter(place: int) -> str:
    """Give the badge of a series: its letter, as formulas name it."""
    return chr(ord("A") + place)


class SeriesPart(EventPart):
    """One line of a trend: an event, what of it is measured, and of which property."""

    def __init__(self, context: FormContext, label: str, value: Any, **options: Any) -> None:
        from finegrain.behaviour.trends.query import NUMERIC
        from finegrain.console.pages.analysis.parts.attributes import AttributePicker
        from finegrain.console.pages.analysis.words import MEASURES

        given: dict[str, Any] = dict(value) if isinstance(value, dict) else {"event": value or ""}
        measure, name = given.pop("measure", "total"), given.pop("property", "")
        super().__init__(context, label, given, **options)
        self._numeric = NUMERIC
        with self.extra:
            self._measure = ui.select({key: _(text) for key, text in MEASURES.items()}, value=measure, on_change=self._measured)
            self._measure.props["aria-label"] = _("What is measured")
            key = f"event.{name}" if name else ""
            self._property = AttributePicker(
                context, _("Property"), key, context.on_change, self.events, traits=False, numeric=True
            )
            self._property.select.set_visibility(measure in NUMERIC)

    def value(self) -> Any:
        """Give the series as JSON."""
        event = super().value()
        measure = self._measure.value
        if event is None or measure == "total":
            return event
        found = {**(event if isinstance(event, dict) else {"event": event}), "measure": measure}
        if measure in self._numeric:
            found["property"] = self._property.key.partition(".")[2]
        return found

    def offer(self) -> None:
        """Offer the properties of the event that is chosen now."""
        super().offer()
        self._property.offer()

    def _measured(self) -> None:
        self._property.select.set_visibility(self._measure.value in self._numeric)
        self._context.on_change()
