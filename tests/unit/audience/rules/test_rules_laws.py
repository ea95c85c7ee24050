"""Rules over made-up logs: asked of everybody at once, of each alone, and of the slow twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from tests.twins.rules import MOMENTS, RuleWorld, conditions, rule_logs, rules

from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.reading import read_rule, write_rule

if TYPE_CHECKING:
    from datetime import datetime

    from tests.twins.behaviour import Happening

    from finegrain.audience.rules.contract import Rule

moments = st.sampled_from(MOMENTS)


@given(log=rule_logs(), as_of=moments, condition=conditions)
def test_each_condition_means_what_the_twin_says(log: list[Happening], as_of: datetime, condition: Rule) -> None:
    world = RuleWorld(log, as_of)
    assert world.everybody(condition) == world.twin().everybody(condition)


@given(log=rule_logs(), as_of=moments, rule=rules)
def test_one_person_is_answered_as_among_all(log: list[Happening], as_of: datetime, rule: Rule) -> None:
    world = RuleWorld(log, as_of)
    assert world.one_by_one(rule) == world.everybody(rule) == world.twin().everybody(rule)


@given(log=rule_logs(), as_of=moments, condition=conditions)
def test_what_happens_later_makes_no_difference(log: list[Happening], as_of: datetime, condition: Rule) -> None:
    past = [one for one in log if one.at < as_of]
    assert RuleWorld(past, as_of).everybody(condition) == RuleWorld(log, as_of).everybody(condition)


@given(log=rule_logs(), some=st.lists(rules, max_size=4))
def test_rules_do_not_disturb_each_other(log: list[Happening], some: list[Rule]) -> None:
    world = RuleWorld(log, MOMENTS[0])
    together = Evaluation(world.ground())
    for rule in some:
        assert together.passing(rule).codes().tolist() == Evaluation(world.ground()).passing(rule).codes().tolist()


@given(rule=rules)
def test_a_rule_comes_back_from_json_as_it_was(rule: Rule) -> None:
    written = write_rule(rule)
    assert repr(read_rule(written)) == repr(rule)
    assert write_rule(read_rule(written)) == written
