"""``finegrain funnel`` and the other questions about behaviour, through the front door."""

from __future__ import annotations

import io
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from finegrain.behaviour.queries.kinds import KINDS
from finegrain.cli.queries.flags import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

EVENTS = """event,user_id,time,category,price
Product Viewed,ann,2024-05-01 10:00,tea,12
Product Viewed,ben,2024-05-02 10:00,tea,7
Product Viewed,cleo,2024-05-02 11:00,rice,90
Coupon Used,ann,2024-05-03 10:00,tea,12
Coupon Used,cleo,2024-05-20 10:00,rice,90
"""
PERIOD = ("--period", "2024-05-01..2024-05-31")
STEPS = ("Product Viewed", "Coupon Used")


@pytest.fixture
def events(run: Run, home: Path, imported: Callable[[str, str], Path]) -> Run:
    """The command line, in a workspace with three people who look and two who buy."""
    shutil.copytree(imported("events", EVENTS), home)
    return run


def counts(answer: dict[str, Any]) -> list[int]:
    """Give the people at each step."""
    return [step["count"] for step in answer["steps"]]


def test_a_funnel_counts_people_at_each_step(events: Run) -> None:
    assert counts(events("funnel", *STEPS, *PERIOD, "--json").json) == [3, 1]
    assert counts(events("funnel", *STEPS, *PERIOD, "--window", "30d", "--json").json) == [3, 2]


def test_a_funnel_is_a_table_for_people(events: Run) -> None:
    shown = events("funnel", *STEPS, *PERIOD, "--window", "30d").out
    assert "Coupon Used" in shown
    assert "66.7%" in shown
    assert "2024-05-01 to 2024-05-31" in shown


def test_conditions_stand_in_brackets_or_hold_for_all(events: Run) -> None:
    assert counts(events("funnel", "Product Viewed[price>=10]", "Coupon Used", *PERIOD, "--json").json) == [2, 1]
    assert counts(events("funnel", *STEPS, *PERIOD, "--where", "category=rice", "--json").json) == [1, 0]


def test_a_breakdown_has_a_group_a_value(events: Run) -> None:
    words = ("funnel", *STEPS, *PERIOD, "--breakdown", "category", "--limit", 1)
    groups = events(*words, "--json").json["groups"]
    found = {group["group"]["name"]: counts(group) for group in groups}
    assert found == {"tea": [2, 1], "Other": [1, 0], "No value": [0, 0]}
    assert "Other" in events(*words).out


def test_a_spec_says_all_and_options_win_over_it(events: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {"steps": list(STEPS), "period": "2024-05-01..2024-05-31", "window": "1h"}
    (tmp_path / "funnel.json").write_text(json.dumps(spec), encoding="utf-8")
    assert counts(events("funnel", "--spec", tmp_path / "funnel.json", "--json").json) == [3, 0]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(spec)))
    assert counts(events("funnel", "--spec", "-", "--window", "30d", "--json").json) == [3, 2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("funnel", "Product Viewed"), "bad_query"),
        (("funnel", "Product Vewed", "Coupon Used"), "event_never_happened"),
        (("funnel", *STEPS, "--where", "price"), "bad_condition"),
        (("funnel", *STEPS, "--limit", "3"), "usage"),
        (("funnel", *STEPS, "--order", "sideways"), "bad_query"),
        (("funnel", *STEPS, "--tier", "rfm/nowhere"), "unknown_tier"),
        (("funnel", "--spec", "nowhere.json"), "bad_spec"),
        (("funnel", *STEPS, "--as-of", "soon"), "bad_value"),
    ],
)
def test_what_cannot_be_asked_is_one_error_with_its_code(events: Run, words: tuple[str, ...], code: str) -> None:
    ran = events(*words, "--json")
    assert (ran.code, json.loads(ran.err)["code"]) == (2, code)


EVERY_KIND: dict[str, tuple[tuple[object, ...], str]] = {
    "retention": (("Product Viewed", "Coupon Used", "--periods", 2), "2024-05-01"),
    "trends": (("Product Viewed", "--measure", "unique", "--formula", "A * 2", "--granularity", "month"), "A * 2"),
    "paths": (("--from", "Product Viewed", "--within", "window", "--window", "30d", "--depth", 3), "Coupon Used"),
    "intervals": (("Product Viewed", "Coupon Used", "--window", "30d"), "18 d"),
    "distribution": (("Product Viewed", "--breaks", "1,2"), "100.0%"),
    "attribution": (("Coupon Used", "Product Viewed", "--model", "first", "--model", "linear", "--money", "price"), "linear"),
    "lifecycle": (("Product Viewed", "--granularity", "month"), "2024-05-01"),
    "stickiness": (("Product Viewed", "--granularity", "week"), "100.0%"),
    "process": (("Product Viewed", "Coupon Used", "--window", "30d", "--value", "price", "--by", "category"), "thin data"),
    "churn": (("--silence", "7d", "--lookback", "1h"), "too thin to judge"),
}
"""Words of each further kind, and what its table shows of three who look and two who use a coupon."""


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_a_table_for_people_and_json_for_programs(events: Run, kind: str) -> None:
    words, shown = EVERY_KIND[kind]
    assert shown in events(kind, *words, *PERIOD).out
    assert events(kind, *words, *PERIOD, "--json").json["period"]["last"] == "2024-05-31"


def test_every_kind_has_a_command() -> None:
    assert [command.kind for command in COMMANDS] == list(KINDS)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("lifecycle", "Product Viewed", "Coupon Used"), "usage"),
        (("distribution", "Product Viewed", "--breaks", "1,many"), "bad_value"),
    ],
)
def test_words_and_numbers_that_do_not_fit_are_refused(events: Run, words: tuple[str, ...], code: str) -> None:
    ran = events(*words, "--json")
    assert (ran.code, json.loads(ran.err)["code"]) == (2, code)


def test_the_nearest_event_is_told(events: Run) -> None:
    assert "Product Viewed" in events("funnel", "Product Vewed", "Coupon Used").err


def test_a_spec_that_is_no_object_is_refused(events: Run, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    assert "list.json" in events("funnel", "--spec", tmp_path / "list.json").err
