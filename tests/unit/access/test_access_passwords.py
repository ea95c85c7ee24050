"""Passwords and the throttle: what is easy is refused, what is kept tells nothing, and guessing gets slow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finegrain.access import passwords
from finegrain.access.errors import LoginThrottledError, WeakPasswordError
from finegrain.access.throttle import FREE_FAILURES, LONGEST_WAIT, LoginThrottle
from finegrain.clock import SettableClock


@pytest.mark.parametrize("easy", ["short", "1234567890", "Password!!", "aaaaaaaaaaaa", "annabellelee", "x" * 1_001, "          "])
def test_easy_password_is_refused(easy: str) -> None:
    with pytest.raises(WeakPasswordError):
        passwords.check(easy, "AnnaBelleLee")


@pytest.mark.parametrize("good", ["correct horse", "正确的马电池订书钉真的", "N0t-so-easy"])
def test_other_password_is_taken(good: str) -> None:
    passwords.check(good, "ann")


@settings(max_examples=5)
@given(st.text(min_size=10, max_size=30))
def test_only_the_same_password_verifies(password: str) -> None:
    kept = passwords.hash_password(password)
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert passwords.verify(password, kept) == (True, None)
    assert passwords.verify(password + "x", kept)[0] is False


def test_a_user_without_password_verifies_with_none() -> None:
    assert passwords.verify("anything at all", None) == (False, None)


@pytest.fixture
def clock() -> SettableClock:
    """A clock at noon."""
    return SettableClock(datetime(2024, 6, 1, 12, tzinfo=UTC))


def test_guessing_a_name_waits_twice_as_long_each_time(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock)
    waits = []
    for _ in range(FREE_FAILURES["name"] + 12):
        try:
            throttle.check("Ann", "1.1.1.1")
        except LoginThrottledError as error:
            waits.append(int(str(error.facts["retry_s"])) - 1)
            clock.advance(seconds=waits[-1])
            throttle.check("Ann", "1.1.1.1")
        throttle.failed("ann", f"1.1.1.{len(waits)}")
    assert waits == [min(2 * 2**n, LONGEST_WAIT.total_seconds()) for n in range(12)]


def test_guessing_many_names_from_one_address_waits_too(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock)
    for number in range(FREE_FAILURES["address"]):
        throttle.check(f"user {number}", "1.1.1.1")
        throttle.failed(f"user {number}", "1.1.1.1")
    with pytest.raises(LoginThrottledError):
        throttle.check("somebody else", "1.1.1.1")
    throttle.check("somebody else", "2.2.2.2")


def test_success_forgets_the_name_and_time_forgets_the_rest(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock)
    for _ in range(FREE_FAILURES["address"]):
        throttle.failed("ann", "1.1.1.1")
    throttle.succeeded("ANN")
    throttle.check("ann", "2.2.2.2")
    with pytest.raises(LoginThrottledError):
        throttle.check("ann", "1.1.1.1")
    clock.advance(seconds=3_600)
    throttle.check("ann", "1.1.1.1")
