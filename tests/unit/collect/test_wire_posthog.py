"""PostHog's requests, in the shapes that posthog 7.91 (Python) and posthog-js send."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.wire import posthog
from finegrain.collect.wire.contract import EventCall, ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.errors import (
    DamagedBodyError,
    NoDataError,
    NotJsonError,
    UnknownCompressionError,
    WrongShapeError,
)
from finegrain.collect.wire.reasons import REASONS
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import DecodedRequest

RECEIVED = datetime(2024, 6, 1, 12, tzinfo=UTC)
SENT = "2024-06-01T12:00:00+00:00"
TIME = RECEIVED - timedelta(seconds=2)
LIB = {"$lib": "posthog-python", "$lib_version": "7.91.1", "$geoip_disable": True, "$is_server": True}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def send(body: object, path: str = "/batch/", **query: str) -> DecodedRequest:
    """Decode ``body``, written as JSON unless it is bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return posthog.decode(WireRequest(path, raw, RECEIVED, query))


def event(name: object, **fields: Any) -> dict[str, Any]:
    """Give an event as the Python SDK writes it."""
    return {
        "properties": dict(LIB),
        "timestamp": "2024-06-01T11:59:58+00:00",
        "distinct_id": "u1",
        "event": name,
        "uuid": f"uuid-{name}",
        **fields,
    }


def batch(*events: object, **fields: Any) -> dict[str, Any]:
    return {"batch": list(events), "historical_migration": False, "sent_at": SENT, "api_key": "phc_x", **fields}


def calls(decoded: DecodedRequest) -> list[Any]:
    return [call for _, call in decoded.calls]


def test_python_sdk_batch_gives_every_call() -> None:
    decoded = send(
        batch(
            event("hi", properties={"a": 1, "$set": {"email": "e"}, "$set_once": {"first": 1}}),
            event("$set", **{"$set": {"n": 1}}),
            event("$set_once", **{"$set_once": {"n": 1}}),
            event("$unset", properties={"$unset": ["n"]}),
            event("$create_alias", distinct_id="anon", properties={"distinct_id": "anon", "alias": "u1"}),
            event("$groupidentify", properties={"$group_type": "company", "$group_key": "c1", "$group_set": {"name": "C"}}),
            event("grp", properties={"$groups": {"company": "c1"}}),
        )
    )
    assert (decoded.key, decoded.items, decoded.refused) == ("phc_x", 7, ())
    assert decoded.calls == (
        (0, EventCall("uuid-hi", "u1", "hi", TIME, {"a": 1})),
        (0, TraitCall("uuid-hi:set", "u1", "set", {"email": "e"}, TIME)),
        (0, TraitCall("uuid-hi:set_once", "u1", "set_once", {"first": 1}, TIME)),
        (1, TraitCall("uuid-$set:set", "u1", "set", {"n": 1}, TIME)),
        (2, TraitCall("uuid-$set_once:set_once", "u1", "set_once", {"n": 1}, TIME)),
        (3, TraitCall("uuid-$unset:unset", "u1", "unset", {"n": None}, TIME)),
        (4, LinkCall("uuid-$create_alias", "alias", "anon", "u1", TIME)),
        (5, ItemCall("uuid-$groupidentify", "set", "company", "c1", {"name": "C"}, TIME)),
        (6, EventCall("uuid-grp", "u1", "grp", TIME, {"$groups": {"company": "c1"}})),
    )


def test_gzip_reads_the_same() -> None:
    body = batch(event("hi"))
    assert send(gzip.compress(json.dumps(body).encode())) == send(body)


def test_identify_links_the_anonymous_id_sets_traits_and_stays_an_event() -> None:
    properties = {"$anon_distinct_id": "anon", "$set": {"name": "A"}}
    link, kept, traits = calls(send(batch(event("$identify", properties=properties))))
    assert (link.kind, link.from_id, link.to_id) == ("identify", "anon", "u1")
    assert (kept.event, kept.properties) == ("$identify", {"$anon_distinct_id": "anon"})
    assert traits.values == {"name": "A"}


def test_dangerous_merge_takes_the_alias_into_the_event_id() -> None:
    (link,) = calls(send(batch(event("$merge_dangerously", properties={"alias": "old"}))))
    assert (link.kind, link.from_id, link.to_id) == ("alias", "old", "u1")


def test_anonymous_event_changes_no_traits() -> None:
    properties = {"$process_person_profile": False, "$set": {"n": 1}}
    (call,) = calls(send(batch(event("hi", properties=properties))))
    assert call.properties == properties


def test_statement_that_states_nothing_names_a_person() -> None:
    assert calls(send(batch(event("$set")))) == [TraitCall("uuid-$set", "u1", "set", {}, TIME)]


@pytest.mark.parametrize("path", ["/i/v0/e/", "/capture/", "/e/"])
def test_single_event_is_read(path: str) -> None:
    body = {"api_key": "phc_y", "event": "hi", "properties": {"distinct_id": "u2"}, "timestamp": "2024-01-01T00:00:00Z"}
    decoded = send(body, path)
    (call,) = calls(decoded)
    assert (decoded.key, call.distinct_id, call.time) == ("phc_y", "u2", datetime(2024, 1, 1, tzinfo=UTC))


def browser_event(**fields: Any) -> dict[str, Any]:
    return {"uuid": "b1", "event": "$pageview", "properties": {"distinct_id": "d", "token": "phc_b"}, **fields}


