"""Bodies that are packed, broken, hostile or only almost JSON."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finegrain.collect.wire import posthog, segment, sensors
from finegrain.collect.wire.bodies import GZIP_MAGIC, read_form, unbase64
from finegrain.collect.wire.errors import (
    BodyTooLargeError,
    DamagedBodyError,
    NotJsonError,
    TooManyValuesError,
    UnknownCompressionError,
    WireError,
    WrongShapeError,
)
from finegrain.collect.wire.limits import SEGMENT
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.collect.wire.contract import DecodedRequest

RECEIVED = datetime(2024, 6, 1, 12, tzinfo=UTC)
GOOD = b'{"type":"track","userId":"u","event":"good"}'


def send(body: bytes, **headers: str) -> DecodedRequest:
    return segment.decode(WireRequest("/v1/batch", body, RECEIVED, headers=headers))


def outcome(body: bytes, decode: Callable[[WireRequest], DecodedRequest] = segment.decode) -> str:
    """Give the code of the error, the reason of the first refusal, or ``"fine"``."""
    try:
        decoded = decode(WireRequest("/v1/batch", body, RECEIVED))
    except WireError as error:
        return error.code
    return decoded.refused[0].reason if decoded.refused else "fine"


def send_properties(properties: bytes) -> DecodedRequest:
    """Send a batch of a plain item and one with ``properties``."""
    return send(b'{"batch":[%s,{"type":"track","userId":"u","event":"E","properties":%s}]}' % (GOOD, properties))


def properties_of(decoded: DecodedRequest) -> dict[str, Any]:
    (_, good), (_, call) = decoded.calls
    assert good.event == "good"  # type: ignore[union-attr]
    return call.properties  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b'{"n":NaN}', {"n": None}),
        (b'{"n":[-Infinity,1]}', {"n": [None, 1]}),
        (b'{"n":1e999,"m":1.5}', {"n": None, "m": 1.5}),
        (b'{"n":' + b"9" * 400 + b"}", {"n": None}),
        (b'{"n":' + b"9" * 5_000 + b"}", {"n": None}),
        (b'{"n":' + b"9" * 30 + b"}", {"n": 10**30 - 1}),
        (b'{"n":"\\ud83d cut off"}', {"n": "\ufffd cut off"}),
        (b'{"n":"\\ud83d\\ude00"}', {"n": "\U0001f600"}),
        (b'{"a\\u0000b":"c\\u0000"}', {"a\ufffdb": "c\ufffd"}),
        (b'{"n":"\\\\u0000"}', {"n": "\\u0000"}),
    ],
)
def test_almost_json_is_repaired_beside_its_neighbours(sent: bytes, kept: dict[str, Any]) -> None:
    assert properties_of(send_properties(sent)) == kept


@given(st.integers(1, 60), st.integers(309, 340))
def test_number_beyond_the_largest_double_is_found_wherever_it_begins(before: int, digits: int) -> None:
    name = "x" * before
    assert properties_of(send_properties(b'{"%s":%s}' % (name.encode(), b"9" * digits))) == {name: None}


def test_text_that_is_not_utf8_refuses_its_item_alone() -> None:
    decoded = send_properties(b'{"n":"\xc4\xe3\xba\xc3"}')
    assert (len(decoded.calls), decoded.refused[0].reason) == (1, "broken_item")


def test_item_nested_too_deep_is_refused_alone() -> None:
    decoded = send_properties(b'{"n":' + b"[" * 70 + b"]" * 70 + b"}")
    assert (len(decoded.calls), decoded.refused[0].reason) == (1, "item_too_deep")


def test_many_flat_objects_are_not_deep() -> None:
    assert len(properties_of(send_properties(b'{"products":[' + b'{"n":"}{"},' * 100 + b"{}]}"))["products"]) == 101


@pytest.mark.parametrize("depth", [400, 2_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_never_raises_anything_else(depth: int, opening: bytes, closing: bytes) -> None:
    body = b'{"batch":[' + opening * depth + b"1" + closing * depth + b"]}"
    assert outcome(body) in {"item_too_deep", "item_too_large", "body_too_deep", "body_too_large"}


@pytest.mark.parametrize("body", [b"", b"hello", b"{", b'{"batch":[1}', b"\x00", b"\xff\xfe", b'{"batch":["\x01"]}', b"data=abc"])
def test_body_that_is_no_json_is_one_error(body: bytes) -> None:
    with pytest.raises(NotJsonError, match="not JSON"):
        send(body)


def test_byte_order_mark_is_read_over() -> None:
    assert len(send(b'\xef\xbb\xbf{"batch":[%s]}' % GOOD).calls) == 1


def test_large_body_is_refused_packed_and_unpacked() -> None:
    body = b'{"batch":[]}' + b" " * SEGMENT.body_bytes
    for sent in (body, gzip.compress(body)):
        with pytest.raises(BodyTooLargeError, match="589824 bytes"):
            send(sent)


def test_zip_bomb_stays_small_in_memory() -> None:
    bomb = gzip.compress(b"0" * 100_000_000)
    tracemalloc.start()
    with pytest.raises(BodyTooLargeError):
        send(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * SEGMENT.body_bytes


@pytest.mark.parametrize("cut", [5, 15, -1])
def test_gzip_that_is_cut_off_is_damaged(cut: int) -> None:
    with pytest.raises(DamagedBodyError, match="gzip"):
        send(gzip.compress(b'{"batch":[]}')[:cut])


def test_gzip_with_more_behind_it_is_damaged() -> None:
    with pytest.raises(DamagedBodyError):
        send(gzip.compress(b'{"batch":[]}') * 2)


def test_packing_is_told_by_the_bytes() -> None:
    body = b'{"batch":[%s]}' % GOOD
    expected = send(body)
    assert send(body, **{"content-encoding": "gzip"}) == expected
    assert send(gzip.compress(body)) == expected
    assert send(zlib.compress(body), **{"content-encoding": "deflate"}) == expected


def test_unknown_compression_is_named() -> None:
    with pytest.raises(UnknownCompressionError, match="“br”"):
        send(b"\x8b\x05\x80", **{"content-encoding": "br"})


def test_body_of_very_many_values_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooManyValuesError):
        send(b'{"batch":[' + b"0," * 250_000 + b"0]}")


@pytest.mark.parametrize("decode", [segment.decode, sensors.decode, posthog.decode])
@given(body=st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_wire_errors(decode: Callable[[WireRequest], DecodedRequest], body: bytes) -> None:
    coded = base64.b64encode(body)
    for sent in (body, gzip.compress(body), b'{"batch":[' + body + b"]}", b"data=" + coded, b"data_list=" + body):
        assert outcome(sent, decode)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_form_reads_back(fields: dict[str, str]) -> None:
    clean = {name: value.rstrip("\r\n") for name, value in fields.items() if name and name == name.rstrip("\r\n")}
    assert {name: value for name, value in read_form(urlencode(clean).encode()).items() if name} == clean


def test_form_full_of_escapes_stays_small_in_memory() -> None:
    body = b"data=" + b"%41" * 1_000_000
    tracemalloc.start()
    assert read_form(body) == {"data": "A" * 1_000_000}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * len(body)


@given(st.binary(max_size=300))
def test_base64_of_either_alphabet_reads_back(data: bytes) -> None:
    coded = msgspec.json.encode(data)[1:-1].decode()
    assume(not data.startswith(GZIP_MAGIC))  # such data are unpacked, see below
    for text in (coded, coded.replace("+", "-").replace("/", "_"), coded.replace("+", " "), coded.rstrip("="), coded + "\n"):
        assert unbase64(text, SEGMENT) == data


def test_base64_of_gzip_is_unpacked_whatever_is_said() -> None:
    coded = msgspec.json.encode(gzip.compress(b"{}"))[1:-1].decode()
    assert unbase64(coded, SEGMENT) == b"{}"


@pytest.mark.parametrize("text", ["a", "{}", "é", "ab!d"])
def test_text_that_is_not_base64_is_damaged(text: str) -> None:
    with pytest.raises(DamagedBodyError, match="base64"):
        unbase64(text, SEGMENT)


def test_form_gives_the_first_of_a_field_that_comes_twice() -> None:
    assert read_form(b"data=a%2Bb&gzip=1&data=c&empty=") == {"data": "a+b", "gzip": "1", "empty": ""}


def test_form_of_a_thousand_fields_is_refused() -> None:
    with pytest.raises(WrongShapeError):
        read_form(b"&".join(b"a=%d" % n for n in range(1_000)))


def test_errors_say_what_to_do_as_json() -> None:
    with pytest.raises(WireError) as caught:
        send(b"{")
    answer = caught.value.to_dict()
    assert answer["code"] == "not_json"
    assert json.dumps(answer)
