"""Everything that is recorded has words on the page of the audit log."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import finegrain
from finegrain.console.pages.settings.audit_rows import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDING = {"record", "note", "_record", "_change", "_open"}
"""The functions that are told an action."""


def recorded_actions() -> Iterator[str]:
    """Give each action that is written out where something is recorded."""
    for path in Path(finegrain.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in RECORDING:
                yield from (text for text in map(_text, node.args) if re.fullmatch(r"[a-z]+\.[a-z_]+", text))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _text(argument: ast.expr) -> str:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def test_every_recorded_action_has_words() -> None:
    found = set(recorded_actions())
    assert {"user.add", "tiers.save", "plan.declare", "people.unmerge"} <= found  # the search sees each way of recording
    assert found - set(ACTIONS) == set()
