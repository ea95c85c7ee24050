"""Segment's plain track calls, read all at once, give what each of them gives alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.wire import segment
from finegrain.collect.wire.limits import MAX_DEPTH
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import DecodedRequest

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
NOT_PLAIN = {"type": 5}
"""A type that is no text: with it a request is read call by call, and it is refused itself."""

ids = st.sampled_from(["u1", "u2", "d1", "", "null", " ", "GUEST", "x" * 256, None])
times = st.sampled_from(
    ["2024-05-01T11:59:00.123Z", "2024-05-01T12:00:30Z", "2024-05-01T20:00:00Z", "2024-05-01T13:00:00+02:00", "1714564800", "",
     "1899-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "20240501", "noon", None]
)  # fmt: skip
properties = st.sampled_from(
    [None, {}, {"price": 9.5, "名": "茶"}, {"context": 1}, {"revenue": "12.5"}, {"big": 2**70}, {"\x00": "\x00"}, 5]
)
contexts = st.sampled_from([None, {}, {"ip": "203.0.113.7"}, {"locale": "zh-CN", "library": {"name": "x"}}, "text"])
calls = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "track", "track", "identify", "page", "alias", "odd"])},
    optional={
        "event": st.sampled_from(["Product Viewed", "Order Completed", "", "e" * 256, None]),
        "userId": ids,
        "anonymousId": ids,
        "messageId": st.sampled_from(["m1", "m2", "", "m" * 300, None]),
        "timestamp": times,
        "originalTimestamp": times,
        "sentAt": times,
        "properties": properties,
        "traits": properties,
        "context": contexts,
        "previousId": ids,
        "writeKey": st.sampled_from(["wk", "", None]),
    },
)
good = st.fixed_dictionaries(
    {
        "type": st.just("track"),
        "event": st.sampled_from(["Product Viewed", "Order Completed"]),
        "messageId": st.text(min_size=1, max_size=3),
        "timestamp": st.sampled_from(["2024-05-01T11:59:00.123Z", "2024-05-01T12:00:30Z", "2024-05-01T20:00:00Z"]),
        "properties": properties.filter(lambda value: value != 5),
        "context": contexts,
        "userId": st.sampled_from(["u1", "u2"]),
    },
    optional={"anonymousId": st.sampled_from(["d1", "d2", "u1"]), "writeKey": st.just("wk"), "integrations": st.just({"All": 1})},
)
around = st.fixed_dictionaries({}, optional={"context": contexts, "sentAt": times, "writeKey": st.just("outer")})


def decode(items: list[dict[str, Any]], envelope: dict[str, Any]) -> DecodedRequest:
    return segment.decode(WireRequest("/v1/batch", json.dumps({"batch": items, **envelope}).encode(), NOON))


@given(st.lists(good | calls, max_size=6), around)
def test_a_batch_gives_what_its_calls_give_one_by_one(items: list[dict[str, Any]], envelope: dict[str, Any]) -> None:
    found, slow = decode(items, envelope), decode([*items, NOT_PLAIN], envelope)
    assert found.calls == slow.calls
    assert found.refused == slow.refused[:-1]
    assert (found.key, found.clamped, found.envelope) == (slow.key, slow.clamped, slow.envelope)


@given(good | calls)
def test_a_request_of_one_call_gives_what_it_gives_in_a_batch(call: dict[str, Any]) -> None:
    call = {**call, "type": "track", "messageId": "m1"}
    alone = segment.decode(WireRequest("/v1/track", json.dumps(call).encode(), NOON))
    slow = decode([call, NOT_PLAIN], {})
    assert alone.calls == slow.calls
    assert [item.reason for item in alone.refused] == [item.reason for item in slow.refused[:-1]]
    assert (alone.key, alone.clamped) == (slow.key, slow.clamped)


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_a_plain_call_that_is_too_deep_or_too_large_is_refused(path: str) -> None:
    deep: dict[str, Any] = {}
    for _ in range(MAX_DEPTH):
        deep = {"in": deep}
    reasons = []
    for extra in ({"integrations": deep}, {"channel": "x" * 33_000}):
        call = {"type": "track", "event": "e", "userId": "u", "messageId": "m", "timestamp": "2024-05-01T11:59:00Z", **extra}
        body = {"batch": [call]} if path == "/v1/batch" else call
        decoded = segment.decode(WireRequest(path, json.dumps(body).encode(), NOON))
        reasons += [item.reason for item in decoded.refused]
    assert reasons == ["item_too_deep", "item_too_large"]
