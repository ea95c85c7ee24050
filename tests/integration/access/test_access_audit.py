"""The audit log tells every change, and whatever is done to it afterwards is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from finegrain.access.acting import acting_as
from finegrain.access.contract import Actor
from finegrain.access.roles import GRANTS

if TYPE_CHECKING:
    from finegrain.access.service import Access
    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

ANN = Actor("user", 1, "Ann", GRANTS["admin"], "10.0.0.1")


def make_entries(workspace: Workspace, count: int = 5) -> None:
    """Record so many changes by Ann."""
    with acting_as(ANN), workspace.ops.session() as session:
        for number in range(count):
            workspace.access.audit.record(
                session, "thing.change", f"thing {number}", before={"n": number}, after={"n": number + 1}
            )


def test_change_tells_who_when_from_where_what_before_and_after(access: Access, clock: SettableClock) -> None:
    with acting_as(ANN):
        access.users.set_role("ben", "operator")
    entry = access.audit.search()[0]
    assert (entry.actor_name, entry.address, entry.at, entry.action, entry.subject) == (
        "Ann", "10.0.0.1", clock.now(), "user.role", "Ben",
    )  # fmt: skip
    assert (entry.before, entry.after) == (
        {"enabled": True, "role": "analyst", "second_factor": False},
        {"enabled": True, "role": "operator", "second_factor": False},
    )


def test_change_that_fails_leaves_no_entry(workspace: Workspace) -> None:
    def fail() -> None:
        with workspace.ops.session() as session:
            workspace.access.audit.record(session, "thing.change", "thing")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert workspace.access.audit.search() == []
    assert workspace.access.audit.verify().whole


def test_search_by_text_action_actor_and_time(workspace: Workspace, clock: SettableClock) -> None:
    audit = workspace.access.audit
    make_entries(workspace)
    noon = clock.now()
    clock.advance(days=1)
    workspace.access.users.add("100%_Eve", "viewer")
    assert [entry.subject for entry in audit.search(text="0%_e")] == ["100%_Eve"]
    assert len(audit.search(action="thing.")) == len(audit.search(actor="Ann")) == len(audit.search(last=clock.now())) == 5
    assert [entry.seq for entry in audit.search(limit=2, offset=1)] == [5, 4]
    assert [entry.seq for entry in audit.export()] == [1, 2, 3, 4, 5, 6]
    assert len(audit.search(first=noon)) == 6


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_log SET after = '{\"n\": 9}' WHERE seq = 3",
        "UPDATE audit_log SET actor_name = 'Eve' WHERE seq = 3",
        "UPDATE audit_log SET at = '2020-01-01 00:00:00' WHERE seq = 3",
        "UPDATE audit_log SET subject = subject || ' ', before = NULL WHERE seq = 3",
        "DELETE FROM audit_log WHERE seq = 3",
        "UPDATE audit_log SET hash = (SELECT hash FROM audit_log WHERE seq = 2) WHERE seq = 3",
    ],
)
def test_tampering_is_found_at_its_entry(workspace: Workspace, tampering: str) -> None:
    make_entries(workspace)
    with workspace.ops.session() as session:
        session.execute(text(tampering))
    assert workspace.access.audit.verify().broken_at == 3


def test_cutting_off_the_end_is_found(workspace: Workspace) -> None:
    make_entries(workspace)
    assert (workspace.access.audit.verify().entries, workspace.access.audit.verify().whole) == (5, True)
    with workspace.ops.session() as session:
        session.execute(text("DELETE FROM audit_log WHERE seq = 5"))
    assert workspace.access.audit.verify().broken_at == 5


def test_cutting_off_the_end_and_the_head_with_it_is_found(workspace: Workspace) -> None:
    make_entries(workspace)
    with workspace.ops.session() as session:
        session.execute(text("DELETE FROM audit_log WHERE seq = 5"))
        session.execute(text("UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_log WHERE seq = 4)"))
    assert workspace.access.audit.verify().broken_at == 5


def test_entries_after_a_cut_do_not_hide_it(workspace: Workspace) -> None:
    make_entries(workspace)
    with workspace.ops.session() as session:
        session.execute(text("DELETE FROM audit_log WHERE seq = 5"))
        session.execute(text("UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_log WHERE seq = 4)"))
    make_entries(workspace, 2)
    assert workspace.access.audit.verify().broken_at == 5


def test_log_begun_anew_is_found_by_the_users_it_does_not_tell_of(access: Access, workspace: Workspace) -> None:
    assert access.audit.verify().whole
    with workspace.ops.session() as session:
        session.execute(text("DELETE FROM audit_log"))
        session.execute(text("UPDATE audit_head SET seq = 0, hash = ''"))
    make_entries(workspace)
    assert access.audit.verify().broken_at == 1


def test_hostile_texts_are_kept_readable(workspace: Workspace) -> None:
    with acting_as(Actor("user", 1, "\ud800\x00", GRANTS["admin"])), workspace.ops.session() as session:
        workspace.access.audit.record(session, "thing.change", "\ud800<script>\x00" + "x" * 300, after={"\ud800": "\x00"})
    (entry,) = workspace.access.audit.search(text="<script>")
    assert len(entry.subject) == 255
    assert workspace.access.audit.verify().whole
