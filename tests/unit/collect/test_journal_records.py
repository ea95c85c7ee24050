"""A request read again from its record brings the same rows as it did when it came."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.pipeline.records import arrival_of, record_of
from finegrain.collect.pipeline.rows import Rows
from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import WireFormat

NOON = datetime(2024, 5, 1, 12, 0, 0, 123_456, tzinfo=UTC)
DECODERS: dict[str, Any] = {"segment": segment.decode, "sensors": sensors.decode, "posthog": posthog.decode}
COLUMNS = ("message_ids", "distinct_ids", "events", "times_us", "historical", "properties", "positions", "sightings", "changes")
_CALLS = json.dumps(
    {
        "batch": [{"type": "track", "event": "茶", "userId": "u", "anonymousId": "d"}, {"type": "odd"}],
        "sentAt": "2024-05-01T13:00:00Z",
    }
).encode()
_RECORD = {"type": "track", "event": "A", "distinct_id": "u", "time": 1_714_000_000_000, "properties": {"$project": "p"}}
_DATA = base64.b64encode(gzip.compress(json.dumps(_RECORD).encode())).decode()
_CAPTURE = json.dumps({"api_key": "k", "event": "$identify", "distinct_id": "u", "$set": {"a": 1}, "uuid": "x"}).encode()
REQUESTS: list[tuple[WireFormat, WireRequest]] = [
    (
        "segment",
        WireRequest("/v1/batch", gzip.compress(_CALLS), NOON, {}, {"authorization": "Basic a2V5Og==", "user-agent": "x"}),
    ),
    ("segment", WireRequest("/v1/t", b'{"event":"A","userId":"u"}', NOON)),
    ("sensors", WireRequest("/sa", b"", NOON, {"data": _DATA, "gzip": "1", "project": "shop", "token": "secret"})),
    ("posthog", WireRequest("/e/", _CAPTURE, NOON, {"compression": "none", "_": "1"}, {"content-encoding": "identity"})),
]


@pytest.mark.parametrize(("format_", "request_"), REQUESTS)
def test_a_request_that_is_read_again_brings_the_same_rows(format_: WireFormat, request_: WireRequest) -> None:
    arrival = Arrival(DECODERS[format_](request_), "web", format_, NOON, "Googlebot/2.1")
    again = arrival_of(record_of(request_, arrival))
    assert (again.source, again.format, again.received_at, again.user_agent) == ("web", format_, NOON, "Googlebot/2.1")
    before, after = Rows(arrival), Rows(again)
    assert [getattr(before, name) for name in COLUMNS] == [getattr(after, name) for name in COLUMNS]
    assert before.refused == after.refused
    assert len(before) or before.changes


@pytest.mark.parametrize(("place", "key"), [(0, b"a2V5Og"), (2, b"secret")])
def test_keys_in_headers_and_addresses_are_not_kept(place: int, key: bytes) -> None:
    format_, request = REQUESTS[place]
    assert key not in record_of(request, Arrival(DECODERS[format_](request), "web", format_, NOON))
