"""Requests as the journal keeps them: as they came, with the source that they were found to be of."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotation
from typing import TYPE_CHECKING

import msgspec

from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.contract import WireFormat  # noqa: TC001 - msgspec reads the annotation
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.collect.wire.contract import DecodedRequest

_READ_BY_DECODERS = ("content-encoding",)
"""Headers on which it depends what a body says; others are not kept, as they hold keys and cookies."""
_KEYS = frozenset({"token", "api_key"})
"""Fields of a query that hold the key of the source, which is known by then."""


class _Record(msgspec.Struct, array_like=True):
    source: str
    format: WireFormat
    received_at: datetime
    user_agent: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


_RECORD = msgspec.msgpack.Decoder(_Record)
_encode = msgspec.msgpack.Encoder().encode
_DECODERS: Mapping[WireFormat, Callable[[WireRequest], DecodedRequest]] = {
    "segment": segment.decode,
    "sensors": sensors.decode,
    "posthog": posthog.decode,
}


def record_of(request: WireRequest, arrival: Arrival) -> bytes:
    """Give a request as bytes from which ``arrival_of`` makes its arrival again."""
    headers = {name: request.headers[name] for name in _READ_BY_DECODERS if name in request.headers}
    said = (arrival.source, arrival.format, request.received_at, arrival.user_agent, request.path)
    query = {name: value for name, value in request.query.items() if name not in _KEYS}
    return _encode(_Record(*said, query, headers, request.body))


def arrival_of(record: bytes) -> Arrival:
    """Give the arrival of a request again; its events have the ids and times that they had.

    Raises:
        WireError: this version cannot take its body apart.
        msgspec.DecodeError: it is no record of this version's.
    """
    kept = _RECORD.decode(record)
    request = WireRequest(kept.path, kept.body, kept.received_at, kept.query, kept.headers)
    return Arrival(_DECODERS[kept.format](request), kept.source, kept.format, kept.received_at, kept.user_agent)
