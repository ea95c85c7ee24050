"""Transitions: an event for each person who moved, once, with the reason; nothing for first states, imports and changed rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.audience.deeds import happen, person

import finegrain as fg
from finegrain.audience.history.service import HistoryService
from finegrain.audience.transitions.outbox import Outbox
from finegrain.i18n import speaking
from finegrain.people.contract import Link, TraitChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from finegrain.clock import SettableClock
    from finegrain.store.events.contract import EventRow
    from finegrain.workspace import Workspace

MAY = datetime(2024, 5, 20, tzinfo=UTC)
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
OPTIONS: dict[str, Any] = {"zone": "UTC", "currency": "CNY", "as_of": "now", "language": "en"}


@pytest.fixture
def shop(tmp_path: Path, ops_url: str, clock: SettableClock) -> Iterator[Workspace]:
    """A shop at noon of 2024-06-01, whose state is kept: anna bought in May, bert only looked; rules for buyers and for Ulm."""
    with fg.open(tmp_path / "shop", ops_url=ops_url, clock=clock, **OPTIONS) as workspace:
        happen(workspace, "anna", "Order Completed", MAY)
        happen(workspace, "bert", "Product Viewed", datetime(2024, 5, 30, tzinfo=UTC))
        workspace.people.set_traits([TraitChange("anna", {"city": "Ulm"}, MAY)])
        workspace.segments.save_rule("buyers", fg.rule.orders("purchases"))
        workspace.segments.save_rule("Ulm", {"trait": "city", "value": "Ulm"})
        workspace.history.keep()
        yield workspace


def moves(workspace: Workspace, who: str) -> list[tuple[str, ...]]:
    """Give what was stored of somebody's moves, in order of names: event, scheme or segment, tiers, cause."""
    found = []
    for row in _own(workspace, who):
        told = row.properties
        name = told.get("scheme") or told["segment"]
        found.append((row.event, name, *(told[key] for key in ("from", "to") if key in told), told["reason"]))
    return sorted(found)


def _own(workspace: Workspace, who: str) -> list[EventRow]:
    return [row for row in workspace.events.timeline([who]) if row.source == "finegrain"]


def later(workspace: Workspace, clock: SettableClock, minutes: int = 1) -> None:
    """Let time pass, and the state be kept."""
    clock.advance(seconds=60 * minutes)
    workspace.history.keep()


def test_the_first_state_moves_nobody(shop: Workspace) -> None:
    assert moves(shop, "anna") == moves(shop, "bert") == []


def test_who_buys_changes_tiers_and_enters_a_segment_once(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "bert", "Order Completed", NOON)
    for _time in range(3):
        later(shop, clock)
    assert moves(shop, "bert") == [
        ("Segment Entered", "buyers", "event"),
        ("Tier Changed", "activity", "none", "new", "event"),
        ("Tier Changed", "frequency", "never", "first", "event"),
        ("Tier Changed", "lifecycle", "none", "acquired", "event"),
        ("Tier Changed", "rfm", "none", "general_development", "event"),
        ("Tier Changed", "value", "none", "high", "event"),
    ]
    [entered] = [row for row in _own(shop, "bert") if row.event == "Segment Entered"]
    assert entered.properties["turned"] == {"": True}
    assert entered.properties["reason_text"] == "“number of purchases at least 1” is met now; after what the person did"
    assert entered.time == NOON + timedelta(minutes=1)


def test_time_alone_moves_people_too(shop: Workspace, clock: SettableClock) -> None:
    shop.segments.save_rule("recent", fg.rule.did("Order Completed", last_days=14))
    shop.history.keep()
    clock.set(datetime(2024, 6, 3, 1, tzinfo=UTC))
    shop.history.keep()
    assert ("Segment Left", "recent", "time") in moves(shop, "anna")
    with speaking("zh_CN"):
        assert all(row.properties["reason_text"] for row in _own(shop, "anna"))


def test_an_import_of_history_moves_nobody(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "bert", "Order Completed", MAY, MAY + timedelta(days=3))
    later(shop, clock)
    assert moves(shop, "bert") == []
    assert shop.segments.members("buyers").tolist() == [person(shop, "anna"), person(shop, "bert")]


def test_an_event_that_came_late_moves_people_all_the_same(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "bert", "Order Completed", NOON - timedelta(minutes=20))
    later(shop, clock)
    assert ("Segment Entered", "buyers", "event") in moves(shop, "bert")


