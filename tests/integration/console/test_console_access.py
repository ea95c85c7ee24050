"""The pages of users, tokens, the audit log and one's own account, without a browser."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp
import pytest
from nicegui import ui
from tests.clients.logins import log_in
from tests.integration.console.conftest import browser, element, elements, see, tell, texts, until

import finegrain as fg
from finegrain.access.login import CodeWanted
from finegrain.clock import SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WORDS = "correct horse battery"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of this module's own, whose users come and go."""
    with fg.open(tmp_path_factory.mktemp("access"), clock=SettableClock(NOW)) as workspace:
        yield workspace


async def press(user: User, text: str) -> None:
    """Press the last button that says ``text``: that of a dialog stands after the page's."""
    await tell(user, [each for each in elements(user, ui.button) if each.text == text][-1], "click")


async def choose(user: User, name: str, item: str) -> None:
    """Choose an entry of the menu of a user."""
    button = element(user, ui.button, aria_label=f"Change {name}")
    with user:
        entries = [each for each in elements(user, ui.menu_item) if button in list(each.ancestors())]
    for entry in entries:
        if any(isinstance(part, ui.label) and part.text == item for part in entry.descendants()):
            await tell(user, entry, "click")


def code(user: User) -> str:
    """Give what the one block of code on the page holds."""
    return re.sub(r"<[^>]+>", "", element(user, ui.html, "fg-code").content)


