"""What life-cycles and stickiness say: who comes, stays, leaves and comes back, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.behaviour.trends.windows import RATIO_DAYS, ratio_days, whole_buckets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.trends.contract import Lifecycle, Stickiness
    from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery

_T = TypeVar("_T")


@dataclass(frozen=True)
class LifecycleBucket:
    """How many are what in one civil bucket.

    Attributes:
        start: its first day, or hour, in ISO form.
        new, returning, resurrected: of those with the event in it; together they are all of them.
        dormant: those with the event in the bucket before and not in this one; negative, or 0.
        open: whether it has not ended yet, so that some of the dormant may still come.
    """

    start: str
    new: int
    returning: int
    resurrected: int
    dormant: int
    open: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class LifecycleGroup:
    """The life-cycle of one group of the breakdown, bucket by bucket."""

    group: Group
    buckets: tuple[LifecycleBucket, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"group": self.group.to_dict(), "buckets": [bucket.to_dict() for bucket in self.buckets]}


@dataclass(frozen=True, repr=False, eq=False)
class LifecycleResult(Frames):
    """A life-cycle's answer.

    Attributes:
        asked: the question and its scope.
        total: the life-cycle of all.
        groups: by group of the breakdown, empty without one.
    """

    asked: Asked
    total: LifecycleGroup
    groups: tuple[LifecycleGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        buckets = [bucket.to_dict() for bucket in self.total.buckets]
        return {**self.asked.to_dict(), "buckets": buckets, "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row a group and bucket: ``group``, and the attributes of ``LifecycleBucket``."""
        import pyarrow as pa

        rows = [{"group": one.group.name, **bucket.to_dict()} for one in (self.total, *self.groups) for bucket in one.buckets]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        return f"LifecycleResult({self.asked.first}..{self.asked.last}: {len(self.total.buckets)} buckets)"


def lifecycle_result(query: LifecycleQuery, scope: Scope, found: Lifecycle) -> LifecycleResult:
    """Tell what an engine counted."""
    buckets = whole_buckets(scope, query.granularity)
    still = buckets.open(scope.now_us)

    def group(row: int, name: Group) -> LifecycleGroup:
        columns = (found.new, found.returning, found.resurrected, -found.dormant)
        rows = zip(buckets.starts, *(column[row].tolist() for column in columns), still, strict=True)
        return LifecycleGroup(name, tuple(LifecycleBucket(*one) for one in rows))

    total, *groups = _each(found.groups, group)
    return LifecycleResult(Asked.of(query, scope), total, tuple(groups))


@dataclass(frozen=True)
class StickinessGroup:
    """How often those of one group come back.

    Attributes:
        group: which.
        actors: those with the event in exactly 1, 2, … buckets of the period, one figure a bucket of it.
        daily: mean of the daily unique people over 30 civil days.
        monthly: unique people of the same days.
    """

    group: Group
    actors: tuple[int, ...]
    daily: float
    monthly: int

    @property
    def total(self) -> int:
        """Those with the event in the period."""
        return sum(self.actors)

    @property
    def ratio(self) -> float | None:
        """DAU/MAU: ``daily / monthly``; None where nobody came in the 30 days."""
        return self.daily / self.monthly if self.monthly else None

    @property
    def shares(self) -> tuple[float | None, ...]:
        """What share of ``total`` has the event in at least 1, 2, … buckets; None where there is nobody."""
        at_least = list(accumulate(reversed(self.actors)))[::-1]
        return tuple(count / self.total if self.total else None for count in at_least)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        figures = {"daily": self.daily, "monthly": self.monthly, "ratio": self.ratio}
        lists = {"actors": list(self.actors), "shares": list(self.shares)}
        return {"group": self.group.to_dict(), "total": self.total, **lists, **figures}


@dataclass(frozen=True, repr=False, eq=False)
class StickinessResult(Frames):
    """A stickiness's answer.

    Attributes:
        asked: the question and its scope.
        first, last: the 30 civil days of the ratio, in ISO form.
        total: of all.
        groups: by group of the breakdown, empty without one.
    """

    asked: Asked
    first: str
    last: str
    total: StickinessGroup
    groups: tuple[StickinessGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        days = {"first": self.first, "last": self.last}
        groups = [group.to_dict() for group in self.groups]
        return {**self.asked.to_dict(), **self.total.to_dict(), "ratio_days": days, "groups": groups}

    def to_arrow(self) -> pa.Table:
        """Give one row a group and number of buckets: ``group``, ``buckets``, ``actors``, ``share`` of at least so many."""
        import pyarrow as pa

        rows = [
            {"group": one.group.name, "buckets": place, "actors": count, "share": share}
            for one in (self.total, *self.groups)
            for place, (count, share) in enumerate(zip(one.actors, one.shares, strict=True), start=1)
        ]
        kinds = {"group": pa.string(), "buckets": pa.int64(), "actors": pa.int64(), "share": pa.float64()}
        return pa.Table.from_pylist(rows, pa.schema(kinds))

    def __repr__(self) -> str:
        return f"StickinessResult({self.asked.first}..{self.asked.last}: {self.total.total:,}, DAU/MAU {self.total.ratio})"


def stickiness_result(query: StickinessQuery, scope: Scope, found: Stickiness) -> StickinessResult:
    """Tell what an engine counted."""
    days = ratio_days(scope)

    def group(row: int, name: Group) -> StickinessGroup:
        daily, monthly = int(found.daily[row].sum()) / RATIO_DAYS, int(found.monthly[row])
        return StickinessGroup(name, tuple(found.actors[row].tolist()), daily, monthly)

    total, *groups = _each(found.groups, group)
    return StickinessResult(Asked.of(query, scope), days.first.isoformat(), days.last.isoformat(), total, tuple(groups))


def _each(names: GroupNames, group: Callable[[int, Group], _T]) -> Sequence[_T]:
    """Make the answer of all, then those of the breakdown's groups."""
    broken_down = groups_of(names) if names.broken_down else ()
    return [group(row, name) for row, name in enumerate((Group("all"), *broken_down))]
