"""Ingestion health: figures by minute, hour and source, the live feed; a real collector over real stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import segment, sensors
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.workspace import Workspace

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock, ops_url: str) -> Iterator[Workspace]:
    """An empty shop at noon of 2024-06-01 UTC."""
    with fg.open(tmp_path / "shop", clock=clock, ops_url=ops_url) as workspace:
        yield workspace


def send(shop: Workspace, *items: dict[str, Any], source: str = "web", agent: str = "") -> Receipt:
    body = msgspec.json.encode({"batch": [{"userId": "u1", **item} for item in items]})
    request = WireRequest("/v1/batch", body, shop.clock.now())
    return shop.collector.store_now(Arrival(segment.decode(request), source, "segment", request.received_at, agent))


def track(message_id: str, **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "A", "messageId": message_id, **fields}


def test_a_minute_counts_what_came_in_by_source(shop: Workspace) -> None:
    send(shop, track("1"), track("2"), track("2"), {"type": "dance"})
    send(shop, track("3"), source="app", agent="Googlebot/2.1")
    (web,), (app,), (every,) = (shop.health.minutes(1, source) for source in ("web", "app", None))
    assert (web.events, web.duplicates, web.refused, web.requests, web.commits, web.bots) == (2, 1, 1, 1, 1, 0)
    assert (app.events, app.bots) == (1, 1)
    assert (every.events, every.duplicates, every.refused, every.requests, every.commits) == (3, 1, 1, 2, 2)
    assert every.answer_p50_s is not None
    assert every.answer_p99_s is not None
    assert 0 < every.answer_p50_s <= every.answer_p99_s <= every.answer_max_s < 30


def test_minutes_without_anything_are_there_with_zeros(shop: Workspace, clock: SettableClock) -> None:
    send(shop, track("1"))
    clock.advance(seconds=120)
    figures = shop.health.minutes(4)
    assert [(each.at, each.events) for each in figures] == [(NOON + timedelta(minutes=m), int(m == 0)) for m in (-1, 0, 1, 2)]
    assert (figures[-1].answer_p50_s, figures[-1].lag_s, figures[-1].commit_s) == (None, None, None)


def test_minutes_are_forgotten_after_three_hours_and_hours_are_not(shop: Workspace, clock: SettableClock) -> None:
    send(shop, track("1"))
    clock.advance(seconds=3 * 3600)
    send(shop, track("2"))
    assert sum(each.events for each in shop.health.minutes(10_000)) == 1
    assert [each.events for each in shop.health.hours(NOON, clock.now())] == [1, 0, 0, 1]


def test_the_lag_is_the_median_from_event_to_receipt(shop: Workspace) -> None:
    hours_ago = [NOON - timedelta(hours=hours) for hours in (1, 2, 3)]
    send(shop, *(track(str(at), timestamp=at.isoformat()) for at in hours_ago))
    (figures,) = shop.health.minutes(1)
    assert figures.lag_s == pytest.approx(7200, rel=0.42)  # the scale's bounds lie half an octave apart


def test_future_times_and_wrong_checksums_are_counted(shop: Workspace) -> None:
    send(shop, track("1", timestamp="2024-06-01T13:00:00Z"))
    record = msgspec.json.encode({"type": "track", "event": "A", "distinct_id": "u1"})
    request = WireRequest("/sa", record, NOON, {"crc": "1"})
    shop.collector.store_now(Arrival(sensors.decode(request), "mini", "sensors", NOON))
    (every,) = shop.health.minutes(1)
    assert (every.clamped, every.wrong_checksums) == (1, 1)


@pytest.mark.usefixtures("each_engine")
def test_hours_outlive_the_process_and_add_up(tmp_path: Path, clock: SettableClock) -> None:
    for message_id in ("1", "2"):
        with fg.open(tmp_path / "shop", clock=clock) as shop:
            send(shop, track(message_id))
    with fg.open(tmp_path / "shop", clock=clock) as shop:
        send(shop, track("3"))
        (figures,) = shop.health.hours(NOON, NOON, source="web")
        assert (figures.events, figures.requests, figures.commits) == (3, 3, 3)
        assert figures.answer_p99_s is not None
        shop.health.flush()
        assert shop.health.hours(NOON, NOON, source="web") == [figures]


def test_hours_are_dropped_after_ninety_days(shop: Workspace, clock: SettableClock) -> None:
    send(shop, track("1"))
    shop.health.flush()
    clock.advance(days=91)
    send(shop, track("2"))
    shop.health.flush()
    figures = shop.health.hours(NOON - timedelta(days=400), clock.now())
    assert (len(figures), sum(each.events for each in figures)) == (90 * 24 + 1, 1)
    with shop.ops.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(DISTINCT hour) FROM ingest_hours").scalar() == 1


def test_now_tells_the_rate_of_the_last_ten_seconds(shop: Workspace, clock: SettableClock) -> None:
    assert (shop.health.now().events_per_s, shop.health.now().last_stored_at) == (0, None)
    send(shop, *(track(str(number)) for number in range(50)))
    now = shop.health.now()
    assert (now.events_per_s, now.ready, now.refusing, now.last_stored_at) == (5, True, None, NOON)
    clock.advance(seconds=11)
    assert shop.health.now().events_per_s == 0


def test_the_feed_shows_the_last_of_each_kind_with_its_verdict(shop: Workspace) -> None:
    send(shop, {"type": "identify", "traits": {"city": "北京"}}, track("1", properties={"a": 1}), {"type": "dance"})
    send(shop, track("1"), {"type": "alias", "previousId": "d1"}, {"type": "group", "groupId": "g1"}, source="app")
    found = [(each.source, each.kind, each.name, each.distinct_id, each.verdict) for each in shop.collector.recent()]
    assert found == [
        ("app", "event", "A", "u1", "duplicate"),
        ("app", "item", "set", "group/g1", "applied"),
        ("app", "traits", "set", "u1", "applied"),
        ("app", "link", "alias", "d1 → u1", "applied"),
        ("web", "refused", "unknown_type", "", "refused"),
        ("web", "event", "A", "u1", "stored"),
        ("web", "traits", "set", "u1", "applied"),
    ]
    refused, event, traits = shop.collector.recent(source="web")
    assert (event.raw, traits.raw, refused.raw) == ('{"a":1}', '{"city":"北京"}', '{"userId":"u1","type":"dance"}')


def test_the_feed_is_bounded_and_the_newest_first(shop: Workspace) -> None:
    for part in range(7):
        send(shop, *(track(f"{part}-{place}", event=f"{part}-{place}", properties={"t": "x" * 900}) for place in range(150)))
    recent = shop.collector.recent(limit=1000)
    assert (len(recent), len(recent[0].raw)) == (500, 500)
    assert [recent[place].name for place in (0, 99, 100, 499)] == ["6-149", "6-50", "5-149", "2-50"]
