"""Segment's requests, in the shapes that segment-analytics-python 2.4, @segment/analytics-node 3.1 and browsers send."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.wire import segment
from finegrain.collect.wire.contract import DecodedRequest, EventCall, ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.errors import TooManyItemsError, WrongShapeError
from finegrain.collect.wire.harvest import FUTURE_TIME
from finegrain.collect.wire.reasons import REASONS
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

RECEIVED = datetime(2024, 6, 1, 12, tzinfo=UTC)
BASIC = {"authorization": "Basic " + base64.b64encode(b"wk:").decode(), "content-type": "application/json"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def send(body: object, path: str = "/v1/batch", headers: Mapping[str, str] = BASIC) -> DecodedRequest:
    """Decode ``body``, written as JSON unless it is bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return segment.decode(WireRequest(path, raw, RECEIVED, headers=headers))


def python_item(kind: str, **fields: Any) -> dict[str, Any]:
    """Give an item with every field that the Python SDK sends."""
    return {
        "integrations": {},
        "anonymousId": None,
        "timestamp": "2024-06-01T11:59:58.765+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": "u1",
        "type": kind,
        "messageId": f"m-{kind}",
        **fields,
    }


def batch(*items: object, **fields: Any) -> dict[str, Any]:
    return {"batch": list(items), "sentAt": "2024-06-01T12:00:00+00:00", "writeKey": "wk", **fields}


def calls(decoded: DecodedRequest) -> list[Any]:
    return [call for _, call in decoded.calls]


def only_event(decoded: DecodedRequest) -> EventCall:
    (call,) = calls(decoded)
    assert isinstance(call, EventCall)
    return call


def test_python_sdk_batch_gives_every_call() -> None:
    library = {"library": {"name": "analytics-python", "version": "2.4.0"}}
    time = datetime(2024, 6, 1, 11, 59, 58, 765_000, tzinfo=UTC)
    decoded = send(
        batch(
            python_item("identify", traits={"email": "a@b.c"}),
            python_item("track", event="Product Viewed", properties={"price": 3}),
            python_item("page", name="Home", category="Docs", properties={"url": "http://x"}),
            python_item("screen", name="Cart", properties={}),
            python_item("group", groupId="g1", traits={"name": "G"}),
            python_item("alias", previousId="anon1"),
        )
    )
    assert (decoded.key, decoded.items, decoded.refused) == ("wk", 6, ())
    assert decoded.calls == (
        (0, TraitCall("m-identify", "u1", "set", {"email": "a@b.c"}, time)),
        (1, EventCall("m-track", "u1", "Product Viewed", time, {"price": 3, "context": library})),
        (
            2,
            EventCall(
                "m-page", "u1", "Page Viewed", time, {"url": "http://x", "name": "Home", "category": "Docs", "context": library}
            ),
        ),
        (3, EventCall("m-screen", "u1", "Screen Viewed", time, {"name": "Cart", "context": library})),
        (4, TraitCall("m-group", "u1", "set", {"group_id": "g1"}, time)),
        (4, ItemCall("m-group:item", "set", "group", "g1", {"name": "G"}, time)),
        (5, LinkCall("m-alias", "alias", "anon1", "u1", time)),
    )


def test_python_sdk_gzip_reads_the_same() -> None:
    body = batch(python_item("track", event="E", properties={}))
    packed = send(gzip.compress(json.dumps(body).encode()), headers={**BASIC, "content-encoding": "gzip"})
    assert packed == send(body)


def test_node_sdk_item_without_anonymous_id_is_read() -> None:
    item = {
        "timestamp": "1970-01-01T00:00:00.000Z",
        "integrations": {},
        "event": "E",
        "type": "track",
        "properties": {"n": 1},
        "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}},
        "userId": "u1",
        "messageId": "node-next-1795232092933-e38b01fd",
        "_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"},
    }
    event = only_event(send(batch(item, sentAt="2024-06-01T12:00:00.000Z")))
    assert (event.time, event.message_id) == (datetime(1970, 1, 1, tzinfo=UTC), "node-next-1795232092933-e38b01fd")


def test_browser_beacon_carries_its_key_and_links_both_ids() -> None:
    beacon = {
        "timestamp": "2024-06-01T11:59:59.000Z",
        "sentAt": "2024-06-01T12:00:00.000Z",
        "anonymousId": "a1",
        "userId": "u1",
        "event": "E",
        "type": "track",
        "properties": {},
        "messageId": "ajs-next-1",
        "writeKey": "wk2",
    }
    decoded = send(beacon, "/v1/t", {"content-type": "text/plain"})
    time = RECEIVED - timedelta(seconds=1)
    assert decoded.key == "wk2"
    assert calls(decoded) == [
        LinkCall("ajs-next-1:link", "identify", "a1", "u1", time),
        EventCall("ajs-next-1", "u1", "E", time, {}),
    ]


