"""Rules as JSON: what is read, and what is refused with the node, its value, and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.twins.logs import AS_OF, ZONE
from tests.twins.rules import RuleSegments

import finegrain as fg
from finegrain.audience.rules.checking import check_rule
from finegrain.audience.rules.contract import (
    All,
    AnyOf,
    Did,
    EventMatch,
    HasTrait,
    InSegment,
    InTier,
    Moved,
    Not,
    Rule,
)
from finegrain.audience.rules.errors import BadRuleError, NoPredictionError, RuleCycleError, UnknownInRuleError
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.reading import MOST_DEPTH, MOST_NODES, read_rule, write_rule
from finegrain.audience.tiers.schemes import scheme_named


class Known:
    """What rules of these tests may name."""

    def events(self) -> list[str]:
        """Give two events."""
        return ["Order Completed", "Product Viewed"]

    def traits(self) -> list[str]:
        """Give two traits."""
        return ["birthday", "city"]

    def tiers(self, scheme: str) -> list[str]:
        """Give the tiers of any scheme."""
        return [label.key for label in scheme_named(scheme).tiers({"without_order": "own_tier", "view": "segments"})]

    def segments(self) -> list[str]:
        """Give some names."""
        return ["list", "Ulm", "outside", "round", "about"]

    def rules_of(self, kind: str, name: str) -> list[Rule]:
        """Give the rules of a segment, or of a tier scheme of one's own."""
        found = RuleSegments().meaning(name) if kind == "segment" else None
        circle: dict[tuple[str, str], list[Rule]] = {
            ("segment", "round"): [Not(InSegment("about"))],
            ("segment", "about"): [InSegment("round") & InSegment("list")],
            ("segment", "loyal"): [InTier(("rfm/loyal", "own/best"))],
            ("tier", "own"): [Moved("other", period="30d"), InSegment("list")],
            ("tier", "other"): [InSegment("loyal")],
        }
        return [found] if isinstance(found, Rule) else circle.get((kind, name), [])


def refused(values: Any, name: str = "") -> BadRuleError:
    """Read and check a rule that is refused."""
    with pytest.raises(BadRuleError) as caught:
        check_rule(read_rule(values), Known(), Moment(AS_OF, ZONE), name)
    return caught.value


def test_a_rule_says_its_version_and_may_leave_it_out() -> None:
    rule = read_rule({"rule": 1, "all": [{"trait": "city", "value": "Ulm"}, {"not": {"event": "Order Completed"}}]})
    assert rule == All((HasTrait("city", "is", "Ulm"), Not(Did(EventMatch("Order Completed")))))
    assert read_rule(write_rule(rule) | {"rule": 1}) == read_rule({"all": write_rule(rule)["all"]}) == rule


def test_truth_values_and_numbers_stay_what_they_are() -> None:
    for value in (True, 1, 1.0):
        written = write_rule(HasTrait("vip", "is", value))
        assert type(written["value"]) is type(value)
        assert repr(read_rule(written)) == repr(HasTrait("vip", "is", value))
    assert write_rule(Did(EventMatch("A"), value=1.0))["value"] == 1.0  # the default is the whole number
    assert "value" not in write_rule(Did(EventMatch("A")))


def test_python_puts_rules_together_without_needless_depth() -> None:
    a, b, c = (fg.rule.trait(name).exists() for name in "abc")
    assert (a & b) & c == a & (b & c) == All((a, b, c))
    assert (a | b) | c == AnyOf((a, b, c))
    assert ~(~a) == a
    assert a & (b | c) == All((a, AnyOf((b, c))))


