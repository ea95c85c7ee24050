"""What an explanation says of each figure: every verdict of every scheme, worked out by hand from ``docs/tiers.md``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.twins.tiers import AS_OF_US, Person, sort

from finegrain.audience.tiers.contract import PersonOrder
from finegrain.audience.tiers.texts import fact_text
from finegrain.i18n import speaking
from finegrain.money import Money
from finegrain.zones import MICROSECONDS_PER_DAY as DAY

FIXED = {"view": "eight", "split": "fixed", "r_split_days": 30, "f_split": 2, "m_split": 100, "window_days": 365}


def bought(*days: int, net_minor: int = 10_000, known: int = 300) -> Person:
    """Somebody who was first seen ``known`` days ago and bought so many days ago."""
    orders = tuple(PersonOrder(AS_OF_US - day * DAY, net_minor, is_purchase=True) for day in days)
    return Person(AS_OF_US - known * DAY, (AS_OF_US - known * DAY,), orders)


def seen(day: int, known: int) -> Person:
    """Somebody who never bought, and was seen twice."""
    return Person(AS_OF_US - known * DAY, (AS_OF_US - known * DAY, AS_OF_US - day * DAY), ())


def verdicts(scheme: str, thresholds: dict[str, Any], *people: Person) -> list[str]:
    """Explain the first of these people."""
    return [figure.verdict for figure in sort(list(people), scheme, thresholds).explain(1).figures]


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (seen(0, 5), ["less than 30 days", "less than 14 days: new"]),
        (seen(29, 200), ["less than 30 days", "14 days or more: not new"]),
        (seen(30, 200), ["30 days or more: silent", "14 days or more: not new"]),
        (seen(90, 200), ["90 days or more: churned", "14 days or more: not new"]),
    ],
)
def test_activity_tells_idle_time_and_age(person: Person, said: list[str]) -> None:
    assert verdicts("activity", {"without_order": "by_activity"}, person) == said
    assert verdicts("activity", {}, person) == ["no purchase: a tier of their own", *said]
    assert verdicts("activity", {}, bought(3))[0] == "sorted by activity"


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (seen(1, 9), ["never bought"]),
        (bought(89), ["first purchase", "less than 90 days"]),
        (bought(90), ["first purchase", "90 days or more: long without purchase"]),
        (bought(5, 9), ["repeat", "less than 90 days"]),
    ],
)
def test_frequency_tells_purchases_and_recency(person: Person, said: list[str]) -> None:
    assert verdicts("frequency", {}, person) == said


@pytest.mark.parametrize(
    ("person", "stage", "pace"),
    [
        (bought(1), "first purchase: acquired", "less than 2 rhythms: on time"),
        (bought(60), "first purchase: acquired", "2 rhythms or more: declining"),
        (bought(119), "first purchase: acquired", "2 rhythms or more: declining"),
        (bought(120), "first purchase: acquired", "4 rhythms or more: lost"),
        (bought(1, 31), "less than 4 purchases: nurtured", "less than 2 rhythms: on time"),
        (bought(1, 31, 61, 91), "4 purchases or more: mature", "less than 2 rhythms: on time"),
    ],
)
def test_lifecycle_tells_stage_and_pace(person: Person, stage: str, pace: str) -> None:
    # A single purchase has the typical gap of 30 days as its rhythm.
    assert verdicts("lifecycle", {}, person) == [stage, "own gaps, and one typical gap of 30 days", pace]


def test_lifecycle_has_nothing_to_tell_before_the_first_purchase() -> None:
    assert verdicts("lifecycle", {}, seen(1, 9)) == ["no purchase: a tier of their own"]


@pytest.mark.parametrize(
    ("net_minor", "verdict"),
    [
        (60_000, "¥300.00 or more: high value"),
        (30_000, "¥300.00 or more: high value"),
        (9_000, "from ¥90.00 to below ¥300.00: mid value"),
        (1_000, "less than ¥90.00: low value"),
    ],
)
def test_value_tells_between_which_bounds_the_revenue_lies(net_minor: int, verdict: str) -> None:
    # 600 + 300 of 1,000 reach 80 % (600 alone does not), with 90 they reach 95 %.
    others = [bought(9, net_minor=minor) for minor in (60_000, 30_000, 9_000, 1_000) if minor != net_minor]
    assert verdicts("value", {}, bought(9, net_minor=net_minor), *others) == ["sorted by revenue", verdict]


def test_value_by_people_says_so_in_its_note() -> None:
    people = [bought(9, net_minor=minor) for minor in (5_000, 4_000, 3_000, 2_000, 1_000)]
    by_people = sort(people, "value", {"method": "people_share", "high_people": 20, "mid_people": 60})
    assert by_people.notes == ("High value from ¥50.00 (the top 20% of buyers), mid value from ¥30.00 (60%).",)
    assert [tier.people for tier in by_people.tiers] == [1, 2, 2, 0]


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (bought(29, 40), ["high (high below 30)", "high (high from 2)", "high (high from ¥100.00)"]),
        (bought(30, net_minor=9_999), ["low (high below 30)", "low (high from 2)", "low (high from ¥100.00)"]),
    ],
)
def test_rfm_tells_high_or_low_and_the_bound(person: Person, said: list[str]) -> None:
    assert verdicts("rfm", FIXED, person) == said


def test_rfm_tells_the_mean_that_parts_high_from_low() -> None:
    said = verdicts("rfm", {"view": "eight", "split": "mean"}, bought(10, 20), bought(21, net_minor=5_000))
    assert said == ["high (high below 15.5)", "high (high above 1.5)", "high (high above ¥125.00)"]


def test_rfm_without_a_buyer_in_the_window_tells_low_and_no_bound() -> None:
    result = sort([bought(200)], "rfm", {"view": "eight", "split": "median", "window_days": 100})
    assert [figure.verdict for figure in result.explain(1).figures] == ["low", "low", "low"]
    assert result.notes[1] == "Nobody bought in the 100 days before, so nothing counts as high."


@pytest.mark.parametrize(
    ("second", "score", "text"),
    [("frequency_money", "3", "mean of F and M"), ("frequency", "1", "F alone"), ("money", "4", "M alone")],
)
def test_rfm_scores_are_told_with_the_second_score(second: str, score: str, text: str) -> None:
    # F is 1 purchase (score 1), M is 1,000 (score 4): their mean 2.5 is rounded up.
    thresholds = {"view": "quintile", "scores": "fixed", "second_score": second}
    figures = sort([bought(40, net_minor=100_000)], "rfm", thresholds).explain(1).figures
    assert [figure.verdict for figure in figures] == ["score 4", "score 1", "score 4", text]
    assert figures[-1].value == score


def test_rfm_has_nothing_to_tell_before_the_first_purchase() -> None:
    assert verdicts("rfm", {}, seen(1, 9)) == ["no purchase: a tier of their own"]


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Money("CNY", 123_456), "¥1,234.56"),
        (12_345, "12,345"),
        (1234.56, "1,234.6"),
        (Fraction(5, 2), "2.5"),
        (90.0, "90"),
        ("30%", "30%"),
        (True, "True"),
        ((1, 2000), "1, 2,000"),
        (None, "None"),
    ],
)
def test_facts_are_written_as_a_reader_expects_them(fact: object, text: str) -> None:
    assert fact_text(fact) == text


def test_lists_of_facts_are_joined_in_chinese_too() -> None:
    with speaking("zh_CN"):
        assert fact_text([1, 2]) == "1、2"


def test_value_has_nothing_to_sort_before_the_first_purchase() -> None:
    assert verdicts("value", {}, seen(1, 9)) == ["no purchase: a tier of their own"]
