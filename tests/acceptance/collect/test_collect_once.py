"""An event counts once: sent again, sent by two at once, imported and sent."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.clients.collector import Client, stored_ids

import finegrain as fg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients.collector import Server

pytestmark = pytest.mark.usefixtures("each_engine")


def test_two_clients_that_send_the_same_ids_at_once_count_once(server: Server, own_client: Client) -> None:
    batches = [[f"{number}-{place}" for place in range(10)] for number in range(30)]
    answers: list[int] = []

    def send() -> None:
        answers.extend(own_client.batch(*batch).status for batch in batches)

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert answers == [200] * 90
    assert own_client.counted(900) == (300, 600)
    server.stop()
    assert Counter(stored_ids(server.home)) == {key: 1 for batch in batches for key in batch}


def test_what_was_imported_from_a_file_and_is_sent_counts_once(server: Server, tmp_path: Path) -> None:
    times = {"m1": "2024-01-05T10:00:00Z", "m2": "2024-02-05T10:00:00Z", "m3": "2024-03-05T10:00:00Z"}
    rows = [{"message_id": key, "user_id": "u1", "event": "Signed Up", "time": time} for key, time in times.items()]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    with fg.open(server.home) as workspace:
        assert workspace.import_events(file).events == 3
    server.start()
    client = Client(server, server.key)
    items = [
        {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": key, "timestamp": time}
        for key, time in times.items()
    ]
    assert client.send("/v1/batch", {"batch": [*items, {**items[0], "messageId": "m4"}]}).json["stored"] == 1
    server.stop()
    with fg.open(server.home) as workspace:
        assert workspace.import_events(file).events == 0
        assert workspace.events.event_counts() == {"Signed Up": 4}


def test_an_order_sent_under_two_message_ids_counts_once(server: Server, own_client: Client) -> None:
    order = {"order_id": "o1", "total": 120.5, "currency": "CNY"}
    items = [
        {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": key, "properties": order} for key in ("a", "b")
    ]
    assert own_client.send("/v1/batch", {"batch": items}).status == 200
    server.stop()
    with fg.open(server.home) as workspace:
        result = workspace.tiers("frequency", "now")
        (order_facts,) = workspace.index.orders(workspace.people.find("u1").id)
    assert order_facts.order_id == "o1"
    assert sum(tier.people for tier in result.tiers if tier.key == "first") == 1
