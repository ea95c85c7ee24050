"""The compiled plan: what it finds wrong, and its laws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.plan.checker import PlanChecker, Verdict
from finegrain.collect.plan.contract import TYPES, UNDECLARED, DeclaredType, EventPlan, PropertyRule, TrackingPlan
from finegrain.i18n import speaking

ORDER = EventPlan(
    "Order Completed",
    properties=(
        PropertyRule("total", "number", required=True),
        PropertyRule("currency", "text", allowed=("CNY", "USD")),
        PropertyRule("tags", "list", allowed=("new", 1)),
        PropertyRule("gift", "any", allowed=(True, "yes")),
    ),
)
VALUES_SENT: tuple[Any, ...] = ("", "x", "2024-06-01", "2024-06-01 12:00:00.123", "2024-6-1", 0, 10**30, 1.5, 3.0, True, [], {})
TAKEN: dict[DeclaredType, list[int]] = {
    "any": list(range(12)),
    "text": [0, 1, 2, 3, 4],
    "number": [5, 6, 7, 8],
    "integer": [5, 6, 8],
    "boolean": [9],
    "time": [2, 3],
    "list": [10],
    "object": [11],
}
"""Places of the values that each type takes; true is no number, as in JSON."""
SCALARS = st.one_of(st.text(max_size=3), st.integers(-2, 2), st.booleans(), st.sampled_from([0.5, 1.0]))
VALUES = st.one_of(st.none(), SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=2), SCALARS, max_size=1))
NAMES = st.sampled_from(["a", "b", "c", "$d", "context"])
RULES = st.lists(
    st.builds(
        PropertyRule, NAMES, st.sampled_from(TYPES), required=st.booleans(), allowed=st.lists(SCALARS, max_size=2).map(tuple)
    ),
    max_size=4,
    unique_by=lambda rule: rule.name,
)
EVENTS = st.builds(
    EventPlan, st.just("e"), properties=RULES.map(tuple), on_violation=st.sampled_from(["show", "refuse"]),
    undeclared_properties=st.sampled_from(UNDECLARED),
)  # fmt: skip
PROPERTIES = st.dictionaries(NAMES, VALUES, max_size=5)


def check(plan: EventPlan, properties: dict[str, Any], source: str = "web", event: str = "") -> Verdict | None:
    """Check one event by a plan that declares ``plan`` alone."""
    return PlanChecker(TrackingPlan((plan,))).check(source, event or plan.event, properties)


def kinds(verdict: Verdict | None) -> list[tuple[str, str]]:
    """Give what was found wrong, as kind and property."""
    return [(each.kind, each.property) for each in verdict.violations] if verdict else []


@pytest.mark.parametrize("type_", TYPES)
def test_each_type_takes_its_values_and_no_others(type_: DeclaredType) -> None:
    plan = EventPlan("e", properties=(PropertyRule("x", type_),))
    assert [place for place, value in enumerate(VALUES_SENT) if not check(plan, {"x": value})] == TAKEN[type_]


def test_a_good_event_has_no_verdict() -> None:
    assert check(ORDER, {"total": 1, "currency": "CNY", "tags": ["new", 1], "gift": True, "other": 1}) is None
    assert check(ORDER, {"total": 1.5, "currency": None, "tags": []}) is None


def test_each_thing_wrong_is_named_once() -> None:
    verdict = check(ORDER, {"total": None, "currency": "EUR", "tags": ["new", True], "gift": 1})
    assert kinds(verdict) == [("missing", "total"), ("not_allowed", "currency"), ("not_allowed", "tags"), ("not_allowed", "gift")]
    assert kinds(check(ORDER, {"total": "1"})) == [("wrong_type", "total")]


def test_what_is_shown_is_stored_and_what_is_refused_is_not() -> None:
    shown, refused = (check(replace(ORDER, on_violation=what), {}) for what in ("show", "refuse"))
    assert shown is not None
    assert refused is not None
    assert (shown.refused, refused.refused) == (None, refused.violations[0])


def test_undeclared_properties_are_allowed_shown_or_refused() -> None:
    sent = {"total": 1, "new": "x", "$lib": "js", "context": {}}
    found = {what: check(replace(ORDER, undeclared_properties=what), sent) for what in UNDECLARED}
    assert found["allow"] is None
    assert kinds(found["show"]) == kinds(found["refuse"]) == [("undeclared_property", "new")]
    assert found["show"] is not None
    assert found["refuse"] is not None
    assert (found["show"].refused, found["refuse"].refused) == (None, found["refuse"].violations[0])


@pytest.mark.parametrize("what", UNDECLARED)
def test_undeclared_events_are_allowed_shown_or_refused(what: str) -> None:
    checker = PlanChecker(TrackingPlan((ORDER,), undeclared_events=what))  # type: ignore[arg-type]
    verdict = checker.check("web", "Nonsense", {})
    assert kinds(verdict) == ([] if what == "allow" else [("undeclared_event", "")])
    assert (verdict is not None and verdict.refused is not None) is (what == "refuse")
    assert checker.check("web", "$pageview", {}) is None


def test_nothing_is_undeclared_while_nothing_is_declared() -> None:
    assert PlanChecker(TrackingPlan(undeclared_events="refuse")).check("web", "e", {}) is None


def test_a_blocked_event_is_refused_whatever_it_holds() -> None:
    verdict = check(replace(ORDER, status="blocked"), {"total": 1})
    assert verdict is not None
    assert verdict.refused is not None
    assert kinds(verdict) == [("blocked", "")]


def test_a_declaration_for_one_source_does_not_hold_for_another() -> None:
    plan = TrackingPlan((replace(ORDER, source="web"),), undeclared_events="show")
    assert kinds(PlanChecker(plan).check("web", ORDER.event, {})) == [("missing", "total")]
    assert kinds(PlanChecker(plan).check("app", ORDER.event, {})) == [("undeclared_event", "")]


def test_the_sentence_names_the_property_the_value_and_what_is_allowed() -> None:
    verdict = check(ORDER, {"total": "a lot", "currency": "EUR"})
    assert verdict is not None
    assert [each.sentence() for each in verdict.violations] == [
        "The property “total” of “Order Completed” is a lot; the tracking plan wants a number.",
        "The property “currency” of “Order Completed” is EUR; the tracking plan allows CNY, USD.",
    ]
    with speaking("zh_CN"):
        assert "total" in verdict.violations[0].sentence()
        assert "wants" not in verdict.violations[0].sentence()


def test_the_sentence_shows_no_secret() -> None:
    plan = EventPlan("e", properties=(PropertyRule("email", "number"),))
    verdict = check(plan, {"email": "ann@shop.example"})
    assert verdict is not None
    assert "ann" not in verdict.violations[0].sentence()


@given(EVENTS, PROPERTIES)
def test_what_refuses_finds_the_same_as_what_shows(plan: EventPlan, properties: dict[str, Any]) -> None:
    lenient = replace(plan, on_violation="show", undeclared_properties="show")
    strict = replace(plan, on_violation="refuse", undeclared_properties="refuse")
    shown, refused = check(lenient, properties), check(strict, properties)
    assert kinds(shown) == kinds(refused)
    assert shown is None or shown.refused is None
    assert refused is None or refused.refused == refused.violations[0]


@given(EVENTS, PROPERTIES)
def test_taking_away_what_is_wrong_leaves_only_what_is_missing(plan: EventPlan, properties: dict[str, Any]) -> None:
    wrong = {name for _, name in kinds(check(replace(plan, undeclared_properties="show"), properties))}
    left = check(
        replace(plan, undeclared_properties="show"), {key: value for key, value in properties.items() if key not in wrong}
    )
    assert {kind for kind, _ in kinds(left)} <= {"missing"}


@given(EVENTS, PROPERTIES)
def test_an_optional_rule_without_type_or_values_changes_nothing_but_what_is_declared(
    plan: EventPlan, properties: dict[str, Any]
) -> None:
    free = replace(plan, undeclared_properties="allow")
    wider = replace(free, properties=(*free.properties, PropertyRule("further")))
    assert check(free, properties) == check(wider, properties)
