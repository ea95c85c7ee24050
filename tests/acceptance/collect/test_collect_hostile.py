"""What no SDK sends: it is refused or stored, but no server error, no hang, and no memory without bounds come of it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.clients.collector import Client, Server
from tests.clients.raw import chunked, exchange, forget_peak, peak_memory, post

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_MEMORY = 150 << 20
"""What one request may take at its worst: a body of 20 MB, the objects made of it, and its columns."""
MOST_SECONDS = 15
TRACK = {"type": "track", "event": "A", "userId": "u1"}
SA = {"type": "track", "event": "A", "distinct_id": "u1", "time": 1_700_000_000_000, "properties": {}}
CAPTURE = {"event": "A", "distinct_id": "u1", "properties": {}}


class Target(NamedTuple):
    """A running collector with the keys of one source a format."""

    server: Server
    keys: dict[str, str]

    def basic(self) -> str:
        """The header that carries Segment's key."""
        return "Authorization: Basic " + base64.b64encode(f"{self.keys['segment']}:".encode()).decode()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A collector that all tests of this file send to, so that each also meets what those before it left behind."""
    home = tmp_path_factory.mktemp("hostile") / "shop"
    with fg.open(home) as workspace:
        keys = {format_: workspace.sources.add(format_, format_).key for format_ in ("segment", "sensors", "posthog")}
    server = Server(home, keys["segment"])
    server.start()
    yield Target(server, keys)
    assert "Traceback" not in server.stop()


def segment(target: Target, body: bytes, *headers: str, path: str = "/v1/batch") -> list[bytes]:
    """Give a request to Segment's endpoint."""
    return [post(path, body, target.basic(), *headers)]


def sensors(target: Target, data: bytes, *headers: str) -> list[bytes]:
    """Give a request to 神策's endpoint with ``data``, which is packed in base64."""
    form = b"data=" + base64.b64encode(data).replace(b"+", b"%2B").replace(b"=", b"%3D")
    return [post(f"/sa?token={target.keys['sensors']}", form, *headers)]


def posthog(target: Target, body: bytes, *headers: str) -> list[bytes]:
    """Give a request to PostHog's endpoint."""
    return [post(f"/batch/?api_key={target.keys['posthog']}", body, *headers)]


def take(target: Target, parts: list[bytes], **how: Any) -> int | None:
    """Send a request; give its status after checking that the server kept its bounds and still takes a good one."""
    before = forget_peak(target.server)
    reply = exchange(target.server, parts, **how)
    assert reply.status is None or reply.status < 500, reply.answer[:500]
    assert reply.seconds < MOST_SECONDS
    assert peak_memory(target.server) - before < MOST_MEMORY
    good = Client(target.server, target.keys["segment"]).send("/v1/track", TRACK)
    assert (good.status, good.json) == (200, {"success": True})
    return reply.status


def segment_with(value: bytes) -> bytes:
    """Give a batch of a good event and one whose property is ``value``, as it is."""
    return (
        b'{"batch":[{"type":"track","event":"A","userId":"u1"},{"type":"track","event":"A","userId":"u1","properties":{"x":%s}}]}'
        % value
    )


def sensors_with(value: bytes) -> bytes:
    """Give a record whose property is ``value``, as it is."""
    return b'{"type":"track","event":"A","distinct_id":"u1","time":1700000000000,"properties":{"x":%s}}' % value


def posthog_with(value: bytes) -> bytes:
    """Give a batch of an event whose property is ``value``, as it is."""
    return b'{"batch":[{"event":"A","distinct_id":"u1","properties":{"x":%s}}]}' % value


Sending = tuple["Callable[[Target, bytes], list[bytes]]", "Callable[[bytes], bytes]"]
SEND: dict[str, Sending] = {
    "segment": (segment, segment_with),
    "sensors": (sensors, sensors_with),
    "posthog": (posthog, posthog_with),
}

