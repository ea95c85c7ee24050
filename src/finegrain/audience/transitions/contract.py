"""What a transition is: one person's move in one scheme or segment, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

Cause = Literal["event", "traits", "time"]
TIER_CHANGED, ENTERED, LEFT = "Tier Changed", "Segment Entered", "Segment Left"


@dataclass(frozen=True)
class Reason:
    """Why somebody moved.

    Attributes:
        cause: ``event`` where the person did something lately, ``traits`` where a source said something of the person, ``time``
            where time alone passed.
        turned: of a segment, the conditions of its rule that turned: path of the node → whether it is met now.
    """

    cause: Cause
    turned: dict[str, bool] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Attributes:
        event: ``Tier Changed``, ``Segment Entered`` or ``Segment Left``.
        name: of the scheme or segment.
        person_id: who.
        was, now: keys of tiers; empty for a segment.
        since: the moment of the state before; aware, in UTC.
        at: the moment as of which it was found; aware, in UTC.
        reason: why.
    """

    event: str
    name: str
    person_id: int
    was: str
    now: str
    since: datetime
    at: datetime
    reason: Reason

    def properties(self, sentence: str) -> dict[str, Any]:
        """Give the properties of its event.

        Args:
            sentence: the reason, as people read it.
        """
        moments = {"since": self.since.isoformat(), "as_of": self.at.isoformat()}
        reason = {"reason": self.reason.cause, "turned": self.reason.turned, "reason_text": sentence}
        if self.event == TIER_CHANGED:
            return {"scheme": self.name, "from": self.was, "to": self.now, **reason, **moments}
        return {"segment": self.name, **reason, **moments}