@pytest.mark.parametrize(
    ("values", "node"),
    [
        ({"rule": 2, "all": []}, "rule"),
        ({"rule": True, "all": []}, "rule"),
        (5, "rule"),
        ({}, "rule"),
        ({"foo": 1}, "rule"),
        ({"any": []}, "any"),
        ({"all": {}}, "all"),
        ({"all": [5]}, "all[0]"),
        ({"all": [], "trait": "city"}, "trait"),
        ({"all": [{"trait": "city"}, {"not": {"event": 5}}]}, "all[1].not.event"),
        ({"event": {"event": "A", "filters": [{"property": 1}]}}, "event.filters[0].property"),
        ({"any": [{"event": "A", "valeu": 1}]}, "any[0].valeu"),
        ({"event": "A", "op": "above"}, "op"),
        ({"event": "A", "value": "7"}, "value"),
        ({"after": "A", "then": "B"}, "within"),
        ({"all": [{"x" * 200: 1}]}, "all[0]"),
    ],
)
def test_a_node_of_the_wrong_form_is_pointed_at(values: Any, node: str) -> None:
    found = refused(values)
    assert found.facts["node"] == node
    assert str(found.facts["allowed"])


def test_a_rule_too_deep_or_too_large_is_refused() -> None:
    deep: dict[str, Any] = {"trait": "city", "op": "exists"}
    for _ in range(MOST_DEPTH):
        deep = {"not": deep}
    assert refused(deep).facts["node"] == ".".join(["not"] * MOST_DEPTH)
    wide = {"all": [{"trait": "city", "op": "exists"}] * MOST_NODES}
    assert refused(wide).facts["node"] == f"all[{MOST_NODES - 1}]"


@pytest.mark.parametrize(
    ("values", "node", "kind"),
    [
        ({"trait": "ctiy", "op": "exists"}, "trait", UnknownInRuleError),
        ({"trait": "city", "op": "gt", "value": "x"}, "value", BadRuleError),
        ({"trait": "city"}, "value", BadRuleError),
        ({"trait": "birthday", "op": "anniversary", "value": 0}, "value", BadRuleError),
        ({"trait": "birthday", "op": "within_last", "value": True}, "value", BadRuleError),
        ({"event": "Order Complete"}, "event", UnknownInRuleError),
        ({"event": "*", "period": "soon"}, "period", BadRuleError),
        ({"event": "*", "measure": "sum"}, "property", BadRuleError),
        ({"event": "*", "property": "total"}, "property", BadRuleError),
        ({"event": "*", "op": "between", "value": 3}, "value", BadRuleError),
        ({"event": "*", "op": "gte", "value": None}, "value", BadRuleError),
        ({"event": {"event": "*", "filters": [{"property": "a", "op": "gt"}]}}, "event.filters[0].value", BadRuleError),
        (
            {"not": {"event": {"event": "*", "filters": [{"property": "x", "op": "exists", "of": "person"}]}}},
            "not.event.filters[0].property",
            UnknownInRuleError,
        ),
        ({"first_time": "Nothing"}, "first_time", UnknownInRuleError),
        ({"last_time": {"event": "Nothing"}}, "last_time", UnknownInRuleError),
        ({"after": "*", "then": "Nothing", "within": "1d"}, "then", UnknownInRuleError),
        ({"after": "*", "then": "*", "within": "long"}, "within", BadRuleError),
        ({"orders": "days_since_last_purchase", "period": "30d"}, "period", BadRuleError),
        ({"tier": "rfm"}, "tier", BadRuleError),
        ({"tier": []}, "tier", BadRuleError),
        ({"tier": "rmf/lost"}, "tier", UnknownInRuleError),
        ({"tier": ["activity/new", "activity/old"]}, "tier", UnknownInRuleError),
        ({"tier": "activity/new", "at": "1 May"}, "at", BadRuleError),
        ({"moved": "activity", "was": ["old"]}, "was", UnknownInRuleError),
        ({"moved": "activity", "period": "all"}, "period", BadRuleError),
        ({"segment": "nobody"}, "segment", UnknownInRuleError),
        ({"consent": ""}, "consent", BadRuleError),
        ({"reachable": ""}, "reachable", BadRuleError),
        ({"messages": "opened", "op": "is", "value": []}, "value", BadRuleError),
        ({"predicted": "ltv"}, "predicted", NoPredictionError),
    ],
)
def test_what_cannot_mean_anything_is_pointed_at(values: Any, node: str, kind: type[BadRuleError]) -> None:
    found = refused(values)
    assert (type(found), found.facts["node"]) == (kind, node)


