"""What the pickers of the analysis offer: events, properties and traits with their values, tiers and segments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.access.masking import masking
from finegrain.collect.catalogue.errors import UnknownEventError
from finegrain.console.pages.analysis.saving import segment_names
from finegrain.console.pages.people.rows import scheme_labels
from finegrain.console.widgets.formats import number
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finegrain.people.contract import TraitValues
    from finegrain.workspace import Workspace

ValueKind = Literal["text", "number", "boolean", "time"]
PATIENCE_S = 0.5
"""How long a page waits for events that are not counted yet."""
MOST_EVENTS = 300
"""Events that a picker offers, the most frequent ones; any other can be typed."""
_READ_AT_ONCE = 40
MOST_VALUES = 50
_KINDS: tuple[ValueKind, ...] = ("text", "number", "boolean", "time")


@dataclass(frozen=True)
class Attribute:
    """A property of events, or a trait of people, with what its values are and the ones to suggest."""

    name: str
    kind: ValueKind
    values: tuple[str, ...] = ()


class Catalogue:
    """The choices of one page, read when it opens; properties of rarer events are read when they are first chosen.

    Attributes:
        events: name → how often it happened, the most frequent first.
        traits: of people.
        tiers: ``scheme/key`` → how it is called, with its number of people.
        segments: name → how it is called.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.events: dict[str, int] = {}
        self.traits: tuple[Attribute, ...] = ()
        self.tiers: dict[str, str] = {}
        self.segments: dict[str, str] = {}
        self._properties: dict[str, tuple[Attribute, ...]] = {}

    def read(self, named: Iterable[str] = ()) -> Catalogue:
        """Read all choices, with the properties of the most frequent events and of those that are ``named``."""
        ws = self._workspace
        ws.catalogue.refresh(budget_s=PATIENCE_S)
        self.events = dict(ws.events.event_counts())
        self.traits = tuple(_trait(name, ws.people.trait_values(name)) for name in ws.people.trait_names())
        self.tiers = _tiers(ws)
        self.segments = segment_names(ws)
        for name in (*list(self.events)[:_READ_AT_ONCE], *named):
            self.learn(name)
        return self

    def learn(self, event: str) -> None:
        """Read the properties of an event; takes a look into the database when it is the first time."""
        if event in self._properties or event not in self.events:
            return
        try:
            found = self._workspace.catalogue.properties(event)
        except UnknownEventError:  # it came after the catalogue was counted
            found = []
        self._properties[event] = tuple(_property(each) for each in found if set(each.kinds) & set(_KINDS))

    def properties(self, events: Iterable[str]) -> tuple[Attribute, ...]:
        """Give the properties of any of these events, the most usual first; those of all events for ``*``, or for none."""
        named = [name for name in events if name in self._properties]
        seen: Counter[str] = Counter()
        by_name: dict[str, Attribute] = {}
        for event in named or self._properties:
            for attribute in self._properties[event]:
                seen[attribute.name] += 1
                by_name.setdefault(attribute.name, attribute)
        return tuple(by_name[name] for name, _count in seen.most_common())


def _property(found: Any) -> Attribute:
    kind: ValueKind = next((each for kind in found.kinds for each in _KINDS if each == kind), "text")
    return Attribute(found.name, kind, () if masking() else tuple(found.examples))


def _trait(name: str, values: TraitValues) -> Attribute:
    texts = Counter(text for text in values.texts.to_pylist()[:20_000] if text)
    if len(values.numbers) and np.isfinite(values.numbers).mean() > 0.9:  # noqa: PLR2004 - a few of another kind do no harm
        return Attribute(name, "number")
    if texts and set(texts) <= {"true", "false"}:
        return Attribute(name, "boolean")
    # What is nearly everybody's own, such as a name, is no choice; and who may not see traits is told none.
    common = len(texts) <= max(MOST_VALUES, len(values.texts) // 10) and not masking()
    return Attribute(name, "text", tuple(text for text, _count in texts.most_common(MOST_VALUES)) if common else ())


def _tiers(workspace: Workspace) -> dict[str, str]:
    as_of = workspace.as_of()
    text = _("{scheme} · {tier} ({n})")
    return {
        f"{scheme}/{tier.key}": text.format(scheme=label, tier=_(tier.name), n=number(tier.people))
        for scheme, label in scheme_labels(workspace).items()
        for tier in workspace.tiering.compute(scheme, as_of).tiers
    }
