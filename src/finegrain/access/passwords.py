"""Passwords: what is asked of them, and how they are hashed.

Argon2id (RFC 9106) with the least cost that OWASP's password storage cheat sheet allows: 19 MiB, two passes, one lane. Guessing
at the front door is held back by the throttle, guessing at a stolen hash by the memory that each guess takes.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from finegrain.access.errors import WeakPasswordError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from pwdlib import PasswordHash

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 1_000
"""A longer one only costs time; nobody types it."""

_FEW = 4
_COMMON = ("password", "qwerty", "123456", "letmein", "iloveyou", "welcome", "admin", "abc123", "finegrain", "woaini", "a123456")


def check(password: str, name: str) -> None:
    """Refuse a password that is easy to guess.

    Too short, the user's name, built on one of the commonest passwords, or of fewer than four different characters is too easy;
    nothing is asked about capitals and digits (NIST SP 800-63B, 5.1.1.2).

    Raises:
        WeakPasswordError: it is.
    """
    lowered = password.casefold()
    reason = None
    if len(password) < LEAST_CHARACTERS:
        reason = Phrase("it has fewer than {least} characters", least=LEAST_CHARACTERS)
    elif len(password) > MOST_CHARACTERS:
        reason = Phrase("it has more than {most} characters", most=MOST_CHARACTERS)
    elif len(set(password)) < _FEW:
        reason = Phrase("it repeats a few characters")
    elif lowered.strip("0123456789!@#$%^&*._- ") in {*_COMMON, name.casefold(), ""}:
        reason = Phrase("it is a common one, the name, or only digits")
    if reason:
        raise WeakPasswordError(reason=reason, least=LEAST_CHARACTERS)


def hash_password(password: str) -> str:
    """Give the Argon2id hash that is kept."""
    return _hasher().hash(password)


def verify(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Say whether ``password`` is the one that ``kept`` is the hash of, and give a new hash where today's cost is another.

    Without a hash, of a user who does not exist or has no password, the same work is done, so that the time tells nothing.
    """
    if len(password) > MOST_CHARACTERS:
        password = ""
    good, renewed = _hasher().verify_and_update(password, kept or _nobodys_hash())
    return good and kept is not None, renewed if kept else None


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(32))
