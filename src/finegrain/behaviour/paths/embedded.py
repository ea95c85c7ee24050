"""Paths counted over the behaviour index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from finegrain.behaviour.paths import _kernels as kernels
from finegrain.behaviour.paths.contract import PathCounts
from finegrain.behaviour.paths.naming import find_names
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.paths.contract import PathsSelection
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

_THEN = {"anything": kernels.ANYTHING, "stopped": kernels.STOPPED, "beyond": kernels.BEYOND}


def count_paths(snapshot: Snapshot, scope: Scope, query: PathsQuery) -> PathCounts:
    """Count the paths at each node and edge; see ``PathsQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    return _Paths.of(snapshot, scope, query).counts()


def paths_people(snapshot: Snapshot, scope: Scope, query: PathsQuery, selection: PathsSelection) -> NDArray[np.int64]:
    """Give the ids of the people who have a path that is selected, ascending; nobody where there is no such node or edge.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before. Its unit is people.
        selection: which paths; checked before.
    """
    return _Paths.of(snapshot, scope, query).people(selection)


def walk_of(query: PathsQuery, scope: Scope) -> kernels.Walk:
    """Give how paths of the query run, as the kernels take it."""
    by_session, anchored = query.by_session, query.anchor is not None
    everything = (1 << len(query.matchers)) - 1
    shown = everything & ~1 if anchored else everything
    return kernels.Walk(
        depth=query.depth,
        backward=query.backward,
        by_session=by_session,
        gap_us=scope.session_gap_us if by_session else kernels.UNBOUNDED,
        window_us=kernels.UNBOUNDED if by_session else query.window_us,
        start_us=scope.start_us,
        end_us=scope.end_us,
        anchor=np.uint32(1 if anchored else shown),
        shown=np.uint32(shown),
    )


class Arrays(NamedTuple):
    """What the kernels read."""

    events: Events
    matches: Matches
    groups: Groups
    names: kernels.Names
    walk: kernels.Walk


def count_names(arrays: Arrays, n_codes: int) -> tuple[int, NDArray[np.int64]]:
    """Give how many paths there are, and how many pass each name at each position, ``(depth, n_codes) int64``."""

    def work(low: int, high: int) -> tuple[int, NDArray[np.int64]]:
        depth = arrays.walk.depth
        count, path = np.zeros((depth, n_codes), dtype=np.int64), np.empty(depth, dtype=np.int32)
        return kernels.count_names(arrays.events, arrays.matches, arrays.names, arrays.walk, low, high, path, count), count

    parts = parallel.run(work, parallel.ranges(arrays.events.offsets))
    return sum(paths for paths, _ in parts), np.sum([count for _, count in parts], axis=0)


def count_cells(arrays: Arrays, place: NDArray[np.int32], slots: int, most: int) -> kernels.Cells:
    """Count nodes and edges; ``place`` ``(depth, n_codes) int32`` gives a name's place at a position, up to ``most``."""

    def work(low: int, high: int) -> kernels.Cells:
        cells = _empty_cells(slots, arrays.walk.depth, most)
        kernels.count_cells(*arrays, low, high, np.empty(arrays.walk.depth, dtype=np.int32), place, cells)
        return cells

    parts = parallel.run(work, parallel.ranges(arrays.events.offsets))
    return kernels.Cells(*(np.sum(counts, axis=0) for counts in zip(*parts, strict=True)))


def _empty_cells(slots: int, depth: int, most: int) -> kernels.Cells:
    shapes: dict[str, tuple[int, ...]] = {
        "": (slots,),
        "node_": (slots, depth, most + 1),
        "edge_": (slots, depth - 1, most + 1, most + 1),
    }
    arrays: dict[str, Any] = {f"{name}actors": np.zeros(shape, dtype=np.int64) for name, shape in shapes.items()}
    arrays |= {f"{name}seen": np.full(shape, -1, dtype=np.int32) for name, shape in shapes.items()}
    more = {"paths": shapes[""], "stopped": shapes["node_"], "edges": shapes["edge_"]}
    arrays |= {name: np.zeros(shape, dtype=np.int64) for name, shape in more.items()}
    return kernels.Cells(**arrays, beyond=np.zeros((slots, most + 1), dtype=np.int64))