async def test_new_user_gets_a_link_that_logs_in_once(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/settings/users")
    await see(user, "admin")
    element(user, ui.input).set_value("bob@shop.example")
    element(user, ui.toggle).set_value("operator")
    await press(user, "Make the user")
    await see(user, "One-time link for bob@shop.example")
    assert workspace.access.users.get("bob@shop.example").role == "operator"
    key = code(user).partition("/login/link?key=")[2].strip()
    assert workspace.access.login.by_link(key).user.name == "bob@shop.example"


async def test_name_that_is_taken_is_said(visit: Visit) -> None:
    user = await visit("/settings/users")
    element(user, ui.input).set_value("ADMIN")
    await press(user, "Make the user")
    await until(lambda: user.notify.contains("There already is a user named"))


async def test_user_is_disabled_after_a_question_and_removed_after_another(visit: Visit, workspace: fg.Workspace) -> None:
    key = log_in(workspace, "viewer", name="carl")
    user = await visit("/settings/users")
    await see(user, "carl")
    await choose(user, "carl", "Disable")
    await see(user, "Disable “carl”?")
    assert workspace.access.sessions.peek(key) is not None
    await press(user, "Disable")
    await until(lambda: not workspace.access.users.get("carl").enabled)
    assert workspace.access.sessions.peek(key) is None
    await see(user, "disabled")  # the row is drawn anew, menu and all
    await choose(user, "carl", "Remove")
    await press(user, "Remove")
    await until(lambda: "carl" not in {each.name for each in workspace.access.users.all()})


async def test_last_administrator_is_not_demoted(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/settings/users")
    await until(lambda: elements(user, ui.select, aria_label="Role of admin"))
    element(user, ui.select, aria_label="Role of admin").set_value("viewer")
    await until(lambda: user.notify.contains("“admin” is the last administrator who can log in."))
    assert workspace.access.users.get("admin").role == "admin"


async def test_token_is_shown_once_and_worthless_after_it_was_revoked(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/settings/tokens")
    await see(user, "There is no token yet")
    element(user, ui.input).set_value("nightly")
    await press(user, "Make the token")
    await see(user, "The key of nightly")
    key = code(user).strip()
    actor = workspace.access.tokens.actor(key)
    assert actor is not None
    assert actor.permissions == {"query:read"}
    again = await visit("/settings/tokens")
    await see(again, "nightly")
    assert elements(again, ui.html, "fg-code") == []
    await tell(again, element(again, ui.button, aria_label="Revoke the token nightly"), "click")
    await press(again, "Revoke")
    await until(lambda: workspace.access.tokens.actor(key) is None)
    await see(again, "revoked")


async def test_token_without_a_scope_is_refused(visit: Visit) -> None:
    user = await visit("/settings/tokens")
    element(user, ui.input).set_value("for nothing")
    next(box for box in elements(user, ui.checkbox) if box.value).set_value(False)
    await press(user, "Make the token")
    await until(lambda: user.notify.contains("scopes"))


async def test_audit_log_shows_what_changed_and_is_searched(visit: Visit, workspace: fg.Workspace) -> None:
    log_in(workspace, "viewer", name="dora")
    users = await visit("/settings/users")
    await see(users, "dora")
    element(users, ui.select, aria_label="Role of dora").set_value("analyst")
    await until(lambda: workspace.access.users.get("dora").role == "analyst")
    user = await visit("/settings/audit?action=user.role&actor=admin")
    await until(lambda: elements(user, ui.table) and element(user, ui.table).rows)
    (row,) = element(user, ui.table).rows
    assert (row["actor"], row["action"], row["subject"], row["address"]) == ("admin", "Changed a role", "dora", "127.0.0.1")
    assert row["changes"] == [{"name": "role", "before": "viewer", "after": "analyst"}]
    element(user, ui.input).set_value("nobody of that name")
    await until(lambda: not element(user, ui.table).rows)


async def test_audit_log_is_verified(visit: Visit) -> None:
    user = await visit("/settings/audit")
    await see(user, "entries")
    await press(user, "Verify")
    await until(lambda: user.notify.contains("entries, all as they were written."))


async def test_files_of_the_audit_log_hold_what_the_page_shows(server: FastAPI, workspace: fg.Workspace) -> None:
    log_in(workspace, "viewer", name="=1+1")
    async with browser(server) as session:
        lines = (await session.get("/settings/audit.jsonl?action=user.add&q=%3D1%2B1")).text.splitlines()
        table = (await session.get("/settings/audit.csv?action=user.add&q=%3D1%2B1")).text
    (entry,) = map(json.loads, lines)
    assert (entry["subject"], entry["action"], entry["after"]["role"]) == ("=1+1", "user.add", "viewer")
    assert ",'=1+1," in table  # no formula


async def test_second_factor_is_set_up_with_a_code_and_asked_for_from_then_on(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/account", role="operator")
    await press(user, "Set up")
    await until(lambda: texts(user, "fg-secret"))
    assert "<svg" in element(user, ui.html, "fg-qr").content
    secret = texts(user, "fg-secret")[0].replace(" ", "")
    (field,) = [each for each in elements(user, ui.input) if each.label == "Code that the app shows"]
    field.set_value(pyotp.TOTP(secret).at(NOW))
    await press(user, "Switch on")
    await until(lambda: elements(user, ui.html, "fg-code"))
    assert len(code(user).split()) == 10
    assert workspace.access.users.get("operator").two_factor


async def test_password_is_chosen_and_other_sessions_end(visit: Visit, workspace: fg.Workspace) -> None:
    other = log_in(workspace, "analyst")
    user = await visit("/account", role="analyst")
    fields = {each.label: each for each in elements(user, ui.input)}
    fields["New password"].set_value(WORDS)
    fields["New password, once more"].set_value("something else")
    await press(user, "Change the password")
    await until(lambda: user.notify.contains("typed differently"))
    fields["New password, once more"].set_value(WORDS)
    await press(user, "Change the password")
    await until(lambda: user.notify.contains("The password is changed"))
    assert workspace.access.sessions.peek(other) is None
    assert not isinstance(workspace.access.login.by_password("analyst", WORDS), CodeWanted)


async def test_own_sessions_are_listed_and_ended(visit: Visit, workspace: fg.Workspace) -> None:
    other = log_in(workspace, "viewer")
    user = await visit("/account", role="viewer")
    await see(user, "this one")
    assert "Chrome on Linux" in texts(user, "fg-sessions")
    for button in elements(user, ui.button, aria_label="End the session in Chrome on Linux"):
        await tell(user, button, "click")
    await until(lambda: workspace.access.sessions.peek(other) is None)


async def test_pages_speak_chinese(visit: Visit) -> None:
    for path, heading in (
        ("/settings/users", "账号"), ("/settings/tokens", "令牌"), ("/settings/audit", "审计日志"), ("/account", "我的账号"),
    ):  # fmt: skip
        user = await visit(path, language="zh-CN")
        assert texts(user, "fg-h1") == [heading]
