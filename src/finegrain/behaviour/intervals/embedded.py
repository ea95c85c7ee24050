"""Intervals from the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.intervals import _kernels as kernels
from finegrain.behaviour.intervals.contract import Intervals
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows

if TYPE_CHECKING:
    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot


def measure_intervals(snapshot: Snapshot, scope: Scope, query: IntervalQuery) -> Intervals:
    """Give all intervals; see ``IntervalQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    view = snapshot.view(query.unit, query.group, scope)
    matches = find_matches(snapshot, view, scope, query.matchers)
    view = snapshot.thinned(view, matches.by_name)
    ranked = matching_rows(snapshot, view, scope, matches, [0]) if scope.breakdown is not None else None
    groups, names = find_groups(snapshot, view, scope, ranked)
    found = find_intervals(view.events, matches, groups, rules_of(query, scope))
    person_id = np.zeros(len(found.actor), dtype=np.int64)
    if view.one_person:
        person_id = snapshot.index.person_ids[view.person[found.actor]]
    actor = person_id if query.unit == "people" else found.actor + 1
    return Intervals(actor, person_id, found.start_us, found.length_us, found.group, names)


def find_intervals(events: Events, matches: Matches, groups: Groups, rules: kernels.Rules) -> kernels.Found:
    """Give all intervals by actor, in the order of their starts.

    Args:
        events: events by actor.
        matches: which of them are starts (bit 0) and ends (bit 1).
        groups: into which group they fall.
        rules: which intervals count.
    """

    def work(low: int, high: int) -> kernels.Found:
        waiting = np.empty(parallel.most_events(events.offsets, low, high), dtype=np.int64)
        found = kernels.make_found(int(events.offsets[high] - events.offsets[low]))
        count = kernels.find_intervals(events, matches, groups, rules, waiting, low, high, found)
        return kernels.Found(found.actor[:count], found.start_us[:count], found.length_us[:count], found.group[:count])

    return kernels.joined(parallel.run(work, parallel.ranges(events.offsets)))


def rules_of(query: IntervalQuery, scope: Scope) -> kernels.Rules:
    """Give which intervals count, as the kernel takes it."""
    return kernels.Rules(scope.start_us, scope.end_us, query.window_us, query.closing == "every")
