"""What each vendor's client expects to be answered, with verdicts for refused items where the format has room."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from finegrain.collect.pipeline.errors import CollectorClosedError, NotStoredError, OverloadedError
from finegrain.collect.sources.errors import OriginRefusedError, UnknownKeyError
from finegrain.collect.wire.errors import BodyTooLargeError
from finegrain.server.errors import SlowBodyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.wire.contract import WireFormat
    from finegrain.errors import FinegrainError

_JSON = b"application/json"
_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNCACHED = ((b"cache-control", b"no-store"),)
_encode = msgspec.json.Encoder().encode

GIF = "sa.gif"
"""Last part of the path that browsers ask for as an image."""

STATUS: dict[type[FinegrainError], int] = {
    BodyTooLargeError: 413,
    CollectorClosedError: 503,
    NotStoredError: 503,
    OriginRefusedError: 403,
    OverloadedError: 429,
    SlowBodyError: 408,
    UnknownKeyError: 401,
}
"""Error → status; every other error of a request is a 400."""


class Answer(NamedTuple):
    """One answer: status, media type, body, and further headers."""

    status: int
    media_type: bytes
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


_PLAIN_SEGMENT = Answer(200, _JSON, b'{"success":true}')
_PLAIN_POSTHOG = Answer(200, _JSON, b'{"status":1}')


def stored(receipt: Receipt, format: WireFormat, path: str) -> Answer:  # noqa: A002 - its name
    """Give the answer to a request that was stored.

    Args:
        receipt: what became of it.
        format: of the source.
        path: the request's path, whose last part decides 神策's answer.
    """
    return _STORED[format](receipt, _last(path))


def failed(error: FinegrainError, format: WireFormat, path: str) -> Answer:  # noqa: A002 - its name
    """Give the answer to a request of which nothing was stored; an image is answered by an image, whatever went wrong."""
    status = STATUS.get(type(error), 400)
    if format == "sensors" and _last(path) == GIF:
        return Answer(status, b"image/gif", _GIF, (*_UNCACHED, *_retry_headers(error)))
    body: dict[str, Any] = error.to_dict()
    if format == "segment":
        body["success"] = False
        status = 400 if status == STATUS[BodyTooLargeError] else status
    elif format == "posthog":
        body["status"] = 0
    return Answer(status, _JSON, _encode(body), _retry_headers(error))


def _segment(receipt: Receipt, _last: str) -> Answer:
    if not receipt.refused and not receipt.duplicates:
        return _PLAIN_SEGMENT
    return Answer(200, _JSON, _encode({"success": True, **_verdicts(receipt)}))


def _posthog(receipt: Receipt, _last: str) -> Answer:
    if not receipt.refused and not receipt.duplicates:
        return _PLAIN_POSTHOG
    return Answer(200, _JSON, _encode({"status": 1, **_verdicts(receipt)}))


def _sensors(receipt: Receipt, last: str) -> Answer:
    if last == GIF:
        return Answer(200, b"image/gif", _GIF, _UNCACHED)
    status = 400 if last == "debug" and receipt.refused else 200  # the SDKs show a debug answer only when it is no success
    return Answer(status, _JSON, _encode({"code": 0 if status == 200 else 1, **_verdicts(receipt)}))  # noqa: PLR2004 - HTTP's OK


_STORED: dict[WireFormat, Callable[[Receipt, str], Answer]] = {"segment": _segment, "sensors": _sensors, "posthog": _posthog}


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lower()


def _verdicts(receipt: Receipt) -> dict[str, Any]:
    refused = [{"position": item.position, "reason": item.reason, "detail": item.detail} for item in receipt.refused]
    if receipt.early:
        return {"accepted": receipt.stored, "refused": refused}
    return {"stored": receipt.stored, "duplicates": receipt.duplicates, "refused": refused}


def _retry_headers(error: FinegrainError) -> tuple[tuple[bytes, bytes], ...]:
    if "retry_s" not in error.facts:
        return ()
    seconds = str(error.facts["retry_s"]).encode()
    return ((b"retry-after", seconds), (b"x-ratelimit-reset", seconds))
