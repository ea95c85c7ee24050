"""Logging in and out: who gets a session, how long it lasts, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
import pytest
from tests.integration.access.conftest import PASSWORD

from finegrain.access.acting import acting_as, current_actor
from finegrain.access.errors import LinkSpentError, LoginFailedError, LoginThrottledError, NotAllowedError, TwoFactorError
from finegrain.access.login import CodeWanted, Door, LoggedIn
from finegrain.access.sessions import CHECKED_AGAIN_AFTER_S

if TYPE_CHECKING:
    from finegrain.access.service import Access
    from finegrain.clock import SettableClock


def log_in(access: Access, name: str = "ann", code: str = "") -> LoggedIn:
    """Log in as somebody whose password is the one of all, with a code where it is wanted."""
    found = access.login.by_password(name, PASSWORD, door=Door("10.0.0.1", "Firefox"))
    return access.login.by_code(found.ticket, code) if isinstance(found, CodeWanted) else found


def test_right_password_opens_a_session_with_the_role(access: Access) -> None:
    entered = log_in(access, " BEN ")
    actor = access.sessions.actor(entered.key)
    assert actor is not None
    assert (actor.kind, actor.name, actor.may("query:read"), actor.may("people:write")) == ("user", "Ben", True, False)
    assert access.users.get("ben").last_login is not None


def test_each_login_has_a_key_of_its_own(access: Access) -> None:
    first, second = log_in(access), log_in(access)
    assert first.key != second.key
    access.login.out(first.key)
    assert (access.sessions.resolve(first.key), access.sessions.resolve(second.key) is not None) == (None, True)


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "wrong password"), ("nobody", PASSWORD), ("", ""), ("ann", "x" * 100_000)]
)
def test_wrong_name_and_wrong_password_get_the_same_answer(access: Access, name: str, password: str) -> None:
    with pytest.raises(LoginFailedError) as caught:
        access.login.by_password(name, password)
    assert str(caught.value).startswith("Name, password or code is wrong.")
    assert access.audit.search(action="login.failed")[0].subject == name


def test_disabled_user_is_out_at_once_and_cannot_come_back(access: Access) -> None:
    entered = log_in(access, "ben")
    access.users.set_enabled("ben", enabled=False)
    assert access.sessions.resolve(entered.key) is None
    with pytest.raises(LoginFailedError):
        log_in(access, "ben")


def test_role_change_reaches_open_sessions_at_once(access: Access) -> None:
    entered = log_in(access, "ben")
    access.users.set_role("ben", "viewer")
    actor = access.sessions.actor(entered.key)
    assert actor is not None
    assert not actor.may("people:read")


def test_new_password_ends_all_sessions_but_the_own(access: Access) -> None:
    own, other = log_in(access), log_in(access)
    access.login.change_password(own.user.id, PASSWORD, "another fine password", keep=own.key)
    assert (access.sessions.resolve(own.key) is not None, access.sessions.resolve(other.key)) == (True, None)
    with pytest.raises(LoginFailedError):
        log_in(access)


def test_session_ends_after_idle_hours_and_after_its_longest_life(access: Access, clock: SettableClock) -> None:
    entered = log_in(access)
    for _ in range(27):
        clock.advance(seconds=11.9 * 3_600)
        access.sessions.forget()
        assert access.sessions.resolve(entered.key) is not None
    idle = log_in(access)
    clock.advance(seconds=12 * 3_600)
    access.sessions.forget()
    assert access.sessions.resolve(idle.key) is None
    assert access.sessions.resolve(entered.key) is None


def test_idle_session_ends_without_asking_the_store(access: Access, clock: SettableClock) -> None:
    entered = log_in(access)
    assert access.sessions.resolve(entered.key) is not None
    clock.advance(seconds=12 * 3_600)
    assert CHECKED_AGAIN_AFTER_S > 0
    assert access.sessions.resolve(entered.key) is None


def test_guessing_is_slowed_down_for_right_passwords_too(access: Access, clock: SettableClock) -> None:
    for _ in range(5):
        with pytest.raises(LoginFailedError):
            access.login.by_password("ann", "wrong password")
    with pytest.raises(LoginThrottledError):
        log_in(access)
    clock.advance(seconds=3)
    assert log_in(access).user.name == "Ann"


def test_second_factor_is_asked_for_and_a_code_counts_once(access: Access, clock: SettableClock) -> None:
    ann = access.users.get("ann")
    secret, uri = access.login.begin_second_factor(ann.id)
    with pytest.raises(TwoFactorError):
        access.login.confirm_second_factor(ann.id, secret, "000000")
    codes = access.login.confirm_second_factor(ann.id, secret, pyotp.TOTP(secret).at(clock.now()))
    assert uri.startswith("otpauth://totp/finegrain:Ann?secret=")
    clock.advance(seconds=60)
    code = pyotp.TOTP(secret).at(clock.now())
    assert log_in(access, code=code).user.two_factor
    for used in (code, "123456"):
        with pytest.raises(LoginFailedError):
            log_in(access, code=used)
    assert log_in(access, code=codes[0].upper()).user.name == "Ann"
    with pytest.raises(LoginFailedError):
        log_in(access, code=codes[0])


def test_ticket_for_the_code_is_good_for_one_login_within_five_minutes(access: Access, clock: SettableClock) -> None:
    ann = access.users.get("ann")
    secret, _ = access.login.begin_second_factor(ann.id)
    access.login.confirm_second_factor(ann.id, secret, pyotp.TOTP(secret).at(clock.now()))
    clock.advance(seconds=60)
    used, late = access.login.by_password("ann", PASSWORD), access.login.by_password("ann", PASSWORD)
    assert isinstance(used, CodeWanted)
    assert isinstance(late, CodeWanted)
    access.login.by_code(used.ticket, pyotp.TOTP(secret).at(clock.now()))
    clock.advance(seconds=300)
    for ticket in (used.ticket, late.ticket, "guess"):
        with pytest.raises(LoginFailedError):
            access.login.by_code(ticket, pyotp.TOTP(secret).at(clock.now()))


def test_link_logs_in_once_within_the_hour(access: Access, clock: SettableClock) -> None:
    link, late = access.login.make_link("ben"), access.login.make_link("ben")
    assert access.login.link_purpose(link) == "login"
    assert access.login.by_link(link).user.name == "Ben"
    clock.advance(seconds=3_600)
    for spent in (link, late, "nonsense"):
        with pytest.raises(LinkSpentError):
            access.login.by_link(spent)


def test_actor_of_the_block_acts_and_lacks_what_the_role_lacks(access: Access) -> None:
    actor = access.sessions.actor(log_in(access, "ben").key, "10.0.0.9")
    assert actor is not None
    with acting_as(actor), pytest.raises(NotAllowedError, match=r"Ben may not do this: it takes the permission admin\."):
        access.users.add("Eve", "admin")
    assert current_actor().kind == "owner"
    assert [user.name for user in access.users.all()] == ["Ann", "Ben"]
