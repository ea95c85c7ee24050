"""The nested builder: groups and conditions, added and taken away in place, so that what is being typed stays."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.base import Problem, icon_button
from finegrain.console.pages.segments.kinds import KIND, OFFERED, is_complete
from finegrain.console.pages.segments.model import Condition, Group
from finegrain.console.pages.segments.parts.forms import FORMS
from finegrain.console.pages.segments.told import told_at_node
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.removal import taken_away
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.segments.kinds import ConditionKind
    from finegrain.console.pages.segments.model import Node, RuleTree
    from finegrain.errors import FinegrainError

_JOINTS = {"all": N_("All of"), "any": N_("Any of"), "none": N_("None of")}
_NOT_ALL = N_("Not all of")
_MOST_DEPTH = 18
"""Groups in groups that can be added: a rule may be 20 nodes deep, and a negation counts as one."""

# Quasar opens a menu with the keyboard, and leaves it there to the Tab key alone.
_KEYS = """(event) => {
  if (event.key === 'Escape') document.getElementById('%s').dataset.left = 'yes';
  const steps = {ArrowDown: 1, ArrowUp: -1};
  if (!(event.key in steps)) return;
  const items = [...event.currentTarget.querySelectorAll('.q-item')];
  const at = items.indexOf(document.activeElement);
  const next = at < 0 && steps[event.key] < 0 ? items.length - 1 : (at + steps[event.key] + items.length) %% items.length;
  items[next].focus();
  event.preventDefault();
}"""
_HIDDEN = """() => {
  const button = document.getElementById('%s');
  if (button?.dataset.left) button.focus();
  delete button?.dataset.left;
}"""


class RuleBuilder:
    """Draws a tree and keeps it in step with what the user does.

    Args:
        tree: what is edited at first, in place.
        catalogue: what pickers offer.
        on_change: is called after each change by the user.
    """

    def __init__(self, tree: RuleTree, catalogue: Catalogue, on_change: Callable[[], object]) -> None:
        self.catalogue, self.on_change = catalogue, on_change
        self.boxes: dict[Node, GroupBox | ConditionBox] = {}
        self._place = ui.element("div").classes("fg-ask fg-tree")
        self.show(tree)

    def show(self, tree: RuleTree) -> None:
        """Draw another tree."""
        self.tree = tree
        self.boxes.clear()
        self._place.clear()
        with self._place:
            GroupBox(self, tree.root, None)

    def complain(self, error: FinegrainError | None) -> str:
        """Say what is wrong at the node that it is about; give what has no node to be said at, and nothing otherwise."""
        for box in self.boxes.values():
            box.complain("", "")
        if error is None:
            return ""
        path, text = told_at_node(error)
        if not path:
            return text
        node, rest = self.tree.node_at(path)
        self.boxes[node].complain(rest, text)
        return ""

    def ask_for_the_rest(self) -> None:
        """Say at each condition that lacks something that it does."""
        for node, box in self.boxes.items():
            lacks = not node.complete if isinstance(node, Condition) else node is not self.tree.root and not node.nodes
            if lacks:
                box.complain("", _("Something is still missing here: fill it in, or take this away."))


class GroupBox:
    """A group: how its parts are joined, and the parts.

    Args:
        builder: around it.
        group: what is edited, in place.
        above: the group around it; None for the outermost one.
        depth: how many groups are around it.
    """

    def __init__(self, builder: RuleBuilder, group: Group, above: GroupBox | None, depth: int = 0) -> None:
        self._builder, self._group, self._above, self._depth = builder, group, above, depth
        builder.boxes[group] = self
        self.box = ui.element("div").classes("fg-tree-group").props("role=group")
        with self.box:
            with ui.element("div").classes("fg-tree-head"):
                self._joint()
                with ui.element("div").classes("fg-tree-tools"):
                    self._tools()
            self._problem = Problem()
            self._body = ui.element("div").classes("fg-tree-body")
            self._nothing = ui.label().classes("fg-tree-nothing fg-hint")
        self._name()
        for node in group.nodes:
            self._draw(node)

    def complain(self, path: str, text: str) -> None:
        """Say what is wrong with the group itself."""
        del path
        self._problem.say(text)

    def remove(self, node: Node) -> None:
        """Take a part away, with all that is in it."""
        box = self._builder.boxes[node]
        self._group.nodes.remove(node)
        for one in _all_in(node):
            self._builder.boxes.pop(one, None)
        with taken_away(box.box):
            self._name()
            self.focus()
            self._builder.on_change()

    def _joint(self) -> None:
        self._joint_key = _key(self._group)
        options = {key: _(text) for key, text in _JOINTS.items()}
        if self._joint_key == "not_all":
            options["not_all"] = _(_NOT_ALL)
        segmented(options, self._joint_key, self._joined, label=_("How the parts of this group are joined"))

    def _joined(self, key: str) -> None:
        self._group.joint, self._group.nots = _BY_KEY[key]
        self._name()
        self._builder.on_change()

    def _tools(self) -> None:
        self._add_button = ui.button(_("Add a condition"), icon="add", color=None).props("flat dense").classes("fg-add")
        with self._add_button, ui.menu().classes("fg-tree-menu") as menu:
            # What was added takes the focus; only who leaves the menu is back at the button, once the menu lets go of it.
            menu.props("no-refocus transition-duration=0")
            menu.on("keydown", js_handler=_KEYS % self._add_button.html_id)
            menu.on("hide", js_handler=_HIDDEN % self._add_button.html_id)
            for kind in OFFERED:
                self._offer(kind)
        if self._depth < _MOST_DEPTH:
            ui.button(_("Add a group"), icon="add", on_click=self._add_group, color=None).props("flat dense").classes("fg-add")
        if self._above:
            icon_button("delete_outline", _("Take this group away"), self._go)

    def _offer(self, kind: ConditionKind) -> None:
        with ui.menu_item(on_click=lambda: self._add(started(kind))):
            ui.icon(kind.icon).props('aria-hidden="true"')
            with ui.element("div"):
                ui.label(_(kind.label))
                ui.label(_(kind.help_)).classes("fg-hint")

    def _go(self) -> None:
        if self._above:
            self._above.remove(self._group)

    def _add_group(self) -> None:
        self._add(Group("any" if self._group.joint == "all" else "all"))

    def _add(self, node: Node) -> None:
        self._group.nodes.append(node)
        self._draw(node)
        self._name()
        self._builder.boxes[node].focus()
        self._builder.on_change()

    def focus(self) -> None:
        """Put the keyboard's focus on the button that adds a condition."""
        _focus(f"#{self._add_button.html_id}")

    def _draw(self, node: Node) -> None:
        with self._body:
            if isinstance(node, Group):
                GroupBox(self._builder, node, self, self._depth + 1)
            else:
                ConditionBox(self._builder, node, self)

    def _name(self) -> None:
        key, group = _key(self._group), self._group
        parts = ngettext("{n} part", "{n} parts", len(group.nodes))
        self.box.props["aria-label"] = _("{joint}: {parts}", joint=_(_JOINTS.get(key, _NOT_ALL)), parts=parts)
        for name in ("all", "any", "none", "not_all"):
            self.box.classes(**{"add" if name == key else "remove": f"fg-tree-{name}"})
        self._nothing.text = _nothing(outermost=self._above is None)
        self._nothing.set_visibility(not group.nodes)
        self._body.set_visibility(bool(group.nodes))


