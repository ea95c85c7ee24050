"""Ids as clients send them: which of them identify a person, and ids of messages that came without one."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from finegrain.collect.wire.limits import MAX_ID_CHARS
from finegrain.collect.wire.reasons import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACEHOLDERS = frozenset(
    {
        "undefined",
        "null",
        "none",
        "nil",
        "nan",
        "true",
        "false",
        "0",
        "-1",
        "id",
        "email",
        "anonymous",
        "guest",
        "distinct_id",
        "distinctid",
        "not_authenticated",
        "[object object]",
        "00000000-0000-0000-0000-000000000000",
    }
)
"""Words that clients send by mistake where an id should stand, in lower case; taken as ids, they would merge strangers.

PostHog keeps such a list for the same reason; the all-zero UUID is the advertising id of phones that refuse tracking.
"""
_PLACEHOLDER_LENGTHS = frozenset(map(len, PLACEHOLDERS))
_DIGEST_BYTES = 16


def readable_id(value: object) -> str | None:
    """Give ``value`` as an id: a text as it is, a whole number as text; None where it identifies nobody.

    Raises:
        Refused: it is longer than is stored.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        value = _number_as_text(value)
    if not value or (len(value) in _PLACEHOLDER_LENGTHS and value.lower() in PLACEHOLDERS) or value.isspace():
        return None
    if len(value) > MAX_ID_CHARS:
        raise Refused("id_too_long", value=value, limit=MAX_ID_CHARS)
    return value


def are_readable_ids(values: Sequence[str]) -> bool:
    """Say whether ``readable_id`` gives each of some texts as it is."""
    if not all(values) or any(map(str.isspace, values)) or max(map(len, values), default=0) > MAX_ID_CHARS:
        return False
    return PLACEHOLDERS.isdisjoint(map(str.lower, values))


def readable_key(value: object) -> str | None:
    """Give ``value`` as the key of a thing, for which any word will do; None where it is missing or blank.

    Raises:
        Refused: it is longer than is stored.
    """
    text = value if isinstance(value, str) else _number_as_text(value)
    if not text or text.isspace():
        return None
    if len(text) > MAX_ID_CHARS:
        raise Refused("id_too_long", value=text, limit=MAX_ID_CHARS)
    return text


def message_id_of(value: object) -> str | None:
    """Give ``value`` as a message id, a long one as its digest; None where the client sent none."""
    text = value if isinstance(value, str) else _number_as_text(value)
    if len(text) > MAX_ID_CHARS:
        return digest(text.encode())
    return text or None


def digest(content: bytes) -> str:
    """Give 128 bits of BLAKE2b of ``content`` as 32 hexadecimal digits."""
    return blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _number_as_text(value: object) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) else ""