@dataclass(frozen=True)
class _Paths:
    """A question with the arrays that its kernels read."""

    snapshot: Snapshot
    query: PathsQuery
    view: ActorView
    arrays: Arrays
    groups: GroupNames
    texts: pa.Array

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, query: PathsQuery) -> _Paths:
        view = snapshot.view(query.unit, query.group, scope)
        view = snapshot.without_messages(view) if query.by_session else view
        matches = find_matches(snapshot, view, scope, query.matchers)
        ranked = None
        if scope.breakdown is not None:
            anchors = [0] if query.anchor is not None else range(len(query.matchers))
            ranked = matching_rows(snapshot, view, scope, matches, anchors)
        groups, group_names = find_groups(snapshot, view, scope, ranked)
        naming = find_names(snapshot, query)
        arrays = Arrays(view.events, matches, groups, naming.names, walk_of(query, scope))
        return cls(snapshot, query, view, arrays, group_names, naming.texts)

    def counts(self) -> PathCounts:
        names, place = self._places()
        slots = 1 + (len(self.groups) if self.groups.broken_down else 0)
        cells = count_cells(self.arrays, place, slots, self.query.most_nodes)
        told = {name: array for name, array in cells._asdict().items() if not name.endswith("seen")}
        return PathCounts(names=names, **told, nodes=_nodes(cells), groups=self.groups)

    def people(self, selection: PathsSelection) -> NDArray[np.int64]:
        names, place = self._places()
        marked = np.zeros(self.view.actors, dtype=np.bool_)
        wanted = _wanted(selection, names, self.query.most_nodes)

        def work(low: int, high: int) -> None:
            path = np.empty(self.query.depth, dtype=np.int32)
            kernels.mark_actors(*self.arrays, low, high, path, place, wanted, marked)

        parallel.run(work, parallel.ranges(self.view.events.offsets))
        return self.snapshot.index.person_ids[marked]

    def _places(self) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.int32]]:
        """Give, by position, the names that stand by themselves, and the place of each code."""
        paths, count = count_names(self.arrays, max(1, len(self.texts)))
        kept = [kept_names(row, paths, self.query) for row in count]
        place = np.full(count.shape, self.query.most_nodes, dtype=np.int32)
        for position, codes in enumerate(kept):
            place[position, codes] = np.arange(len(codes), dtype=np.int32)
        return tuple(tuple(self.texts.take(pa.array(codes)).to_pylist()) for codes in kept), frozen(place)


def _nodes(cells: kernels.Cells) -> NDArray[np.int64]:
    """Give the paths at each node: those that go on to a neighbour or beyond, and those that stop."""
    nodes = cells.stopped.copy()
    nodes[:, :-1] += cells.edges.sum(axis=-1)
    nodes[:, -1] += cells.beyond
    return nodes


def kept_names(count: NDArray[np.int64], paths: int, query: PathsQuery) -> NDArray[np.int64]:
    """Give the names that stand by themselves at one position, the most frequent first, ties in order of their codes.

    Args:
        count: ``(n_codes,) int64``, the paths at each name.
        paths: all of them.
        query: says from which count and share on, and how many.
    """
    enough = (count >= query.least_count) & (count / max(1, paths) >= query.least_share) & (count > 0)
    codes = np.flatnonzero(enough)
    return codes[np.argsort(-count[codes], kind="stable")][: query.most_nodes]


def _wanted(selection: PathsSelection, names: tuple[tuple[str, ...], ...], most: int) -> kernels.Wanted:
    """Give what the kernel looks for; a name that no path has is at a place that no name has."""

    def find(position: int, name: str) -> int:
        return names[position].index(name) if position < len(names) and name in names[position] else most + 1

    position = selection.position - 1
    here = find(position, selection.name) if selection.name else most
    then = find(position + 1, selection.then_name) if selection.then == "name" else _THEN.get(selection.then, most)
    return kernels.Wanted(position, here, then, 0 if selection.group is None else selection.group + 1)
