"""``finegrain items``: what SDKs say about things, listed and shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import sensors
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def goods(home: Path) -> None:
    """A workspace with two goods, one of them deleted."""
    first = {"type": "item_set", "item_type": "good", "item_id": "sku1", "properties": {"name": "绿茶", "price": 12}}
    gone = {"type": "item_delete", "item_type": "good", "item_id": "sku2"}
    request = WireRequest("/sa", json.dumps([first, gone]).encode(), NOON)
    with fg.open(home) as shop:
        shop.collector.store_now(Arrival(sensors.decode(request), "mini", "sensors", NOON))


@pytest.mark.usefixtures("goods")
def test_items_are_listed_searched_and_shown(run: Run) -> None:
    listed = run("items", "--json").json
    assert (listed["types"], listed["total"], [item["id"] for item in listed["items"]]) == ({"good": 1}, 1, ["sku1"])
    assert run("items", "list", "--text", "红茶", "--json").json["total"] == 0
    assert [item["id"] for item in run("items", "list", "--type", "good", "--deleted", "--json").json["items"]] == ["sku2"]
    assert run("items", "show", "good", "sku1", "--json").json["values"] == {"name": "绿茶", "price": 12}
    assert "name=绿茶, price=12" in run("items").out
    assert "It was deleted." in run("items", "show", "good", "sku2").out


@pytest.mark.usefixtures("goods")
def test_an_unknown_item_is_an_error(run: Run) -> None:
    ran = run("items", "show", "good", "sku9", "--json")
    assert (ran.code, json.loads(ran.err)["code"]) == (2, "unknown_item")
