"""Requests that programs think out: from the description of the endpoints, and from the fields that SDKs send."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.clients.collector import Client, Server

import finegrain as fg
from finegrain.server.openapi import description

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

MOST_SECONDS = 10
BODIES, ASKED = 100, 6
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
bounded = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


class Fuzzed:
    """A running collector with the keys of one source a format, and a connection that is kept open."""

    def __init__(self, server: Server, keys: dict[str, str]) -> None:
        self.server = server
        self.keys = keys
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=MOST_SECONDS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def status(self, path: str, body: bytes, **headers: str) -> int:
        """Send one request; give its status, after checking that the answer is JSON, in time, and no server error."""
        began = time.monotonic()
        self._connection.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self._connection.getresponse()
        told = answer.read()
        assert isinstance(json.loads(told), dict)
        assert answer.status < 500, told
        assert time.monotonic() - began < MOST_SECONDS
        return answer.status


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A collector that all requests of this file go to."""
    home = tmp_path_factory.mktemp("fuzzed") / "shop"
    with fg.open(home) as workspace:
        keys = {format_: workspace.sources.add(format_, format_).key for format_ in ("segment", "sensors", "posthog")}
    server = Server(home, keys["segment"])
    server.start()
    made = Fuzzed(server, keys)
    yield made
    made.close()
    assert Client(server, keys["segment"]).batch("the last").status == 200
    assert "Traceback" not in server.stop()