def test_there_and_back_within_the_hour_are_two_moves(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "anna", "Cart Viewed", MAY)
    shop.segments.save_rule("unpaid", fg.rule.did("Cart Viewed") & ~fg.rule.orders("purchases"))
    shop.history.keep()
    happen(shop, "bert", "Cart Viewed", NOON)
    later(shop, clock)
    happen(shop, "bert", "Order Completed", clock.now())
    later(shop, clock)
    assert [move[0] for move in moves(shop, "bert") if move[1] == "unpaid"] == ["Segment Entered", "Segment Left"]
    [left] = [row for row in _own(shop, "bert") if row.event == "Segment Left"]
    assert left.properties["turned"] == {"all[1].not": True}


def test_what_a_source_says_of_a_person_moves_them_and_an_import_does_not(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "carl", "Product Viewed", MAY)
    later(shop, clock)
    said = {"city": "Ulm"}
    shop.people.set_traits([TraitChange("bert", said, clock.now(), source="app"), TraitChange("carl", said, clock.now())])
    later(shop, clock)
    assert moves(shop, "bert") == [("Segment Entered", "Ulm", "traits")]
    assert moves(shop, "carl") == []
    assert len(shop.segments.members("Ulm")) == 3


def test_changed_rules_and_thresholds_move_nobody(shop: Workspace, clock: SettableClock) -> None:
    shop.segments.save_rule("buyers", {"all": []}, replace=True)
    shop.tiering.save_thresholds("activity", {"silent_days": 20})
    later(shop, clock)
    assert moves(shop, "bert") == moves(shop, "anna") == []


def test_a_scheme_of_ones_own_has_transitions_too(shop: Workspace, clock: SettableClock) -> None:
    shop.schemes.save("mine", [("buyer", "Buyer", fg.rule.orders("purchases"))])
    later(shop, clock)
    happen(shop, "bert", "Order Completed", clock.now())
    later(shop, clock)
    assert ("Tier Changed", "mine", "rest", "buyer", "event") in moves(shop, "bert")
    assert [move for move in moves(shop, "anna") if move[1] == "mine"] == []


def test_who_is_new_changes_no_tiers_but_enters_segments(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "carl", "Order Completed", NOON)
    later(shop, clock)
    assert moves(shop, "carl") == [("Segment Entered", "buyers", "event")]


def test_a_move_within_a_minute_that_was_kept_already_is_found(shop: Workspace) -> None:
    happen(shop, "bert", "Order Completed", NOON - timedelta(seconds=10))
    shop.history.keep()
    assert ("Segment Entered", "buyers", "event") in moves(shop, "bert")


def test_transitions_do_not_pass_for_what_a_person_did(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "anna", "Product Viewed", MAY + timedelta(minutes=30))
    shop.segments.save_rule("month", fg.rule.did("Order Completed", last_days=30))
    shop.history.keep()
    for minute in (10, 40):  # after the civil day that ends the month, and after thirty times 24 hours
        clock.set(datetime(2024, 6, 19, 0, minute, tzinfo=UTC))
        shop.history.keep()
    assert {("Segment Left", "month", "time"), ("Tier Changed", "activity", "active", "silent", "time")} <= set(
        moves(shop, "anna")
    )


def test_what_is_redefined_while_it_is_recomputed_moves_nobody(shop: Workspace, clock: SettableClock) -> None:
    clock.advance(seconds=60)
    definitions, as_of = shop.history.definitions(), shop.segments.recompute().as_of
    shop.segments.save_rule("buyers", fg.rule.did("Product Viewed"), replace=True)
    shop.history.keep(as_of, recomputed=definitions)
    later(shop, clock)
    assert moves(shop, "bert") == []
    assert shop.segments.get("buyers").size == 1


def test_a_message_that_was_opened_is_what_the_person_did(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "anna", "Email Opened", MAY)
    shop.segments.save_rule("openers", fg.rule.did("Email Opened"))
    shop.history.keep()
    happen(shop, "bert", "Email Opened", NOON)
    later(shop, clock)
    assert ("Segment Entered", "openers", "event") in moves(shop, "bert")


