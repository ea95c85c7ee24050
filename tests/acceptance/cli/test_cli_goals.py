"""``finegrain goals``: set, listed, shown, changed, suggested, deleted; for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Ran, Run

AS_OF = ("--as-of", "2024-03-21")
SET = (
    "--metric",
    "revenue_per_person",
    "--tier",
    "frequency/first",
    "--target",
    "90",
    "--first",
    "2024-03-01",
    "--last",
    "2024-03-31",
)


def added(shop: Run, *more: str) -> Ran:
    """Set the goal of the tests."""
    return shop("goals", "add", "March", *SET, *more, *AS_OF, "--json")


def test_a_goal_is_set_in_major_units_and_shown_with_its_days(shop: Run) -> None:
    made = added(shop, "--budget", "500", "--owner", "Li").json
    assert (made["target"], made["budget_minor"], made["owner"], made["size"]) == (9_000, 50_000, "Li", 2)
    shown = shop("goals", "show", made["id"], *AS_OF)
    # ann's 60.00 of 20 March, by two people.
    assert "2024-03-20" in shown.out
    assert "30.00" in shown.out
    assert "The past is too short to test the forecast" in shown.out


def test_a_goal_without_a_baseline_says_why(shop: Run) -> None:
    # Of 61 days, so that the baseline's begin on 31 December, before anybody is known.
    made = shop("goals", "add", "Long", *SET[:-1], "2024-04-30", *AS_OF, "--json").json
    shown = shop("goals", "show", made["id"], *AS_OF)
    assert "There is no baseline: nobody was in it at the start of 2023-12-31." in shown.out


def test_goals_are_listed_with_their_state(shop: Run) -> None:
    added(shop)
    assert "March" in shop("goals").out
    assert "Too early to say" in shop("goals", "list", "--as-of", "2024-03-04").out
    (progress,) = shop("goals", "list", *AS_OF, "--json").json["goals"]
    assert (progress["value"], len(progress["course"])) == (3_000, 20)


def test_a_share_may_be_given_in_per_cent(shop: Run) -> None:
    words = ("--metric", "repeat_rate", "--tier", "frequency/first", "--target", "25%", "--last", "2024-04-30", *AS_OF, "--json")
    made = shop("goals", "add", "Again", *words).json
    assert (made["target"], made["first_day"]) == (0.25, "2024-03-21")


def test_a_goal_is_changed_and_deleted(shop: Run) -> None:
    number = added(shop).json["id"]
    assert shop("goals", "change", number, "--target", "95.5", "--name", "Spring", "--json").json["target"] == 9_550
    assert "“Spring” is deleted." in shop("goals", "delete", number).out
    assert "There is no goal yet" in shop("goals").out


def test_conditions_and_a_budget_stand_on_the_command_line(shop: Run) -> None:
    metric = ("--metric", "conversion", "--event", "Order Completed", "--where", "total>=50")
    words = (*metric, *SET[2:4], "--target", "90%", *SET[6:])
    made = shop("goals", "add", "Big", *words, "--budget", "5", *AS_OF, "--json").json
    assert made["metric"]["filters"] == [
        {"property": "total", "op": "gte", "value": 50, "of": "event", "as_it_was": False},
    ]
    assert shop("goals", "change", made["id"], "--owner", "Li", "--json").json["budget_minor"] == 500
    assert shop("goals", "change", made["id"], "--no-budget", "--json").json["budget_minor"] is None


def test_thin_data_suggest_nothing_and_say_so(shop: Run) -> None:
    assert "the data are thin" in shop("goals", "suggest", "frequency", *AS_OF).out
    assert shop("goals", "suggest", "frequency", *AS_OF, "--json").json["suggestions"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "9"), "unknown_goal"),
        (("add", "x", *SET[:4], "--target", "much", *SET[6:]), "bad_value"),
        (("add", "x", *SET[:8]), "missing_argument"),
        (("add", "x", *SET[:9], "2024-03-02"), "bad_goal"),
        (("add", "x", *SET[:9], "soon"), "bad_value"),
    ],
)
def test_what_cannot_be_is_refused(shop: Run, words: tuple[str, ...], code: str) -> None:
    refused = shop("goals", *words, "--json")
    assert refused.code == 2
    assert json.loads(refused.err)["code"] == code
