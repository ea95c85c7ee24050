"""What the builder of rules holds: any rule that is loaded is saved as it was, and an error finds the node that it is about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from tests.twins.rules import rules

from finegrain.audience.rules.contract import All, AnyOf, Not, Rule
from finegrain.audience.rules.errors import BadRuleError
from finegrain.audience.rules.reading import KINDS, read_rule, walk, write_rule
from finegrain.console.pages.segments.exchange import as_json, as_yaml, rule_in
from finegrain.console.pages.segments.kinds import CONDITION_KINDS, is_complete
from finegrain.console.pages.segments.model import Condition, Group, RuleTree


@given(rules)
def test_a_rule_goes_through_the_builder_unchanged(rule: Rule) -> None:
    written = write_rule(rule)
    tree = RuleTree(written)
    assert tree.rule() == written
    assert read_rule(tree.rule()) == rule


@given(rules)
def test_a_rule_goes_through_json_yaml_and_python_unchanged(rule: Rule) -> None:
    written = RuleTree(write_rule(rule)).rule()
    assert rule_in(as_json(written)) == written
    assert rule_in(as_yaml(written)) == written
    assert write_rule(read_rule(written)) == written


@given(rules)
def test_a_draft_comes_back_from_the_database_as_it_was(rule: Rule) -> None:
    tree = RuleTree(write_rule(rule))
    kept = RuleTree.from_draft(json.loads(json.dumps(tree.draft())))
    assert (kept.rule(), kept.draft()) == (tree.rule(), tree.draft())


@given(rules)
def test_the_path_of_every_condition_leads_to_its_node(rule: Rule) -> None:
    tree = RuleTree(write_rule(rule))
    tree.rule()
    for path, condition in walk(rule):
        field = next(iter(vars(condition)))
        node, rest = tree.node_at(f"{path}.{field}" if path else field)
        assert isinstance(node, Condition)
        assert (node.kind, rest) == (field, field)


@given(rules)
def test_editing_a_copy_leaves_the_rule_alone(rule: Rule) -> None:
    written = write_rule(rule)
    before = json.dumps(written)
    for condition in RuleTree(written).root.conditions():
        condition.values.clear()
    assert json.dumps(written) == before


def test_what_is_not_complete_is_left_out_of_the_rule_and_kept_in_the_draft() -> None:
    tree = RuleTree({"all": [{"segment": "a"}, {"segment": "b"}]})
    tree.root.nodes.append(Group("any", [Condition({"event": ""}, complete=False)]))
    assert tree.rule() == {"rule": 1, "all": [{"segment": "a"}, {"segment": "b"}]}
    assert tree.incomplete == 1
    assert RuleTree.from_draft(tree.draft()).incomplete == 1


def test_an_error_finds_its_node_though_one_before_it_is_left_out() -> None:
    tree = RuleTree({"all": [{"segment": "a"}, {"not": {"any": [{"segment": "b"}, {"segment": "c"}]}}]})
    tree.root.nodes.insert(0, Condition({"trait": ""}, complete=False))
    tree.rule()
    node, rest = tree.node_at("all[1].not.any[1].segment")
    assert isinstance(node, Condition)
    assert (node.values, rest) == ({"segment": "c"}, "segment")


@pytest.mark.parametrize(
    ("built", "rule"),
    [
        (Group(), {"all": []}),
        (Group("any"), {"all": []}),
        (Group("all", [Condition({"event": ""}, complete=False)]), {"all": []}),
        (Group("any", [Condition({"segment": "a"})], 1), {"not": {"any": [{"segment": "a"}]}}),
        (Group("all", [Condition({"segment": "a"}), Group()]), {"all": [{"segment": "a"}]}),
    ],
)
def test_a_tree_that_was_built_is_a_rule(built: Group, rule: dict[str, Any]) -> None:
    tree = RuleTree({"any": [{"segment": "x"}]})
    tree.root = built
    assert tree.rule() == {"rule": 1, **rule}
    read_rule(tree.rule())


def test_a_rule_of_one_condition_stays_one_until_another_is_added() -> None:
    tree = RuleTree({"segment": "a"})
    assert tree.rule() == {"rule": 1, "segment": "a"}
    tree.root.nodes.append(Condition({"segment": "b"}))
    assert tree.rule() == {"rule": 1, "all": [{"segment": "a"}, {"segment": "b"}]}


@pytest.mark.parametrize("draft", [{}, {"bare": False, "root": {"values": {"x": 1}, "nots": 0, "complete": True}}])
def test_what_is_no_draft_is_refused(draft: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        RuleTree.from_draft(draft)


def test_every_kind_of_condition_is_in_the_builder_under_its_name() -> None:
    assert {kind.name for kind in CONDITION_KINDS} == set(KINDS)
    assert all(next(iter(kind.start)) == kind.name for kind in CONDITION_KINDS)


@pytest.mark.parametrize(
    ("values", "complete"),
    [
        ({"trait": "city", "op": "exists"}, True),
        ({"trait": "city", "op": "between", "value": [1, None]}, False),
        ({"trait": "city", "value": 0}, True),
        ({"event": {"event": "A", "filters": []}}, True),
        ({"event": "A", "measure": "sum"}, False),
        ({"event": "A", "value": None}, False),
        ({"event": "A", "period": "2024-01-01.."}, False),
        ({"tier": []}, False),
        ({"after": "A", "then": "", "within": "7d"}, False),
        ({"orders": "purchases"}, True),
    ],
)
def test_a_condition_is_complete_once_it_can_be_asked_for(values: dict[str, Any], complete: bool) -> None:
    assert is_complete(values) is complete


@given(rules)
def test_conditions_of_a_rule_are_complete(rule: Rule) -> None:
    for condition in RuleTree(write_rule(rule)).root.conditions():
        assert is_complete(condition.values)


@pytest.mark.parametrize("text", ["", "{", "a: [b", "- 1", '{"event": 1}', '{"rule": 2, "all": []}'])
def test_a_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(BadRuleError):
        rule_in(text)


def test_groups_are_those_of_rules() -> None:
    tree = RuleTree(write_rule(All((AnyOf((All(), Not(All()))),))))
    assert tree.rule() == {"rule": 1, "all": [{"any": [{"all": []}, {"not": {"all": []}}]}]}


def test_pasted_yaml_may_leave_the_quotes_out() -> None:
    assert rule_in("trait: birthday\nop: before\nvalue: 2024-06-01")["value"] == "2024-06-01"
    assert rule_in("trait: country\nop: is\nvalue: [no, se]")["value"] == ["no", "se"]
