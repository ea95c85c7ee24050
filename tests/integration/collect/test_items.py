"""Items as SDKs set and delete them, through a real collector, on each engine of the ops store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import finegrain as fg
from finegrain.collect.items.errors import UnknownItemError
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

DECODERS: dict[str, Any] = {"segment": segment.decode, "sensors": sensors.decode, "posthog": posthog.decode}


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock, ops_url: str) -> Iterator[Workspace]:
    """An empty shop at noon of 2024-06-01 UTC."""
    with fg.open(tmp_path / "shop", clock=clock, ops_url=ops_url) as workspace:
        yield workspace


def send(shop: Workspace, path: str, body: Any, format_: Any, source: str = "web") -> None:
    request = WireRequest(path, msgspec.json.encode(body), shop.clock.now())
    shop.collector.store_now(Arrival(DECODERS[format_](request), source, format_, request.received_at))


def set_good(shop: Workspace, item_id: str, at: datetime, action: str = "item_set", **values: Any) -> None:
    record = {"type": action, "item_type": "good", "item_id": item_id, "properties": values, "time": int(at.timestamp() * 1000)}
    send(shop, "/sa", record, "sensors")


def test_every_format_sets_items(shop: Workspace) -> None:
    set_good(shop, "sku1", shop.clock.now(), name="绿茶", price=12.5)
    send(shop, "/v1/group", {"userId": "u1", "groupId": "acme", "traits": {"plan": "pro"}}, "segment", "app")
    group = {"$group_type": "company", "$group_key": "c1", "$group_set": {"size": 3}}
    send(shop, "/batch/", {"batch": [{"event": "$groupidentify", "distinct_id": "u1", "properties": group}]}, "posthog")
    assert shop.items.types() == {"company": 1, "good": 1, "group": 1}
    assert [(item.type, item.id, item.values, item.source) for item in shop.items.list()] == [
        ("company", "c1", {"size": 3}, "web"),
        ("good", "sku1", {"name": "绿茶", "price": 12.5}, "web"),
        ("group", "acme", {"plan": "pro"}, "app"),
    ]


def test_values_merge_and_late_changes_do_not_overwrite_newer_ones(shop: Workspace) -> None:
    now = shop.clock.now()
    set_good(shop, "sku1", now, price=8)
    set_good(shop, "sku1", now - timedelta(hours=1), price=9, name="tea")
    item = shop.items.get("good", "sku1")
    assert (item.values, item.set_at) == ({"price": 8, "name": "tea"}, now)


def test_a_deleted_item_counts_no_more_and_comes_back_when_it_is_set_again(shop: Workspace, clock: SettableClock) -> None:
    set_good(shop, "sku1", clock.now(), price=8)
    clock.advance(seconds=60)
    set_good(shop, "sku1", clock.now(), "item_delete")
    assert (shop.items.types(), shop.items.list(), shop.items.count(deleted=True)) == ({}, [], 1)
    assert shop.items.get("good", "sku1").deleted
    clock.advance(seconds=60)
    set_good(shop, "sku1", clock.now(), name="new tea")
    assert shop.items.get("good", "sku1").values == {"name": "new tea"}


def test_items_are_found_by_id_and_by_what_their_values_say(shop: Workspace) -> None:
    set_good(shop, "sku1", shop.clock.now(), name="绿茶", tags=["春季", "50%_off"])
    set_good(shop, "sku2", shop.clock.now(), name="Coffee")
    assert [item.id for item in shop.items.list(text="coff")] == ["sku2"]
    assert [item.id for item in shop.items.list(text="春")] == ["sku1"]
    assert [item.id for item in shop.items.list("good", "50%_")] == ["sku1"]
    assert [item.id for item in shop.items.list("good", limit=1, offset=1)] == ["sku2"]
    assert shop.items.count("good", "sku") == 2


def test_an_unknown_item_is_told_the_types(shop: Workspace) -> None:
    set_good(shop, "sku1", shop.clock.now())
    with pytest.raises(UnknownItemError, match=r"no item “sku9” of the type “good”\. The types are: good\."):
        shop.items.get("good", "sku9")


def test_many_items_of_one_request_are_all_kept(shop: Workspace) -> None:
    when = int(shop.clock.now().timestamp() * 1000)
    items = [
        {"type": "item_set", "item_type": "good", "item_id": f"{n}", "time": when, "properties": {"n": n}} for n in range(1_201)
    ]
    send(shop, "/sa", items, "sensors")
    assert shop.items.types() == {"good": 1_201}
    assert shop.items.get("good", "1200").values == {"n": 1_200}