DESCRIBED = schemathesis.openapi.from_dict(description(fg.__version__))
OPERATIONS = [result.ok() for result in DESCRIBED.get_all_operations() if isinstance(result, Ok)]
NEVER_WRONG = ("/v1/m", "/healthz", "/readyz", "/metrics", "/api/v1/events")
"""Paths for which no request differs from what the description allows."""
ASKS = [
    pytest.param(operation, mode, id=f"{operation.label}, {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.path not in NEVER_WRONG
]
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize(("operation", "mode"), ASKS)
def test_an_endpoint_answers_what_its_description_says(fuzzed: Fuzzed, operation: Any, mode: GenerationMode) -> None:
    basic = base64.b64encode(f"{fuzzed.keys['segment']}:".encode()).decode()
    keys = {"token": fuzzed.keys["sensors"], "api_key": fuzzed.keys["posthog"]}

    @given(operation.as_strategy(generation_mode=mode))
    @settings(bounded, max_examples=ASKED)
    def answers(case: Any) -> None:
        case.call_and_validate(
            base_url=fuzzed.server.url,
            headers={"Authorization": f"Basic {basic}"},
            params=keys,
            checks=CHECKS,
            timeout=MOST_SECONDS,
        )

    answers()


def test_the_server_gives_its_description(fuzzed: Fuzzed) -> None:
    reply = Client(fuzzed.server, fuzzed.keys["segment"]).send("/openapi.json", b"", method="GET")
    assert (reply.status, reply.json) == (200, description(fg.__version__))


ODD_TEXTS = ["", "u1", "\ud800", "\x00", "null", "2024-01-02T03:04:05Z", "1e999", "9" * 400, "a" * 300]
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", "u1", "\ud800", "\x00", "null", "2024-01-02T03:04:05Z", "1e999", "9" * 400, "a" * 300]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 10**30, -(10**400), 1e308, 1_700_000_000_000])
VALUES: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def odd(kinds: list[str], *fields: str) -> SearchStrategy[dict[str, Any]]:
    """Give items of which any field may be missing or hold anything."""
    kind = st.sampled_from(kinds) | VALUES
    names = dict.fromkeys(fields, VALUES | TEXTS)
    return st.fixed_dictionaries({"type": kind}, optional=names | {"event": TEXTS | VALUES})


SEGMENT = odd(
    ["track", "identify", "page", "screen", "group", "alias"],
    "userId", "anonymousId", "messageId", "timestamp", "sentAt", "properties", "traits", "context", "groupId", "previousId",
    "name",
)  # fmt: skip
SENSORS = odd(
    [
        "track", "track_signup", "track_id_bind", "track_id_unbind", "profile_set", "profile_increment", "profile_append",
        "profile_unset", "profile_delete", "item_set", "item_delete",
    ],
    "distinct_id", "time", "properties", "lib", "project", "identities", "anonymous_id", "login_id", "original_id", "time_free",
    "_track_id", "_flush_time", "item_type", "item_id",
)  # fmt: skip
POSTHOG = odd(["x"], "distinct_id", "properties", "timestamp", "offset", "uuid", "$set", "$set_once", "$unset").map(
    lambda item: item | ({"event": item["type"]} if "event" not in item else {})
)


def written(value: Any) -> bytes:
    """Write JSON as a careless client does: with NaN, infinities and lone surrogates."""
    return json.dumps(value).encode()


@given(st.lists(SEGMENT, max_size=5), st.none() | VALUES, st.none() | VALUES, st.booleans())
@settings(bounded, max_examples=BODIES)
def test_segment_takes_or_refuses_any_batch(fuzzed: Fuzzed, items: list[Any], context: Any, sent_at: Any, packed: bool) -> None:
    body = written({"batch": items, "context": context, "sentAt": sent_at, "writeKey": fuzzed.keys["segment"]})
    assert fuzzed.status("/v1/batch", gzip.compress(body) if packed else body) == 200


@given(SEGMENT, st.sampled_from(["identify", "track", "page", "screen", "group", "alias", "t", "p"]))
@settings(bounded, max_examples=BODIES)
def test_segment_takes_or_refuses_any_call(fuzzed: Fuzzed, item: Any, call: str) -> None:
    body = written({**item, "writeKey": fuzzed.keys["segment"]})
    assert fuzzed.status(f"/v1/{call}", body, Content_Type="text/plain") == 200


@given(st.lists(SENSORS, max_size=5), st.booleans())
@settings(bounded, max_examples=BODIES)
def test_sensors_takes_or_refuses_any_records(fuzzed: Fuzzed, records: list[Any], packed: bool) -> None:
    text = written(records)
    coded = base64.urlsafe_b64encode(gzip.compress(text) if packed else text)
    assert fuzzed.status(f"/sa?token={fuzzed.keys['sensors']}", b"data_list=" + coded) == 200


@given(st.lists(POSTHOG, max_size=5), VALUES, st.booleans())
@settings(bounded, max_examples=BODIES)
def test_posthog_takes_or_refuses_any_batch(fuzzed: Fuzzed, events: list[Any], sent_at: Any, historical: bool) -> None:
    body = written({"batch": events, "sent_at": sent_at, "historical_migration": historical, "api_key": fuzzed.keys["posthog"]})
    assert fuzzed.status("/batch/", body) == 200


PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b'"batch"', b'"type"', b'"track"', b'"event"', b'"userId"', b'"u1"',
    b'"properties"',
    b"NaN", b"1e999", b"-", b"0", b"null", b"true", b'"\\ud800"', b'"\\u0000"', b"\\", b"\xff", b"\x00",
    b"\xef\xbb\xbf", b"\x1f\x8b",
    b"data=", b"data_list=", b"&", b"=", b"%", b"%00", b"+", b"W10=", b"e30",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=40).map(b"".join), st.data())
@settings(bounded, max_examples=2 * BODIES)
def test_any_bytes_are_refused_or_taken_at_any_endpoint(fuzzed: Fuzzed, body: bytes, data: st.DataObject) -> None:
    key = {"token": fuzzed.keys["sensors"], "api_key": fuzzed.keys["posthog"]}
    path = data.draw(
        st.sampled_from(["/v1/batch", "/v1/track", "/v1/m", "/sa", "/debug", "/batch/", "/e/", "/i/v0/e/", "/capture/"])
    )
    packing = data.draw(st.sampled_from(["", "gzip", "deflate", "identity", "zstd"]))
    query = "&".join(f"{name}={value}" for name, value in key.items())
    assert fuzzed.status(f"{path}?{query}", body, Content_Encoding=packing) in {200, 400, 401}
