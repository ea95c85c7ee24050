"""Bodies unpacked: gzip and deflate with a bound on what comes out, base64, and forms."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from finegrain.collect.wire.errors import (
    BodyTooLargeError,
    DamagedBodyError,
    TooManyValuesError,
    UnknownCompressionError,
    WrongShapeError,
)

if TYPE_CHECKING:
    from finegrain.collect.wire.limits import Limits
    from finegrain.collect.wire.request import WireRequest

GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_GZIP_IN_BASE64 = b"H4sI"
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_MAX_FIELDS = 100
_PIECE = 65_536
# Some clients send the alphabet for URLs, and a plus that was not escaped arrives as a blank.
_LINE_ENDS = b"\r\n\t"
_ALPHABET = bytes.maketrans(b"-_ ", b"+/+")


def is_packed(request: WireRequest) -> bool:
    """Say whether more may come out of the body or the query than stands in it: gzip or deflate, itself or below base64."""
    body = request.body
    if body.startswith(GZIP_MAGIC) or _GZIP_IN_BASE64 in body or "content-encoding" in request.headers:
        return True
    return any(_GZIP_IN_BASE64.decode() in value for value in request.query.values())


def unpack(request: WireRequest, limits: Limits) -> bytes:
    """Give the body of ``request`` unpacked, without a byte order mark.

    What packs it is told by its first bytes, since clients and proxies send wrong headers; only deflate needs its header.

    Raises:
        BodyTooLargeError: it is larger than the limit, as sent or unpacked.
        DamagedBodyError: it cannot be unpacked to its end.
        UnknownCompressionError: the header names a compression that is not taken.
    """
    body = request.body
    if len(body) > limits.body_bytes:
        raise BodyTooLargeError(limit=limits.body_bytes)
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if body.startswith(GZIP_MAGIC) or encoding == "deflate":
        body = inflate(body, limits)
    elif encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise UnknownCompressionError(found=encoding[:40])
    return body.removeprefix(_BOM)


def inflate(packed: bytes, limits: Limits) -> bytes:
    """Unpack gzip or zlib data; memory stays below the limit however much would come out.

    Raises:
        BodyTooLargeError: more than ``limits.body_bytes`` would come out.
        DamagedBodyError: the data are damaged, cut off, or followed by others.
    """
    stream = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        unpacked = stream.decompress(packed, limits.body_bytes + 1)
    except zlib.error as error:
        raise DamagedBodyError(packing="gzip") from error
    if len(unpacked) > limits.body_bytes:
        raise BodyTooLargeError(limit=limits.body_bytes)
    if not stream.eof or stream.unused_data.strip():
        raise DamagedBodyError(packing="gzip")
    return unpacked


def unbase64(text: str, limits: Limits) -> bytes:
    """Decode base64 of either alphabet, padded or not, and unpack what begins as gzip does, whatever the client says.

    Raises:
        BodyTooLargeError: more than the limit would come out.
        DamagedBodyError: it is not base64, or the gzip in it is damaged.
    """
    coded = text.encode("ascii", "replace").translate(_ALPHABET, _LINE_ENDS).rstrip(b"=")
    try:
        data = base64.b64decode(coded + b"=" * (-len(coded) % 4), validate=True)
    except binascii.Error as error:
        raise DamagedBodyError(packing="base64") from error
    return inflate(data, limits) if data.startswith(GZIP_MAGIC) else data


def read_form(body: bytes) -> dict[str, str]:
    """Read a form (``a=1&b=2``); of a field that comes twice the first counts.

    Raises:
        WrongShapeError: it has more fields than any client sends.
    """
    fields: dict[str, str] = {}
    for place, field in enumerate(body.split(b"&", _MAX_FIELDS)):
        if place == _MAX_FIELDS:
            raise WrongShapeError(expected="a form")
        name, _, value = field.partition(b"=")
        fields.setdefault(_unescape(name), _unescape(value))
    return fields


def _unescape(text: bytes) -> str:
    # In pieces, because the standard library keeps some 200 bytes for every escape until it has read them all.
    text = text.replace(b"+", b" ").rstrip(b"\r\n")
    parts, start = [], 0
    while start < len(text):
        end = start + _PIECE
        cut = text.rfind(b"%", end - 2, end) if end < len(text) else -1
        end = end if cut < 0 else cut
        parts.append(unquote_to_bytes(text[start:end]))
        start = end
    return b"".join(parts).decode("utf-8", "replace")


def bound_values(body: bytes, limits: Limits) -> None:
    """Check that a JSON body does not hold more values than may be in memory at once.

    Raises:
        TooManyValuesError: it does.
    """
    if len(body) > limits.values and body.count(b",") > limits.values:
        raise TooManyValuesError(limit=limits.values)