# What a property is → the statuses that may come of it; a single bad item is told in the verdicts of a 200.
VALUES: dict[str, tuple[bytes, set[int | None]]] = {
    "brackets that do not close": (b"[" * 100_000, {400}),
    "100,000 lists in each other": (b"[" * 100_000 + b"]" * 100_000, {200, 400}),
    "20,000 objects in each other": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, {200, 400}),
    "not a number": (b"NaN", {200}),
    "infinity": (b"-Infinity", {200}),
    "a number beyond doubles": (b"1e999", {200}),
    "a number of 400 digits": (b"9" * 400, {200}),
    "a number of 30,000 digits": (b"9" * 30_000, {200}),
    "a fraction of 30,000 digits": (b"0." + b"3" * 30_000, {200}),
    "an exponent of 10 digits": (b"1e-9999999999", {200}),
    "half of a pair": (b'"\\ud800"', {200}),
    "half of a pair as a name": (b'{"\\udc00": 1}', {200}),
    "a null character": (b'"a\\u0000b"', {200}),
    "a null byte": (b'"a\x00b"', {200, 400}),
    "bytes that are no UTF-8": (b'"\xff\xfe\xc3"', {200}),
    "the same name twice": (b'{"a": 1, "a": "x", "A": []}', {200}),
    "names that are empty": (b'{"": 1, " ": 2, "\\t": 3}', {200}),
    "a text of 10 MB": (b'"' + b"x" * 10_000_000 + b'"', {200, 400, 413}),
    "a million numbers": (b"[" + b"1," * 1_000_000 + b"1]", {200, 400, 413}),
    "a million objects": (b"[" + b"{}," * 1_000_000 + b"{}]", {200, 400, 413}),
    "90,000 names": (b"{" + b",".join(b'"n%d":1' % number for number in range(90_000)) + b"}", {200, 400, 413}),
    "every type in turn": (b'[1, "a", null, true, 1.5, {"a": [{}]}, [[]], -0.0, 1e308, 9223372036854775808]', {200}),
}


@pytest.mark.parametrize("format_", list(SEND))
@pytest.mark.parametrize("name", list(VALUES))
def test_a_property_that_is(target: Target, name: str, format_: str) -> None:
    value, expected = VALUES[name]
    send, body = SEND[format_]
    assert take(target, send(target, body(value))) in expected


