"""The tracking plan of a workspace: kept, exchanged as a file, proposed, and applied to what is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.collect.pipeline.contract import Arrival, Receipt
from finegrain.collect.plan import files, violations
from finegrain.collect.plan.contract import ON_VIOLATION, STATUSES, TYPES, UNDECLARED, EventPlan, PropertyRule, TrackingPlan
from finegrain.collect.plan.errors import BadPlanError, NotJsonPlanError, UndeclaredEventError
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
ORDER = EventPlan("Order Completed", owner="checkout", properties=(PropertyRule("total", "number", required=True),))
STRICT = EventPlan("Order Completed", properties=ORDER.properties, on_violation="refuse", undeclared_properties="show")

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8).filter(str.strip)
RULES = st.builds(
    PropertyRule, NAMES, st.sampled_from(TYPES), st.booleans(),
    st.lists(st.one_of(NAMES, st.integers(), st.booleans(), st.floats(-1, 1)), max_size=3).map(tuple), NAMES,
)  # fmt: skip
PLANS = st.builds(
    TrackingPlan,
    st.lists(
        st.builds(
            EventPlan, NAMES, NAMES, NAMES, st.none() | NAMES, st.sampled_from(STATUSES),
            st.lists(RULES, max_size=3, unique_by=lambda rule: rule.name).map(tuple), st.sampled_from(ON_VIOLATION),
            st.sampled_from(UNDECLARED),
        ),
        max_size=3, unique_by=lambda event: event.event,
    ).map(tuple),
    st.sampled_from(UNDECLARED),
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, ops_url: str) -> Iterator[fg.Workspace]:
    """A new workspace at noon of 2024-06-01 UTC, on each engine of the ops store."""
    with fg.open(tmp_path / "shop", clock=SettableClock(NOON), ops_url=ops_url) as workspace:
        yield workspace


def send(shop: fg.Workspace, *events: tuple[str, dict[str, Any]], source: str = "web", start: int = 0) -> Receipt:
    """Send events as one batch of Segment's, with message ids that count from ``start``."""
    items = [
        {"type": "track", "event": name, "userId": "ann", "messageId": f"m{start + place}", "properties": properties}
        for place, (name, properties) in enumerate(events)
    ]
    decoded = segment.decode(WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), NOON))
    return shop.collector.store_now(Arrival(decoded, source, "segment", NOON))


def counts(shop: fg.Workspace) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """Give the violations as (source, event, property, kind) → (count, refused)."""
    found = shop.plan.violations()
    return {(each.source, each.event, each.property, each.kind): (each.count, each.refused) for each in found}


@given(PLANS)
def test_a_plan_survives_its_file(plan: TrackingPlan) -> None:
    assert files.read_plan(files.write_plan(plan)) == plan


@pytest.mark.usefixtures("each_engine")
def test_a_declaration_is_kept_replaced_and_removed(tmp_path: Path) -> None:
    for revision, declared in enumerate([ORDER, STRICT], 1):
        with fg.open(tmp_path / "shop", clock=SettableClock(NOON)) as shop:
            assert shop.plan.declare(declared).revision == revision
    with fg.open(tmp_path / "shop") as shop:
        assert shop.plan.plan() == TrackingPlan((STRICT,), "allow", 2, NOON)
        assert shop.plan.remove(STRICT.event).events == ()
        with pytest.raises(UndeclaredEventError, match="“Order Completed”"):
            shop.plan.remove(STRICT.event)


def test_without_a_declaration_nothing_is_checked(shop: fg.Workspace) -> None:
    shop.plan.set_undeclared_events("refuse")
    assert shop.plan.checker() is None
    assert send(shop, ("Anything", {})).refused == ()


def test_what_is_shown_is_stored_and_counted(shop: fg.Workspace) -> None:
    shop.plan.declare(ORDER)
    receipt = send(shop, ("Order Completed", {"total": "a lot"}), ("Order Completed", {}), ("Order Completed", {"total": 1}))
    assert (receipt.stored, receipt.refused) == (3, ())
    assert counts(shop) == {
        ("web", "Order Completed", "total", "wrong_type"): (1, 0),
        ("web", "Order Completed", "total", "missing"): (1, 0),
    }
    assert {each.example for each in shop.plan.violations()} == {"a lot", ""}
    assert {(each.first_seen, each.last_seen) for each in shop.plan.violations()} == {(NOON, NOON)}


def test_what_is_refused_says_why_and_takes_no_neighbour_along(shop: fg.Workspace) -> None:
    shop.plan.declare(STRICT)
    receipt = send(shop, ("Order Completed", {"total": "a lot"}), ("Order Completed", {"total": 2, "extra": 1}), ("Other", {}))
    (refused,) = receipt.refused
    assert (receipt.stored, refused.position, refused.reason) == (2, 0, "plan_violation")
    assert refused.detail == "The property “total” of “Order Completed” is a lot; the tracking plan wants a number."
    assert counts(shop) == {
        ("web", "Order Completed", "total", "wrong_type"): (1, 1),
        ("web", "Order Completed", "extra", "undeclared_property"): (1, 0),
    }


def test_a_refused_event_is_replayed_once_the_plan_allows_it(shop: fg.Workspace) -> None:
    shop.plan.declare(STRICT)
    send(shop, ("Order Completed", {"total": "a lot"}))
    assert shop.refused.replay().to_dict() == {"taken": 0, "stored": 0, "still_refused": 1}
    assert counts(shop)["web", "Order Completed", "total", "wrong_type"] == (1, 1)
    shop.plan.declare(EventPlan("Order Completed", properties=(PropertyRule("total", "text"),), on_violation="refuse"))
    assert shop.refused.replay(reason="plan_violation").to_dict() == {"taken": 1, "stored": 1, "still_refused": 0}
    (stored,) = shop.events.timeline(["ann"])
    assert (stored.message_id, stored.event, stored.properties) == ("m0", "Order Completed", {"total": "a lot"})


