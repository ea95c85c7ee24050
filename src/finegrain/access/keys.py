"""Keys that browsers and programs hold: how they are made, and what is kept of them.

A key is 32 random bytes, so nobody guesses it and no dictionary holds it: one SHA-256 hides it as well as a slow password hash.
"""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def new_key(prefix: str = "") -> str:
    """Make a key of 43 characters that need no escaping in an address, behind ``prefix``."""
    return prefix + secrets.token_urlsafe(_BYTES)


def digest(key: str) -> str:
    """Give what is kept of ``key``: the SHA-256 of its UTF-8 bytes, in hex; lone surrogates count as ``?``."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
