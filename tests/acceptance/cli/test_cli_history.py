"""``finegrain history`` through the front door: kept, filled, told by day and as flows."""

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
3,ann,2024-02-03 18:00,60.00
"""


@pytest.fixture
def shop(run: Run, home: Path, imported: Callable[[str, str], Path]) -> Run:
    """The command line, in a workspace of two buyers whose data end on 2024-02-03, with two days kept."""
    shutil.copytree(imported("orders", ORDERS), home)
    assert run("history", "keep", "--json").json["day"] == "2024-02-03"
    assert run("history", "fill", "--first", "2024-01-31", "--json").json["days"] == 3
    return run


def test_sizes_are_told_by_day(shop: Run) -> None:
    told = shop("history", "sizes", "frequency/repeat", "--first", "2024-02-01", "--json").json
    assert [(day["day"], day["size"]) for day in told["series"][0]["days"]] == [
        ("2024-02-01", 0), ("2024-02-02", 0), ("2024-02-03", 1),
    ]  # fmt: skip
    shown = shop("history", "sizes", "frequency/repeat").out
    assert "computed afterwards" in shown
    assert "Nothing is kept" in shop("history", "sizes", "rfm", "--last", "2020-01-01").out


def test_a_flow_is_told_as_a_table_and_a_sentence(shop: Run) -> None:
    asked = ("history", "flow", "frequency", "--first", "2024-01-31", "--last", "2024-02-03")
    assert {"from": "first", "to": "repeat", "people": 1} in shop(*asked, "--json").json["flows"]
    assert "1 people came" in shop(*asked).out


def test_people_of_a_past_day_are_listed(shop: Run) -> None:
    assert shop("history", "people", "frequency/first", "2024-01-31", "--json").json == {"people": [{"id": "ann", "name": ""}]}
    assert "ann" in shop("history", "people", "frequency/first", "2024-01-31").out


def test_what_was_done_is_told(shop: Run) -> None:
    assert "0 segments and schemes were written" in shop("history", "keep").out
    assert "0 days were computed" in shop("history", "fill", "--first", "2024-02-01").out
