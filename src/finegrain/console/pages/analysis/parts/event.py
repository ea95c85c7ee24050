"""An event with its conditions: which events count as a step, a start, a return or a touch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.catalogue import MOST_EVENTS
from finegrain.console.pages.analysis.parts.base import Part, Problem, icon_button
from finegrain.console.pages.analysis.parts.filters import FiltersPart
from finegrain.console.pages.analysis.words import event_choice
from finegrain.console.text import work
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.parts.base import FormContext

_FILTERS = re.compile(r"\.?filters(.*)")


class EventPart(Part):
    """One event.

    What the JSON says beside the name and the conditions, such as a label, is kept as it is.

    Args:
        context: of the form.
        label: name of the field, for screen readers.
        value: the event as JSON: its name, or an object; None for none yet.
        on_delete: is called with this part when it is to go; without it there is no button for that.
        required: whether the query needs it.
        badge: what stands before it, such as a step's number.
    """

    def __init__(
        self,
        context: FormContext,
        label: str,
        value: Any,
        *,
        on_delete: Callable[[EventPart], object] | None = None,
        required: bool = True,
        badge: str = "",
    ) -> None:
        self._context, self._required = context, required
        given: dict[str, Any] = dict(value) if isinstance(value, dict) else {"event": value or ""}
        self._names = given.pop("event", "")
        filters = given.pop("filters", [])
        self._rest = given
        with ui.element("div").classes("fg-event-part") as self.box:
            with ui.element("div").classes("fg-event-line"):
                self._badge = ui.label(badge).classes("fg-event-badge").props('aria-hidden="true"')
                self._badge.set_visibility(bool(badge))
                self._select = self._picker(label, clearable=not required and on_delete is None)
                self._tools = ui.element("div").classes("fg-event-tools")
                with self._tools:
                    icon_button("filter_alt", _("Add a condition to this event"), self._add_filter)
                    if on_delete:
                        icon_button("close", _("Take this event away"), lambda: on_delete(self))
            self.problem = Problem()
            self.extra = ui.element("div").classes("fg-event-extra")
            self._filters = FiltersPart(context, filters, self.events)

    def _picker(self, label: str, *, clearable: bool) -> ui.select:
        several = isinstance(self._names, list | tuple)
        chosen = list(self._names) if several else self._names or None
        events = list(self._context.catalogue.events)[:MOST_EVENTS]
        options = {name: event_choice(name) for name in ("*", *events)}
        for name in chosen if isinstance(chosen, list) else [chosen]:
            if name:
                options.setdefault(name, event_choice(name))
        select = ui.select(options, value=chosen, multiple=several, with_input=True, clearable=clearable, on_change=self._chosen)
        select.classes("fg-event-select").props["aria-label"] = label
        if several:
            select.props("use-chips")
        if not chosen:
            select.props["placeholder"] = _("Choose an event")
        return select

    def events(self) -> list[str]:
        """Give the names that are chosen."""
        found = self._select.value
        return [name for name in (found if isinstance(found, list) else [found]) if name]

    def value(self) -> Any:
        """Give the event as JSON: its name alone where there is nothing more to say; None while none is chosen."""
        if not self.events():
            return None
        filters = self._filters.value()
        event = self._select.value
        more = self._rest | ({"filters": filters} if filters else {})
        return {"event": event, **more} if more else event

    def is_missing(self) -> bool:
        """Say whether no event is chosen though one is needed."""
        return self._required and not self.events()

    def complain(self, path: str, text: str) -> bool:
        """Say what is wrong with its name, or with one of its conditions."""
        self.problem.say("")
        inside = _FILTERS.match(path)
        if self._filters.complain(inside[1] if inside else "", text if inside else ""):
            if not inside:
                self.problem.say(text)
            return True
        self.problem.say(text)
        return True

    def offer(self) -> None:
        """Offer the properties of the event that is chosen now."""
        self._filters.offer()

    def number(self, badge: str) -> None:
        """Put another badge before it."""
        self._badge.text = badge

    def _add_filter(self) -> None:
        self._filters.add()

    async def _chosen(self) -> None:
        self._select.props["placeholder"] = "" if self.events() else _("Choose an event")
        for name in self.events():
            await work(self._context.catalogue.learn, name)
        if not self.box.is_deleted:
            self._context.on_change()
