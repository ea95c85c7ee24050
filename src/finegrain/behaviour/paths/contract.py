"""What an engine finds out for paths; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import Selection
from finegrain.behaviour.queries.limits import check_within
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope

Then = Literal["anything", "name", "other", "stopped", "beyond"]


@dataclass(frozen=True)
class PathCounts:
    """How many paths pass each node and each edge.

    Slot 0 of the first axis is all paths; behind it, where the answer is broken down, come the groups in the order of their
    numbers. ``d`` is the depth, ``K`` the most names that stand by themselves; place ``K`` of an axis of names is ``other``, and
    a place that no name has is 0 everywhere. *Actors* are different people, or groups where the unit is ``groups``.

    Attributes:
        names: by position, the names that stand by themselves: the most frequent first, ties in order of their texts.
        paths, actors: ``(S,) int64``.
        nodes, node_actors: ``(S, d, K + 1) int64``, paths and actors at each node.
        stopped: ``(S, d, K + 1) int64``, paths that have no event further from the anchor than this node.
        beyond: ``(S, K + 1) int64``, paths at the last position that go on beyond it.
        edges, edge_actors: ``(S, d − 1, K + 1, K + 1) int64``, from the name at position ``p`` to the one at ``p + 1``, which is
            further from the anchor.
        groups: the breakdown's names.
    """

    names: tuple[tuple[str, ...], ...]
    paths: NDArray[np.int64]
    actors: NDArray[np.int64]
    nodes: NDArray[np.int64]
    node_actors: NDArray[np.int64]
    stopped: NDArray[np.int64]
    beyond: NDArray[np.int64]
    edges: NDArray[np.int64]
    edge_actors: NDArray[np.int64]
    groups: GroupNames


@dataclass(frozen=True)
class PathsSelection(Selection):
    """The paths behind one number of an answer.

    Attributes:
        position: the node's position, from 1.
        name: the node's name; empty for the node ``other``.
        then: what comes further from the anchor: ``anything`` for all paths at the node, ``name`` or ``other`` for those of one
            edge, ``stopped`` for those that have nothing there, ``beyond`` for those that go on beyond the last position.
        then_name: the name at the edge's other end, for ``name``.
        group: number of the breakdown's group; None for all.
    """

    position: int
    name: str = ""
    then: Then = "anything"
    then_name: str = ""
    group: int | None = None

    def check(self, query: PathsQuery, scope: Scope) -> None:  # noqa: ARG002 - others look at it
        """Refuse what no answer to ``query`` holds."""
        if query.unit != "people":
            allowed = Phrase("people: whoever belongs to a group can be anybody")
            raise BadQueryError(field="unit", value=query.unit, allowed=allowed)
        allowed = Phrase("a position from {low} to {high}", low=1, high=query.depth)
        check_within("position", self.position, 1, query.depth, allowed)
        if self.group is not None:
            groups = query.breakdown.limit + 2 if query.breakdown else 0
            allowed = Phrase("the number of a group of the breakdown")
            check_within("group", self.group, 0, groups - 1, allowed)
