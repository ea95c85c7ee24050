"""Write keys: how they are made, kept and compared.

A key is 32 random bytes, so nobody guesses it and no dictionary holds it: one SHA-256 hides it as well as a slow password hash
would, at a microsecond a request instead of a tenth of a second.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

HINT_CHARACTERS = 4
_PREFIX = "fg_"
_BYTES = 32


def new_key() -> str:
    """Make a key: ``fg_`` and 43 characters that need no escaping in an address."""
    return _PREFIX + secrets.token_urlsafe(_BYTES)


def digest(key: str) -> str:
    """Give what is kept of ``key``: the SHA-256 of its UTF-8 bytes, in hex; lone surrogates count as ``?``."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def same(kept: str, given: str) -> bool:
    """Compare two digests in a time that does not depend on where they differ."""
    return hmac.compare_digest(kept, given)
