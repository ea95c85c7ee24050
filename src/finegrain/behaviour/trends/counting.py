"""What kernels that count need around them: the events of a view that match, room to count in, and tables of instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries._view_kernels import mark_rows
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows
from finegrain.behaviour.trends._steps_kernels import CELLS_PER_BUCKET, MOST_CELLS, Chosen, Seen, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.queries._view_kernels import Groups, Matches
    from finegrain.behaviour.queries.contract import EventMatch, Unit
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView


@dataclass(frozen=True)
class Side:
    """The events of a view, which of them match, and into which groups they fall.

    Attributes:
        snapshot: what everybody did.
        view: by whom the events lie together.
        matches, groups, names: as ``matching`` finds them.
    """

    snapshot: Snapshot
    view: ActorView
    matches: Matches
    groups: Groups
    names: GroupNames

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, unit: Unit, group: str, matchers: Sequence[EventMatch]) -> Side:
        """Find the events of ``matchers``; the first one ranks the values of a breakdown, within the scope's period."""
        view = snapshot.view(unit, group, scope)
        matches = find_matches(snapshot, view, scope, matchers)
        ranked = None if scope.breakdown is None else _ranking(snapshot, scope, matchers[0])
        return cls(snapshot, view, matches, *find_groups(snapshot, view, scope, ranked))

    @property
    def rows(self) -> int:
        """How many rows counts have: one of all, and one a group where there is a breakdown."""
        return len(self.names) + 1 if self.names.broken_down else 1

    def chosen(self, matcher: int) -> Chosen:
        """Give the events of one matcher, by number from 0."""
        return Chosen(self.view.events, self.matches, self.groups, np.uint32(1 << matcher))

    def seen(self) -> Seen:
        """Make room to remember who was seen last in each row."""
        return Seen(*(np.full(self.rows, -1, dtype=np.int64) for _ in range(3)))

    def add_up(self, count: Callable[[int, int], NDArray[Any]]) -> NDArray[Any]:
        """Count over ranges of actors on all cores, and add what was counted."""
        parts = parallel.run(count, parallel.ranges(self.view.events.offsets))
        found: NDArray[Any] = np.sum(parts, axis=0)
        return found

    def people(self, actors: NDArray[np.bool_], start_us: int, end_us: int) -> NDArray[np.int64]:
        """Give the ids of the people behind actors, ascending, each once.

        Args:
            actors: ``(A,) bool``.
            start_us: behind a group are the people of its events that match the first matcher from here …
            end_us: … and before this.
        """
        snapshot = self.snapshot
        if self.view.one_person:
            return snapshot.index.person_ids[np.unique(self.view.person[actors])]
        theirs = self.matches._replace(by_actor=frozen(np.where(actors, self.matches.by_actor, np.uint32(0))))
        rows = np.zeros(len(snapshot.log.who), dtype=np.int64)
        mark_rows(self.view.events, theirs, np.uint32(1), start_us, end_us, rows)
        return snapshot.index.person_ids[np.unique(snapshot.person_of_row[rows > 0])]


def _ranking(snapshot: Snapshot, scope: Scope, matcher: EventMatch) -> NDArray[np.int64]:
    """Say how often each row of the log counts when the values of a breakdown are ranked, whatever the unit."""
    people = snapshot.view("people", "", scope)
    return matching_rows(snapshot, people, scope, find_matches(snapshot, people, scope, [matcher]), [0])


def make_steps(edges_us: NDArray[np.int64]) -> Steps:
    """Give instants with the table that finds the last one before a time.

    Args:
        edges_us: ``(E,) int64``, ascending, one or more.
    """
    span = int(edges_us[-1] - edges_us[0])
    shortest = int(np.diff(edges_us).min(initial=span or 1))
    # So many cells a bucket that an edge seldom lies in the cell of an instant, and can be guessed not to.
    shift = max(0, (shortest // CELLS_PER_BUCKET).bit_length() - 1)
    while (span >> shift) + 1 > MOST_CELLS:
        shift += 1
    cells = edges_us[0] + (np.arange((span >> shift) + 1, dtype=np.int64) << shift)
    table = np.searchsorted(edges_us, cells, side="right").astype(np.int32)
    return Steps(frozen(edges_us), frozen(table), shift)
