"""What everybody is measured by, from the behaviour index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.distribution import _kernels as kernels
from finegrain.behaviour.distribution.contract import Amounts, Distribution
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

_MEASURES = {"events": kernels.EVENTS, "days": kernels.DAYS, "sum": kernels.SUM}


def measure_all(snapshot: Snapshot, scope: Scope, query: DistributionQuery) -> Distribution:
    """Give what everybody is measured by; see ``DistributionQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    view = snapshot.view(query.unit, query.group, scope)
    matches = find_matches(snapshot, view, scope, [query.event])
    view = snapshot.thinned(view, matches.by_name)
    ranked = matching_rows(snapshot, view, scope, matches, [0]) if scope.breakdown is not None else None
    groups, names = find_groups(snapshot, view, scope, ranked)
    total, split, left_out = measure(view.events, matches, groups, rules_of(snapshot, scope, query), len(names))
    asked = _Measured(snapshot, scope, query, view, matches, groups, names)
    if query.zero:
        absent = asked.absent(total)
        total = asked.with_zeros(total, absent, np.zeros(len(absent), dtype=np.int32))
        split = asked.with_zeros(split, absent, asked.groups_of_absent(absent))
    nothing = kernels.make_rows(0)
    return Distribution(asked.amounts(total), asked.amounts(split if names.broken_down else nothing), left_out, names)


def measure(
    events: Events, matches: Matches, groups: Groups, rules: kernels.Rules, n_groups: int
) -> tuple[kernels.Rows, kernels.Rows, NDArray[np.int64]]:
    """Give the rows of all actors with events, over all and within each group, and by group the events left out.

    Args:
        events: events by actor.
        matches: which of them count (bit 0).
        groups: into which group they fall.
        rules: what actors are measured by.
        n_groups: how many groups there are.
    """

    def work(low: int, high: int) -> tuple[kernels.Rows, kernels.Rows, NDArray[np.int64]]:
        most = int(events.offsets[high] - events.offsets[low])
        total, split, left_out = kernels.make_rows(high - low), kernels.make_rows(most), np.zeros(n_groups, dtype=np.int64)
        sums = kernels.make_sums(n_groups)
        rows, parts = kernels.measure(events, matches, groups, rules, sums, low, high, total, split, left_out)
        return _first(total, rows), _first(split, parts), left_out

    parts = parallel.run(work, parallel.ranges(events.offsets))
    total, split, left_out = zip(*parts, strict=True)
    return kernels.joined(list(total)), kernels.joined(list(split)), np.sum(left_out, axis=0)


def _first(rows: kernels.Rows, count: int) -> kernels.Rows:
    return kernels.Rows(rows.actor[:count], rows.value[:count], rows.group[:count])


def rules_of(snapshot: Snapshot, scope: Scope, query: DistributionQuery) -> kernels.Rules:
    """Give what actors are measured by, as the kernel takes it."""
    numbers = frozen(np.zeros(0, dtype=np.float64))
    if query.measure == "sum":
        numbers = snapshot.columns.number(query.property, snapshot.log).values
    edges = scope.zone.edges_us(scope.days.first, scope.days.last)
    return kernels.Rules(scope.start_us, scope.end_us, _MEASURES[query.measure], frozen(edges), numbers)


@dataclass(frozen=True)
class _Measured:
    """A question with what its rows are completed from."""

    snapshot: Snapshot
    scope: Scope
    query: DistributionQuery
    view: ActorView
    matches: Matches
    groups: Groups
    names: GroupNames

    def absent(self, total: kernels.Rows) -> NDArray[np.int64]:
        """Give the codes of the people without a row who were known before the period's end, ascending."""
        index = self.snapshot.index
        known_us = index.known_us.copy()
        some = np.flatnonzero(np.diff(index.offsets))
        known_us[some] = np.minimum(known_us[some], index.time_us[index.offsets[some]])
        absent = (self.matches.by_actor > 0) & (known_us < self.scope.over_us)
        absent[total.actor] = False
        return np.flatnonzero(absent)

    def groups_of_absent(self, absent: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the group of each: of what they are, or that of those without a value."""
        if len(self.groups.by_actor):
            return self.groups.by_actor[absent]
        return np.full(len(absent), self.groups.of_code[-1], dtype=np.int32)

    def with_zeros(self, rows: kernels.Rows, absent: NDArray[np.int64], group: NDArray[np.int32]) -> kernels.Rows:
        """Add a row with 0 for each of them."""
        actor = np.append(rows.actor, absent)
        order = np.argsort(actor, kind="stable")
        value = np.append(rows.value, np.zeros(len(absent)))
        return kernels.Rows(actor[order], value[order], np.append(rows.group, group)[order])

    def amounts(self, rows: kernels.Rows) -> Amounts:
        """Say whose rows they are."""
        person_id = np.zeros(len(rows.actor), dtype=np.int64)
        if self.view.one_person:
            person_id = self.snapshot.index.person_ids[self.view.person[rows.actor]]
        actor = person_id if self.query.unit == "people" else rows.actor + 1
        return Amounts(actor, person_id, rows.value, rows.group)
