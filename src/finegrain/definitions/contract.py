"""What a definition is, in what two sets of them differ, and what applying them would move."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from finegrain.i18n import N_

Kind = Literal["thresholds", "tier_scheme", "segment", "goal", "tracked_event", "tracking_plan"]
What = Literal["added", "changed", "removed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_NAMES: dict[Kind, str] = {
    "thresholds": N_("Thresholds"),
    "tier_scheme": N_("Tier scheme"),
    "segment": N_("Segment"),
    "goal": N_("Goal"),
    "tracked_event": N_("Tracked event"),
    "tracking_plan": N_("Tracking plan"),
}
_HASH_LENGTH = 12


class Key(NamedTuple):
    """What identifies a definition: its kind, and its name among those of the kind."""

    kind: Kind
    name: str


Values = dict[str, Any]
State = dict[Key, Values]
"""Definitions as JSON values in their canonical form, so that what means the same is equal."""


@dataclass(frozen=True)
class FieldChange:
    """One field of a definition that differs.

    Attributes:
        field: its path, such as ``rule.all[0].period``.
        before, after: what it is, as JSON values; None where there is none.
    """

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One definition that differs between workspace and files.

    Attributes:
        what: whether the files add, change or lack it.
        fields: what differs of one that is changed; empty for others.
    """

    key: Key
    what: What
    fields: tuple[FieldChange, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"kind": self.key.kind, "name": self.key.name, "what": self.what, "fields": [vars(one) for one in self.fields]}


@dataclass(frozen=True)
class SegmentMove:
    """How many people a plan moves into a segment and out of it; a segment that there is not holds nobody."""

    name: str
    before: int
    after: int
    enter: int
    leave: int


class TierMove(NamedTuple):
    """How many people a plan moves from one tier to another; an empty key stands for no tier, where there is no scheme."""

    was: str
    now: str
    people: int


@dataclass(frozen=True)
class SchemeMove:
    """How many people a plan moves between the tiers of a scheme.

    Attributes:
        scheme: its name.
        people: how many are in another tier.
        moves: from which to which, most people first.
    """

    scheme: str
    people: int
    moves: tuple[TierMove, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"scheme": self.scheme, "people": self.people, "moves": [one._asdict() for one in self.moves]}


@dataclass(frozen=True)
class PlanResult:
    """What applying a folder would do.

    Attributes:
        changes: in the order in which they are made.
        left: what the files lack and stays, because nothing is pruned.
        segments, schemes: whom the changes move.
        hash: stands for workspace and files as they were compared; ``apply`` can be held to it.
    """

    changes: tuple[Change, ...]
    left: tuple[Key, ...]
    segments: tuple[SegmentMove, ...]
    schemes: tuple[SchemeMove, ...]
    hash: str

    @property
    def same(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "same": self.same,
            "plan": self.hash,
            "changes": [one.to_dict() for one in self.changes],
            "left": [one._asdict() for one in self.left],
            "segments": [vars(one) for one in self.segments],
            "schemes": [one.to_dict() for one in self.schemes],
        }


@dataclass(frozen=True)
class PullResult:
    """What was written into a folder.

    Attributes:
        written: the files, as paths below the folder, in order.
        removed: files whose definitions are gone.
        left: files that define what the workspace has not, and stay because nothing is pruned.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...] = field(default=())
    left: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {name: list(files) for name, files in vars(self).items()}


def hash_of(now: State, wanted: State, *, prune: bool) -> str:
    """Give what stands for two sets of definitions: the first 12 hexadecimal digits of the SHA-256 of their JSON."""
    told = [[[*key, state[key]] for key in sorted(state)] for state in (now, wanted)]
    text = json.dumps([*told, prune], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
