"""Life-cycles and stickiness from the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.trends import _actor_kernels as kernels
from finegrain.behaviour.trends.contract import Lifecycle, Stickiness
from finegrain.behaviour.trends.counting import Side, make_steps
from finegrain.behaviour.trends.embedded import count_actors
from finegrain.behaviour.trends.windows import ratio_days, start_before, whole_buckets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery


def find_lifecycle(snapshot: Snapshot, scope: Scope, query: LifecycleQuery) -> Lifecycle:
    """Count actors by what they are in each bucket; see ``LifecycleQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets.
    """
    side = Side.of(snapshot, scope, query.unit, query.group, [query.event])
    edges = whole_buckets(scope, query.granularity).edges_us
    steps = make_steps(np.concatenate([[start_before(scope, query.granularity)], edges]))
    chosen = side.chosen(0)

    def count(low: int, high: int) -> NDArray[np.int64]:
        states = np.zeros((3, side.rows, len(edges)), dtype=np.int64)
        kernels.count_states(chosen, steps, low, high, side.seen(), states)
        return states

    states = side.add_up(count)
    active = states.sum(axis=0)
    new, returning, resurrected = states[:, :, 1:]
    return Lifecycle(side.names, new, returning, resurrected, active[:, :-1] - returning)


def find_stickiness(snapshot: Snapshot, scope: Scope, query: StickinessQuery) -> Stickiness:
    """Count actors by the number of buckets with the event, and day by day; see ``StickinessQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets.
    """
    side = Side.of(snapshot, scope, query.unit, query.group, [query.event])
    steps = make_steps(cut(scope.days, query.granularity, scope.zone).edges_us)
    chosen = side.chosen(0)

    def count(low: int, high: int) -> NDArray[np.int64]:
        actors = np.zeros((side.rows, len(steps.edges_us)), dtype=np.int64)
        kernels.count_buckets(chosen, steps, low, high, side.seen(), actors)
        return actors

    daily = count_actors(side, 0, make_steps(cut(ratio_days(scope), "day", scope.zone).edges_us))
    return Stickiness(side.names, side.add_up(count)[:, 1:], daily.actors, daily.firsts.sum(axis=1))
