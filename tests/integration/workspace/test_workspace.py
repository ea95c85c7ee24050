"""A workspace: opening, locking, and the moment it shows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import finegrain as fg
from finegrain.store.errors import NotAWorkspaceError, OpsElsewhereError, WorkspaceBusyError
from finegrain.store.events import EVENT_SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.clock import SettableClock

HOLD = "import finegrain, sys; ws = finegrain.open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_a_second_handle_gets_a_clear_error(tmp_path: Path) -> None:
    with fg.open(tmp_path / "shop"), pytest.raises(WorkspaceBusyError, match="already open"):
        fg.open(tmp_path / "shop")


def test_a_second_process_is_told_which_process_holds_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "shop")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(WorkspaceBusyError, match=f"process {holder.pid}"):
            fg.open(tmp_path / "shop")
        holder.communicate("")
    fg.open(tmp_path / "shop").close()


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "shop")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    fg.open(tmp_path / "shop").close()


@pytest.mark.parametrize("text", ["[1]", "7", "null", "{}", "not json"])
def test_a_strange_owner_file_hides_no_lock(tmp_path: Path, text: str) -> None:
    with fg.open(tmp_path / "shop"):
        (tmp_path / "shop" / "lock.json").write_text(text, encoding="utf-8")
        with pytest.raises(WorkspaceBusyError, match="another process"):
            fg.open(tmp_path / "shop")


def test_a_missing_folder_is_only_made_when_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspaceError, match="no such folder"):
        fg.open(tmp_path / "shop", create=False)
    assert not (tmp_path / "shop").exists()


def test_a_file_cannot_be_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("hello", encoding="utf-8")
    with pytest.raises(NotAWorkspaceError):
        fg.open(tmp_path / "shop")


def test_a_folder_that_failed_to_open_is_not_left_locked(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    home.mkdir()
    (home / "ops.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(fg.StorageError):
        fg.open(home)
    (home / "ops.sqlite").unlink()
    fg.open(home).close()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-05-01", datetime(2024, 4, 30, 16, tzinfo=UTC)),
        (date(2024, 5, 1), datetime(2024, 4, 30, 16, tzinfo=UTC)),
        ("2024-05-01T12:00", datetime(2024, 5, 1, 4, tzinfo=UTC)),
        ("2024-05-01T12:00+00:00", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("now", datetime(2024, 6, 1, 12, tzinfo=UTC)),
        (None, datetime(2024, 6, 1, 12, tzinfo=UTC)),
    ],
)
def test_moments_are_read_in_the_projects_zone(
    tmp_path: Path, clock: SettableClock, moment: str | date | None, expected: datetime
) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as ws:
        assert ws.as_of(moment) == expected


def test_now_is_the_same_moment_within_a_minute_and_never_before_it(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as ws:
        clock.advance(seconds=1)
        first = ws.as_of("now")
        clock.advance(seconds=58)
        assert ws.as_of("now") == first >= clock.now()


def test_a_text_that_is_no_moment_is_refused(tmp_path: Path) -> None:
    with fg.open(tmp_path / "shop") as ws, pytest.raises(fg.BadValueError, match="yesterday"):
        ws.as_of("yesterday")


def test_data_that_stopped_are_shown_as_of_the_end_of_their_last_day(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as ws:
        row = {"message_id": "a", "distinct_id": "u", "event": "Page Viewed", "source": "test", "historical": True}
        time = datetime(2024, 1, 10, 3)
        ws.events.append(
            pa.Table.from_pylist([{**row, "time": time, "received_at": time, "properties": "{}"}], schema=EVENT_SCHEMA)
        )
        assert ws.as_of() == datetime(2024, 1, 10, 16, tzinfo=UTC)
        assert ws.as_of("now") == clock.now()


def test_a_folder_with_people_of_its_own_is_not_opened_with_another_ops_store(tmp_path: Path, ops_url: str) -> None:
    fg.open(tmp_path / "shop").close()
    with pytest.raises(OpsElsewhereError, match=r"keeps its people in ops\.sqlite"):
        fg.open(tmp_path / "shop", ops_url=ops_url)
    fg.open(tmp_path / "shop").close()
