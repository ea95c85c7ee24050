"""神策's requests, in the shapes that SensorsAnalyticsSDK 1.11 (Python) and the JavaScript SDK 1.27 send."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.wire import sensors
from finegrain.collect.wire.checksums import java_hash
from finegrain.collect.wire.contract import ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.errors import DamagedBodyError, NoDataError, NotJsonError
from finegrain.collect.wire.reasons import REASONS
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import DecodedRequest

RECEIVED = datetime(2024, 6, 1, 12, tzinfo=UTC)
NOW_MS = 1_717_243_200_000
LIB = {"$lib": "python", "$lib_version": "1.11.0", "$lib_method": "code", "$lib_detail": "####shop.py##6"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def coded(value: object, *, packed: bool = True) -> str:
    text = json.dumps(value).encode()
    return base64.b64encode(gzip.compress(text) if packed else text).decode()


def post(fields: dict[str, str], path: str = "/sa", **headers: str) -> DecodedRequest:
    """Decode a form as the Python SDK posts it."""
    body = urlencode(fields).encode()
    return sensors.decode(WireRequest(path, body, RECEIVED, {"project": "shop"}, headers))


def send(*records: object) -> DecodedRequest:
    return post({"data_list": coded(list(records)), "gzip": "1"})


def record(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "time": NOW_MS - 1000,
        "distinct_id": "u1",
        "properties": {},
        "lib": LIB,
        "project": "shop",
        **fields,
    }


def calls(decoded: DecodedRequest) -> list[Any]:
    return [call for _, call in decoded.calls]


def without_ids(decoded: DecodedRequest) -> list[Any]:
    """Give the calls with the parts of their type that do not depend on a digest."""
    return [(type(call), *msgspec.structs.astuple(call)[1:]) for call in calls(decoded)]


TIME = RECEIVED - timedelta(seconds=1)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("flag", ["0", "1"])
def test_gzip_is_told_by_the_bytes_not_by_the_flag(packed: bool, flag: str) -> None:
    decoded = post({"data": coded(record("track", event="E"), packed=packed), "gzip": flag})
    assert [call.event for call in calls(decoded)] == ["E"]


def test_python_sdk_track_keeps_its_properties() -> None:
    properties = {"$lib": "python", "price": 3.5, "when": "2024-01-02 03:04:05.7", "tags": ["a"], "$is_login_id": True}
    (call,) = calls(send(record("track", event="ViewProduct", properties=properties)))
    assert (call.distinct_id, call.event, call.time) == ("u1", "ViewProduct", TIME)
    assert call.properties == {**properties, "when": "2024-01-02 03:04:05.007", "$lib_version": "1.11.0"}


def test_python_sdk_profiles_and_items_give_their_calls() -> None:
    decoded = send(
        record("profile_set", properties={"name": "A", "$is_login_id": True}),
        record("profile_set_once", properties={"first": 1}),
        record("profile_increment", properties={"n": 2}),
        record("profile_append", properties={"tags": ["x", "y"]}),
        record("profile_unset", properties={"name": True}),
        record("profile_delete"),
        {**record("item_set", item_type="book", item_id="i1", properties={"price": 5}), "distinct_id": None},
        {**record("item_delete", item_type="book", item_id="0"), "distinct_id": None},
    )
    assert decoded.refused == ()
    assert without_ids(decoded) == [
        (TraitCall, "u1", "set", {"name": "A"}, TIME),
        (TraitCall, "u1", "set_once", {"first": 1}, TIME),
        (TraitCall, "u1", "increment", {"n": 2}, TIME),
        (TraitCall, "u1", "append", {"tags": ["x", "y"]}, TIME),
        (TraitCall, "u1", "unset", {"name": None}, TIME),
        (TraitCall, "u1", "delete", {}, TIME),
        (ItemCall, "set", "book", "i1", {"price": 5}, TIME),
        (ItemCall, "delete", "book", "0", {}, TIME),
    ]
    assert len({call.message_id for call in calls(decoded)}) == 8


def test_signup_links_the_old_id_and_stays_an_event() -> None:
    decoded = send(record("track_signup", event="$SignUp", original_id="anon", properties={"channel": "ad"}))
    link, event = calls(decoded)
    assert (link.kind, link.from_id, link.to_id, link.from_login, link.to_login) == ("signup", "anon", "u1", False, True)
    assert (event.event, event.distinct_id, event.properties["channel"]) == ("$SignUp", "u1", "ad")


def test_bind_links_every_other_identity() -> None:
    identities = {"$identity_mobile": "130", "$identity_login_id": "u1", "$identity_cookie_id": "c"}
    decoded = send(record("track_id_bind", event="$BindID", identities=identities))
    links = [call for call in calls(decoded) if isinstance(call, LinkCall) and call.kind == "bind"]
    assert [(link.from_id, link.to_id, link.to_login) for link in links] == [
        ("$identity_mobile+130", "u1", True),
        ("c", "u1", True),
    ]


def test_bind_without_a_login_claims_none() -> None:
    identities = {"$identity_mobile": "130", "$identity_email": "a@b.c"}
    decoded = send(record("track_id_bind", event="$BindID", distinct_id="$identity_mobile+130", identities=identities))
    link = calls(decoded)[0]
    assert (link.from_id, link.to_id, link.to_login) == ("$identity_email+a@b.c", "$identity_mobile+130", False)


def test_unbind_of_the_python_sdk_takes_the_id_off_everybody() -> None:
    record_ = record("track_id_unbind", distinct_id="$identity_mobile+130", identities={"$identity_mobile": "130"})
    (link,) = calls(send(record_))
    assert (link.kind, link.from_id, link.to_id) == ("unbind", "$identity_mobile+130", "$identity_mobile+130")


def test_browser_image_request_is_read_and_its_ids_are_linked() -> None:
    page = {
        "identities": {"$identity_anonymous_id": "18b", "$identity_cookie_id": "18b", "$identity_login_id": "u1"},
        "distinct_id": "u1",
        "login_id": "u1",
        "anonymous_id": "18b",
        "lib": {"$lib": "js", "$lib_method": "code", "$lib_version": "1.27.10"},
        "properties": {"$url": "https://shop.example/", "$is_first_day": True},
        "type": "track",
        "event": "$pageview",
        "time": NOW_MS - 5000,
        "_track_id": 532174231,
        "_flush_time": NOW_MS - 4000,
    }
    data = coded(page, packed=False)
    query = {"project": "shop", "token": "wk", "data": data, "ext": f"crc={java_hash(data)}"}
    decoded = sensors.decode(WireRequest("/sa.gif", b"", RECEIVED, query))
    link, event = calls(decoded)
    assert (decoded.key, decoded.wrong_checksums, decoded.dry_run) == ("wk", 0, False)
    assert (link.kind, link.from_id, link.to_id) == ("identify", "18b", "u1")
    assert (event.event, event.distinct_id, event.time) == ("$pageview", "u1", TIME)


def test_beacon_posts_a_form_as_plain_text() -> None:
    data = coded([record("track", event="E")], packed=False)
    decoded = post({"data_list": data}, **{"content-type": "text/plain;charset=UTF-8"})
    assert len(decoded.calls) == 1


@pytest.mark.parametrize("field", ["crc", "ext"])
def test_wrong_checksum_is_counted_and_the_record_kept(field: str) -> None:
    decoded = post({"data": coded(record("track", event="E")), field: "crc=17" if field == "ext" else "17"})
    assert (decoded.wrong_checksums, len(decoded.calls)) == (1, 1)


def test_bare_json_is_read_too() -> None:
    body = json.dumps({**record("track", event="E"), "token": "wk"}).encode()
    decoded = sensors.decode(WireRequest("/sa", body, RECEIVED))
    assert (decoded.key, len(decoded.calls)) == ("wk", 1)


@pytest.mark.parametrize(("path", "header", "dry"), [("/debug", "true", True), ("/debug", "", False), ("/sa", "true", False)])
def test_dry_run_is_for_debug_mode(path: str, header: str, dry: bool) -> None:
    assert post({"data": coded(record("track", event="E"))}, path, **{"dry-run": header}).dry_run is dry


def test_flush_time_takes_the_clock_skew_out() -> None:
    two_hours = 7_200_000
    (call,) = calls(send(record("track", event="E", time=NOW_MS + two_hours - 9000, _flush_time=NOW_MS + two_hours)))
    assert call.time == RECEIVED - timedelta(seconds=9)


def test_history_keeps_its_time_and_is_marked() -> None:
    (call,) = calls(send(record("track", event="E", time=1_500_000_000, time_free=True, _flush_time=NOW_MS + 10**7)))
    assert (call.time, call.historical) == (datetime(2017, 7, 14, 2, 40, tzinfo=UTC), True)


def test_track_id_makes_a_resend_the_same_and_others_not() -> None:
    sent = record("track", event="E", _track_id=1)
    ids = [call.message_id for call in calls(send(sent, {**sent, "_flush_time": NOW_MS}, {**sent, "_track_id": 2}))]
    assert ids[0] == ids[1] != ids[2]


def test_resend_without_track_id_is_the_same_though_flushed_later() -> None:
    first, again = (calls(send(record("track", event="E", _flush_time=NOW_MS + n)))[0].message_id for n in (0, 1))
    assert first == again


def test_projects_do_not_share_ids() -> None:
    sent = record("track", event="E", _track_id=1)
    assert len({call.message_id for call in calls(send(sent, {**sent, "project": "other"}))}) == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("x", "not_an_object"),
        (record("trace"), "unknown_type"),
        (record("track", event="E", distinct_id=""), "no_person"),
        (record("track", event="E", distinct_id="x" * 256), "id_too_long"),
        (record("track"), "no_event"),
        (record("track", event="E", time="2024-01-02 03:04:05"), "bad_time"),
        (record("track", event="E", time=17), "bad_time"),
        (record("track", event="E", properties=[]), "bad_properties"),
        (record("track", event="E", identities="u1"), "bad_properties"),
        (record("profile_increment", properties={"n": "2"}), "bad_trait"),
        (record("profile_append", properties={"n": {}}), "bad_trait"),
        (record("profile_unset", properties=[1]), "bad_properties"),
        (record("track_signup", event="$SignUp"), "no_link"),
        (record("track_id_bind", event="$BindID", identities={"$identity_login_id": "u1"}), "no_link"),
        (record("track_id_unbind"), "no_link"),
        (record("item_set", item_type="book"), "no_item"),
        (record("item_set", item_type="book", item_id="x" * 256), "id_too_long"),
    ],
)
def test_bad_record_is_refused_alone(bad: object, reason: str) -> None:
    decoded = send(record("track", event="before"), bad, record("track", event="after"))
    (refused,) = decoded.refused
    assert (refused.position, refused.reason, bool(refused.detail)) == (1, reason, True)
    assert [call.event for call in calls(decoded)] == ["before", "after"]


def test_request_without_data_is_an_error() -> None:
    with pytest.raises(NoDataError, match="data_list"):
        post({"gzip": "1"})


def test_data_that_is_not_base64_is_an_error() -> None:
    with pytest.raises(DamagedBodyError):
        post({"data": "%%%"})


def test_data_that_is_not_json_is_an_error() -> None:
    with pytest.raises(NotJsonError):
        post({"data": base64.b64encode(b"hello").decode()})


def slow_hash(text: str) -> int:
    """Count as the JavaScript SDK does, character by character."""
    total = 0
    for character in text:
        total = ((total << 5) - total + ord(character)) & 0xFFFFFFFF
    return total - (1 << 32) if total >> 31 else total


@given(st.text("abcXYZ019+/=", max_size=50), st.integers(0, 9000))
def test_checksum_agrees_with_the_definition(text: str, copies: int) -> None:
    long = (text * copies)[:20_000] + text
    assert java_hash(long) == slow_hash(long)


@given(st.lists(json_values, max_size=4))
def test_any_records_are_read_or_refused(records: list[Any]) -> None:
    decoded = send(*records)
    covered = {position for position, _ in decoded.calls} | {refused.position for refused in decoded.refused}
    assert (decoded.items, covered) == (len(records), set(range(len(records))))
    assert all(refused.reason in REASONS for refused in decoded.refused)


FIELDS = (
    "time distinct_id event properties lib project token identities anonymous_id login_id original_id time_free _track_id"
    " _flush_time item_type item_id"
)


@given(st.sampled_from(list(sensors._CALLS)), st.dictionaries(st.sampled_from(FIELDS.split()), json_values))
def test_any_field_may_hold_anything(kind: str, fields: dict[str, Any]) -> None:
    usable = {"event": "E", "original_id": "o", "item_type": "t", "item_id": "i", "identities": {"$identity_mobile": "1"}}
    decoded = send(record(kind, **{**usable, **fields}))
    assert bool(decoded.calls) != bool(decoded.refused)
    assert all(call.time <= RECEIVED for call in calls(decoded))
