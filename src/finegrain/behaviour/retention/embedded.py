"""A retention table from the behaviour index, and the people behind its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows
from finegrain.behaviour.retention import _kernels as kernels
from finegrain.behaviour.retention.contract import Cohorts
from finegrain.behaviour.retention.grid import grid_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView
    from finegrain.behaviour.retention.contract import RetentionCell
    from finegrain.behaviour.retention.query import RetentionQuery


def count_cohorts(snapshot: Snapshot, scope: Scope, query: RetentionQuery) -> Cohorts:
    """Give the cohorts' sizes, and how many came back when; see ``RetentionQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets or cells.
    """
    asked = _Retention.of(snapshot, scope, query)
    cohorts = len(asked.rules.edges_us) - 1 - query.periods
    sizes, came = fill_cells(asked.view.events, asked.matches, asked.groups, asked.rules, (len(asked.names), cohorts))
    return Cohorts(sizes, came, asked.names)


def cell_people(snapshot: Snapshot, scope: Scope, query: RetentionQuery, cell: RetentionCell) -> NDArray[np.int64]:
    """Give the ids of the people in a cell, ascending, each once; nobody where groups are counted.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
        cell: the cell; checked before.
    """
    asked = _Retention.of(snapshot, scope, query)
    if not asked.view.one_person:
        return np.zeros(0, dtype=np.int64)
    period, group = (-1 if one is None else one for one in (cell.period, cell.group))
    wanted = kernels.Cell(cell.cohort, period, group, cell.outcome == "returned")
    marked = mark_cell(asked.view.events, asked.matches, asked.groups, asked.rules, wanted)
    return np.unique(snapshot.index.person_ids[asked.view.person[marked]])


def fill_cells(
    events: Events, matches: Matches, groups: Groups, rules: kernels.Rules, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the sizes of the cohorts, ``(groups, B) int64``, and who came back, ``(groups, B, periods + 1) int64``.

    Args:
        events: events by actor.
        matches: which of them are starts (bit 0) and returns (bit 1).
        groups: into which group they fall.
        rules: what makes a cohort, and what counts as coming back.
        shape: how many groups and cohorts there are.
    """

    def work(low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        sizes, came = np.zeros(shape, dtype=np.int64), np.zeros((*shape, rules.periods + 1), dtype=np.int64)
        scratch = kernels.make_scratch(parallel.most_events(events.offsets, low, high))
        kernels.count_cells(events, matches, groups, rules, scratch, low, high, sizes, came)
        return sizes, came

    parts = parallel.run(work, parallel.ranges(events.offsets))
    sizes, came = (np.sum([part[place] for part in parts], axis=0) for place in (0, 1))
    if rules.on_or_after:
        came[:, :, 1:] = came[:, :, :0:-1].cumsum(axis=2)[:, :, ::-1]
    return sizes, came


def mark_cell(events: Events, matches: Matches, groups: Groups, rules: kernels.Rules, cell: kernels.Cell) -> NDArray[np.bool_]:
    """Say of each actor, ``(A,) bool``, whether it is in a cell; see ``fill_cells``."""
    marked = np.empty(len(events.offsets) - 1, dtype=np.bool_)

    def work(low: int, high: int) -> None:
        scratch = kernels.make_scratch(parallel.most_events(events.offsets, low, high))
        kernels.mark_cell(events, matches, groups, rules, scratch, cell, low, high, marked)

    parallel.run(work, parallel.ranges(events.offsets))
    return marked


def rules_of(query: RetentionQuery, scope: Scope) -> kernels.Rules:
    """Give what makes a cohort and what counts as coming back, as the kernel takes it."""
    edges = grid_of(query, scope).edges_us
    return kernels.Rules(
        start_us=scope.start_us,
        end_us=scope.end_us,
        edges_us=frozen(edges),
        per_us=(len(edges) - 1) / float(edges[-1] - edges[0]),
        periods=query.periods,
        first_time=query.cohort == "first_time",
        on_or_after=query.mode == "on_or_after",
    )


@dataclass(frozen=True)
class _Retention:
    """A question with the arrays that its kernel reads."""

    view: ActorView
    matches: Matches
    groups: Groups
    names: GroupNames
    rules: kernels.Rules

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, query: RetentionQuery) -> _Retention:
        view = snapshot.view(query.unit, query.group, scope)
        matches = find_matches(snapshot, view, scope, query.matchers)
        view = snapshot.thinned(view, matches.by_name)
        ranked = matching_rows(snapshot, view, scope, matches, [0]) if scope.breakdown is not None else None
        return cls(view, matches, *find_groups(snapshot, view, scope, ranked), rules_of(query, scope))
