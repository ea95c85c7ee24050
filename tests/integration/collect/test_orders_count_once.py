"""One order that comes by SDK and by file, under different message ids, is one purchase in every figure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

FILE = "order_id,user_id,ordered_at,amount\n1001,ann,2024-05-20 10:00,120.00\n1002,ben,2024-05-21 09:30,80.50\n"


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock) -> Iterator[Workspace]:
    """An empty shop at noon of 2024-06-01 UTC."""
    with fg.open(tmp_path / "shop", clock=clock) as workspace:
        yield workspace


def send_order(shop: Workspace, message_id: str, order_id: Any = "1001") -> None:
    properties = {"order_id": order_id, "total": 120}
    item = {"type": "track", "event": "Order Completed", "userId": "ann", "messageId": message_id, "properties": properties}
    body = msgspec.json.encode({"batch": [{**item, "timestamp": "2024-05-20T02:00:03Z"}]})
    request = WireRequest("/v1/batch", body, shop.clock.now())
    assert shop.collector.store_now(Arrival(segment.decode(request), "web", "segment", request.received_at)).stored == 1


def import_file(shop: Workspace, folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_text(FILE, encoding="utf-8")
    shop.import_orders(path)


def purchases(shop: Workspace) -> tuple[float, float]:
    figures = shop.overview(date(2024, 5, 1), date(2024, 5, 31)).figures
    return figures.orders, figures.revenue_minor


@pytest.mark.parametrize("order_id", ["1001", 1001])
def test_an_order_sent_and_then_imported_counts_once(shop: Workspace, tmp_path: Path, order_id: Any) -> None:
    send_order(shop, "m1", order_id)
    import_file(shop, tmp_path)
    assert purchases(shop) == (2, 200_50)


def test_an_order_imported_and_then_sent_twice_counts_once(shop: Workspace, tmp_path: Path) -> None:
    import_file(shop, tmp_path)
    send_order(shop, "m1")
    send_order(shop, "m2")
    assert purchases(shop) == (2, 200_50)
