"""``finegrain demo`` in small, through the front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Run

SMALL = ["demo", "--people", "300", "--days", "120", "--seed", "5", "--until", "2024-06-30"]


def test_demo_is_imported_through_the_ordinary_door(run: Run) -> None:
    answer = run(*SMALL, "--json").json
    assert answer["plan"]["people"] == 300
    assert all(summary["rejected"] == {} for summary in answer["imports"].values())
    assert [record["kind"] for record in run("imports", "--json").json["imports"]] == ["events", "orders", "people"]
    assert run("tiers", "rfm", "--json").json["people"] == 300


def test_demo_twice_adds_nothing(run: Run) -> None:
    run(*SMALL, "--json")
    again = run(*SMALL, "--json").json["imports"]
    assert (again["orders"]["orders"], again["events"]["events"]) == (0, 0)
    assert "Net revenue" in run(*SMALL).out
