"""What a tracking plan declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from datetime import datetime

DeclaredType = Literal["any", "text", "number", "integer", "boolean", "time", "list", "object"]
EventStatus = Literal["planned", "blocked"]
OnViolation = Literal["show", "refuse"]
Undeclared = Literal["allow", "show", "refuse"]
Scalar = str | int | float | bool

TYPES: tuple[DeclaredType, ...] = get_args(DeclaredType)
STATUSES: tuple[EventStatus, ...] = get_args(EventStatus)
ON_VIOLATION: tuple[OnViolation, ...] = get_args(OnViolation)
UNDECLARED: tuple[Undeclared, ...] = get_args(Undeclared)

MAX_NAME_CHARS = 255
MAX_TEXT_CHARS = 2_000
MAX_EVENTS = 2_000
MAX_PROPERTIES = 500
MAX_ALLOWED = 1_000


@dataclass(frozen=True)
class PropertyRule:
    """One declared property.

    Attributes:
        name: its name at the top level of the event's properties.
        type: what its values must be; ``integer`` takes numbers without a fraction, ``time`` text in ISO form such as
            ``2024-06-01`` or ``2024-06-01T12:00:00Z``.
        required: whether each event must carry it; a null counts as not carried.
        allowed: the values that may be sent, all of them when empty; of a list, each member must be one of them.
    """

    name: str
    type: DeclaredType = "any"
    required: bool = False
    allowed: tuple[Scalar, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class EventPlan:
    """One declared event.

    Attributes:
        event: its name as it is sent.
        owner: who answers for it; free text.
        source: the declaration holds for what this source sends, and from others the event counts as undeclared; None: all.
        status: ``blocked`` refuses every event of this name.
        properties: what it may carry.
        on_violation: ``show`` stores an event that violates the declaration and counts the violation, ``refuse`` refuses it.
        undeclared_properties: what happens to an event that carries others than the declared properties.
    """

    event: str
    description: str = ""
    owner: str = ""
    source: str | None = None
    status: EventStatus = "planned"
    properties: tuple[PropertyRule, ...] = ()
    on_violation: OnViolation = "show"
    undeclared_properties: Undeclared = "allow"


@dataclass(frozen=True)
class TrackingPlan:
    """All declarations.

    Attributes:
        events: by name.
        undeclared_events: what happens to events that are not declared; without effect while none is.
        revision: goes up with each change; 0 before the first.
        changed_at: aware, in UTC; None before the first change.
    """

    events: tuple[EventPlan, ...] = ()
    undeclared_events: Undeclared = "allow"
    revision: int = 0
    changed_at: datetime | None = None

    def get(self, event: str) -> EventPlan | None:
        """Give the declaration of ``event``; None where there is none."""
        return next((each for each in self.events if each.event == event), None)


ViolationKind = Literal["blocked", "undeclared_event", "missing", "wrong_type", "not_allowed", "undeclared_property"]
VIOLATIONS: tuple[ViolationKind, ...] = get_args(ViolationKind)


@dataclass(frozen=True)
class ViolationCount:
    """One way in which events of one source violate the plan.

    Attributes:
        source, event, property: empty where there was no room to keep further ones apart; ``property`` is empty where the
            event as a whole violates it.
        count: events so far, those sent again included.
        refused: how many of them were refused.
        example: a value that violated it, masked; empty where there is none to show.
        first_seen, last_seen: aware, in UTC.
    """

    source: str
    event: str
    property: str
    kind: ViolationKind
    count: int
    refused: int
    example: str
    first_seen: datetime
    last_seen: datetime

    def to_dict(self) -> dict[str, Any]:
        """Give the count as the JSON object that the CLI prints; times in ISO form, UTC."""
        return {
            "source": self.source,
            "event": self.event,
            "property": self.property,
            "kind": self.kind,
            "count": self.count,
            "refused": self.refused,
            "example": self.example,
            "first_seen": self.first_seen.isoformat(),
            "last_seen": self.last_seen.isoformat(),
        }
