"""The second factor: six digits from an app that change each half minute (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ISSUER = "finegrain"
STEP_S = 30
RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUP = 5


def new_secret() -> str:
    """Make a secret of 160 bits, in base 32 (RFC 4226, section 4, R6)."""
    import pyotp

    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str) -> str:
    """Give the ``otpauth:`` address that an app reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def matching_counter(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Give the time step to which ``code`` belongs: this one, or a neighbour of it (RFC 6238, section 5.2).

    Args:
        secret: of the user.
        code: as typed; blanks do not count.
        now: aware.
        after: the step of the last code that was taken; a code counts once, so no step up to it matches.

    Returns:
        None where no step fits.
    """
    import pyotp

    given = "".join(code.split())
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (current - 1, current, current + 1):
        if step > after and given.isascii() and secrets.compare_digest(totp.generate_otp(step), given):
            return step
    return None


def recovery_codes() -> list[str]:
    """Make codes for the day on which the phone is lost; each counts once."""
    return ["-".join(_letters() for _ in range(2)) for _ in range(RECOVERY_CODES)]


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
