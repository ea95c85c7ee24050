"""Refused items of requests: found by operators, replayed once, discarded; a real collector over real stores."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import pytest

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.pipeline.errors import UnknownRefusedItemError
from finegrain.collect.pipeline.letters import keep_refused
from finegrain.collect.pipeline.refused import ReplayResult
from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.contract import DecodedRequest, RefusedItem
from finegrain.collect.wire.request import WireRequest
from finegrain.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.workspace import Workspace

DECODERS: dict[str, Any] = {"segment": segment.decode, "sensors": sensors.decode, "posthog": posthog.decode}
NOBODY = {"type": "track", "event": "Signed Up"}


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock, ops_url: str) -> Iterator[Workspace]:
    """An empty shop at noon of 2024-06-01 UTC."""
    with fg.open(tmp_path / "shop", clock=clock, ops_url=ops_url) as workspace:
        yield workspace


def send(shop: Workspace, path: str, body: Any, format_: Any = "segment", source: str = "web", **query: str) -> Receipt:
    request = WireRequest(path, msgspec.json.encode(body), shop.clock.now(), query)
    return shop.collector.store_now(Arrival(DECODERS[format_](request), source, format_, request.received_at, "Googlebot/2.1"))


def refused_of_old(shop: Workspace, raw: Any, format_: Any = "segment", **envelope: Any) -> None:
    """Lay an item into the dead letters that a rule of old refused, and the rules of today take."""
    item = RefusedItem(0, "no_event", "An old rule.", msgspec.json.encode(raw).decode())
    arrival = Arrival(DecodedRequest(None, (), (item,), 1, envelope=envelope), "web", format_, shop.clock.now(), "Googlebot/2.1")
    with shop.ops.session() as session:
        keep_refused(session, [(arrival, item)])


def stored(shop: Workspace, *people: str) -> list[tuple[str, str]]:
    return sorted((row.distinct_id, row.event) for row in shop.events.timeline(people))


def test_an_item_that_is_refused_twice_lies_there_once(shop: Workspace) -> None:
    for _ in range(2):
        send(shop, "/v1/batch", {"batch": [NOBODY]})
    assert [(each.source, each.reason, each.status) for each in shop.refused.list()] == [("web", "no_person", "open")]


def test_letters_are_filtered_counted_and_paged(shop: Workspace) -> None:
    send(shop, "/v1/batch", {"batch": [NOBODY, {"type": "dance", "userId": "u1"}]})
    send(shop, "/v1/batch", {"batch": [NOBODY]}, source="app")
    assert shop.refused.count() == 3
    assert shop.refused.reasons() == {"no_person": 2, "unknown_type": 1}
    assert shop.refused.sources() == {"web": 2, "app": 1}
    assert shop.refused.count(source="web", reason="no_person") == 1
    assert [each.source for each in shop.refused.list(limit=1)] == ["app"]
    assert [each.reason for each in shop.refused.list(limit=1, offset=1)] == ["unknown_type"]


def test_unknown_reasons_and_sources_are_told_what_there_is(shop: Workspace) -> None:
    send(shop, "/v1/batch", {"batch": [NOBODY]})
    with pytest.raises(UnknownNameError, match=r"reason named “no_persons”.*no_person, id_too_long.*unwritable"):
        shop.refused.list(reason="no_persons")
    with pytest.raises(UnknownNameError, match=r"source named “wap”\. Known: web\."):
        shop.refused.replay(source="wap")


def test_a_replay_stores_what_the_rules_take_now_once(shop: Workspace) -> None:
    refused_of_old(shop, {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "m1"})
    send(shop, "/v1/batch", {"batch": [NOBODY]})
    assert shop.refused.replay() == ReplayResult(taken=1, stored=1, still_refused=1)
    assert shop.refused.replay() == ReplayResult(taken=0, stored=0, still_refused=1)
    assert stored(shop, "u1") == [("u1", "Signed Up")]
    assert shop.refused.count() == 1
    (taken,) = shop.refused.list(status="replayed")
    assert taken.closed_at == shop.clock.now()


def test_what_the_sender_sent_again_meanwhile_is_not_stored_twice(shop: Workspace) -> None:
    item = {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "m1"}
    refused_of_old(shop, item)
    send(shop, "/v1/batch", {"batch": [item]})
    assert shop.refused.replay() == ReplayResult(taken=1, stored=0, still_refused=0)


def test_what_is_refused_again_stays_with_the_new_reason(shop: Workspace) -> None:
    refused_of_old(shop, NOBODY)
    assert shop.refused.replay(reason="no_event") == ReplayResult(taken=0, stored=0, still_refused=1)
    (letter,) = shop.refused.list()
    assert (letter.reason, "names no person" in letter.detail) == ("no_person", True)


def test_an_item_is_read_again_as_of_its_receipt_with_what_stood_around_it(shop: Workspace, clock: SettableClock) -> None:
    item = {"type": "track", "event": "Signed Up", "userId": "u1", "timestamp": "2024-06-01T13:00:00Z"}
    refused_of_old(shop, item, sentAt="2024-06-01T14:00:00Z", context={"locale": "fr"})
    received_at = clock.now()
    clock.advance(days=3)
    shop.refused.replay()
    (row,) = shop.events.timeline(["u1"])
    assert (row.received_at, row.time) == (received_at, received_at - timedelta(hours=1))
    assert row.properties == {"context": {"locale": "fr"}, "$bot": True}


@pytest.mark.parametrize(
    ("format_", "raw", "envelope"),
    [
        ("segment", {"event": "A", "userId": "u1"}, {"kind": "track"}),
        ("sensors", {"type": "track", "event": "A", "distinct_id": "u1", "time": 1717243200000}, {"project": "default"}),
        ("posthog", {"event": "A", "distinct_id": "u1"}, {"historical_migration": True, "sent_at": "2024-06-01T12:00:00Z"}),
    ],
)
def test_items_of_each_format_are_read_again(shop: Workspace, format_: str, raw: Any, envelope: Any) -> None:
    refused_of_old(shop, raw, format_, **envelope)
    assert shop.refused.replay() == ReplayResult(taken=1, stored=1, still_refused=0)
    assert stored(shop, "u1") == [("u1", "A")]


def test_the_same_item_sent_whole_has_the_id_that_its_replay_gave_it(shop: Workspace) -> None:
    record = {"type": "track", "event": "A", "distinct_id": "u1", "time": 1717243200000}
    refused_of_old(shop, record, "sensors", project="default")
    shop.refused.replay()
    assert send(shop, "/sa", record, "sensors", project="default").duplicates == 1


def test_what_is_replayed_days_later_is_history(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "own", clock=clock) as shop:
        refused_of_old(shop, {"type": "track", "event": "A", "userId": "u1"})
        clock.advance(days=2)
        refused_of_old(shop, {"type": "track", "event": "B", "userId": "u1"})
        shop.refused.replay()
    with duckdb.connect(str(tmp_path / "own" / "events.duckdb")) as events:
        assert events.execute("SELECT event, historical FROM events ORDER BY event").fetchall() == [("A", True), ("B", False)]


def test_an_item_that_was_cut_off_stays_as_it_is(shop: Workspace) -> None:
    send(shop, "/v1/batch", {"batch": [{"type": "track", "event": "A", "userId": "u1", "properties": {"text": "x" * 33_000}}]})
    assert shop.refused.reasons() == {"item_too_large": 1}
    assert shop.refused.replay() == ReplayResult(taken=0, stored=0, still_refused=1)
    assert shop.refused.reasons() == {"item_too_large": 1}


def test_a_large_context_is_not_kept_with_each_letter(shop: Workspace) -> None:
    send(shop, "/v1/batch", {"batch": [NOBODY], "context": {"text": "x" * 5_000}, "sentAt": "2024-06-01T12:00:00Z"})
    (letter,) = shop.refused.list()
    assert letter.envelope == {"sentAt": "2024-06-01T12:00:00Z", "agent": "Googlebot/2.1"}


def test_what_is_discarded_is_kept_and_never_replayed(shop: Workspace) -> None:
    refused_of_old(shop, {"type": "track", "event": "A", "userId": "u1"})
    (letter,) = shop.refused.list()
    assert (shop.refused.discard([letter.id]), shop.refused.discard([letter.id])) == (1, 0)
    assert shop.refused.replay(ids=[letter.id]) == ReplayResult(0, 0, 0)
    assert shop.refused.get(letter.id).status == "discarded"
    with pytest.raises(UnknownRefusedItemError, match="no refused item 99"):
        shop.refused.get(99)


def test_thousands_are_replayed_in_parts(shop: Workspace) -> None:
    items = [{"type": "track", "event": "A", "userId": f"u{number}"} for number in range(1_203)]
    arrival = Arrival(DecodedRequest(None, (), (), 0), "web", "segment", shop.clock.now())
    raws = [RefusedItem(0, "no_event", "An old rule.", msgspec.json.encode(item).decode()) for item in items]
    with shop.ops.session() as session:
        keep_refused(session, [(arrival, raw) for raw in raws])
    assert shop.refused.replay() == ReplayResult(taken=1_203, stored=1_203, still_refused=0)