class Meanwhile:
    """Lets something happen while a state is kept."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def prepare(self, _turns: object, _evaluation: object) -> Callable[[Session], None]:
        """Let it happen."""
        self._work()
        return lambda _session: None

    def kept(self) -> None:
        """Do nothing."""


def other_process(shop: Workspace) -> HistoryService:
    """Give history as another process keeps it: with a memory of its own."""
    history = HistoryService(
        shop.ops,
        shop.people,
        shop.index,
        shop.rules,
        shop.tiering,
        schemes=shop.tiering.names,
        clock=shop.clock,
        zone=shop.zone,
        present=shop.as_of,
        daily=90,
    )
    history.watch(shop.transitions)
    return history


def test_what_another_process_kept_is_compared_with(shop: Workspace, clock: SettableClock) -> None:
    other = other_process(shop)
    other.keep()
    happen(shop, "bert", "Order Completed", NOON)
    later(shop, clock)
    clock.advance(seconds=60)
    other.keep()
    assert [move[0] for move in moves(shop, "bert")].count("Segment Entered") == 1


def test_of_two_processes_at_once_one_keeps_and_moves_people(shop: Workspace, clock: SettableClock) -> None:
    other = other_process(shop)
    other.watch(Meanwhile(shop.history.keep))
    happen(shop, "bert", "Order Completed", NOON)
    clock.advance(seconds=60)
    assert other.keep().written == ()
    assert len(moves(shop, "bert")) == 6
    later(shop, clock)
    assert len(moves(shop, "bert")) == 6


def test_who_is_merged_while_the_state_is_kept_moves_as_the_person_they_are_now(shop: Workspace, clock: SettableClock) -> None:
    link = Link("identify", "bert", "anna", NOON, to_login=True)
    shop.history._watchers.insert(0, Meanwhile(lambda: shop.people.link([link])))
    happen(shop, "bert", "Order Completed", NOON)
    later(shop, clock)
    assert ("Segment Entered", "buyers", "event") in moves(shop, "anna")


def test_a_merge_moves_nobody(shop: Workspace, clock: SettableClock) -> None:
    shop.people.link([Link("identify", "bert", "anna", NOON, to_login=True)])
    later(shop, clock)
    assert moves(shop, "anna") == moves(shop, "bert") == []


def test_figures_of_the_past_move_nobody(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "bert", "Order Completed", NOON)
    clock.set(datetime(2024, 8, 1, tzinfo=UTC))
    shop.history.keep(NOON + timedelta(days=1))
    assert moves(shop, "bert") == []


def test_no_event_is_stored_where_the_setting_says_so(tmp_path: Path, ops_url: str, clock: SettableClock) -> None:
    with fg.open(tmp_path / "quiet", ops_url=ops_url, clock=clock, transition_events=False, **OPTIONS) as quiet:
        happen(quiet, "anna", "Product Viewed", MAY)
        quiet.history.keep()
        happen(quiet, "anna", "Order Completed", NOON)
        later(quiet, clock)
        assert moves(quiet, "anna") == []


class RefusingStore:
    """An event store that refuses."""

    def append(self, _events: object) -> None:
        """Refuse."""
        raise OSError("the disk is full")


def test_what_could_not_be_stored_waits_and_is_stored_once(shop: Workspace, clock: SettableClock) -> None:
    outbox = shop.transitions._outbox
    shop.transitions._outbox = Outbox(shop.ops, RefusingStore(), clock)  # type: ignore[arg-type] # it only appends
    happen(shop, "bert", "Order Completed", NOON)
    with pytest.raises(OSError, match="full"):
        later(shop, clock)
    assert (shop.transitions.waiting(), moves(shop, "bert")) == (6, [])
    shop.transitions._outbox = outbox
    waiting = list(outbox._next())
    assert shop.transitions.send() == 6
    with shop.ops.session() as session:  # a crash came before they were forgotten
        outbox.put(session, [{name: getattr(row, name) for name in NAMES} for row in waiting])
    assert (shop.transitions.send(), shop.transitions.waiting(), len(moves(shop, "bert"))) == (0, 0, 6)


NAMES = ("message_id", "distinct_id", "event", "time", "properties")


def test_transitions_are_no_deeds_of_people(shop: Workspace, clock: SettableClock) -> None:
    happen(shop, "bert", "Order Completed", NOON)
    later(shop, clock)
    clock.advance(seconds=120)
    asked: dict[str, Any] = {"period": "2024-06-01..2024-06-01", "granularity": "day"}

    def counted(event: str) -> float:
        return shop.trends(series=[event], **asked).total.lines[0].values[0] or 0

    assert (counted("*"), counted("Tier Changed")) == (1, 5)
    assert shop.segments.preview(fg.rule.did("*", at_least=2)).people == 1  # bert looked in May, and bought
    assert shop.segments.preview(fg.rule.did("Segment Entered")).people == 1
    row = shop.directory.row(person(shop, "bert"), as_of=shop.as_of())
    assert row.last_event == NOON
