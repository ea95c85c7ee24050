"""JSON read strictly and fast, and repaired where clients send what is almost JSON."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar

import msgspec

from finegrain.collect.wire.errors import BodyTooDeepError, NotJsonError, WrongShapeError
from finegrain.collect.wire.limits import MAX_DEPTH, Limits
from finegrain.collect.wire.reasons import Refused

_T = TypeVar("_T")
_Unreadable = (msgspec.DecodeError, UnicodeDecodeError)
# A whole number of so many digits may lie beyond the largest double, and stores would keep it as infinity.
_HUGE_DIGITS = 309
_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_HUGE = b"0" * _HUGE_DIGITS
_STRIDE = 30
_HUGE_SAMPLE = b"0" * (_HUGE_DIGITS // _STRIDE)
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


RAW = msgspec.json.Decoder(msgspec.Raw)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def read_body(body: bytes, decoder: msgspec.json.Decoder[_T], expected: str) -> _T:
    """Decode a whole body.

    What clients send though JSON has no such thing is repaired, so that it does not take the rest of the batch with it: NaN,
    infinities and numbers beyond the largest double become null, halves of surrogate pairs and NUL become U+FFFD.

    Args:
        body: unpacked.
        decoder: of the type that the endpoint takes.
        expected: that type in words, for the error.

    Raises:
        NotJsonError: it is not JSON.
        WrongShapeError: it is JSON of another shape.
        BodyTooDeepError: it is nested deeper than can be read.
    """
    try:
        if not needs_repair(body):
            return decoder.decode(body)
    except _Unreadable:
        pass
    except RecursionError as error:
        raise BodyTooDeepError(limit=MAX_DEPTH) from error
    repaired = repair(body)
    try:
        return decoder.decode(repaired)
    except msgspec.DecodeError as error:
        raise WrongShapeError(expected=expected) from error


def split_items(body: bytes) -> list[msgspec.Raw]:
    """Cut a list into its items, undecoded; anything else is one item.

    Raises:
        NotJsonError: it is not JSON.
        BodyTooDeepError: it is nested deeper than can be read.
    """
    if body.lstrip()[:1] == b"[":
        return read_body(body, _LIST, "a list")
    return [read_body(body, RAW, "an object")]


def read_item(raw: bytes, decoder: msgspec.json.Decoder[_T], limits: Limits) -> _T:
    """Decode one item of a body that was read by ``read_body``, repaired in the same way.

    Raises:
        Refused: it is too large, too deep, no object or no JSON.
    """
    if len(raw) > limits.item_bytes:
        raise Refused("item_too_large", limit=limits.item_bytes)
    # Braces and brackets are counted first because that is cheap, and few items have as many as may lie in each other.
    if len(raw) > 2 * MAX_DEPTH and raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise Refused("item_too_deep", limit=MAX_DEPTH)
    try:
        return decoder.decode(raw)
    except _Unreadable:
        return _read_repaired(raw, decoder)


def _read_repaired(raw: bytes, decoder: msgspec.json.Decoder[_T]) -> _T:
    try:
        return decoder.decode(repair(raw))
    except (NotJsonError, BodyTooDeepError) as error:
        raise Refused("broken_item") from error
    except msgspec.DecodeError as error:
        raise Refused("not_an_object", value=raw.decode("utf-8", "replace")) from error


def repair(text: bytes) -> bytes:
    """Give ``text`` as JSON that every reader and store takes; see ``read_body``.

    Raises:
        NotJsonError: it is not JSON even so.
        BodyTooDeepError: it is nested deeper than can be read.
    """
    try:
        value = json.loads(text.decode(), parse_constant=_nothing, parse_float=_finite, parse_int=_whole)
        return msgspec.json.encode(_storable(value))
    except UnicodeDecodeError as error:
        raise NotJsonError(reason="not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotJsonError(reason=f"{error.msg}, character {error.pos}") from error
    except RecursionError as error:
        raise BodyTooDeepError(limit=MAX_DEPTH) from error


def needs_repair(body: bytes) -> bool:
    """Say whether a body that can be read may hold what stores cannot keep: NUL, and numbers beyond the largest double."""
    return b"\\u0000" in body or (len(body) >= _HUGE_DIGITS and _may_be_huge(body) and _HUGE in body.translate(_TO_ZERO))


def _may_be_huge(body: bytes) -> bool:
    # So many digits in a row hold so many of every thirtieth byte, wherever they begin.
    return _HUGE_SAMPLE in body[::_STRIDE].translate(_TO_ZERO)


def _nothing(_: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | float | None:
    return int(text) if len(text) < _HUGE_DIGITS else _finite(text)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("\ufffd", name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    return value


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for mark in _MARKS.findall(raw):
        if mark in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in b"}]":
            depth -= 1
    return deepest


def object_in(field: str, value: object) -> dict[str, Any]:
    """Give ``value`` as an object; a missing one is empty.

    Raises:
        Refused: it is something else.
    """
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise Refused("bad_properties", field=field, value=as_json(value))


def as_json(value: object) -> str:
    """Give a decoded value as JSON text, to be named in a sentence."""
    return msgspec.json.encode(value).decode()
