"""``finegrain users``, ``tokens`` and ``audit`` through the front door."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import finegrain as fg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run


def test_user_is_made_with_a_link_that_logs_in_once(run: Run, home: Path) -> None:
    made = run("users", "add", "Ann", "--role", "admin", "--json").json
    assert (made["name"], made["role"], made["last_login"]) == ("Ann", "admin", None)
    with fg.open(home) as workspace:
        assert workspace.access.login.by_link(made["link"].partition("key=")[2]).user.name == "Ann"


def test_users_are_changed_and_listed(run: Run) -> None:
    run("users", "add", "Ann", "--role", "admin")
    run("users", "add", "Ben", "--role", "viewer")
    assert run("users", "role", "ben", "--role", "operator", "--json").json["role"] == "operator"
    assert run("users", "disable", "BEN", "--json").json["enabled"] is False
    assert run("users", "enable", "ben", "--json").json["enabled"] is True
    assert [user["name"] for user in run("users", "--json").json["users"]] == ["Ann", "Ben"]
    assert "Operator" in run("users").out
    assert run("users", "remove", "ben").code == 0
    assert run("users", "remove", "ann").code == 2


def test_token_shows_its_key_once(run: Run) -> None:
    made = run("tokens", "add", "report", "--scope", "query:read", "--scope", "people:read", "--days", 30, "--json").json
    listed = run("tokens")
    assert made["key"] not in listed.out
    assert f"…{made['hint']}" in listed.out
    assert run("tokens", "revoke", made["id"], "--json").json["revoked_at"] is not None


def test_audit_log_tells_what_was_done_and_finds_tampering(run: Run, home: Path) -> None:
    run("users", "add", "Ann", "--role", "admin")
    run("tokens", "add", "report", "--scope", "query:read")
    assert [entry["action"] for entry in run("audit", "--json").json["entries"]] == ["token.add", "link.login", "user.add"]
    assert [json.loads(line)["seq"] for line in run("audit", "export").out.splitlines()] == [1, 2, 3]
    assert run("audit", "list", "--action", "user", "--limit", 1).out.count("user.add") == 1
    assert run("audit", "verify").code == 0
    with sqlite3.connect(home / "ops.sqlite") as database:
        database.execute("UPDATE audit_log SET subject = 'Eve' WHERE seq = 1")
    found = run("audit", "verify", "--json")
    assert (found.code, found.json) == (1, {"entries": 1, "whole": False, "broken_at": 1})


def test_what_cannot_be_is_one_clear_sentence_and_exit_code_2(run: Run) -> None:
    run("users", "add", "Ann", "--role", "admin")
    for words in (
        ("users", "add", "ann", "--role", "viewer"),
        ("users", "add", "Eve", "--role", "root"),
        ("users", "role", "eve", "--role", "viewer"),
        ("users", "disable", "ann"),
        ("tokens", "add", "x", "--scope", "everything"),
        ("tokens", "revoke", "7"),
        ("tokens", "revoke", "x"),
    ):
        ran = run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.strip().splitlines()) == 1