def test_the_nearest_names_are_told() -> None:
    assert str(refused({"all": [{"event": "order complete"}]})) == (
        "The rule's node all[0].event names the event “order complete”, which there is not. Nearest: Order Completed."
    )


@pytest.mark.parametrize(
    "values",
    [
        {"tier": ["activity/new", "rfm/champions"], "at": "2024-01-01"},
        {"moved": "activity", "was": ["new"], "now": ["silent"]},
        {"trait": "birthday", "op": "within_next", "value": 7},
        {"orders": "days_since_last_purchase", "op": "between", "value": [1, 30]},
        {"segment": "outside"},
        {"reachable": "email"},
        {"consent": "sms", "purpose": "service"},
        {"messages": "clicked", "op": "is", "value": 0, "period": "30d"},
        {"first_time": {"event": ["Product Viewed", "*"], "filters": [{"property": "price", "op": "gt", "value": 2}]}},
        {"last_time": "*"},
        {"after": "*", "then": "*", "within": "2h", "happened": False},
    ],
)
def test_what_can_be_meant_passes(values: dict[str, Any]) -> None:
    check_rule(read_rule(values), Known(), Moment(AS_OF, ZONE), "new")


@pytest.mark.parametrize(
    ("name", "rule", "circle"),
    [
        ("mine", {"segment": "mine"}, "mine → mine"),
        ("about", {"any": [{"segment": "round"}]}, "about → round → about"),
        ("new", {"not": {"segment": "round"}}, "round → about → round"),
        ("loyal", {"tier": "other/any"}, "loyal → other/* → loyal"),
        ("new", {"moved": "own", "period": "7d"}, "own/* → other/* → loyal → own/*"),
    ],
)
def test_a_circle_of_segments_is_told(name: str, rule: dict[str, Any], circle: str) -> None:
    class Mine(Known):
        def segments(self) -> list[str]:
            return [*super().segments(), "mine"]

    with pytest.raises(RuleCycleError) as caught:
        check_rule(read_rule(rule), Mine(), Moment(AS_OF, ZONE), name)
    assert caught.value.facts["value"] == circle


def test_a_tier_must_not_lead_back_to_its_scheme() -> None:
    for rule in ({"tier": ["rfm/loyal", "own/best"]}, {"segment": "loyal"}, {"all": [{"moved": "own", "period": "7d"}]}):
        with pytest.raises(RuleCycleError) as caught:
            check_rule(read_rule(rule), Known(), Moment(AS_OF, ZONE), scheme="own")
        assert str(caught.value.facts["value"]).startswith("own/*")


@pytest.mark.parametrize("wrong", [{"last_days": 3, "period": "7d"}, {"at_least": 1, "at_most": 3}, {"about": 3}])
def test_python_refuses_two_meanings_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="give"):
        fg.rule.did("A", **wrong)


def test_python_has_a_word_for_each_condition() -> None:
    r, trait = fg.rule, fg.rule.trait("birthday")
    said = [
        trait.is_not("a", "b"), trait.contains("a"), trait.matches("^a"), trait.at_least(1), trait.at_most(2),
        trait.between(1, 2), trait.before("2024-01-01"), trait.after("2024-01-01"), trait.exists(), trait.within_last(days=3),
        trait.more_than_ago(days=3), trait.within_next(days=3), trait.anniversary(within_days=3),
        r.did(r.event("A", r.where("x", "gt", 2), any_of=True), sum_of="price", between=(1, 2), last_days=3),
        r.did("A", days=True), r.first_time("A"), r.last_time("A"), r.sequence("A", "B", within="1d"),
        r.without("A", "B", within="1d"),
        r.orders("revenue", more_than=3), r.tier("rfm/a", "rfm/b"), r.moved("rfm", last_days=3), r.segment("s"),
        r.consent("email"), r.reachable("email"), r.messages("opened", "email", exactly=0), r.predicted("ltv", less_than=3),
    ]  # fmt: skip
    assert [read_rule(write_rule(one)) for one in said] == said
