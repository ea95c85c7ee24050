"""Picks a property of events, or a trait of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.catalogue import Attribute
from finegrain.console.pages.analysis.parts.base import Control, Problem, labelled
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext

EVENT, PERSON, THEN = "event", "person", "then"


class AttributePicker:
    """A searchable list of properties and traits; keys are ``event.category``, ``person.city`` and ``then.city``.

    Args:
        context: of the form.
        label: name of the field, for screen readers.
        value: the key chosen at first; empty for none.
        on_change: is called when the user chooses.
        events: gives the events whose properties are offered.
        traits: whether traits of people are offered.
        past: whether traits as they were at the time of the event are.
        numeric: whether only numbers are offered.
        clearable: whether nothing can be chosen again.
        placeholder: what stands there while nothing is chosen; None for the label.
    """

    def __init__(
        self,
        context: FormContext,
        label: str,
        value: str,
        on_change: Callable[[], object],
        events: Callable[[], list[str]],
        *,
        traits: bool = True,
        past: bool = False,
        numeric: bool = False,
        clearable: bool = False,
        placeholder: str | None = None,
    ) -> None:
        self._context, self._events = context, events
        self._traits, self._past, self._numeric = traits, past, numeric
        self._attributes: dict[str, Attribute] = {}
        options = self._options(value)
        self.select = ui.select(options, value=value or None, with_input=True, clearable=clearable, on_change=on_change)
        self.select.props["aria-label"] = label
        if not value:
            self.select.props["placeholder"] = label if placeholder is None else placeholder
        self.select.classes("fg-attribute")

    @property
    def key(self) -> str:
        """The key that is chosen; empty for none."""
        return str(self.select.value or "")

    @property
    def attribute(self) -> Attribute:
        """What is chosen."""
        return self._attributes.get(self.key) or Attribute(self.key.partition(".")[2], "text")

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self.select.set_options(self._options(self.key), value=self.select.value)

    def _options(self, chosen: str) -> dict[str, str]:
        catalogue = self._context.catalogue
        found = {f"{EVENT}.{each.name}": each for each in self._wanted(catalogue.properties(self._events()))}
        labels = {key: each.name for key, each in found.items()}
        for whose, label in ((PERSON, _("{trait} · of the person")), (THEN, _("{trait} · of the person, as it was then"))):
            if self._traits and (whose == PERSON or self._past):
                traits = {f"{whose}.{each.name}": each for each in self._wanted(catalogue.traits)}
                found |= traits
                labels |= {key: label.format(trait=each.name) for key, each in traits.items()}
        self._attributes = found
        if chosen and chosen not in labels:
            labels[chosen] = chosen.partition(".")[2]
        return labels

    def _wanted(self, attributes: Sequence[Attribute]) -> list[Attribute]:
        return [each for each in attributes if each.kind == "number" or not self._numeric]


class AttributesPart(Control):
    """Several properties and traits, as a list of breakdowns.

    Args:
        context: of the form.
        label: name of the field, shown as it is.
        values: the breakdowns as JSON.
        help_: says what happens without any, on hover.
    """

    def __init__(self, context: FormContext, label: str, values: Sequence[Any], help_: str = "") -> None:
        self._context = context
        given = [{"property": each} if isinstance(each, str) else dict(each) for each in values]
        self._given = {f"{each.get('of', EVENT)}.{each['property']}": each for each in given}
        with labelled(label, classes="fg-ask-field-wide", help_=help_) as self.box:
            chosen = list(self._given)
            self._select = ui.select(
                self._options(chosen), value=chosen, multiple=True, with_input=True, on_change=context.on_change
            )
            self._select.props("use-chips").props["aria-label"] = label
            self.problem = Problem()

    def value(self) -> list[Any] | None:
        """Give the breakdowns as JSON."""
        return [self._breakdown(key) for key in self._select.value] or None

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self._select.set_options(self._options(self._select.value), value=self._select.value)

    def _options(self, chosen: Sequence[str]) -> dict[str, str]:
        catalogue = self._context.catalogue
        labels = {f"{EVENT}.{each.name}": each.name for each in catalogue.properties(self._context.events())}
        labels |= {f"{PERSON}.{each.name}": _("{trait} · of the person", trait=each.name) for each in catalogue.traits}
        return labels | {key: key.partition(".")[2] for key in chosen if key not in labels}

    def _breakdown(self, key: str) -> Any:
        whose, _dot, name = key.partition(".")
        more = {field: one for field, one in self._given.get(key, {}).items() if field not in {"property", "of"}}
        more |= {"of": whose} if whose != EVENT else {}
        return {"property": name, **more} if more else name


class PropertyPart(Control):
    """A field that holds the name of a property of events.

    Args:
        context: of the form.
        label: name of the field, shown as it is.
        value: the name at first; None for none.
        events: gives the events whose properties are offered.
        numeric: whether only numbers are offered.
        help_: says what it is for, on hover.
    """

    def __init__(
        self,
        context: FormContext,
        label: str,
        value: str | None,
        events: Callable[[], list[str]],
        *,
        numeric: bool = False,
        help_: str = "",
    ) -> None:
        with labelled(label, help_=help_) as self.box:
            key = f"{EVENT}.{value}" if value else ""
            self._picker = AttributePicker(
                context, label, key, context.on_change, events, traits=False, numeric=numeric, clearable=True, placeholder=""
            )
            self.problem = Problem()

    def value(self) -> str | None:
        """Give the name; None for none."""
        return self._picker.key.partition(".")[2] or None

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self._picker.offer()
