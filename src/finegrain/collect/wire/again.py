"""One item read again alone, by the rules of today, with what stood around it in the request that brought it."""

from __future__ import annotations

import base64
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.contract import DecodedRequest, EventCall
from finegrain.collect.wire.errors import WrongShapeError
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.collect.wire.contract import WireFormat

CALL = "call"
"""Member of an envelope that says the item is a call that was decoded before, as ``written`` gives it."""


class _Written(msgspec.Struct):
    message_id: str
    distinct_id: str
    event: str
    time: datetime
    properties: dict[str, Any]
    historical: bool = False


_WRITTEN = msgspec.json.Decoder(_Written)


def written(call: EventCall) -> str:
    """Give an event that was decoded as text, for ``read_again`` with an envelope that has ``CALL``.

    What cannot be written as JSON is written as text.
    """
    fields = {name: getattr(call, name) for name in ("message_id", "distinct_id", "event", "time", "properties", "historical")}
    try:
        return msgspec.json.encode(fields).decode()
    except (ValueError, TypeError, OverflowError, RecursionError):
        return repr(fields)


def read_again(
    format: WireFormat,  # noqa: A002 - its name
    raw: str,
    envelope: Mapping[str, Any],
    received_at: datetime,
) -> DecodedRequest:
    """Decode one item.

    Args:
        format: of the request that brought it.
        raw: the item, as JSON.
        envelope: that of the ``DecodedRequest``.
        received_at: when the request came in, aware, in UTC; times are corrected as they were then.

    Raises:
        WireError: it is not JSON, as one that was cut off.
    """
    if envelope.get(CALL):
        return _decoded(raw)
    return _READERS[format](raw.encode(), envelope, received_at)


def _decoded(raw: str) -> DecodedRequest:
    try:
        found = _WRITTEN.decode(raw)
    except msgspec.DecodeError as error:
        raise WrongShapeError(expected="an event") from error
    call = EventCall(found.message_id, found.distinct_id, found.event, found.time, found.properties, found.historical)
    return DecodedRequest(None, ((0, call),), (), 1)


def _segment(raw: bytes, envelope: Mapping[str, Any], received_at: datetime) -> DecodedRequest:
    kind = envelope.get("kind")
    if kind is not None:
        return segment.decode(WireRequest(f"/v1/{kind}", raw, received_at))
    around = {name: envelope[name] for name in ("context", "sentAt") if name in envelope}
    body = msgspec.json.encode({"batch": [msgspec.Raw(raw)], **around})
    return segment.decode(WireRequest("/v1/batch", body, received_at))


def _sensors(raw: bytes, envelope: Mapping[str, Any], received_at: datetime) -> DecodedRequest:
    query = {name: str(envelope[name]) for name in ("project",) if name in envelope}
    body = urlencode({"data": base64.b64encode(raw).decode()}).encode()
    return sensors.decode(WireRequest("/sa", body, received_at, query))


def _posthog(raw: bytes, envelope: Mapping[str, Any], received_at: datetime) -> DecodedRequest:
    around = {name: envelope[name] for name in ("sent_at", "historical_migration") if name in envelope}
    body = msgspec.json.encode({"batch": [msgspec.Raw(raw)], **around})
    return posthog.decode(WireRequest("/batch/", body, received_at))


_READERS: dict[WireFormat, Callable[[bytes, Mapping[str, Any], datetime], DecodedRequest]] = {
    "segment": _segment,
    "sensors": _sensors,
    "posthog": _posthog,
}
