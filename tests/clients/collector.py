"""A real collector on a real socket, and a plain client; for tests that go through the front door."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_SERVE = """
import sys, finegrain as fg
from finegrain.server.run import serve
serve(fg.open(sys.argv[1]), "127.0.0.1", int(sys.argv[2]), on_listening=lambda url: print(url, flush=True))
"""


@dataclass
class Server:
    """A collector in a process of its own, which can be stopped, killed and started again over the same folder.

    ``before`` are words that stand before the command, such as those of a program that takes rights away. ``monitor`` is the key
    of a token that may ask for ``/metrics``.
    """

    home: Path
    key: str
    environment: dict[str, str] = field(default_factory=dict)
    url: str = ""
    before: tuple[str, ...] = ()
    monitor: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 before it ever did."""
        return urlsplit(self.url).port or 0

    def start(self) -> None:
        """Start it, on the port it had before where it had one, and wait until it answers."""
        self.launch()
        assert self.process is not None
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.stderr.read() if self.process.stderr else ""

    def launch(self) -> None:
        """Start it, and do not wait."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINEGRAIN_")}
        self.process = subprocess.Popen(
            [*self.before, sys.executable, "-c", _SERVE, str(self.home), str(self.port)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.home, env={**kept, **self.environment},
        )  # fmt: skip

    def stop(self) -> str:
        """Stop it as an operator does; give what it logged."""
        assert self.process is not None
        self.process.terminate()
        _, logged = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        self.process = None
        return logged

    def kill(self) -> None:
        """End it without a word, as a power cut does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)
        self.process = None


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


class Client:
    """Sends to one server with one write key."""

    def __init__(self, server: Server, key: str) -> None:
        self.server = server
        self.key = key
        self._basic = "Basic " + base64.b64encode(f"{key}:".encode()).decode()

    def send(self, path: str, body: Any, *, method: str = "POST", **headers: str) -> Reply:
        """Send one request; objects and lists go as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, data, {"Authorization": self._basic, "Content-Type": "application/json", **named})
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def metrics(self) -> str:
        """Ask for the counts, as Prometheus does."""
        reply = self.send("/metrics", b"", method="GET", Authorization=f"Bearer {self.server.monitor}")
        assert reply.status == 200
        return reply.body.decode()

    def count(self, name: str) -> int:
        """Give one count of the collector's, over all sources."""
        lines = [line.split() for line in self.metrics().splitlines() if line.startswith(f"finegrain_collect_{name}{{")]
        return int(sum(float(value) for _, value in lines))

    def counted(self, events: int) -> tuple[int, int]:
        """Give how many events were new, and how many were not, once so many have been stored."""
        until = time.monotonic() + 30
        while True:
            found = self.count("events_stored_total"), self.count("events_duplicate_total")
            if sum(found) >= events or time.monotonic() > until:
                return found
            time.sleep(0.05)

    def batch(self, *message_ids: str, person: str = "u1", event: str = "Page Viewed") -> Reply:
        """Send one event a message id as a batch of Segment's."""
        items = [{"type": "track", "event": event, "userId": person, "messageId": key} for key in message_ids]
        return self.send("/v1/batch", {"batch": items})


def stored_ids(home: Path) -> list[str]:
    """Give the message ids of all events in the folder, which nobody else has open."""
    import duckdb

    with duckdb.connect(str(home / "events.duckdb")) as events:
        return [row[0] for row in events.execute("SELECT message_id FROM events").fetchall()]
