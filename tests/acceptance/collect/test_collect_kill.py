"""What was acknowledged is there once, however often the collector is killed: events, links, and changes of traits."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.clients.collector import Client, stored_ids

import finegrain as fg

if TYPE_CHECKING:
    from tests.clients.collector import Server

KILL_AT_START_EVERY = 5
SENDERS = 6
MOST_ANSWERS = 30
"""How many answers a life lasts at the most; a machine that is busy takes as long as it takes."""

BATCH = 8
NOON_MS = 1_700_000_000_000


class Request(NamedTuple):
    """One request, as it is sent until it is acknowledged; ``number`` counts those of its sender."""

    sender: int
    number: int

    @property
    def counts(self) -> bool:
        """Whether it changes traits by 神策's protocol; else it is a batch of Segment's."""
        return self.number % 3 == 2

    def events(self) -> list[str]:
        """Give the message ids of its events."""
        return [] if self.counts else [f"{self.sender}-{self.number}-{place}" for place in range(BATCH)]

    def send(self, client: Client, token: str) -> int:
        """Send it; give the status."""
        if self.counts:
            coded = base64.urlsafe_b64encode(json.dumps(self._records()).encode())
            return client.send(f"/sa?token={token}", b"data_list=" + coded).status
        return client.send("/v1/batch", {"batch": self._calls()}).status

    def _calls(self) -> list[dict[str, Any]]:
        ids = {"userId": f"user {self.sender}-{self.number}", "anonymousId": f"device {self.sender}-{self.number}"}
        tracks = [{"type": "track", "event": "A", "userId": ids["userId"], "messageId": key} for key in self.events()]
        return [*tracks, {"type": "identify", **ids, "messageId": f"identify {self}", "traits": {"number": self.number}}]

    def _records(self) -> list[dict[str, Any]]:
        person = {"distinct_id": f"counter {self.sender}", "time": NOON_MS + self.number, "_track_id": self.number}
        return [
            {"type": "profile_increment", **person, "properties": {"visits": 1}},
            {"type": "profile_append", **person, "properties": {"seen": [str(self.number)]}},
        ]


class Sender(threading.Thread):
    """Sends requests until its server is gone; the one that was not acknowledged comes first next time, as in SDKs."""

    def __init__(self, client: Client, token: str, first: Request, last: int | None = None) -> None:
        super().__init__()
        self._client = client
        self._token = token
        self._last = last
        self.next = first
        self.acknowledged: list[Request] = []

    def run(self) -> None:
        """Send."""
        while self._last is None or self.next.number <= self._last:
            try:
                status = self.next.send(self._client, self._token)
            except (OSError, http.client.HTTPException):
                return
            if status == 200:
                self.acknowledged.append(self.next)
                self.next = Request(self.next.sender, self.next.number + 1)


def live(server: Server, senders: list[Sender], kill: tuple[int, float] | None) -> list[Request]:
    """Let the senders send; kill the server some seconds after so many answers. Give what was acknowledged."""
    for sender in senders:
        sender.start()
    if kill is not None:
        answers, seconds = kill
        while sum(len(sender.acknowledged) for sender in senders) < answers:
            time.sleep(0.001)
        time.sleep(seconds)
        server.kill()
    for sender in senders:
        sender.join()
    return [request for sender in senders for request in sender.acknowledged]


def kill_at_start(server: Server, seconds: float) -> None:
    """Start the server and kill it before it is ready."""
    server.launch()
    time.sleep(seconds)
    server.kill()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("each_engine", "kills"), [("sqlite", 20), ("postgresql", 5)], indirect=["each_engine"])
@pytest.mark.usefixtures("each_engine")
def test_kills_lose_nothing_acknowledged_and_double_nothing(server: Server, kills: int) -> None:
    with fg.open(server.home) as workspace:
        token = workspace.sources.add("counters", "sensors").key
    rng, client, acknowledged = random.Random(7), Client(server, server.key), list[Request]()
    waiting = [Request(number, 0) for number in range(SENDERS)]
    answered_early = 0
    for life in range(kills):
        if life % KILL_AT_START_EVERY == 1:
            kill_at_start(server, rng.uniform(0.1, 2))
        server.start()
        senders = [Sender(client, token, request) for request in waiting]
        acknowledged += live(server, senders, (rng.randint(0, MOST_ANSWERS), rng.uniform(0, 0.2)))
        waiting = [sender.next for sender in senders]
        answered_early += any(path.stat().st_size for path in (server.home / "journal").glob("*.journal"))
    assert answered_early, "no kill met a request that was answered and not stored"
    server.start()
    acknowledged += live(server, [Sender(client, token, request, last=request.number) for request in waiting], None)
    server.stop()
    assert len(acknowledged) > 2 * kills
    assert Counter(stored_ids(server.home)) == Counter(key for request in acknowledged for key in request.events())
    assert_people(server, acknowledged)


def assert_people(server: Server, acknowledged: list[Request]) -> None:
    """Check that links hold, and that every increment and every element was applied once."""
    with fg.open(server.home) as workspace:
        for request in acknowledged:
            if not request.counts:
                person = workspace.people.find(f"user {request.sender}-{request.number}")
                assert set(person.distinct_ids) == {f"{kind} {request.sender}-{request.number}" for kind in ("user", "device")}
                assert person.traits == {"number": request.number}
        for number in range(SENDERS):
            counted = [str(request.number) for request in acknowledged if request.counts and request.sender == number]
            traits = workspace.people.find(f"counter {number}").traits
            assert (traits["visits"], traits["seen"]) == (len(counted), counted)
