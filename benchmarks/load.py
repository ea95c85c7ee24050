"""A load generator for collectors: its own process, prepared requests, connections that are kept open."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 20_000
_TRACK = b'"type": "track"'
PAGES, PRODUCTS = 400, 3_000
IDENTIFIES, BOTH_IDS, ANONYMOUS = 0.02, 0.25, 0.25
"""Shares of the calls: identify with three traits; with the ids of both login and device; with that of the device alone."""


@dataclass
class Load:
    """What to send.

    Attributes:
        port: where, on this machine.
        key: write key.
        batches: requests.
        size: events a request.
        connections: requests under way at once.
        seed: of people, products and message ids.
    """

    port: int
    key: str
    batches: int
    size: int
    connections: int
    seed: int


def requests(load: Load) -> list[bytes]:
    """Prepare all requests as they go over the wire: Segment's calls of a shop, about 450 bytes each."""
    rng = np.random.default_rng(load.seed)
    basic = base64.b64encode(f"{load.key}:".encode()).decode()
    return [_request(load, body, basic) for body in _bodies(load, rng)]


def _request(load: Load, body: bytes, basic: str) -> bytes:
    single = "/v1/track" if _TRACK in body else "/v1/identify"
    path = "/v1/batch" if load.size > 1 else single
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _bodies(load: Load, rng: np.random.Generator) -> Iterator[bytes]:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime())
    for batch in range(load.batches):
        people, products = rng.integers(0, PEOPLE, load.size).tolist(), rng.integers(0, PRODUCTS, load.size).tolist()
        prices = np.round(rng.lognormal(3, 1, load.size), 2).tolist()
        shares = rng.random(load.size).tolist()
        calls = [
            {
                **(_identify(person) if share < IDENTIFIES else _track(place, person, product, price)),
                **_ids(person, share),
                "messageId": f"{load.seed:08x}-{batch:06x}-{place:04x}-load",
                "timestamp": now,
                "context": {"library": {"name": "analytics-python", "version": "2.3.4"}, "ip": "203.0.113.7", "locale": "zh-CN"},
            }
            for place, (person, product, price, share) in enumerate(zip(people, products, prices, shares, strict=True))
        ]
        yield json.dumps({"batch": calls, "sentAt": now} if load.size > 1 else {**calls[0], "sentAt": now}).encode()


def _ids(person: int, share: float) -> dict[str, str]:
    user, device = {"userId": f"user-{person:06d}"}, {"anonymousId": f"5bb1f5a0-device-of-{person:06d}"}
    if share < BOTH_IDS:
        return {**user, **device}
    return device if share < BOTH_IDS + ANONYMOUS else user


def _identify(person: int) -> dict[str, Any]:
    return {"type": "identify", "traits": {"name": f"Customer {person}", "city": f"City {person % 50}", "plan": "free"}}


def _track(place: int, person: int, product: int, price: float) -> dict[str, Any]:
    properties = {
        "product_id": f"p{product}",
        "price": price,
        "category": f"category {product % 40}",
        "quantity": product % 3 + 1,
        "path": f"/shop/{person % PAGES}",
    }
    return {"type": "track", "event": ("Product Viewed", "Product Added", "Page Viewed")[place % 3], "properties": properties}


class _Connection(asyncio.Protocol):
    """Sends one request after the other, the next as soon as the last is answered."""

    def __init__(
        self, waiting: list[bytes], latencies: list[float], answered: list[float], finished: asyncio.Future[None]
    ) -> None:
        self._waiting = waiting
        self._latencies = latencies
        self._answered = answered
        self._finished = finished
        self._began = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take an answer, and go on."""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length):
            return
        if not self._answer.startswith(b"HTTP/1.1 200"):
            self._finished.set_exception(RuntimeError(self._answer.decode()))
            return
        now = time.perf_counter()
        self._latencies.append(now - self._began)
        self._answered.append(now)
        self._answer = b""
        self._send()

    def _send(self) -> None:
        if not self._waiting:
            self._transport.close()
            if not self._finished.done():
                self._finished.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(self._waiting.pop())


async def send(load: Load, prepared: list[bytes]) -> dict[str, float]:
    """Send everything; give calls and requests a second, the waits and the longest time without an answer in milliseconds."""
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    answered: list[float] = []
    ends = [loop.create_future() for _ in range(load.connections)]
    waiting = list(reversed(prepared))
    began = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: _Connection(waiting, latencies, answered, end), "127.0.0.1", load.port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - began
    waits = np.array(latencies) * 1000
    return {
        "events_per_s": load.batches * load.size / seconds,
        "requests_per_s": load.batches / seconds,
        "p50_ms": float(np.percentile(waits, 50)),
        "p99_ms": float(np.percentile(waits, 99)),
        "longest_ms": float(waits.max()),
        "stall_ms": float(np.diff([began, *answered]).max() * 1000),
        "tracks": sum(request.count(_TRACK) for request in prepared),
    }


def main(arguments: list[str]) -> None:
    """Send the load given as JSON; print what came of it as JSON."""
    import uvloop

    load = Load(**json.loads(arguments[0]))
    prepared = requests(load)
    print(json.dumps(uvloop.run(send(load, prepared))))


if __name__ == "__main__":
    main(sys.argv[1:])
