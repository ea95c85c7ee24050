"""``finegrain pull``, ``plan DIR`` and ``apply`` through the front door."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

ORDERS = """order_id,user_id,ordered_at,amount
1,ann,2024-01-05 10:00,120.00
2,ben,2024-02-01 09:30,80.50
3,ann,2024-03-20 18:00,60.00
"""


@pytest.fixture
def shop(run: Run, home: Path, tmp_path: Path, imported: Callable[[str, str], Path]) -> Run:
    """The command line, in a workspace of two buyers with one segment, and its definitions in ``defs``."""
    (tmp_path / "loyal.yaml").write_text("{orders: purchases, value: 2}", encoding="utf-8")
    shutil.copytree(imported("orders", ORDERS), home)
    assert run("segments", "save", "loyal", tmp_path / "loyal.yaml").code == 0
    assert "Wrote 1 files" in run("pull", tmp_path / "defs").out
    return run


def test_a_plan_without_differences_ends_with_0_and_with_some_with_1(shop: Run, tmp_path: Path) -> None:
    same = shop("plan", tmp_path / "defs")
    assert (same.code, "nothing to do" in same.out) == (0, True)
    (tmp_path / "defs/segments/loyal.yaml").write_text("name: loyal\nrule: {orders: purchases}\n")
    differs = shop("plan", tmp_path / "defs")
    assert (differs.code, "rule.value" in differs.out, "finegrain apply" in differs.out) == (1, True, True)
    told = shop("plan", "definitions", tmp_path / "defs", "--json")
    assert (told.code, told.json["segments"]) == (1, [{"name": "loyal", "before": 1, "after": 2, "enter": 1, "leave": 0}])
    assert shop("plan").code == 0  # the tracking plan, as ever
    assert shop("plan", tmp_path / "nowhere").code == 2


def test_a_plan_is_applied_as_it_was_shown_or_not_at_all(shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "defs/segments/loyal.yaml"
    file.write_text("name: loyal\nrule: {orders: purchases}\n")
    plan = shop("plan", tmp_path / "defs", "--json").json["plan"]
    file.write_text("name: loyal\nrule: {all: []}\n")
    refused = shop("apply", tmp_path / "defs", "--plan", plan)
    assert (refused.code, plan in refused.err) == (2, True)
    assert "Applied 1" in shop("apply", tmp_path / "defs", "--yes").out
    assert "nothing to do" in shop("apply", tmp_path / "defs", "--yes").out
    assert shop("segments", "show", "loyal", "--json").json["people"] == 2


def test_it_is_asked_before_anything_changes(shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "defs/segments/loyal.yaml").unlink()
    assert "stays without --prune" in shop("plan", tmp_path / "defs").out
    assert "nothing to do" in shop("apply", tmp_path / "defs").out
    for answer, left in (("n\n", 1), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", __import__("io").StringIO(answer))
        shop("apply", tmp_path / "defs", "--prune")
        assert len(shop("segments", "--json").json["segments"]) == left


def test_what_a_folder_has_and_the_workspace_has_not_is_told(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "defs/segments/new.yaml").write_text("name: new\nrule: {all: []}\n")
    assert "segments/new.yaml" in shop("pull", tmp_path / "defs").out
    assert shop("pull", tmp_path / "defs", "--prune", "--json").json["removed"] == ["segments/new.yaml"]
    (tmp_path / "defs/segments/new.yaml").write_text("name: new\nrule: {all: []}\n")
    assert "Removed" in shop("pull", tmp_path / "defs", "--prune").out