class ConditionBox:
    """A condition: its kind, its controls, and whether it is not to be met.

    Args:
        builder: around it.
        condition: what is edited, in place.
        above: the group around it.
    """

    def __init__(self, builder: RuleBuilder, condition: Condition, above: GroupBox) -> None:
        self._builder, self._condition = builder, condition
        builder.boxes[condition] = self
        kind = KIND[condition.kind]
        with ui.element("div").classes("fg-tree-condition").props("role=group") as self.box:
            self.box.props["aria-label"] = _(kind.label)
            with ui.element("div").classes("fg-tree-kind"):
                ui.icon(kind.icon).props('aria-hidden="true"')
                ui.label(_(kind.label)).tooltip(_(kind.help_))
                self._not = ui.label(_("not")).classes("fg-tree-not")
            self.form = FORMS[condition.kind](condition, builder.catalogue, builder.on_change)
            with ui.element("div").classes("fg-tree-tools"):
                self._turn = icon_button("block", _("Must not be met"), self._negate)
                icon_button("delete_outline", _("Take this condition away"), lambda: above.remove(condition))
        self._say_not()

    def complain(self, path: str, text: str) -> None:
        """Say what is wrong with it."""
        self.form.complain(path, text)

    def focus(self) -> None:
        """Put the keyboard's focus on its first control."""
        _focus(f"#{self.box.html_id} .fg-tree-controls input")

    def _negate(self) -> None:
        self._condition.nots = 0 if self._condition.nots % 2 else 1
        self._say_not()
        self._builder.on_change()

    def _say_not(self) -> None:
        negated = bool(self._condition.nots % 2)
        self._not.set_visibility(negated)
        self._turn.props["aria-pressed"] = "true" if negated else "false"
        self.box.classes(**{"add" if negated else "remove": "fg-tree-negated"})


def _focus(what: str) -> None:
    # The browser draws it first. Who has begun to type somewhere by then stays there.
    typing = "document.activeElement?.matches('input, textarea')"
    ui.run_javascript(f"setTimeout(() => {{ if (!{typing}) document.querySelector('{what}')?.focus(); }}, 60)")


def started(kind: ConditionKind) -> Condition:
    """Give a new condition of a kind."""
    values = deepcopy(kind.start)
    return Condition(values, complete=is_complete(values))


_BY_KEY: dict[str, tuple[Any, int]] = {"all": ("all", 0), "any": ("any", 0), "none": ("any", 1), "not_all": ("all", 1)}


def _key(group: Group) -> str:
    return next(key for key, meaning in _BY_KEY.items() if meaning == (group.joint, group.nots % 2))


def _all_in(node: Node) -> list[Node]:
    parts = [one for part in node.nodes for one in _all_in(part)] if isinstance(node, Group) else []
    return [node, *parts]


def _nothing(*, outermost: bool) -> str:
    if outermost:
        return _("Without a condition the segment is everybody. Add one, or a group of conditions.")
    return _("There is nothing in this group yet, so it does not count.")
