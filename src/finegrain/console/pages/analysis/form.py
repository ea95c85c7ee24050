"""The form of a question: its controls by field, the query they make, and where to say what is wrong with it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from nicegui import ui

from finegrain.behaviour.errors import UnknownTraitError
from finegrain.console.pages.analysis.parts.base import FormContext, Part, Problem, labelled
from finegrain.console.pages.analysis.parts.filters import FiltersPart
from finegrain.console.pages.analysis.parts.period import DEFAULT, PeriodPart
from finegrain.console.pages.analysis.parts.scope import AudiencePart, BreakdownPart, UnitPart
from finegrain.console.pages.analysis.parts.simple import ChoicePart
from finegrain.console.pages.analysis.words import GRANULARITIES
from finegrain.i18n import _, current_language, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.errors import FinegrainError

P = TypeVar("P", bound=Part)
_FIELD = re.compile(r"(\w+)(.*)")


class QueryForm:
    """The form of one kind of question.

    Fields of the query that have no control here stay in it, so that a question asked elsewhere keeps its meaning.

    Args:
        values: the query's fields as JSON values; checked before.
        catalogue: what pickers offer.
        on_change: is called after each change by the user.
    """

    def __init__(self, values: Mapping[str, Any], catalogue: Catalogue, on_change: Callable[[], object]) -> None:
        self._given = dict(values)
        self._parts: dict[str, Part] = {}
        self._on_change = on_change
        self._folded: ui.expansion | None = None
        self._folded_names: set[str] = set()
        self.context = FormContext(catalogue, self._changed, self.events)

    def build(self, draw: Callable[[QueryForm], object]) -> None:
        """Draw it inside the current place."""
        with ui.element("div").classes("fg-ask"):
            draw(self)
            rest = [name for name in self._given if name not in self._parts and name != "group"]
            if rest:
                names = _(", ").join(rest)
                ui.label(_("The question also says: {names}. It stays as it is.", names=names)).classes("fg-hint")
            self._problem = Problem()

    def given(self, name: str) -> Any:
        """Give what the query says at first; None where it leaves a field at its default."""
        return self._given.get(name)

    def add(self, name: str, part: P) -> P:
        """Let a control hold the field ``name``."""
        self._parts[name] = part
        return part

    def part(self, name: str) -> Part | None:
        """Give the control of a field."""
        return self._parts.get(name)

    @contextmanager
    def section(self, title: str) -> Iterator[None]:
        """Draw a heading over the controls that are made inside the block."""
        with ui.element("div").classes("fg-ask-section"):
            ui.label(title).classes("fg-ask-title").props("role=heading aria-level=3")
            yield

    @contextmanager
    def row(self) -> Iterator[None]:
        """Draw the controls that are made inside the block side by side."""
        with ui.element("div").classes("fg-ask-row"):
            yield

    @contextmanager
    def when(self, *, granularity: str = "", period: str = DEFAULT) -> Iterator[None]:
        """Draw the period and, where the kind has one, the granularity, whose defaults are given; then what the block draws."""
        with self.section(_("Time")), self.row():
            self.add("period", PeriodPart(self.context, self.given("period"), period))
            if granularity:
                given = self.given("granularity")
                part = ChoicePart(self.context, _("Granularity"), GRANULARITIES, given, default=granularity)
                self.add("granularity", part)
            yield

    def whom(self, *, breakdown: bool = True) -> None:
        """Draw the breakdown where the kind has one, the audience, and the conditions that every event must meet."""
        with self.section(_("Who and how")):
            with self.row():
                if breakdown:
                    self.add("breakdown", BreakdownPart(self.context, self.given("breakdown")))
                self.add("audience", AudiencePart(self.context, self.given("audience")))
            with labelled(""):
                label = _("Condition on all events")
                part = FiltersPart(self.context, self.given("filters") or [], self.events, label)
                self.add("filters", part)

    @contextmanager
    def more(self, *names: str) -> Iterator[None]:
        """Draw what is seldom changed, folded in unless the query says something about one of ``names``."""
        opened = any(self.given(name) is not None for name in names)
        with ui.expansion(_("More settings"), value=opened).props("dense").classes("fg-more") as self._folded, self.row():
            before = set(self._parts)
            yield
            self._folded_names = set(self._parts) - before

    def unit(self, *units: str) -> None:
        """Draw what is counted."""
        self.add("unit", UnitPart(self.context, self.given("unit"), self.given("group"), units))

    def events(self) -> list[str]:
        """Give the names of all events in the form, each once."""
        return list(dict.fromkeys(name for part in self._parts.values() for name in part.events()))

    def values(self) -> dict[str, Any]:
        """Give the query's fields as JSON values."""
        kept = {name: value for name, value in self._given.items() if name not in self._parts and name != "group"}
        found = {name: part.value() for name, part in self._parts.items()} | kept
        unit = self._parts.get("unit")
        if isinstance(unit, UnitPart):
            found["group"] = unit.group
        return {name: value for name, value in found.items() if value is not None}

    @property
    def is_complete(self) -> bool:
        """Whether the query has all that it needs."""
        return not any(part.is_missing() for part in self._parts.values())

    def complain(self, error: FinegrainError | None) -> None:
        """Say what is wrong, at the field it is about; None when nothing is."""
        for part in self._parts.values():
            part.complain("", "")
        self._problem.say("")
        if error is None:
            return
        text = told(error)
        # A path such as ``steps[1].filters[0].value`` goes on after the name of the field.
        found = _FIELD.fullmatch(str(error.facts.get("field", "")))
        name = _HOLDERS.get(found[1], found[1]) if found else ""
        holder = self._parts.get(name)
        if name in self._folded_names and self._folded:
            self._folded.open()
        if found is None or holder is None or not holder.complain(found[2], text):
            self._problem.say(text)

    def offer(self) -> None:
        """Bring what controls offer up to date with the events of the form and with what there is to choose from."""
        for part in self._parts.values():
            part.offer()

    def _changed(self) -> None:
        self.offer()
        self._on_change()


_HOLDERS = {"group": "unit"}
"""Fields that are held by the control of another."""


def told(error: FinegrainError) -> str:
    """Say an error in one line: what is wrong and, where it says more than to look the value up, what to do."""
    language = current_language()
    facts = {name: _fact(value) for name, value in error.facts.items()}
    if isinstance(error, UnknownTraitError):
        return translate(error.problem, language).format(**facts)
    allowed = facts.get("allowed")
    if allowed and "value" in facts and "field" in facts:
        return _("{value} is not possible here: give {allowed}.", value=facts["value"], allowed=allowed)
    return error.message(language)


def _fact(value: Any) -> Any:
    told_in = getattr(value, "told", None)
    return told_in(current_language()) if told_in else value
