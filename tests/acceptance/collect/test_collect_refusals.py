"""Too much at once, and a disk that takes no writes: the sender is told, nothing is lost, and no restart is needed."""

from __future__ import annotations

import os
import resource
import shutil
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.clients.collector import Client, Reply, stored_ids

if TYPE_CHECKING:
    from tests.clients.collector import Server


def test_beyond_the_queue_senders_are_told_to_wait_and_nothing_is_lost(server: Server) -> None:
    server.environment = {"FINEGRAIN_COLLECT_QUEUE_BYTES": "4000", "FINEGRAIN_COLLECT_COMMIT_WAIT_MS": "700"}
    server.start()
    client, replies = Client(server, server.key), dict[int, Reply]()

    def send(number: int) -> None:
        replies[number] = client.batch(*(f"{number}-{place}" for place in range(20)))

    senders = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert Counter(reply.status for reply in replies.values()).keys() == {200, 429}
    turned_away = [number for number, reply in replies.items() if reply.status == 429]
    waits = {(replies[number].headers["retry-after"], replies[number].headers["x-ratelimit-reset"]) for number in turned_away}
    assert waits == {("1", "1")}
    assert {replies[number].json["code"] for number in turned_away} == {"overloaded"}
    for number in turned_away:
        send(number)
    assert {reply.status for reply in replies.values()} == {200}
    server.stop()
    assert sorted(stored_ids(server.home)) == sorted(f"{number}-{place}" for number in range(6) for place in range(20))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot limit another process")
def test_while_the_disk_takes_no_writes_the_answer_is_503_and_then_all_is_well(server: Server, own_client: Client) -> None:
    assert server.process is not None
    unlimited = resource.RLIM_INFINITY
    assert own_client.batch("before").status == 200
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, unlimited))
    refused = [own_client.batch("known person"), own_client.batch("new person", person="u2")]
    assert [(reply.status, reply.json["code"], reply.headers["retry-after"]) for reply in refused] == [
        (503, "not_stored", "5")
    ] * 2
    assert own_client.send("/readyz", b"", method="GET").status == 503
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    assert own_client.batch("known person").status == 200
    assert own_client.batch("new person", person="u2").status == 200
    assert own_client.send("/readyz", b"", method="GET").status == 200
    logged = server.stop()
    assert logged.count("cannot store what is sent, and answer 503 until it works again") == 1
    assert logged.count("storing again after") == 1
    assert Counter(stored_ids(server.home)) == {"before": 1, "known person": 1, "new person": 1}


@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="only root can be stripped of its rights here")
def test_a_folder_that_becomes_read_only_is_503_and_recovers_without_a_restart(server: Server) -> None:
    server.before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
    server.start()
    client = Client(server, server.key)

    def send(number: int) -> int:
        properties = {"text": "x" * 160}
        items = [
            {"type": "track", "event": "A", "userId": "u1", "messageId": f"{number}-{place}", "properties": properties}
            for place in range(2_000)
        ]
        return client.send("/v1/batch", {"batch": items}).status

    assert send(0) == 200
    server.home.chmod(0o500)
    statuses = {number: send(number) for number in range(1, 41)}  # files that are open take some more
    assert (statuses[1], statuses[40], set(statuses.values())) == (200, 503, {200, 503})
    assert client.send("/readyz", b"", method="GET").status == 503
    server.home.chmod(0o700)
    assert {send(number) for number, status in statuses.items() if status == 503} == {200}
    assert "Permission denied" in server.stop()
    assert Counter(Counter(stored_ids(server.home)).values()) == {1: 41 * 2_000}


def test_the_sender_is_not_told_where_the_files_lie(server: Server, own_client: Client) -> None:
    assert server.process is not None
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    told = own_client.batch("before").body.decode()
    assert str(server.home) not in told
    assert "Send again in 5 seconds" in told


def test_a_body_beyond_the_limit_is_refused_without_being_kept(server: Server) -> None:
    server.environment = {"FINEGRAIN_COLLECT_MAX_BODY_BYTES": "1000"}
    server.start()
    reply = Client(server, server.key).send("/v1/batch", b"x" * 200_000)
    assert (reply.status, reply.json["code"]) == (400, "body_too_large")


def test_what_waits_is_stored_when_the_server_is_told_to_stop(server: Server) -> None:
    server.environment = {"FINEGRAIN_COLLECT_COMMIT_WAIT_MS": "1500"}
    server.start()
    client, replies = Client(server, server.key), list[Reply]()
    sender = threading.Thread(target=lambda: replies.append(client.batch("waiting")))
    sender.start()
    time.sleep(0.3)
    server.stop()
    sender.join()
    assert [reply.status for reply in replies] == [200]
    assert stored_ids(server.home) == ["waiting"]
