"""What the catalogue tells of an event and of its properties, and how much it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from datetime import datetime

ValueKind = Literal["text", "time", "number", "boolean", "list", "object", "null"]
KINDS: tuple[ValueKind, ...] = get_args(ValueKind)
"""What a value can be; ``time`` is text that reads as a time, and is not counted as ``text``."""

MAX_EVENTS = 2_000
"""Events that are kept, each counted once a source that sends it; what comes first is kept."""
MAX_PROPERTIES = 500
"""Properties that are kept of each of them."""
MAX_EXAMPLES = 5


@dataclass(frozen=True)
class CatalogueProgress:
    """How far the catalogue has come.

    Attributes:
        counted: arrival number up to which all events are counted.
        stored: arrival number of the newest event.
        other_events: events of names that came after the first ``MAX_EVENTS``.
        refreshed_at: when events were counted last, aware, in UTC; None before the first.
    """

    counted: int
    stored: int
    other_events: int
    refreshed_at: datetime | None

    @property
    def share(self) -> float:
        """The part of all events that is counted, 0–1."""
        return min(1.0, self.counted / self.stored) if self.stored else 1.0


@dataclass(frozen=True)
class CataloguedEvent:
    """One event name with what was seen of it.

    Attributes:
        name: cut off after 300 characters; ``key`` tells longer ones apart.
        sources: source → events it sent, most first.
        first_seen, last_seen: receipt of the first and the newest, aware, in UTC.
        properties: how many properties are kept.
        other_properties: values of properties that came after the first ``MAX_PROPERTIES``.
    """

    name: str
    key: str
    sources: dict[str, int]
    count: int
    first_seen: datetime
    last_seen: datetime
    properties: int
    other_properties: int

    def to_dict(self) -> dict[str, Any]:
        """Give the event as the JSON object that the CLI prints; times in ISO form, UTC."""
        return {
            "event": self.name,
            "sources": self.sources,
            "count": self.count,
            "first_seen": self.first_seen.isoformat(),
            "last_seen": self.last_seen.isoformat(),
            "properties": self.properties,
            "other_properties": self.other_properties,
        }


@dataclass(frozen=True)
class CataloguedProperty:
    """One property of one event.

    Attributes:
        name: cut off after 300 characters.
        kinds: what its values were → how many, most first; kinds that were not seen are missing.
        count: events that carry it.
        share: of the event's events, 0–1.
        examples: a few values as text, the newest first; what looks like a secret or a way to reach a person is masked.
        last_seen: receipt of the newest event that carries it, aware, in UTC.
    """

    name: str
    kinds: dict[ValueKind, int]
    count: int
    share: float
    examples: tuple[str, ...]
    last_seen: datetime

    def to_dict(self) -> dict[str, Any]:
        """Give the property as the JSON object that the CLI prints; times in ISO form, UTC."""
        return {
            "property": self.name,
            "types": dict(self.kinds),
            "count": self.count,
            "share": round(self.share, 6),
            "examples": list(self.examples),
            "last_seen": self.last_seen.isoformat(),
        }
