"""Signatures of Standard Webhooks: who gets a page can tell who sent it, and that nobody changed it on its way."""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_of(random: bytes) -> str:
    """Give random bytes as the text that both sides keep.

    Examples:
        >>> secret_of(b"abc")
        'whsec_YWJj'
    """
    return PREFIX + base64.b64encode(random).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one message: ``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` in Base64 (Standard Webhooks, version 1.0).

    Args:
        secret: as ``secret_of`` gives it.
        message_id: the header ``webhook-id``.
        timestamp: the header ``webhook-timestamp``, seconds since 1970 UTC.
        body: the bytes that are sent.

    Examples:
        The one of the specification's reference libraries:

        >>> body = b'{"test": 2432232314}'
        >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
