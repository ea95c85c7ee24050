"""Whom and what an answer is about: the audience, the unit, the breakdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.attributes import EVENT, AttributePicker
from finegrain.console.pages.analysis.parts.base import Control, Problem, labelled
from finegrain.console.pages.analysis.words import COUNTED
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finegrain.console.pages.analysis.parts.base import FormContext

_LIMITS = (3, 5, 10, 20, 50)
_DEFAULT_LIMIT = 10
_PEOPLE = "people"


class BreakdownPart(Control):
    """Splits the answer by a property or a trait.

    Args:
        context: of the form.
        value: the breakdown as JSON: a property's name, or an object; None for none.
    """

    def __init__(self, context: FormContext, value: Any) -> None:
        self._context = context
        given: Mapping[str, Any] = value if isinstance(value, dict) else {"property": value} if value else {}
        limit = given.get("limit", _DEFAULT_LIMIT)
        key = f"{given.get('of', EVENT)}.{given['property']}" if given.get("property") else ""
        with labelled(_("Broken down by")) as self.box:
            with ui.element("div").classes("fg-pair"):
                label, nothing = _("Broken down by"), _("No breakdown")
                self._picker = AttributePicker(
                    context, label, key, self._chosen, context.events, clearable=True, placeholder=nothing
                )
                limits = {number: ngettext("top {n}", "top {n}", number) for number in sorted({*_LIMITS, limit})}
                self._limit = ui.select(limits, value=limit, on_change=context.on_change).classes("fg-limit")
                self._limit.props["aria-label"] = _("Values that are groups of their own")
                self._limit.set_visibility(bool(key))
            self.problem = Problem()

    def value(self) -> Any:
        """Give the breakdown as JSON: the name alone where that says it; None for none."""
        whose, _dot, name = self._picker.key.partition(".")
        if not name:
            return None
        more = {"of": whose} if whose != EVENT else {}
        if self._limit.value != _DEFAULT_LIMIT:
            more["limit"] = self._limit.value
        return {"property": name, **more} if more else name

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self._picker.offer()

    def _chosen(self) -> None:
        self._limit.set_visibility(bool(self._picker.key))
        self._context.on_change()


class AudiencePart(Control):
    """Whose behaviour counts: everybody's, or that of a tier's or a segment's people.

    Args:
        context: of the form.
        value: the audience as a JSON object; None for everybody.
    """

    def __init__(self, context: FormContext, value: Mapping[str, Any] | None) -> None:
        self._catalogue = context.catalogue
        self._people: Sequence[str] = (value or {}).get(_PEOPLE, ())
        chosen = _audience_key(value or {})
        options = self._options(chosen)
        with labelled(_("Audience")) as self.box:
            self._select = ui.select(options, value=chosen, with_input=True, on_change=context.on_change)
            self._select.props["aria-label"] = _("Audience")
            self.problem = Problem()

    def _options(self, chosen: str) -> dict[str, str]:
        segments, tiers = self._catalogue.segments, self._catalogue.tiers
        options = {"": _("Everybody")}
        options |= {f"segment:{name}": _("Segment: {segment}", segment=text) for name, text in segments.items()}
        options |= {f"tier:{key}": text for key, text in tiers.items()}
        if self._people:
            options[_PEOPLE] = ngettext("{n} person by id", "{n} people by id", len(self._people))
        return options | ({} if chosen in options else {chosen: chosen.partition(":")[2]})

    def offer(self) -> None:
        """Offer the segments that there are now."""
        options = self._options(str(self._select.value or ""))
        if options != self._select.options:
            self._select.set_options(options, value=self._select.value)

    def value(self) -> dict[str, Any] | None:
        """Give the audience as a JSON object; None for everybody."""
        if not self._select.value:
            return None
        if self._select.value == _PEOPLE:
            return {_PEOPLE: list(self._people)}
        kind, _colon, name = str(self._select.value).partition(":")
        return {kind: name}


def _audience_key(value: Mapping[str, Any]) -> str:
    if value.get(_PEOPLE):
        return _PEOPLE
    kind = next((kind for kind in ("tier", "segment") if value.get(kind)), "")
    return f"{kind}:{value[kind]}" if kind else ""


class UnitPart(Control):
    """What is counted: people, sessions, or the values of a property.

    Args:
        context: of the form.
        unit: the unit at first; None for people.
        group: the property whose values are the groups.
        units: those that the query takes.
    """

    def __init__(self, context: FormContext, unit: str | None, group: str | None, units: Sequence[str]) -> None:
        self._context = context
        options = {each: _("Values of a property") if each == "groups" else _(COUNTED[each]) for each in units}
        with labelled(_("Counted")) as self.box:
            self._select = ui.select(options, value=unit if unit in options else "people", on_change=self._chosen)
            self._select.props["aria-label"] = _("Counted")
            key = f"{EVENT}.{group}" if group else ""
            self._group = AttributePicker(context, _("Property"), key, context.on_change, context.events, traits=False)
            self._group.select.set_visibility(self._select.value == "groups")
            self.problem = Problem()

    def value(self) -> str | None:
        """Give the unit."""
        return None if self._select.value == "people" else str(self._select.value)

    @property
    def group(self) -> str | None:
        """The property whose values are the groups."""
        return self._group.key.partition(".")[2] or None if self._select.value == "groups" else None

    def is_missing(self) -> bool:
        """Say whether the property of the groups is still to be chosen."""
        return self._select.value == "groups" and not self.group

    def offer(self) -> None:
        """Offer the properties of the events that are chosen now."""
        self._group.offer()

    def _chosen(self) -> None:
        self._group.select.set_visibility(self._select.value == "groups")
        self._context.on_change()
