"""``finegrain schemes`` through the front door: tier schemes of one's own, from files."""

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
CARE = """
name: care
label: How we care
description: For the service desk.
tiers:
  - {key: often, label: Often, rule: {orders: purchases, value: 2}}
rest: {key: others, label: Others}
"""


@pytest.fixture
def shop(run: Run, home: Path, tmp_path: Path, imported: Callable[[str, str], Path]) -> Run:
    """The command line, in a workspace of two buyers, with a scheme of its own, and its file."""
    (tmp_path / "care.yaml").write_text(CARE, encoding="utf-8")
    shutil.copytree(imported("orders", ORDERS), home)
    assert "Often" in run("schemes", "save", tmp_path / "care.yaml").out
    return run


def test_a_scheme_of_a_file_is_listed_and_shown(shop: Run, tmp_path: Path) -> None:
    listed = shop("schemes", "--json").json["schemes"]
    assert [(one["name"], one["built_in"]) for one in listed][-2:] == [("lifecycle", True), ("care", False)]
    assert "How we care" in shop("schemes").out
    shown = shop("schemes", "show", "care").out
    assert "number of purchases at least 2" in shown
    assert "everybody else" in shown
    assert shop("schemes", "show", "care", "--json").json["rest"] == {"key": "others", "label": "Others"}
    assert shop("schemes", "save", tmp_path / "care.yaml").code != 0
    assert shop("schemes", "save", tmp_path / "care.yaml", "--replace", "--json").json["label"] == "How we care"


def test_people_are_sorted_crossed_listed_and_explained_by_it(shop: Run) -> None:
    told = shop("tiers", "care", "--json").json
    assert [(tier["key"], tier["people"]) for tier in told["tiers"]] == [("often", 1), ("others", 1)]
    assert shop("tiers", "care", "--matrix", "frequency", "--json").json["rows"] == "care"
    assert "rules instead of thresholds" in shop("tiers", "care", "--suggest").out
    assert [one["id"] for one in shop("people", "list", "--tier", "care=often", "--json").json["people"]] == ["ann"]
    assert shop("people", "show", "ben", "--json").json["tiers"]["care"]["tier"] == "others"


def test_a_scheme_is_forgotten_and_a_name_that_is_none_refused(shop: Run, tmp_path: Path) -> None:
    assert shop("schemes", "delete", "care", "--json").json == {"deleted": "care"}
    shop("schemes", "save", tmp_path / "care.yaml")
    assert "Deleted" in shop("schemes", "delete", "care").out
    assert "Known: rfm, activity, value, frequency, lifecycle" in shop("tiers", "care").err
    assert shop("schemes", "delete", "rfm").code != 0
