"""Users, tokens and secrets: made, changed, and refused where they must be."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.integration.access.conftest import PASSWORD

import finegrain as fg
from finegrain.access.acting import acting_as
from finegrain.access.contract import Actor
from finegrain.access.errors import (
    LastAdminError,
    LinkSpentError,
    NotAllowedError,
    UnknownTokenError,
    UnknownUserError,
    UserExistsError,
    WeakPasswordError,
)
from finegrain.access.login import LoggedIn
from finegrain.access.roles import GRANTS
from finegrain.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.access.service import Access
    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace


def test_first_start_link_makes_one_administrator(workspace: Workspace) -> None:
    login, users = workspace.access.login, workspace.access.users
    old, link = login.make_link(), login.make_link()
    assert (users.any(), login.link_purpose(old), login.link_purpose(link)) == (False, None, "setup")
    with pytest.raises(WeakPasswordError):
        login.set_up(link, "Ann", "short")
    assert login.set_up(link, "Ann", PASSWORD).user.role == "admin"
    for spent in (old, link):
        with pytest.raises(LinkSpentError):
            login.set_up(spent, "Eve", PASSWORD)
    assert [user.name for user in users.all()] == ["Ann"]


def test_setup_link_is_worthless_once_there_is_a_user(workspace: Workspace) -> None:
    link = workspace.access.login.make_link()
    workspace.access.users.add("Ann", "admin", password=PASSWORD)
    with pytest.raises(LinkSpentError):
        workspace.access.login.set_up(link, "Eve", PASSWORD)


def test_name_is_taken_whatever_its_capitals(access: Access) -> None:
    with pytest.raises(UserExistsError):
        access.users.add("ANN", "viewer")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_unusable_name_is_refused(access: Access, name: str) -> None:
    with pytest.raises(BadValueError):
        access.users.add(name, "viewer")


def test_unknown_names_are_told_with_what_there_is(access: Access) -> None:
    with pytest.raises(UnknownNameError, match="admin, operator, analyst, viewer"):
        access.users.add("Eve", "root")  # type: ignore[arg-type]
    with pytest.raises(UnknownUserError):
        access.users.set_role("eve", "admin")
    with pytest.raises(UnknownTokenError):
        access.tokens.revoke(99)


def test_last_administrator_stays(access: Access) -> None:
    for change in (
        lambda: access.users.remove("ann"),
        lambda: access.users.set_role("ann", "viewer"),
        lambda: access.users.set_enabled("ann", enabled=False),
    ):
        with pytest.raises(LastAdminError):
            change()
    access.users.set_role("ben", "admin")
    access.users.remove("ann")
    assert [user.name for user in access.users.all()] == ["Ben"]


def test_token_acts_with_its_scopes_until_it_expires_or_is_revoked(access: Access, clock: SettableClock) -> None:
    token, key = access.tokens.add("report", ["query:read"], expires_at=clock.now() + timedelta(days=1))
    actor = access.tokens.actor(key, "10.0.0.1")
    assert actor is not None
    assert (actor.kind, actor.name, actor.may("query:read"), actor.may("people:read")) == ("token", "report", True, False)
    access.close()
    assert access.tokens.all()[0].last_used == clock.now()
    assert key.endswith(token.hint)
    clock.advance(days=1)
    assert access.tokens.actor(key) is None
    lasting, key = access.tokens.add("job", ["people:read"])
    access.tokens.revoke(lasting.id)
    assert [access.tokens.actor(each) for each in (key, "fgt_guess", "", None)] == [None] * 4


@pytest.mark.parametrize("scopes", [[], ["people"], ["data:write"]])
def test_token_without_known_scopes_is_refused(access: Access, scopes: list[str]) -> None:
    with pytest.raises((BadValueError, UnknownNameError)):
        access.tokens.add("job", scopes)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["operator", "analyst", "viewer"])
def test_only_administrators_manage(access: Access, role: str) -> None:
    with acting_as(Actor("user", 1, "x", GRANTS[role])):  # type: ignore[index]
        for change in (
            lambda: access.users.set_password("ann", PASSWORD),
            lambda: access.users.drop_second_factor("ann"),
            lambda: access.tokens.add("job", ["query:read"]),
            lambda: access.vault.put("smtp", "x"),
            lambda: access.vault.remove("smtp"),
        ):
            with pytest.raises(NotAllowedError):
                change()


def test_secret_is_kept_replaced_and_forgotten(access: Access) -> None:
    access.vault.put("smtp", "first")
    access.vault.put("smtp", "second")
    assert (access.vault.get("smtp"), access.vault.get("other"), list(access.vault.names())) == ("second", None, ["smtp"])
    access.vault.remove("smtp")
    access.vault.remove("smtp")
    assert access.vault.get("smtp") is None


def test_nothing_secret_lies_in_the_database_in_clear(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as workspace:
        access = workspace.access
        access.users.add("Ann", "admin", password=PASSWORD)
        entered = access.login.by_password("ann", PASSWORD)
        assert isinstance(entered, LoggedIn)
        secret, _ = access.login.begin_second_factor(entered.user.id)
        _, token = access.tokens.add("job", ["query:read"])
        link = access.login.make_link("ann")
        access.vault.put("smtp", "canary-secret")
    with sqlite3.connect(tmp_path / "shop" / "ops.sqlite") as database:
        dump = "\n".join(database.iterdump())
    for hidden in (PASSWORD, entered.key, secret, token, link, "canary-secret"):
        assert hidden not in dump
        assert hidden.encode().hex().upper() not in dump