def test_a_change_holds_for_the_next_request(shop: fg.Workspace) -> None:
    refused = []
    for step, declared in enumerate((STRICT, ORDER, STRICT)):
        shop.plan.declare(declared)
        refused.append(len(send(shop, ("Order Completed", {}), start=step).refused))
    shop.plan.remove(STRICT.event)
    refused.append(len(send(shop, ("Order Completed", {}), start=3).refused))
    assert refused == [1, 0, 1, 0]


def test_a_blocked_and_an_undeclared_event_are_refused(shop: fg.Workspace) -> None:
    shop.plan.import_text(
        json.dumps({"undeclared_events": "refuse", "events": [{"event": "Old", "status": "blocked"}, {"event": "New"}]})
    )
    receipt = send(shop, ("Old", {}), ("Unknown", {}), ("New", {}), ("$pageview", {}))
    assert [item.position for item in receipt.refused] == [0, 1]
    assert {key[3] for key in counts(shop)} == {"blocked", "undeclared_event"}


def test_ways_to_violate_the_plan_are_kept_apart_only_so_far(shop: fg.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(violations, "MAX_KEPT", 2)
    shop.plan.declare(EventPlan("e", undeclared_properties="show"))
    send(shop, ("e", {f"p{number}": 1 for number in range(5)}))
    send(shop, ("e", {"p0": 1, "p9": 1}), start=1)
    kind = "undeclared_property"
    assert counts(shop) == {("web", "e", "p0", kind): (2, 0), ("web", "e", "p1", kind): (1, 0), ("", "", "", kind): (4, 0)}


def test_names_of_any_kind_can_violate_the_plan(shop: fg.Workspace) -> None:
    shop.plan.declare(EventPlan("e", undeclared_properties="refuse"))
    receipt = send(shop, ("e", {"n" * 5_000: 1, "a.b\"'": {}, "": None}))
    assert (len(receipt.refused), len(shop.plan.violations(event="e"))) == (1, 3)
    assert shop.plan.forget_violations("e") == 3
    assert shop.plan.violations() == []


def test_a_proposal_is_what_was_seen_and_nothing_seen_violates_it(shop: fg.Workspace) -> None:
    sent: list[dict[str, Any]] = [
        {"total": 1, "at": "2024-06-01", "note": "2024-06-01", "any": 1, "$lib": "js", "empty": None},
        {"total": 2.5, "at": "2024-06-02", "note": "x", "any": "y", "extra": [1]},
    ]
    send(shop, *(("Order Completed", properties) for properties in sent))
    shop.catalogue.refresh()
    proposal = shop.plan.propose("Order Completed")
    assert {(rule.name, rule.type, rule.required) for rule in proposal.properties} == {
        ("total", "number", True), ("at", "time", True), ("note", "text", True), ("any", "any", True),
        ("extra", "list", False), ("empty", "any", False),
    }  # fmt: skip
    assert shop.plan.plan().events == ()
    shop.plan.declare(
        EventPlan(proposal.event, properties=proposal.properties, on_violation="refuse", undeclared_properties="refuse")
    )
    assert send(shop, *(("Order Completed", properties) for properties in sent), start=10).refused == ()


def test_importing_adds_or_replaces(shop: fg.Workspace) -> None:
    shop.plan.declare(ORDER)
    text = json.dumps({"events": [{"event": "Page Viewed"}]})
    assert [each.event for each in shop.plan.import_text(text).events] == ["Order Completed", "Page Viewed"]
    assert [each.event for each in shop.plan.import_text(text, replace=True).events] == ["Page Viewed"]
    assert files.read_plan(shop.plan.export_text()).events == (EventPlan("Page Viewed"),)


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        ([], "plan"),
        ({"version": 2}, "version"),
        ({"events": {}}, "events"),
        ({"events": [{}]}, r"events\[0\].event"),
        ({"events": [{"event": " "}]}, r"events\[0\].event"),
        ({"events": [{"event": "a\x00"}]}, r"events\[0\].event"),
        ({"events": [{"event": "x" * 256}]}, r"events\[0\].event"),
        ({"events": [{"event": "a"}, {"event": "a"}]}, "events"),
        ({"events": [{"event": "a", "colour": 1}]}, r"events\[0\].colour"),
        ({"events": [{"event": "a", "status": "live"}]}, r"events\[0\].status"),
        ({"events": [{"event": "a", "properties": [{"name": "p", "type": "money"}]}]}, r"properties\[0\].type"),
        ({"events": [{"event": "a", "properties": [{"name": "p", "required": "yes"}]}]}, r"properties\[0\].required"),
        ({"events": [{"event": "a", "properties": [{"name": "p", "allowed": [None]}]}]}, r"properties\[0\].allowed"),
        ({"undeclared_events": []}, "undeclared_events"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_its_place(shop: fg.Workspace, plan: object, place: str) -> None:
    with pytest.raises(BadPlanError, match=place):
        shop.plan.import_text(json.dumps(plan))
    assert shop.plan.plan() == TrackingPlan()


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe\xff", "[" * 100_000])
def test_what_is_no_json_is_refused(shop: fg.Workspace, text: str | bytes) -> None:
    with pytest.raises(NotJsonPlanError):
        shop.plan.import_text(text)


def test_a_declaration_that_no_plan_can_hold_is_refused(shop: fg.Workspace) -> None:
    with pytest.raises(BadPlanError, match="event is"):
        shop.plan.declare(ORDER, EventPlan(""))
    assert shop.plan.plan().events == ()
