"""Conditions at their edges: nothing that counts, days that are none, circles, and figures counted on fingers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import FIRST, PEOPLE, ZONE
from tests.twins.rules import SOURCES, RuleSegments, RuleWorld

from finegrain.audience.rules.builder import rule
from finegrain.audience.rules.contract import InSegment, Not, Rule
from finegrain.audience.rules.days import near, read_day
from finegrain.audience.rules.errors import RuleCycleError
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.ground import MOST_FIGURES
from finegrain.audience.rules.marks import Marks
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.turns import turns
from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.receiving import channel_of, fate_of
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from finegrain.audience.rules.contract import DayOperator

AS_OF = datetime(2024, 4, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOG = [
    Happening("x", "Order Completed", FIRST, "a", Decimal(10)),
    Happening("x", "Order Completed", FIRST + 50 * HOUR, "b", Decimal(5)),
    Happening("y", "Order Completed", FIRST + 150 * HOUR, "c", Decimal("2.5")),
    Happening("y", "A", FIRST + 160 * HOUR, properties={"price": 3}),
]


def who(asked: Rule, log: list[Happening] | None = None) -> str:
    """Give who meets a rule, as letters."""
    world = RuleWorld(LOG if log is None else log, AS_OF)
    assert world.everybody(asked) == world.one_by_one(asked) == world.twin().everybody(asked)
    return " ".join(world.everybody(asked))


@pytest.mark.parametrize(
    ("asked", "people"),
    [
        (rule.did("A", days=True, at_least=1), "y"),
        (rule.did("A", days=True, exactly=0, period="2024-03-29..2024-03-30"), "x y z quiet"),
        (rule.did("Nothing", days=True), ""),
        (rule.did("*", days=True, exactly=2), "x"),
        (rule.did("A", sum_of="price", exactly=3), "y"),
        (rule.did("Nothing", sum_of="price", exactly=0), "x y z quiet"),
        (rule.orders("days_since_first_purchase", exactly=7), "x"),
        (rule.orders("days_since_last_purchase", exactly=5), "x"),
        (rule.orders("days_since_last_purchase", at_most=1), "y"),
        (rule.orders("average_order_value", exactly=7.5), "x"),
        (rule.orders("average_order_value", less_than=1000), "x y"),
        (rule.orders("revenue", at_least=15), "x"),
        (rule.orders("purchases", exactly=0), "z quiet"),
        (rule.last_time("Order Completed", last_days=3), "y"),
        (rule.first_time("Order Completed", period="2024-03-29..2024-03-29"), "x"),
        (rule.sequence("Order Completed", "A", within="1d"), "y"),
        (rule.without("Order Completed", "A", within="1d"), "x"),
        (rule.trait("birthday").anniversary(within_days=1), "z"),
        (rule.trait("renewal").more_than_ago(days=4), "y"),
        (rule.trait("renewal").within_last(days=4), "x"),
        (rule.trait("renewal").within_next(days=4), "quiet"),
        (rule.trait("nothing").within_next(days=4), ""),
        (rule.messages("clicked", exactly=0), "x y z quiet"),
        (rule.moved("activity", now=("active", "new"), last_days=3), "y"),
    ],
)
def test_conditions_mean_what_fingers_count(asked: Rule, people: str) -> None:
    assert who(asked) == people


def test_without_any_order_nobody_has_a_day_since() -> None:
    assert who(rule.orders("days_since_last_purchase", at_least=0), []) == ""
    assert who(~rule.orders("days_since_last_purchase", at_least=0), []) == "x y z quiet"


def test_orders_of_many_periods_are_told_apart() -> None:
    evaluation = Evaluation(RuleWorld(LOG, AS_OF).ground())
    asked = [rule.orders("purchases", last_days=days) for days in range(1, 9)]
    expected = [[], [1], [1], [1], [1], [0, 1], [0, 1], [0, 1]]
    for _ in range(2):
        assert [evaluation.ground.orders(one.period).purchases.nonzero()[0].tolist() for one in asked] == expected
    assert [evaluation.passing(one).codes().tolist() for one in asked] == expected


def test_segments_in_a_circle_are_told_and_others_go_on() -> None:
    circle: dict[str, Rule | list[str]] = {"a": Not(InSegment("b")), "b": InSegment("a"), "c": ["x"]}
    world = RuleWorld(LOG, AS_OF, replace(SOURCES, segments=RuleSegments(circle)))
    evaluation = Evaluation(world.ground())
    with pytest.raises(RuleCycleError, match="a → b → a"):
        evaluation.passing(InSegment("a"))
    assert evaluation.passing(InSegment("c")).codes().tolist() == [0]


def test_what_a_segment_means_may_change() -> None:
    known: dict[str, Rule | list[str]] = {"s": ["x"]}
    evaluation = Evaluation(RuleWorld(LOG, AS_OF, replace(SOURCES, segments=RuleSegments(known))).ground())
    asked = rule.segment("s") & rule.did("*")
    assert evaluation.passing(asked).codes().tolist() == [0]
    known["s"] = ["y"]
    assert evaluation.passing(asked).codes().tolist() == [0]
    evaluation.forget_segments()
    assert evaluation.passing(asked).codes().tolist() == [1]


def test_what_is_prepared_is_only_looked_up() -> None:
    evaluation = Evaluation(RuleWorld(LOG, AS_OF).ground())
    asked = [rule.did("A") & rule.segment("list"), rule.did("A", sum_of="price") | rule.trait("city").is_("Ulm")]
    evaluation.prepare(asked)
    assert evaluation.found() == 3
    del evaluation.ground.matched  # nothing can be measured any more
    assert [evaluation.passing(one).codes().tolist() for one in asked] == [[1], [0, 1, 2]]


def test_one_is_not_true() -> None:
    log = [Happening("x", "A", FIRST, properties={"vip": True}), Happening("y", "A", FIRST, properties={"vip": 7})]
    same = [rule.did(rule.event("A", rule.where("vip", "is", value))) for value in (True, 1, 7)]
    assert who(same[0], log) == "x"
    together = Evaluation(RuleWorld(log, AS_OF).ground())
    assert [together.passing(one).codes().tolist() for one in same] == [
        [0],
        [0],
        [1],
    ]  # true is also the number 1, not the reverse


@pytest.mark.parametrize("text", ["2024-02-30", "2024-02-30T10:00", "9999-12-31T23:59-12:00", "soon", ""])
def test_a_text_that_is_no_day_is_none(text: str) -> None:
    assert read_day(text, ZONE) is None


@pytest.mark.parametrize(
    ("op", "days", "today", "expected"),
    [
        ("anniversary", [229, 228, 301], date(2023, 2, 28), [True, True, False]),
        ("anniversary", [229, 228, 301], date(2024, 2, 29), [True, False, False]),
        ("anniversary", [101, 1231, 0], date(2023, 12, 31), [False, True, False]),
        ("within_last", [738886, 738885, 738887, 0], date.fromordinal(738886), [True, False, False, False]),
        ("within_next", [738886, 738885, 738887, 0], date.fromordinal(738886), [True, False, False, False]),
        ("more_than_ago", [738886, 738885, 738887, 0], date.fromordinal(738886), [False, True, False, False]),
    ],
)
def test_one_day_from_today_is_today(op: DayOperator, days: list[int], today: date, expected: list[bool]) -> None:
    assert near(op, np.array(days), 1, today).tolist() == expected


def test_days_since_are_civil_also_when_the_clocks_change() -> None:
    moment = Moment(datetime(2024, 4, 1, 0, 30, tzinfo=UTC), ZONE)  # half past two on the day after
    times = ["2024-03-31T22:00", "2024-03-31T21:59", "2024-03-30T23:00", "2024-03-30T22:59"]
    us = np.array([*(to_us(datetime.fromisoformat(f"{one}+00:00")) for one in times), NEVER])
    assert moment.days_since(us).tolist()[:4] == [0, 1, 1, 2]
    assert np.isnan(moment.days_since(us)[4])
    assert np.isnan(moment.days_since(us[4:])).all()


def test_marks_of_any_number_of_people_keep_to_them() -> None:
    for size in (0, 1, 7, 8, 9, 64):
        truths = np.arange(size) % 3 == 0
        marks = Marks.of(truths)
        assert (~marks).count() == size - marks.count() == int((~truths).sum())
        assert Marks.all(size).count() == size
        assert (marks | ~marks).truths().all()
        assert [marks.has(code) for code in range(size)] == truths.tolist()


@pytest.mark.parametrize(
    ("name", "fate", "channel"),
    [
        ("Message Sent", "sent", ""),
        ("SMS Delivered", "delivered", "sms"),
        ("$AppPushClick", "clicked", "push"),
        ("push_notification_opened", "opened", "push"),
        ("WeChat Message Received", "delivered", "wechat"),
        ("Email Bounced", "", "email"),
        ("Order Completed", "", ""),
    ],
)
def test_messages_are_known_by_their_names(name: str, fate: str, channel: str) -> None:
    assert (fate_of(name), channel_of(name)) == (fate, channel)


def test_sequences_and_tiers_turn_when_their_time_is_over() -> None:
    world = RuleWorld(LOG, AS_OF)
    asked = rule.without("A", "Order Completed", within="20h", last_days=2)
    first, second = (from_us(at) for at in turns(world.ground("y"), asked))
    assert first == AS_OF + 2 * HOUR + timedelta(microseconds=1)
    assert ZONE.day_of(second) == date(2024, 4, 6)
    days: Any = rule.orders("days_since_last_purchase", at_least=5)
    assert {ZONE.day_of(from_us(at)) for at in turns(world.ground("y"), days)} == {date(2024, 4, 9), date(2024, 4, 10)}
    assert turns(world.ground("z"), days) == ()
    assert turns(world.ground("x"), rule.orders("purchases", last_days=9))
    assert turns(world.ground("x"), rule.segment("outside") & rule.segment("list")) == ()
    assert len(PEOPLE) == world.ground().people


def test_figures_of_more_periods_than_are_kept_are_found_anew() -> None:
    asked = [rule.did("Order Completed", exactly=1, last_days=days) for days in range(1, MOST_FIGURES + 3)]
    evaluation = Evaluation(RuleWorld(LOG, AS_OF).ground())
    met = [evaluation.passing(one).count() for one in [*asked, ~asked[0]]]
    alone = [Evaluation(RuleWorld(LOG, AS_OF).ground()).passing(one).count() for one in [*asked, ~asked[0]]]
    assert met == alone
    assert len(set(met)) > 1


def test_a_refund_of_no_known_order_counts_in_the_period_of_its_own_time() -> None:
    log = [
        Happening("x", "Order Completed", FIRST + 150 * HOUR, "a", Decimal(10)),
        Happening("x", "Order Refunded", FIRST, "unknown", Decimal(4)),
        Happening("y", "Order Completed", FIRST + 150 * HOUR, "b", Decimal(10)),
        Happening("y", "Order Refunded", FIRST + 151 * HOUR, "unknown too", Decimal(4)),
    ]
    assert who(rule.orders("revenue", at_least=10, last_days=3), log) == "x"
    assert who(rule.orders("revenue", at_least=10), log) == ""
