"""Why somebody meets a rule: verdicts of the parts, the fewest that would have to change, and when time alone changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import Happening
from tests.twins.logs import FIRST, PEOPLE, ZONE
from tests.twins.rules import MOMENTS, RuleWorld, conditions, rule_logs, rules

from finegrain.audience.rules.builder import rule
from finegrain.audience.rules.contract import All, AnyOf, HasTrait, Not, Predicted, Rule
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.explaining import explain
from finegrain.audience.rules.reading import walk
from finegrain.audience.rules.turns import turns
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from finegrain.audience.rules.explaining import RuleExplanation

AS_OF = datetime(2024, 4, 5, 10, tzinfo=UTC)
people = st.sampled_from(PEOPLE)


def explained(world: RuleWorld, asked: Rule, who: str) -> RuleExplanation:
    """Explain a rule for somebody of a world."""
    return explain(asked, PEOPLE.index(who) + 1, world.as_of, lambda at: Evaluation(world.ground(who, at)))


@given(log=rule_logs(), as_of=st.sampled_from(MOMENTS), asked=rules, who=people)
def test_the_parts_say_what_they_say_alone(log: list[Happening], as_of: datetime, asked: Rule, who: str) -> None:
    world = RuleWorld(log, as_of)
    found = explained(world, asked, who)
    assert found.holds == (who in world.everybody(asked))
    expected = [(node, who in world.everybody(one)) for node, one in walk(asked)]
    assert [(one.node, one.holds) for one in found.conditions] == expected
    assert all(one.sentence and one.actual for one in found.conditions)


def turned(asked: Rule, nodes: tuple[str, ...], path: str = "") -> Rule:
    """Give a rule in which some conditions say the opposite."""
    dot = f"{path}." if path else ""
    match asked:
        case All(parts):
            return All(tuple(turned(one, nodes, f"{dot}all[{place}]") for place, one in enumerate(parts)))
        case AnyOf(parts):
            return AnyOf(tuple(turned(one, nodes, f"{dot}any[{place}]") for place, one in enumerate(parts)))
        case Not(inner):
            return Not(turned(inner, nodes, f"{dot}not"))
    return Not(asked) if path in nodes else asked


@given(log=rule_logs(), asked=rules, who=people)
def test_turning_the_named_conditions_turns_the_rule(log: list[Happening], asked: Rule, who: str) -> None:
    world = RuleWorld(log, AS_OF)
    found = explained(world, asked, who)
    if found.to_change:
        assert (who in world.everybody(turned(asked, found.to_change))) != found.holds
    else:
        assert not [*walk(asked)] or "(rules=())" in repr(asked)


def test_nothing_turns_a_rule_with_a_part_that_always_holds() -> None:
    asked = AnyOf((All(()), HasTrait("city", "is", "Ulm")))
    assert explained(RuleWorld([], AS_OF), asked, "x").to_change == ()


@given(log=rule_logs(), asked=conditions, who=people, hours=st.lists(st.integers(1, 24 * 40), max_size=6))
def test_between_two_turns_nothing_changes_by_time(log: list[Happening], asked: Rule, who: str, hours: list[int]) -> None:
    world = RuleWorld(log, AS_OF)
    instants = turns(world.ground(who), asked)
    for later in [AS_OF + timedelta(hours=hour) for hour in hours]:
        before = [from_us(at) for at in instants if at <= to_us(later)]
        at_turn = Evaluation(world.ground(who, before[-1] if before else AS_OF)).passing(asked).has(0)
        assert Evaluation(world.ground(who, later)).passing(asked).has(0) == at_turn


def test_the_day_on_which_an_event_leaves_the_period_is_told() -> None:
    world = RuleWorld([Happening("x", "A", FIRST + timedelta(days=6, hours=12))], AS_OF)  # on 4 April
    found = explained(world, rule.did("A", last_days=3), "x")
    # It leaves with the start of 7 April in Berlin, 22:00 UTC the day before; the first moment that sees that day is later.
    assert found.changes_at == datetime(2024, 4, 6, 22, 0, 0, 1, tzinfo=UTC)
    assert found.to_dict()["changes_at"] == found.changes_at.isoformat()
    assert [one.actual for one in found.conditions] == ["1"]


def test_what_never_changes_by_time_alone_has_no_day() -> None:
    found = explained(RuleWorld([], AS_OF), rule.trait("city").is_("Ulm"), "x")
    assert (found.holds, found.changes_at, found.to_dict()["changes_at"]) == (True, None, None)
    assert found.to_dict()["conditions"] == [{"node": "", "sentence": "city is “Ulm”", "actual": "Ulm", "holds": True}]


@pytest.mark.parametrize(
    ("asked", "who", "actual"),
    [
        (rule.trait("nothing").exists(), "x", "no value"),
        (rule.first_time("A", last_days=3), "x", "2024-03-29 01:00"),
        (rule.last_time("A", last_days=3), "y", "never"),
        (rule.orders("average_order_value"), "x", "none"),
        (rule.tier("activity/active"), "x", "activity/none"),
        (rule.moved("activity", last_days=3), "x", "activity/none → activity/none"),
        (rule.segment("list"), "y", "yes"),
        (rule.segment("list"), "x", "no"),
        (rule.consent("email"), "y", "said yes"),
        (rule.reachable("email"), "x", "has an address, said no"),
        (rule.reachable("sms"), "x", "has no address, said nothing"),
        (Predicted("ltv"), "x", "none"),
    ],
)
def test_what_there_is_of_somebody_is_told(asked: Rule, who: str, actual: str) -> None:
    world = RuleWorld([Happening("x", "A", FIRST)], AS_OF)
    assert [one.actual for one in explained(world, asked, who).conditions] == [actual]


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("today", {"04-06", "04-07"}),
        ("yesterday", {"04-06", "04-07"}),
        ("this_month", {"05-01", "06-01"}),
        ("last_month", {"05-01", "06-01"}),
        ("2m", {"05-01", "06-01", "07-01"}),
        ("1w", {"04-10"}),
        ("2024-04-01..2024-04-09", set()),
    ],
)
def test_periods_turn_at_their_own_days(period: str, days: set[str]) -> None:
    world = RuleWorld([Happening("x", "A", FIRST + timedelta(days=5, hours=12))], AS_OF)  # on 3 April
    instants = turns(world.ground("x"), rule.did("A", period=period))
    assert {f"{ZONE.day_of(from_us(at)):%m-%d}" for at in instants} == days


def test_values_of_traits_can_be_masked() -> None:
    found = explained(RuleWorld([], AS_OF), rule.trait("city").is_("Ulm") & rule.did("A"), "x")
    assert [one.actual for one in found.masked(lambda trait, value: f"{trait}:{len(value)}").conditions] == ["city:3", "0"]
