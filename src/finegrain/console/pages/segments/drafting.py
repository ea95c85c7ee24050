"""A segment that is being edited, as it is kept as a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from finegrain.console.pages.segments.model import RuleTree

if TYPE_CHECKING:
    from finegrain.audience.segments.contract import Segment


@dataclass(frozen=True)
class SegmentDraft:
    """A segment as it stands on the page.

    Attributes:
        name, description: as they were typed.
        rule: as ``RuleTree.draft`` gives it.
    """

    name: str
    description: str
    rule: dict[str, Any]

    @classmethod
    def of(cls, segment: Segment | None) -> Self:
        """Give what the page shows of a segment before anything is edited; None for a new one."""
        if segment is None:
            return cls("", "", RuleTree().draft())
        return cls(segment.name, segment.description, RuleTree(segment.rule).draft())

    @classmethod
    def read(cls, content: dict[str, Any]) -> Self | None:
        """Give the draft that was kept; None where it cannot be read, as after an update that keeps drafts in another way."""
        try:
            RuleTree.from_draft(content["rule"])
            return cls(str(content["name"]), str(content["description"]), content["rule"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def tree(self) -> RuleTree:
        """Give a tree of its own to edit."""
        return RuleTree.from_draft(self.rule)


def draft_key(segment: Segment | None) -> str:
    """Give the key under which drafts of a segment are kept; None for a new one."""
    return "segment/new" if segment is None else f"segment/edit/{segment.name}"