def squeezed(size: int) -> bytes:
    """Give ``size`` zeros as gzip, made in pieces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)), packer.flush()])


BOMB = squeezed(1 << 30)
BODIES: dict[str, bytes] = {
    "a gigabyte of zeros": BOMB,
    "gzip in gzip": gzip.compress(gzip.compress(BOMB)),
    "gzip that is cut off": gzip.compress(json.dumps({"batch": [TRACK] * 100}).encode())[:-20],
    "gzip of nothing": gzip.compress(b""),
    "gzip followed by other bytes": gzip.compress(b"{}") + b"garbage",
    "nothing": b"",
    "blanks": b" \r\n\t" * 1000,
    "a byte order mark alone": b"\xef\xbb\xbf",
    "UTF-16": json.dumps({"batch": [TRACK]}).encode("utf-16"),
    "UTF-32": json.dumps({"batch": [TRACK]}).encode("utf-32"),
    "Latin-1": '{"batch": [{"type": "track", "event": "café", "userId": "u1"}]}'.encode("latin-1"),
    "null bytes": bytes(100_000),
    "every byte": bytes(range(256)) * 100,
    "a form": b"&".join(b"a%d=%%ff" % number for number in range(100_000)),
    "escapes": b"data=" + b"%41" * 2_000_000,
    "base64 that is none": b"data=" + b"@#!~" * 1000,
    "HTML": b"<html><script>alert(1)</script></html>",
}
SCALARS = [
    b"null",
    b"true",
    b"0",
    b'"x"',
    b"[]",
    b"{}",
    b"[[]]",
    b'{"batch": {}}',
    b'{"batch": null}',
    b'{"batch": [null, 1, "x", []]}',
]


@pytest.mark.parametrize("name", list(BODIES))
def test_a_body_that_is(target: Target, name: str) -> None:
    for send in (segment, posthog, sensors):
        assert take(target, send(target, BODIES[name])) in {200, 400, 413}
    raw = [post(f"/sa?token={target.keys['sensors']}", BODIES[name])]
    assert take(target, raw) in {200, 400, 413}


@pytest.mark.parametrize("body", SCALARS, ids=bytes.decode)
def test_json_that_is_no_request(target: Target, body: bytes) -> None:
    for path in ("/v1/batch", "/v1/track", "/v1/identify", "/v1/group", "/v1/alias", "/v1/page", "/v1/m"):
        assert take(target, segment(target, body, path=path)) in {200, 400}
    assert take(target, sensors(target, body)) in {200, 400}
    assert take(target, posthog(target, body)) in {200, 400}


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: image/png",
        "Content-Type: \xff",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/json; charset=utf-16",
        "Content-Encoding: gzip",
        "Content-Encoding: br",
        "Content-Encoding: deflate",
        "Content-Encoding: gzip, gzip, gzip",
        "Authorization: Basic ====",
        "Authorization: Basic /////w==",
        "Origin: null",
        "Origin: \xe9\xff",
        "Expect: 100-continue",
        "User-Agent: " + "x" * 30_000,
    ],
)
def test_a_header_that_misleads(target: Target, header: str) -> None:
    body = json.dumps({"batch": [TRACK], "writeKey": target.keys["segment"]}).encode()
    assert take(target, [post("/v1/batch", body, header)]) in {200, 400, 401, 403, 417}


def test_more_headers_than_are_read(target: Target) -> None:
    assert take(target, segment(target, json.dumps(TRACK).encode(), "X-Long: " + "x" * 65_536, path="/v1/t")) in {200, 400, 431}
    many = [f"X-Header-{number}: {number}" for number in range(20_000)]
    assert take(target, segment(target, json.dumps(TRACK).encode(), *many, path="/v1/t")) in {None, 200, 400, 431}


def test_an_address_of_a_megabyte(target: Target) -> None:
    data = base64.urlsafe_b64encode(json.dumps({**SA, "properties": {"x": "y" * 700_000}}).encode()).decode()
    request = f"GET /sa.gif?token={target.keys['sensors']}&data={data} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert take(target, [request.encode()]) in {None, 200, 400, 414}


def test_an_address_of_eight_kilobytes_as_browsers_send_it(target: Target) -> None:
    data = base64.urlsafe_b64encode(json.dumps({**SA, "properties": {"x": "y" * 6_000}}).encode()).decode()
    request = f"GET /sa.gif?token={target.keys['sensors']}&data={data} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert take(target, [request.encode()]) == 200


@pytest.mark.parametrize(
    "query", ["%", "%zz=%ff", "&" * 5_000, "a=1&" * 5_000, "data", "data=%00", "data_list=W10=", "token=\u00e9"]
)
def test_a_query_that_is_none(target: Target, query: str) -> None:
    for path in ("/sa.gif", "/sa", "/debug", "/e/", "/batch/"):
        request = f"GET {path}?{query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        assert take(target, [request]) in {200, 400, 401}


def test_a_path_that_is_odd(target: Target) -> None:
    for path in ("/v1/%00", "/v1//batch", "/v1/batch%2f", "/../sa", "/%ff/sa", "//sa", "/sa/sa.gif/", "/v1/BATCH", "*"):
        assert take(target, [post(path, b"{}", target.basic())]) in {200, 400, 401, 404, 405}


def test_a_body_in_chunks(target: Target) -> None:
    body = json.dumps({"batch": [TRACK] * 50}).encode()
    pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
    assert take(target, chunked("/v1/batch", pieces, target.basic())) == 200
    assert take(target, chunked("/v1/batch", [b"x" * 1_000_000] * 40, target.basic())) in {400, 413}
    bad = [*chunked("/v1/batch", [b"{}"], target.basic())[:1], b"zz\r\n{}\r\n0\r\n\r\n"]
    assert take(target, bad) in {None, 400}


def test_a_body_that_comes_slowly_byte_by_byte(target: Target) -> None:
    request = post("/v1/track", json.dumps(TRACK).encode(), target.basic())
    assert take(target, [request[place : place + 1] for place in range(len(request))], pause=0.002) == 200


def test_a_sender_that_goes_away_in_the_middle(target: Target) -> None:
    request = post("/v1/track", json.dumps(TRACK).encode(), target.basic())
    for place in (1, 20, len(request) // 2, len(request) - 1):
        assert take(target, [request[:place]], end=True) in {None, 400, 408}


def test_a_length_that_is_wrong(target: Target) -> None:
    body = json.dumps(TRACK).encode()
    assert take(target, [post("/v1/track", body, target.basic(), length=len(body) + 10)], end=True) in {None, 400, 408}
    assert take(target, [post("/v1/track", body, target.basic(), length=10)]) == 400
    for length in ("-1", "x", "99999999999999999999999", "1, 2"):
        request = f"POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode()
        assert take(target, [request], end=True) in {None, 400, 408, 413}


def test_old_and_unknown_protocols(target: Target) -> None:
    body = json.dumps(TRACK).encode()
    assert take(target, [post("/v1/track", body, target.basic(), version="1.0")]) == 200
    assert take(target, [post("/v1/track", body, target.basic(), version="9.9")]) in {None, 200, 400, 505}
    assert take(target, [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], end=True) in {None, 400}
    assert take(target, [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], end=True) in {None, 400, 404, 405}
