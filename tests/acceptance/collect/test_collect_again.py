"""What is sent again counts once: by another process at the same moment, after a restart, through another source, long after."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import tests.clients.collector
from tests.clients.collector import Client, stored_ids

import finegrain as fg

if TYPE_CHECKING:
    from tests.clients.collector import Server

ROOT = Path(tests.clients.collector.__file__).parents[2]
BATCHES, SIZE = 40, 25
EVERY_ID = [[f"{batch}-{place}" for place in range(SIZE)] for batch in range(BATCHES)]
_SEND = """
import sys
from tests.acceptance.collect.test_collect_again import EVERY_ID
from tests.clients.collector import Client, Server
server = Server(None, sys.argv[2], url=sys.argv[1])
client = Client(server, sys.argv[2])
sys.stdin.readline()
print(sum(client.batch(*ids).status == 200 for ids in EVERY_ID))
"""


def duplicates(client: Client, *message_ids: str) -> int:
    """Send a batch; give how many of its events had been stored before."""
    found: int = client.batch(*message_ids).json.get("duplicates", 0)
    return found


def test_two_processes_that_send_the_same_ids_at_the_same_time_count_once(server: Server) -> None:
    server.start()
    command = [sys.executable, "-c", _SEND, server.url, server.key]
    pipe = subprocess.PIPE
    senders = [subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) for _ in range(2)]
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("go\n")
        sender.stdin.flush()
    answered = [int(sender.communicate(timeout=60)[0]) for sender in senders]
    assert answered == [BATCHES, BATCHES]
    assert Client(server, server.key).counted(2 * BATCHES * SIZE) == (BATCHES * SIZE, BATCHES * SIZE)
    server.stop()
    assert Counter(stored_ids(server.home)) == {key: 1 for ids in EVERY_ID for key in ids}


def test_what_was_sent_before_a_restart_or_a_kill_counts_once(server: Server) -> None:
    server.start()
    client = Client(server, server.key)
    assert duplicates(client, "a", "b", "b") == 1
    server.stop()
    server.start()
    assert duplicates(client, "b", "c") == 1
    server.kill()
    server.start()
    assert duplicates(client, "a", "b", "c", "d") == 3
    server.stop()
    assert sorted(stored_ids(server.home)) == ["a", "b", "c", "d"]


def test_an_id_counts_once_in_a_workspace_whatever_source_sends_it(server: Server) -> None:
    with fg.open(server.home) as workspace:
        other = workspace.sources.add("app", "segment").key
        third = workspace.sources.add("posthog", "posthog").key
    server.start()
    client = Client(server, server.key)
    assert duplicates(client, "m1", "m2") == 0
    assert duplicates(Client(server, other), "m2", "m3") == 1
    event = {"event": "Page Viewed", "distinct_id": "u9", "uuid": "m3"}
    assert client.send("/batch/", {"api_key": third, "batch": [event]}).json["duplicates"] == 1
    server.stop()
    assert sorted(stored_ids(server.home)) == ["m1", "m2", "m3"]
    with fg.open(server.home) as workspace:
        assert {row.message_id: row.source for row in workspace.events.timeline(["u1"])} == {
            "m1": "web",
            "m2": "web",
            "m3": "app",
        }


def test_ids_that_memory_no_longer_holds_count_once(server: Server) -> None:
    server.environment["FINEGRAIN_COLLECT_WINDOW_EVENTS"] = "100"
    server.start()
    client = Client(server, server.key)
    assert sum(duplicates(client, *ids) for ids in EVERY_ID) == 0
    assert [duplicates(client, *ids) for ids in EVERY_ID[:3]] == [SIZE] * 3
    server.stop()
    server.start()
    assert [duplicates(client, *ids, f"new {ids[0]}") for ids in EVERY_ID[:3]] == [SIZE] * 3
    server.stop()
    known = [key for ids in EVERY_ID for key in ids]
    assert Counter(stored_ids(server.home)) == dict.fromkeys([*known, *(f"new {ids[0]}" for ids in EVERY_ID[:3])], 1)
