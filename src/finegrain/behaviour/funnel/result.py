"""What a funnel says: counts, conversions and times, step by step, over time, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.funnel._chain_kernels import count_starts
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.behaviour.queries.spread import Spread, spread_of
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.funnel.contract import Chains
    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.queries.scope import Scope

Outcome = Literal["converted", "dropped"]


@dataclass(frozen=True)
class FunnelStep:
    """One step of one group.

    Attributes:
        name: the step's label.
        count: how many came at least so far; never more than at the step before.
        dropped: how many came to the step before and no further; 0 at the first step.
        from_first, from_previous: share of those at the first step, and at the step before; None where nobody was there.
        time: from the step before to this one, over those who made it; None at the first step.
    """

    name: str
    count: int
    dropped: int
    from_first: float | None
    from_previous: float | None
    time: Spread | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "time": self.time.to_dict() if self.time else None}


@dataclass(frozen=True)
class FunnelBucket:
    """The chains that started in one civil bucket.

    Attributes:
        start: the bucket's first day, or hour, in ISO form.
        entered, converted: how many started a chain, and how many of them reached the last step.
        conversion: their share; None where nobody started.
        open: whether a chain of this bucket can still go on.
    """

    start: str
    entered: int
    converted: int
    conversion: float | None
    open: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class FunnelGroup:
    """The funnel of one group of the breakdown.

    Attributes:
        group: which.
        steps: one a step.
        time: from the first step to the last, over those who made it.
        over_time: one a bucket of the period.
    """

    group: Group
    steps: tuple[FunnelStep, ...]
    time: Spread
    over_time: tuple[FunnelBucket, ...]

    @property
    def conversion(self) -> float | None:
        """The share of those at the first step who reached the last; None where nobody was there."""
        return self.steps[-1].from_first

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "group": self.group.to_dict(),
            "conversion": self.conversion,
            "steps": [step.to_dict() for step in self.steps],
            "time": self.time.to_dict(),
            "over_time": [bucket.to_dict() for bucket in self.over_time],
        }


@dataclass(frozen=True, repr=False, eq=False)
class FunnelResult(Frames):
    """A funnel's answer.

    Attributes:
        asked: the question and its scope.
        total: the funnel of all.
        groups: by group of the breakdown, empty without one. With the attribution ``all`` somebody can be in several groups.
        chains: what all of it was counted from.
    """

    asked: Asked
    total: FunnelGroup
    groups: tuple[FunnelGroup, ...]
    chains: Chains

    def people(self, step: int, outcome: Outcome = "converted", group: int | None = None) -> NDArray[np.int64]:
        """Give the ids of the people behind a number, ascending, each once.

        Where people are counted they are as many as the step's ``count``, or ``dropped``.

        Args:
            step: the step's number, from 1.
            outcome: those who came so far at least, or those who came to the step before and no further.
            group: place in ``groups``; None for all.

        Raises:
            BadQueryError: there is no such step or group.
        """
        steps = self.chains.time_us.shape[1]
        if not 1 <= step <= steps:
            raise BadQueryError(
                field="step", value=step, allowed=Phrase("the number of a step, {low} to {high}", low=1, high=steps)
            )
        if group is not None and not 0 <= group < len(self.groups):
            allowed = Phrase("the number of a group, {low} to {high}", low=0, high=len(self.groups) - 1)
            raise BadQueryError(field="group", value=group, allowed=allowed)
        chains = best_of(self.chains) if group is None else self.chains
        wanted = chains.level >= step if outcome == "converted" else chains.level == step - 1
        if group is not None:
            wanted &= chains.group == group
        return np.unique(chains.person_id[wanted])

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values; times in seconds."""
        return {**self.asked.to_dict(), **self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row a group and step: ``group``, ``step``, ``name``, ``count``, ``dropped``, shares, median seconds."""
        import pyarrow as pa

        rows = [
            {
                "group": one.group.name,
                "step": place,
                "name": step.name,
                "count": step.count,
                "dropped": step.dropped,
                "from_first": step.from_first,
                "from_previous": step.from_previous,
                "median_s": step.time.median_s if step.time else None,
            }
            for one in (self.total, *self.groups)
            for place, step in enumerate(one.steps, start=1)
        ]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        steps = " → ".join(f"{step.name} {step.count:,}" for step in self.total.steps)
        return f"FunnelResult({self.asked.first}..{self.asked.last}: {steps})"


def funnel_result(query: FunnelQuery, scope: Scope, chains: Chains) -> FunnelResult:
    """Count a funnel's chains."""
    whole = _group(query, scope, Group("all"), best_of(chains))
    names = groups_of(chains.groups) if chains.groups.broken_down else ()
    groups = tuple(_group(query, scope, name, _only(chains, place)) for place, name in enumerate(names))
    return FunnelResult(Asked.of(query, scope), whole, groups, chains)


def best_of(chains: Chains) -> Chains:
    """Give one chain an actor: the one with the highest level, of several the one that started first, then of the first group."""
    if not chains.groups.broken_down or len(np.unique(chains.actor)) == len(chains.actor):
        return chains
    order = np.lexsort((chains.group, chains.time_us[:, 0], -chains.level.astype(np.int64), chains.actor))
    actors = chains.actor[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = actors[1:] != actors[:-1]
    return _taken(chains, order[first])


def _only(chains: Chains, group: int) -> Chains:
    return _taken(chains, np.flatnonzero(chains.group == group))


def _taken(chains: Chains, rows: NDArray[np.int64]) -> Chains:
    from finegrain.behaviour.funnel.contract import Chains

    return Chains(
        chains.actor[rows], chains.person_id[rows], chains.level[rows], chains.time_us[rows], chains.group[rows], chains.groups
    )


def _group(query: FunnelQuery, scope: Scope, group: Group, chains: Chains) -> FunnelGroup:
    reached = np.bincount(chains.level, minlength=len(query.steps) + 1)[::-1].cumsum()[::-1].tolist()
    last = len(query.steps)
    pairs = [(step - 1, step) for step in range(1, last)] + [(0, last - 1)]
    over_time = partial(_over_time, query, scope, chains)
    (*times, through), buckets = parallel.at_once([partial(_spread, query, chains, *pair) for pair in pairs], over_time)
    steps = tuple(_step(query, number, reached, time) for number, time in enumerate((None, *times), start=1))
    return FunnelGroup(group, steps, through, buckets)


def _spread(query: FunnelQuery, chains: Chains, one: int, other: int) -> Spread:
    lengths_us = (chains.time_us[:, other] - chains.time_us[:, one])[chains.level > other]
    return spread_of(lengths_us, query.window_us)


def _step(query: FunnelQuery, number: int, reached: list[int], time: Spread | None) -> FunnelStep:
    count, before = reached[number], reached[number - 1] if number > 1 else 0
    return FunnelStep(
        name=query.steps[number - 1].name if query.order != "any" else str(number),
        count=count,
        dropped=before - count if number > 1 else 0,
        from_first=count / reached[1] if reached[1] else None,
        from_previous=(count / before if before else None) if number > 1 else (1.0 if count else None),
        time=time,
    )


def _over_time(query: FunnelQuery, scope: Scope, chains: Chains) -> tuple[FunnelBucket, ...]:
    buckets = cut(scope.days, query.granularity, scope.zone)
    edges_us, entered, converted = buckets.edges_us, np.zeros(len(buckets), np.int64), np.zeros(len(buckets), np.int64)
    per_us = len(buckets) / float(edges_us[-1] - edges_us[0])
    count_starts(frozen(chains.time_us), frozen(chains.level), frozen(edges_us), per_us, entered, converted)
    still = buckets.open(scope.now_us - query.window_us)
    return tuple(
        FunnelBucket(start, before, after, after / before if before else None, is_open)
        for start, before, after, is_open in zip(buckets.starts, entered.tolist(), converted.tolist(), still, strict=True)
    )
