"""``finegrain tiers``, ``people``, ``overview``, ``settings`` and ``init``, through the front door."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from finegrain.audience.tiers.contract import SCHEMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tiers_hold_everybody_once(shop: Run, scheme: str) -> None:
    answer = shop("tiers", scheme, "--json").json
    assert answer["scheme"] == scheme
    assert answer["people"] == 2 == sum(tier["people"] for tier in answer["tiers"])
    assert sum(tier["revenue"] for tier in answer["tiers"]) == pytest.approx(260.50)
    assert {"key", "name", "people", "revenue"} <= answer["tiers"][0].keys()


def test_tiers_are_as_of_the_end_of_the_data(shop: Run) -> None:
    assert shop("tiers", "rfm", "--json").json["as_of"] == "2024-03-21T00:00:00+08:00"


def test_tiers_as_of_a_date_leave_out_what_came_later(shop: Run) -> None:
    answer = shop("tiers", "value", "--as-of", "2024-01-31", "--json").json
    assert sum(tier["revenue"] for tier in answer["tiers"]) == pytest.approx(120.0)


def test_thresholds_are_tried_saved_and_reset(shop: Run) -> None:
    tried = ["tiers", "activity", "--threshold", "silent_days=40", "--json"]
    assert shop(*tried).json["thresholds"]["silent_days"] == 40
    assert shop("tiers", "activity", "--json").json["thresholds"]["silent_days"] == 30
    shop(*tried, "--save")
    assert shop("tiers", "activity", "--json").json["thresholds"]["silent_days"] == 40
    assert shop("tiers", "activity", "--reset", "--json").json["thresholds"]["silent_days"] == 30


def test_suggestions_come_with_thresholds_and_notes(shop: Run) -> None:
    answer = shop("tiers", "activity", "--suggest", "--json").json
    assert {item["name"] for item in answer["thresholds"]} >= {"silent_days", "churned_days"}
    assert "silent_days" in shop("tiers", "activity", "--suggest").out


def test_matrix_adds_up_to_everybody(shop: Run) -> None:
    answer = shop("tiers", "activity", "--matrix", "value", "--json").json
    assert sum(cell["people"] for cell in answer["cells"]) == 2
    assert "Total" in shop("tiers", "activity", "--matrix", "value").out


def test_people_behind_a_tier_are_as_many_as_it_counts(shop: Run) -> None:
    for tier in shop("tiers", "frequency", "--json").json["tiers"]:
        listed = shop("people", "list", "--tier", f"frequency={tier['key']}", "--json").json
        assert listed["total"] == tier["people"] == len(listed["people"])


def test_people_are_searched_and_sorted(shop: Run) -> None:
    found = shop("people", "list", "--sort", "revenue", "--json").json["people"]
    assert [(row["id"], row["revenue"]) for row in found] == [("ann", 180.0), ("ben", 80.5)]
    assert shop("people", "list", "--search", "be", "--json").json["total"] == 1
    assert "1 person · page 1" in shop("people", "list", "--search", "be").out
    assert "ann" in shop("people", "list").out


def test_one_person_is_explained_in_every_scheme(shop: Run) -> None:
    shown = shop("people", "show", "ann", "--json").json
    assert shown["tiers"].keys() == set(SCHEMES)
    assert all(explained["figures"] for explained in shown["tiers"].values())
    assert [event["event"] for event in shown["events"]] == ["Order Completed", "Order Completed"]
    assert "Known since" in shop("people", "show", "ann").out


def test_overview_compares_with_the_period_before(shop: Run) -> None:
    answer = shop("overview", "--from", "2024-03-01", "--to", "2024-03-31", "--json").json
    assert answer["figures"]["revenue_minor"] == 6_000
    assert answer["previous"]["revenue_minor"] == 8_050
    assert "Repeat rate" in shop("overview").out


def test_init_writes_settings_that_count(run: Run, home: Path) -> None:
    ran = run("init", "--zone", "Europe/London", "--currency", "GBP", "--json")
    assert ran.json == {"home": str(home), "zone": "Europe/London", "currency": "GBP", "language": "zh_CN"}
    assert tomllib.loads((home / "finegrain.toml").read_text(encoding="utf-8")) == {"zone": "Europe/London", "currency": "GBP"}
    values = {row["name"]: row["value"] for row in run("settings", "--json").json["settings"]}
    assert (values["zone"], values["currency"], values["port"]) == ("Europe/London", "GBP", 8000)


def test_init_refuses_a_workspace(shop: Run) -> None:
    assert shop("init").code == 2


def test_init_refuses_a_bad_zone_and_makes_nothing(run: Run, home: Path) -> None:
    ran = run("init", "--zone", "Mars/Olympus")
    assert ran.code == 2
    assert "Mars/Olympus" in ran.err
    assert not home.exists()