@pytest.mark.parametrize(
    ("short", "long"),
    [("i", "identify"), ("t", "track"), ("p", "page"), ("s", "screen"), ("g", "group"), ("a", "alias")],
)
def test_short_paths_mean_the_same(short: str, long: str) -> None:
    body = {"userId": "u", "event": "E", "groupId": "g", "previousId": "p", "messageId": "m"}
    assert send(body, f"/v1/{short}") == send(body, f"/v1/{long}")


def test_browser_metrics_hold_no_items() -> None:
    assert send({"series": [{"type": "Counter"}]}, "/v1/m") == DecodedRequest("wk", (), (), 0)


@pytest.mark.parametrize(
    ("authorization", "key"), [("Basic d2s6", "wk"), ("basic d2s=", "wk"), ("Basic ???", "body"), ("Bearer t", "body")]
)
def test_key_comes_from_basic_auth_or_body(authorization: str, key: str) -> None:
    assert send(batch(writeKey="body"), headers={"authorization": authorization}).key == key


def test_clock_skew_is_taken_out() -> None:
    """Segment's formula: receivedAt − (sentAt − originalTimestamp), here for a clock that is two hours fast."""
    item = python_item("track", event="E", timestamp="2024-06-01T13:59:30Z")
    event = only_event(send(batch(item, sentAt="2024-06-01T14:00:00Z")))
    assert event.time == RECEIVED - timedelta(seconds=30)


def test_item_sent_at_wins_over_the_batch() -> None:
    item = python_item("track", event="E", timestamp="2024-06-01T10:00:00Z", sentAt="2024-06-01T10:00:05Z")
    assert only_event(send(batch(item))).time == RECEIVED - timedelta(seconds=5)


def test_future_time_becomes_the_moment_of_receipt_and_is_marked() -> None:
    decoded = send(batch(python_item("track", event="E", timestamp="2031-01-01T00:00:00Z"), sentAt=None))
    event = only_event(decoded)
    assert (event.time, decoded.clamped) == (RECEIVED, (0,))
    assert event.properties[FUTURE_TIME] == "2031-01-01T00:00:00+00:00"


def test_clock_a_moment_ahead_is_not_marked() -> None:
    decoded = send(batch(python_item("track", event="E", timestamp="2024-06-01T12:00:30Z"), sentAt=None))
    assert (only_event(decoded).time, decoded.clamped) == (RECEIVED, ())


def test_outer_context_is_merged_and_the_item_wins() -> None:
    item = python_item("track", event="E", context={"ip": "2.2.2.2"})
    event = only_event(send(batch(item, context={"ip": "1.1.1.1", "locale": "zh-CN"})))
    assert event.properties["context"] == {"ip": "2.2.2.2", "locale": "zh-CN"}


def test_property_named_context_is_kept() -> None:
    event = only_event(send(batch(python_item("track", event="E", properties={"context": "sale"}, context={"ip": "1.1.1.1"}))))
    assert event.properties == {"context": "sale", "$context": {"ip": "1.1.1.1"}}


def test_same_pair_of_ids_is_linked_once_a_batch_until_the_login_changes() -> None:
    items = [{"type": "track", "event": "E", "anonymousId": "a", "userId": user, "messageId": user} for user in "ppqp"]
    links = [call for call in calls(send(batch(*items))) if isinstance(call, LinkCall)]
    assert [link.to_id for link in links] == ["p", "q", "p"]


@pytest.mark.parametrize(
    ("properties", "total"),
    [
        ({"total": 9, "revenue": 8}, 9),
        ({"total": "9.50"}, "9.50"),
        ({"total": None, "revenue": "8.5"}, 8.5),
        ({"products": [{"price": 0.1, "quantity": 3}, {"price": "2"}]}, 2.3),
        ({"products": [{"price": 5}, {"name": "no price"}]}, None),
        ({"products": []}, None),
        ({}, None),
    ],
)
def test_order_gets_its_total(properties: dict[str, Any], total: object) -> None:
    event = only_event(send(batch(python_item("track", event="Order Completed", properties=properties))))
    assert event.properties.get("total") == total


