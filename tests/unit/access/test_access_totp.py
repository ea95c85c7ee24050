"""The second factor against the vectors of RFC 6238, appendix B, cut to six digits; a code counts once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from finegrain.access import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]


@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_code_of_the_standard_fits_at_its_time(second: int, code: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert totp.matching_counter(SECRET, code, now, 0) == second // 30
    assert totp.matching_counter(SECRET, code, now + timedelta(seconds=30), 0) == second // 30
    assert totp.matching_counter(SECRET, code, now + timedelta(seconds=61), 0) is None


def test_code_fits_once() -> None:
    now = datetime.fromtimestamp(59, UTC)
    step = totp.matching_counter(SECRET, "287 082", now, 0)
    assert step is not None
    assert totp.matching_counter(SECRET, "287082", now, step) is None


@pytest.mark.parametrize("wrong", ["", "287083", "28708", "٢٨٧٠٨٢", "x" * 10_000])
def test_other_text_does_not_fit(wrong: str) -> None:
    assert totp.matching_counter(SECRET, wrong, datetime.fromtimestamp(59, UTC), 0) is None


def test_recovery_codes_differ() -> None:
    assert len(set(totp.recovery_codes())) == totp.RECOVERY_CODES
