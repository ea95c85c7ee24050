"""What a segment is, as other rooms see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Segment:
    """A named set of people that was kept as a list.

    Attributes:
        name: unique in the workspace.
        description: in the words of whoever kept it; may be empty.
        origin: what the list was taken from, as JSON: a question and the part of its answer; empty where nobody said.
        size: people that were in the list when it was kept. Some may have been merged since, see ``SegmentService.members``.
        made_at: when it was kept, aware, in UTC.
        made_by: who kept it.
    """

    name: str
    description: str
    origin: dict[str, Any] = field(hash=False)
    size: int
    made_at: datetime
    made_by: str

    def to_dict(self) -> dict[str, Any]:
        """Give the segment as JSON values."""
        return {
            "name": self.name,
            "description": self.description,
            "origin": self.origin,
            "size": self.size,
            "made_at": self.made_at.isoformat(),
            "made_by": self.made_by,
        }
