"""Visitors of a shop: keep sending to a running server, so that pictures of the live pages have something to show."""

from __future__ import annotations

import http.client
import json
import random
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE_S = 0.25
PRODUCTS = ("咖啡豆", "手冲壶", "滤纸", "马克杯")
EVENTS = ("Page Viewed", "Product Viewed", "Product Added", "Cart Viewed", "Checkout Started", "Order Completed")
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
ROBOT_SHARE, REPEAT_SHARE, REFUSED_SHARE = 0.05, 0.08, 0.05


@contextmanager
def traffic(url: str, key: str, *, seed: int = 7) -> Iterator[None]:
    """Send batches to the Segment source of ``key`` while the block runs."""
    stop = threading.Event()
    sender = threading.Thread(target=_send_until, args=(url, key, random.Random(seed), stop))  # noqa: S311 - no secret
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()


def _send_until(url: str, key: str, draw: random.Random, stop: threading.Event) -> None:
    number = 0
    while not stop.wait(PAUSE_S):
        number += 1
        agent = ROBOT if draw.random() < ROBOT_SHARE else "analytics-node/3"
        _post(url, {"writeKey": key, "batch": _batch(draw, number)}, agent)


def _batch(draw: random.Random, number: int) -> list[dict[str, Any]]:
    batch = [_event(draw, f"{number}-{place}") for place in range(draw.randint(1, 4))]
    if draw.random() < REPEAT_SHARE:
        batch.append(_event(draw, "1-0"))
    if draw.random() < REFUSED_SHARE:
        nobody = _event(draw, f"{number}-nobody")
        del nobody["userId"]
        batch.append(nobody)
    return batch


def _event(draw: random.Random, message_id: str) -> dict[str, Any]:
    product = draw.randrange(len(PRODUCTS))
    properties = {"product_id": f"p-{product}", "name": PRODUCTS[product], "price": draw.randint(19, 399)}
    person = f"m{draw.randrange(400):03}"
    return {
        "type": "track", "userId": person, "event": draw.choice(EVENTS), "messageId": message_id, "properties": properties,
    }  # fmt: skip


def _post(url: str, body: dict[str, Any], agent: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("POST", "/v1/batch", json.dumps(body), {"Content-Type": "application/json", "User-Agent": agent})
        connection.getresponse().read()
    finally:
        connection.close()