def test_other_events_get_no_total() -> None:
    event = only_event(send(batch(python_item("track", event="Product Added", properties={"revenue": 3}))))
    assert "total" not in event.properties


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (7, "not_an_object"),
        ({"type": "trac", "userId": "u"}, "unknown_type"),
        ({"type": ["track"], "userId": "u"}, "unknown_type"),
        ({"userId": "u"}, "unknown_type"),
        ({"type": "track", "event": "E"}, "no_person"),
        ({"type": "track", "event": "E", "userId": "null", "anonymousId": " "}, "no_person"),
        ({"type": "track", "event": "E", "userId": True}, "no_person"),
        ({"type": "track", "event": "E", "userId": "u" * 256}, "id_too_long"),
        ({"type": "track", "userId": "u"}, "no_event"),
        ({"type": "track", "userId": "u", "event": " "}, "no_event"),
        ({"type": "track", "userId": "u", "event": "E" * 256}, "name_too_long"),
        ({"type": "track", "userId": "u", "event": "E", "properties": [1]}, "bad_properties"),
        ({"type": "identify", "userId": "u", "traits": "x"}, "bad_properties"),
        ({"type": "track", "userId": "u", "event": "E", "timestamp": "yesterday"}, "bad_time"),
        ({"type": "track", "userId": "u", "event": "E", "timestamp": "0001-01-01T00:00:00+14:00"}, "bad_time"),
        ({"type": "track", "userId": "u", "event": "E", "timestamp": "1899-12-31"}, "bad_time"),
        ({"type": "track", "userId": "u", "event": "E", "timestamp": {}}, "bad_time"),
        ({"type": "group", "userId": "u"}, "no_item"),
        ({"type": "alias", "userId": "u"}, "no_link"),
        ({"type": "alias", "userId": "u", "previousId": "u"}, "no_link"),
        ({"type": "track", "userId": "u", "event": "E", "properties": {"x": "y" * 40_000}}, "item_too_large"),
    ],
)
def test_bad_item_is_refused_alone(item: object, reason: str) -> None:
    decoded = send(batch(python_item("track", event="before"), item, python_item("track", event="after")))
    (refused,) = decoded.refused
    assert (refused.position, refused.reason) == (1, reason)
    assert refused.detail
    assert [call.event for call in calls(decoded)] == ["before", "after"]


def test_refused_item_keeps_its_text() -> None:
    (refused,) = send(b'{"batch":[{"type": "track",  "n": 1.10}]}').refused
    assert refused.raw == '{"type": "track",  "n": 1.10}'


def test_numbers_are_ids() -> None:
    decoded = send(batch(python_item("track", event="E", userId=17), python_item("track", event="E", userId=18.0)))
    assert [call.distinct_id for call in calls(decoded)] == ["17", "18"]


def test_items_after_the_limit_are_refused_one_by_one() -> None:
    item = {"type": "track", "event": "E", "userId": "u"}
    decoded = send(batch(*[item] * 2_503))
    assert (decoded.items, len(decoded.calls)) == (2_503, 2_500)
    assert [(refused.position, refused.reason) for refused in decoded.refused] == [(n, "too_many") for n in range(2_500, 2_503)]


def test_far_too_many_items_refuse_the_request() -> None:
    with pytest.raises(TooManyItemsError, match="26000 items"):
        send(batch(*[0] * 26_000))


@pytest.mark.parametrize("body", [[], 1, {}, {"batch": {}}, {"batch": None}])
def test_batch_without_a_list_is_an_error(body: object) -> None:
    with pytest.raises(WrongShapeError, match="batch"):
        send(body)


def test_retry_without_message_ids_derives_the_same() -> None:
    item = {"type": "track", "event": "E", "userId": "u", "timestamp": "2024-05-01T00:00:00Z"}
    first, again = ([call.message_id for call in calls(send(batch(item, item, sentAt=sent)))] for sent in ("2024-06-01", None))
    assert first == again
    assert len(set(first)) == 2


def test_item_of_its_own_sent_at_derives_the_same_on_a_retry() -> None:
    item = {"event": "E", "userId": "u", "timestamp": "2024-05-01T00:00:00Z"}
    sent = [send({**item, "sentAt": f"2024-06-01T11:0{minute}:00Z"}, "/v1/track") for minute in (1, 2)]
    assert only_event(sent[0]).message_id == only_event(sent[1]).message_id


def test_message_without_id_and_time_counts_each_time() -> None:
    body = json.dumps({"event": "E", "userId": "u"}).encode()
    moments = [RECEIVED, RECEIVED + timedelta(microseconds=1)]
    ids = {only_event(segment.decode(WireRequest("/v1/track", body, moment))).message_id for moment in moments}
    assert len(ids) == 2


@given(st.lists(json_values, max_size=4))
def test_any_items_are_read_or_refused(items: list[Any]) -> None:
    decoded = send({"batch": items})
    covered = {position for position, _ in decoded.calls} | {refused.position for refused in decoded.refused}
    assert (decoded.items, covered) == (len(items), set(range(len(items))))
    assert all(refused.reason in REASONS for refused in decoded.refused)


FIELDS = "userId anonymousId event properties traits context timestamp originalTimestamp sentAt messageId groupId previousId name"


@given(
    st.sampled_from(["identify", "track", "page", "screen", "group", "alias"]),
    st.dictionaries(st.sampled_from(FIELDS.split()), json_values | st.text("0123456789:-TZ.+", max_size=30)),
)
def test_any_field_may_hold_anything(kind: str, item: dict[str, Any]) -> None:
    decoded = send(batch({"type": kind, "userId": "u", "event": "E", "groupId": "g", "previousId": "p", **item}))
    assert bool(decoded.calls) != bool(decoded.refused)
    assert all(call.time <= RECEIVED for call in calls(decoded))


def test_browser_alias_without_another_earlier_id_links_the_device() -> None:
    item = {"type": "alias", "userId": "u1", "previousId": "u1", "anonymousId": "device", "messageId": "m"}
    links = [call for call in calls(send(item, "/v1/a")) if isinstance(call, LinkCall)]
    assert {(link.from_id, link.to_id) for link in links} == {("device", "u1")}
