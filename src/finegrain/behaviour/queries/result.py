"""What all answers have in common: the question they answer, and the ways to take them along."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from finegrain.behaviour.queries.contract import Subject
from finegrain.behaviour.queries.reading import write_query
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from finegrain.behaviour.queries.contract import Breakdown, Query
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope

Mask = Callable[[Subject, str, str], str]
"""Gives what to show of a value that is counted by: of whose property, its name, the value."""
GroupKind = Literal["all", "value", "other", "none"]
_GROUP_NAMES = {"all": N_("All"), "other": N_("Other"), "none": N_("No value")}


@dataclass(frozen=True)
class Group:
    """One group of a breakdown: a value, the rarer values together, or those without one; ``all`` without a breakdown."""

    kind: GroupKind
    value: str = ""

    @property
    def name(self) -> str:
        """The name to show, in the reader's language."""
        return self.value if self.kind == "value" else _(_GROUP_NAMES[self.kind])

    def masked(self, breakdown: Breakdown, mask: Mask) -> Group:
        """Give the group with its value as ``mask`` shows it."""
        return replace(self, value=mask(breakdown.of, breakdown.property, self.value)) if self.kind == "value" else self

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"kind": self.kind, "value": self.value if self.kind == "value" else None, "name": self.name}


def groups_of(names: GroupNames) -> tuple[Group, ...]:
    """Give the groups in the order of their numbers."""
    if not names.broken_down:
        return (Group("all"),)
    return (*(Group("value", value) for value in names.named), Group("other"), Group("none"))


@dataclass(frozen=True)
class Asked:
    """The question, and over what it was answered; recorded in every result.

    Attributes:
        query: the question.
        first, last: civil days of the period, both included, in ISO form.
        zone: in which days are counted.
        as_of: the present that was taken, in ISO form in the zone.
    """

    query: Query
    first: str
    last: str
    zone: str
    as_of: str

    @classmethod
    def of(cls, query: Query, scope: Scope) -> Asked:
        """Record a question with its scope."""
        from finegrain.zones import from_us

        as_of = from_us(scope.now_us).astimezone(scope.zone.info).isoformat(timespec="seconds")
        return cls(query, scope.days.first.isoformat(), scope.days.last.isoformat(), scope.zone.name, as_of)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        period = {"first": self.first, "last": self.last, "zone": self.zone, "as_of": self.as_of}
        return {"query": write_query(self.query), "period": period}


class Frames(ABC):
    """What every result does: it gives its rows as frames, and masks what it is broken down by."""

    asked: Asked

    def masked(self, mask: Mask) -> Self:
        """Give the answer where personal data may not be seen: each value that it is broken down by as ``mask`` shows it."""
        breakdown = self.asked.query.breakdown
        if breakdown is None:
            return self
        result: Any = self
        groups = tuple(replace(one, group=one.group.masked(breakdown, mask)) for one in result.groups)
        masked: Self = replace(result, groups=groups)
        return masked

    @abstractmethod
    def to_arrow(self) -> pa.Table:
        """Give one row a figure."""

    def to_pandas(self) -> pd.DataFrame:
        """Give ``to_arrow`` as a pandas frame; needs the extra ``pandas``."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame
