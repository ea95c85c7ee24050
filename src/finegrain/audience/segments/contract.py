"""What a segment is, as other rooms see it, and what is found when rules are computed or previewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Segment:
    """A named set of people: those of a list that was kept, or those who meet a rule now.

    Attributes:
        name: unique in the workspace.
        description: in the words of whoever kept it; may be empty.
        origin: what the list was taken from, as JSON: a question and the part of its answer; empty where nobody said.
        size: people that were in the list when it was kept (some may have been merged since, see ``SegmentService.members``),
            or that met the rule as of ``as_of``.
        made_at: when it was kept, aware, in UTC.
        made_by: who kept it.
        rule: the rule as JSON values; None for a list.
        as_of, computed_at: of a rule: the moment as of which, and when, its size was found; aware, in UTC.
    """

    name: str
    description: str
    origin: dict[str, Any] = field(hash=False)
    size: int
    made_at: datetime
    made_by: str
    rule: dict[str, Any] | None = field(default=None, hash=False)
    as_of: datetime | None = None
    computed_at: datetime | None = None

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule; else it is a list."""
        return self.rule is not None

    def to_dict(self) -> dict[str, Any]:
        """Give the segment as JSON values; of a list without what rules alone have."""
        told: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "origin": self.origin,
            "size": self.size,
            "made_at": self.made_at.isoformat(),
            "made_by": self.made_by,
        }
        if self.rule is not None:
            told |= {"rule": self.rule, "as_of": _iso(self.as_of), "computed_at": _iso(self.computed_at)}
        return told


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@dataclass(frozen=True)
class RecomputeResult:
    """What recomputing all rules found.

    Attributes:
        as_of: the moment as of which.
        computed_at: when it was done; both aware, in UTC.
        sizes: people by name of segment.
        failed: why some segments could not be computed, by name; they keep the size they had.
    """

    as_of: datetime
    computed_at: datetime
    sizes: dict[str, int]
    failed: dict[str, str]


@dataclass(frozen=True)
class Overlap:
    """How many people of a previewed rule are in another segment, and how many that one holds."""

    name: str
    both: int
    size: int


@dataclass(frozen=True)
class Reach:
    """How many people of a previewed rule can be reached on a channel: with an address, and without having refused."""

    channel: str
    people: int


@dataclass(frozen=True)
class PreviewResult:
    """Whom a rule means, before it is kept.

    Attributes:
        rule: the rule as JSON values.
        sentence: the rule in the reader's language.
        as_of: the moment as of which; aware, in UTC.
        people: how many meet it.
        total: how many people there are.
        sample: ids of some of them, spread evenly over all, ascending.
        overlaps: with all other segments, in order of their names.
        reach: by channel.
    """

    rule: dict[str, Any] = field(hash=False)
    sentence: str
    as_of: datetime
    people: int
    total: int
    sample: tuple[int, ...]
    overlaps: tuple[Overlap, ...]
    reach: tuple[Reach, ...]

    @property
    def share(self) -> float:
        """The share of all people, 0–1; 0 when there is nobody."""
        return self.people / self.total if self.total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "rule": self.rule,
            "sentence": self.sentence,
            "as_of": self.as_of.isoformat(),
            "people": self.people,
            "total": self.total,
            "share": self.share,
            "sample": list(self.sample),
            "overlaps": [vars(one) for one in self.overlaps],
            "reach": {one.channel: one.people for one in self.reach},
        }
