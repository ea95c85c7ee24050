"""Answers queries with kernels over the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour.queries.periods import Days
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.behaviour.funnel.contract import Chains
    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.zones import Zone


class EmbeddedEngine:
    """The kernels' answers; each query sees one state of the index while it runs.

    Args:
        snapshot: gives the current state.
    """

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def event_names(self) -> Sequence[str]:
        """Give the names of all events that were ever stored."""
        return self._snapshot().index.event_names

    def data_days(self, zone: Zone) -> Days | None:
        """Give the civil days from the first event to the last; None without events."""
        log = self._snapshot().log
        if not len(log.time_us):
            return None
        first, last = (zone.day_of(from_us(int(us))) for us in (log.time_us.min(), log.time_us.max()))
        return Days(first, last)

    def funnel(self, scope: Scope, query: FunnelQuery) -> Chains:
        """Give the chain of everybody who started one."""
        from finegrain.behaviour.funnel.embedded import find_chains

        return find_chains(self._snapshot(), scope, query)
