"""A workspace whose events are in a ClickHouse: chosen by a setting, the same figures, and never two stores by accident."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import finegrain as fg
from finegrain.errors import BadValueError
from finegrain.store.errors import EventsElsewhereError, EventStoreError, EventsUrlMissingError
from finegrain.store.events import EVENT_SCHEMA
from finegrain.workspace import is_workspace

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = "order,user,amount,time\n1,ann,12.50,2024-01-05\n2,ben,7,2024-02-01\n3,ann,30,2024-03-01\n"
TIME = datetime(2024, 1, 10, 3)


def test_orders_imported_into_either_store_give_the_same_figures(tmp_path: Path, events_url: str) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    shown = []
    for place, url in (("own", ""), ("elsewhere", events_url)):
        with fg.open(tmp_path / place, events_url=url) as ws:
            imported = [ws.import_orders(tmp_path / "orders.csv") for _ in range(2)]
            ws.catalogue.refresh()
            counted = [(event.name, event.count) for event in ws.catalogue.events()]
            shown.append(([summary.orders for summary in imported], ws.tiers("rfm", as_of="2024-04-01").to_dict(), counted))
    assert shown[0] == shown[1]
    assert not (tmp_path / "elsewhere" / "events.duckdb").exists()


def test_rules_mean_the_same_over_either_store(tmp_path: Path, events_url: str) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    dear = fg.rule.did(fg.rule.event("Order Completed", fg.rule.where("total", "gt", 20))) & fg.rule.orders("purchases")
    shown = []
    for place, url in (("own", ""), ("elsewhere", events_url)):
        with fg.open(tmp_path / place, events_url=url) as ws:
            ws.import_orders(tmp_path / "orders.csv")
            ws.segments.save_rule("dear", dear)
            shown.append(
                (ws.segment("dear").tolist(), ws.segments.explain("dear", ws.people.find("ben").id).to_dict()["to_change"])
            )
    assert shown[0] == shown[1] == ([1], ["all[0]"])


def test_a_folder_with_events_of_its_own_is_not_opened_with_another_event_store(tmp_path: Path, events_url: str) -> None:
    fg.open(tmp_path / "shop").close()
    with pytest.raises(EventsElsewhereError, match=r"keeps its events in events\.duckdb"):
        fg.open(tmp_path / "shop", events_url=events_url)
    fg.open(tmp_path / "shop").close()


def test_a_folder_whose_events_are_elsewhere_is_not_opened_without_them(tmp_path: Path, events_url: str) -> None:
    fg.open(tmp_path / "shop", events_url=events_url).close()
    assert is_workspace(tmp_path / "shop")
    with pytest.raises(EventsUrlMissingError, match="chdb://"):
        fg.open(tmp_path / "shop")
    assert not (tmp_path / "shop" / "events.duckdb").exists()


@pytest.mark.parametrize("url", ["mysql://me:secret@db/shop", "clickhouse://", "clickhouse://me:secret@db:port/shop", "secret"])
def test_an_address_that_is_none_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadValueError, match="events_url") as refused:
        fg.open(tmp_path / "shop", events_url=url)
    assert "secret" not in str(refused.value)


def test_a_server_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(EventStoreError, match=rf"clickhouse://me:\*\*\*@127\.0\.0\.1:{port}/shop refused") as refused:
        fg.open(tmp_path / "shop", events_url=f"clickhouse://me:secret@127.0.0.1:{port}/shop")
    assert "secret" not in str(refused.value)
    fg.open(tmp_path / "shop").close()


def test_settings_show_stars_for_the_address(tmp_path: Path, events_url: str) -> None:
    with fg.open(tmp_path / "shop", events_url=events_url) as ws:
        assert "chdb" not in str(ws.settings.events_url)
        ws.events.append(
            pa.Table.from_pylist(
                [
                    {
                        "message_id": "a", "distinct_id": "u", "event": "Page Viewed", "source": "test", "historical": True,
                        "time": TIME, "received_at": TIME, "properties": "{}",
                    }
                ],
                schema=EVENT_SCHEMA,
            )
        )  # fmt: skip
        assert ws.events.event_counts() == {"Page Viewed": 1}
