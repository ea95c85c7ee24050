"""What the builder holds: a rule as a tree of groups and conditions, some of which may still lack something.

A condition holds its JSON values and changes only where somebody edits it, so that a rule that is loaded is saved as it was.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from finegrain.audience.rules.reading import GROUPS, KINDS, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Joint = Literal["all", "any"]


@dataclass(eq=False)
class Condition:
    """A leaf of the tree.

    Attributes:
        values: its JSON values as they are now.
        nots: how many times it is negated; one of a rule that was written by hand may be so more than once.
        complete: whether it says enough to be asked for.
    """

    values: dict[str, Any]
    nots: int = 0
    complete: bool = True

    @property
    def kind(self) -> str:
        """The field that tells what condition it is."""
        return next((name for name in KINDS if name in self.values), "")


@dataclass(eq=False)
class Group:
    """A node with others in it.

    Attributes:
        joint: whether all or any of them have to be met.
        nodes: what is in it.
        nots: how many times it is negated.
        whole: whether it means everybody, or nobody, by having nothing in it; else an empty group is no part of the rule.
    """

    joint: Joint = "all"
    nodes: list[Condition | Group] = field(default_factory=list)
    nots: int = 0
    whole: bool = False

    @property
    def complete(self) -> bool:
        """Whether it says anything."""
        return any(node.complete for node in self.nodes) or (self.whole and not self.nodes)

    def conditions(self) -> Iterator[Condition]:
        """Give all conditions in it, in order."""
        for node in self.nodes:
            if isinstance(node, Group):
                yield from node.conditions()
            else:
                yield node


Node = Condition | Group


class RuleTree:
    """A rule that is being edited.

    Args:
        values: the rule as JSON values, of a form that ``read_rule`` takes; None for a new one.

    Examples:
        >>> RuleTree({"not": {"event": "Order Completed"}}).rule()
        {'rule': 1, 'not': {'event': 'Order Completed'}}
    """

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.places: dict[str, Node] = {}
        given = {name: value for name, value in (values or {}).items() if name != "rule"}
        found = _read(deepcopy(given)) if given else Group(whole=True)
        # The builder draws a group; a rule of one condition is that condition as long as nothing is added.
        self._bare = not isinstance(found, Group) or not given
        self.root = found if isinstance(found, Group) else Group(nodes=[found])

    @property
    def incomplete(self) -> int:
        """How many conditions still lack something."""
        return sum(not one.complete for one in self.root.conditions())

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, and so means everybody."""
        return not any(True for _one in self.root.conditions())

    def rule(self) -> dict[str, Any]:
        """Give what is complete as the JSON values of a rule, and remember which node stands at which path."""
        self.places, root = {}, self.root
        says_something = any(node.complete for node in root.nodes)
        if not says_something and (root.nodes or root.joint == "any"):
            self.places[""] = root
            return {"rule": VERSION, "all": []}
        if self._bare and len(root.nodes) == 1 and not root.nots:
            return {"rule": VERSION, **self._written(root.nodes[0], "")}
        return {"rule": VERSION, **self._written(root, "")}

    def node_at(self, path: str) -> tuple[Node, str]:
        """Give the node that an error's path is about, and the rest of the path inside it."""
        found = max((place for place in self.places if _leads(place, path)), key=len, default="")
        return self.places.get(found, self.root), path[len(found) :].lstrip(".")

    def draft(self) -> dict[str, Any]:
        """Give the tree with all that is not complete yet, as JSON values that ``from_draft`` takes."""
        return deepcopy({"bare": self._bare, "root": _drafted(self.root)})

    @classmethod
    def from_draft(cls, values: Mapping[str, Any]) -> RuleTree:
        """Give the tree of a draft.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        tree, root = cls(), _from_draft(deepcopy(values["root"]))
        if not isinstance(root, Group):
            raise TypeError("a draft begins with a group")
        tree.root, tree._bare = root, bool(values["bare"])
        return tree

    def _written(self, node: Node, path: str) -> dict[str, Any]:
        for _not in range(node.nots):
            path = _joined(path, "not")
        self.places[path] = node
        if isinstance(node, Condition):
            written = deepcopy(node.values)
        else:
            parts = [one for one in node.nodes if one.complete]
            written = {
                node.joint: [self._written(one, _joined(path, f"{node.joint}[{place}]")) for place, one in enumerate(parts)]
            }
        for _not in range(node.nots):
            written = {"not": written}
        return written

    def _parts(self, group: Group, path: str) -> list[dict[str, Any]]:
        parts = [one for one in group.nodes if one.complete]
        return [self._written(one, _joined(path, f"{group.joint}[{place}]")) for place, one in enumerate(parts)]


def _joined(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


def _leads(place: str, path: str) -> bool:
    return not place or path == place or path.startswith((f"{place}.", f"{place}["))


def _read(values: Mapping[str, Any]) -> Node:
    nots = 0
    while "not" in values:
        nots, values = nots + 1, values["not"]
    joint: Joint | None = next((name for name in ("all", "any") if name in values), None)
    if joint is None:
        return Condition(dict(values), nots)
    nodes = [_read(one) for one in values[joint]]
    return Group(joint, nodes, nots, whole=not nodes)


def _drafted(node: Node) -> dict[str, Any]:
    if isinstance(node, Condition):
        return {"values": node.values, "nots": node.nots, "complete": node.complete}
    return {"joint": node.joint, "nodes": [_drafted(one) for one in node.nodes], "nots": node.nots, "whole": node.whole}


def _from_draft(values: Mapping[str, Any]) -> Node:
    if "values" in values:
        condition = Condition(dict(values["values"]), int(values["nots"]), bool(values["complete"]))
        if not condition.kind:
            raise ValueError("a condition of no kind")
        return condition
    if values["joint"] not in GROUPS[:2]:
        raise ValueError("a group of no kind")
    return Group(values["joint"], [_from_draft(one) for one in values["nodes"]], int(values["nots"]), whole=bool(values["whole"]))
