"""The least that a durable collector does: uvicorn, msgspec, and DuckDB in group commits; nothing is checked.

``python -m benchmarks.bare_collector FILE`` serves on a free port and prints it.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

_BODY = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.encode
_INSERT = """
INSERT INTO events
SELECT seq, message_id, distinct_id, event, "time", received_at, CAST(CAST(properties AS JSON) AS VARIANT) FROM batch
"""
_TABLE = """
CREATE TABLE events (
    seq BIGINT, message_id VARCHAR, distinct_id VARCHAR, event VARCHAR, "time" VARCHAR, received_at TIMESTAMP, properties VARIANT
)
"""


class Collector:
    """Stores what waits in one commit after the other, and answers after each."""

    def __init__(self, path: str) -> None:
        # As in our own store; else merging row groups would make it half as fast, and the comparison too kind.
        self._connection = duckdb.connect(path, config={"max_vacuum_tasks": 0})
        self._connection.execute(_TABLE).fetchall()
        self._waiting: list[tuple[list[dict[str, Any]], asyncio.Future[None], asyncio.AbstractEventLoop]] = []
        self._wake = threading.Condition()
        self._seq = 0
        threading.Thread(target=self._run, daemon=True).start()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Take one batch, or one call."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        said = _BODY.decode(body)
        with self._wake:
            self._waiting.append((said.get("batch", [said]), stored, loop))
            self._wake.notify()
        await stored
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting)
                group, self._waiting = self._waiting, []
            self._store([event for events, _, _ in group for event in events])
            for _, stored, loop in group:
                loop.call_soon_threadsafe(stored.set_result, None)

    def _store(self, events: list[dict[str, Any]]) -> None:
        now = np.full(len(events), np.datetime64(time.time_ns() // 1000, "us"))
        batch = pa.table(
            {
                "seq": np.arange(self._seq, self._seq + len(events)),
                "message_id": [event["messageId"] for event in events],
                "distinct_id": [event.get("userId") or event["anonymousId"] for event in events],
                "event": [event.get("event") or event["type"] for event in events],
                "time": [event["timestamp"] for event in events],
                "received_at": pa.array(now),
                "properties": pa.array([_encode(event.get("properties") or event["traits"]) for event in events], pa.string()),
            }
        )
        self._connection.register("batch", batch)
        self._connection.execute(_INSERT).fetchall()
        self._connection.unregister("batch")
        self._seq += len(events)


def main(path: str) -> None:
    """Serve until the process is ended."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(Collector(path), log_level="warning", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
