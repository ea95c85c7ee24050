"""What paths say: nodes and edges as a Sankey diagram takes them, and who stopped where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of

if TYPE_CHECKING:
    import pyarrow as pa

    from finegrain.behaviour.paths.contract import PathCounts
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries.result import Mask
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class PathNode:
    """One name at one position.

    Attributes:
        position: 1 at the anchor, growing away from it: forward in time from a start, backward from an end.
        name: the name; ``other`` of kind ``other`` holds the rarer names together.
        kind: whether it is one name, or the others.
        count: paths that pass it. Those of its edges away from the anchor, ``stopped`` and ``beyond`` add up to it, and behind
            position 1 those of its edges towards the anchor.
        share: of all paths.
        actors: how many different people (or groups, where the unit is groups) these paths are of.
        stopped: paths with nothing further from the anchor: they end here, or, where paths lead to an end, begin here.
        beyond: paths that go on beyond the last position.
    """

    position: int
    name: str
    kind: str
    count: int
    share: float
    actors: int
    stopped: int
    beyond: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class PathEdge:
    """One way from a node to a neighbour, in order of time.

    Attributes:
        source, target: places of the nodes in ``nodes``; the source comes first in time, so that paths that lead to an end have
            their sources further from it.
        count: paths that take it.
        actors: how many different people (or groups) they are of.
    """

    source: int
    target: int
    count: int
    actors: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class PathsGroup:
    """The paths of one group of the breakdown.

    Attributes:
        group: which.
        paths: how many there are: of sessions, or of people (or groups) in the scope ``window``.
        actors: how many different people (or groups) they are of.
        nodes: by position, the names that stand by themselves, the most frequent of all paths first, then the others; those that
            no path of the group passes are left out.
        edges: those that any path of the group takes, by the position nearer to the anchor.
    """

    group: Group
    paths: int
    actors: int
    nodes: tuple[PathNode, ...]
    edges: tuple[PathEdge, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "group": self.group.to_dict(),
            "paths": self.paths,
            "actors": self.actors,
            "nodes": [node.to_dict() for node in self.nodes],
            "edges": [edge.to_dict() for edge in self.edges],
        }


@dataclass(frozen=True, repr=False, eq=False)
class PathsResult(Frames):
    """The answer about paths.

    Attributes:
        asked: the question and its scope.
        total: all paths.
        groups: by group of the breakdown, empty without one. Which names stand by themselves is the same in all of them.
    """

    asked: Asked
    total: PathsGroup
    groups: tuple[PathsGroup, ...]

    def masked(self, mask: Mask) -> PathsResult:
        """Give the answer where personal data may not be seen: values that name groups and nodes as ``mask`` shows them."""
        name_by, result = cast("PathsQuery", self.asked.query).name_by, super().masked(mask)
        if not name_by:
            return result
        total, *groups = (_masked(one, name_by, mask) for one in (result.total, *result.groups))
        return replace(result, total=total, groups=tuple(groups))

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        return {**self.asked.to_dict(), **self.total.to_dict(), "groups": [group.to_dict() for group in self.groups]}

    def to_arrow(self) -> pa.Table:
        """Give one row an edge: ``group``, ``position`` of the source, ``source``, ``target``, ``count``, ``actors``."""
        import pyarrow as pa

        fields = [("group", pa.string()), ("position", pa.int64()), ("source", pa.string()), ("target", pa.string())]
        schema = pa.schema([*fields, ("count", pa.int64()), ("actors", pa.int64())])
        rows = [
            {
                "group": one.group.name,
                "position": one.nodes[edge.source].position,
                "source": one.nodes[edge.source].name,
                "target": one.nodes[edge.target].name,
                "count": edge.count,
                "actors": edge.actors,
            }
            for one in (self.total, *self.groups)
            for edge in one.edges
        ]
        return pa.Table.from_pylist(rows, schema)

    def __repr__(self) -> str:
        first = ", ".join(f"{node.name} {node.count:,}" for node in self.total.nodes if node.position == 1)
        return f"PathsResult({self.asked.first}..{self.asked.last}: {self.total.paths:,} paths, at {first or '–'})"


def paths_result(query: PathsQuery, scope: Scope, counts: PathCounts) -> PathsResult:
    """Make the answer of what was counted."""
    names = groups_of(counts.groups) if counts.groups.broken_down else ()
    groups = tuple(_group(query, counts, slot, name) for slot, name in enumerate(names, start=1))
    return PathsResult(Asked.of(query, scope), _group(query, counts, 0, Group("all")), groups)


def _group(query: PathsQuery, counts: PathCounts, slot: int, group: Group) -> PathsGroup:
    paths = int(counts.paths[slot])
    nodes: list[PathNode] = []
    place_of: dict[tuple[int, int], int] = {}
    for position, place in zip(*(axis.tolist() for axis in counts.nodes[slot].nonzero()), strict=True):
        place_of[position, place] = len(nodes)
        nodes.append(_node(counts, slot, position, place))
    return PathsGroup(group, paths, int(counts.actors[slot]), tuple(nodes), _edges(query, counts, slot, place_of))


def _masked(group: PathsGroup, name_by: str, mask: Mask) -> PathsGroup:
    nodes = (replace(one, name=mask("event", name_by, one.name)) if one.kind == "name" else one for one in group.nodes)
    return replace(group, nodes=tuple(nodes))


def _node(counts: PathCounts, slot: int, position: int, place: int) -> PathNode:
    named = counts.names[position]
    last = position == len(counts.names) - 1
    count = int(counts.nodes[slot, position, place])
    own = place < len(named)
    return PathNode(
        position=position + 1,
        name=named[place] if own else Group("other").name,
        kind="name" if own else "other",
        count=count,
        share=count / int(counts.paths[slot]),
        actors=int(counts.node_actors[slot, position, place]),
        stopped=int(counts.stopped[slot, position, place]),
        beyond=int(counts.beyond[slot, place]) if last else 0,
    )


def _edges(query: PathsQuery, counts: PathCounts, slot: int, place_of: dict[tuple[int, int], int]) -> tuple[PathEdge, ...]:
    edges = []
    for position, near, far in zip(*(axis.tolist() for axis in counts.edges[slot].nonzero()), strict=True):
        ends = (place_of[position, near], place_of[position + 1, far])
        source, target = ends[::-1] if query.backward else ends
        count, actors = (int(array[slot, position, near, far]) for array in (counts.edges, counts.edge_actors))
        edges.append(PathEdge(source, target, count, actors))
    return tuple(edges)