@pytest.mark.parametrize("coding", ["json", "gzip", "form", "form of json", "base64"])
def test_browser_bodies_of_every_coding_read_the_same(coding: str) -> None:
    text = json.dumps([browser_event()]).encode()
    coded = base64.b64encode(text)
    bodies = {
        "json": text,
        "gzip": gzip.compress(text),
        "form": urlencode({"data": coded}).encode(),
        "form of json": urlencode({"ver": "1", "data": text}).encode(),
        "base64": coded,
    }
    decoded = send(bodies[coding], "/e/", ver="1.200")
    assert (decoded.key, [call.event for call in calls(decoded)]) == ("phc_b", ["$pageview"])


def test_get_request_carries_its_event_in_the_query() -> None:
    data = base64.b64encode(json.dumps(browser_event()).encode()).decode()
    assert send(b"", "/e/", data=data).key == "phc_b"


def test_browser_says_how_long_ago_it_was() -> None:
    (call,) = calls(send([browser_event(offset=2000)], "/e/", _="1"))
    assert call.time == TIME


@pytest.mark.parametrize("sent", [{"sent_at": "2024-06-01T14:00:00Z"}, {"_": "1717250400000"}])
def test_sent_at_of_the_query_takes_the_clock_skew_out(sent: dict[str, str]) -> None:
    (call,) = calls(send([event("hi", timestamp="2024-06-01T13:59:58Z")], "/e/", **sent))
    assert call.time == TIME


def test_history_keeps_its_time_and_is_marked() -> None:
    body = batch(event("hi", timestamp="2020-01-01T00:00:00Z"), historical_migration=True, sent_at="2024-06-01T15:00:00Z")
    (call,) = calls(send(body))
    assert (call.time, call.historical) == (datetime(2020, 1, 1, tzinfo=UTC), True)


def test_sent_at_may_be_ignored_event_by_event() -> None:
    body = batch(event("hi", properties={"$ignore_sent_at": True}), sent_at="2024-06-01T15:00:00Z")
    assert calls(send(body))[0].time == TIME


def test_ids_come_from_uuid_or_insert_id_or_content() -> None:
    inserted = event("a", uuid=None, properties={"$insert_id": "i1"})
    derived = event("b", uuid=None)
    first, again = ([call.message_id for call in calls(send(batch(event("hi"), inserted, derived)))] for _ in range(2))
    assert first == again
    assert (first[:2], len(first[2])) == (["uuid-hi", "i1"], 32)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "not_an_object"),
        (event(None), "no_event"),
        (event(""), "no_event"),
        (event("e", distinct_id=""), "no_person"),
        (event("e", distinct_id="undefined"), "no_person"),
        (event("e", distinct_id=["u"]), "no_person"),
        (event("e", properties="x"), "bad_properties"),
        (event("e", properties={"$set": 1}), "bad_properties"),
        (event("$unset", properties={"$unset": [1]}), "bad_properties"),
        (event("e", timestamp="soon"), "bad_time"),
        (event("e", timestamp=None, offset=10**300), "bad_time"),
        (event("e", timestamp=None, offset=10**13), "bad_time"),
        (event("$create_alias"), "no_link"),
        (event("$create_alias", properties={"alias": "u1"}), "no_link"),
        (event("$groupidentify", properties={"$group_type": "company"}), "no_item"),
    ],
)
def test_bad_event_is_refused_alone(bad: object, reason: str) -> None:
    decoded = send(batch(event("before"), bad, event("after")))
    (refused,) = decoded.refused
    assert (refused.position, refused.reason, bool(refused.detail)) == (1, reason, True)
    assert [call.event for call in calls(decoded)] == ["before", "after"]


def test_batch_that_is_no_list_is_an_error() -> None:
    with pytest.raises(WrongShapeError):
        send({"batch": {}, "api_key": "k"})


def test_empty_request_is_an_error() -> None:
    with pytest.raises(NoDataError):
        send(b"", "/e/")


def test_text_that_is_nothing_known_is_an_error() -> None:
    with pytest.raises(NotJsonError):
        send(b"hello, world", "/e/")


def test_data_that_is_not_base64_is_an_error() -> None:
    with pytest.raises(DamagedBodyError):
        send(b"data=hello%2C", "/e/")


def test_lz_compression_is_named() -> None:
    with pytest.raises(UnknownCompressionError, match="lz64"):
        send(b"data=x", "/e/", compression="lz64")


@given(st.lists(json_values, max_size=4))
def test_any_events_are_read_or_refused(events: list[Any]) -> None:
    decoded = send(batch(*events))
    covered = {position for position, _ in decoded.calls} | {refused.position for refused in decoded.refused}
    assert (decoded.items, covered) == (len(events), set(range(len(events))))
    assert all(refused.reason in REASONS for refused in decoded.refused)


FIELDS = "properties timestamp offset uuid distinct_id $distinct_id $set $set_once $unset sent_at api_key token"


@given(
    st.sampled_from(["hi", *posthog._SPECIAL]),
    st.dictionaries(st.sampled_from(FIELDS.split()), json_values),
    st.dictionaries(st.sampled_from(["$set", "$unset", "alias", "$anon_distinct_id", "$group_type", "$group_key"]), json_values),
)
def test_any_field_may_hold_anything(name: str, fields: dict[str, Any], properties: dict[str, Any]) -> None:
    usable = {"alias": "a", "$group_type": "t", "$group_key": "k", **properties}
    decoded = send(batch(event(name, **{"properties": usable, **fields})))
    assert bool(decoded.calls) != bool(decoded.refused)
    assert all(call.time <= RECEIVED for call in calls(decoded))
