"""The workspace folder and its lock, instants in the ops store, and statements in files."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from finegrain.store.errors import NotAWorkspaceError, WorkspaceBusyError
from finegrain.store.folder import WorkspaceFolder
from finegrain.store.ops.base import Instant
from finegrain.store.sqlfiles import migration_files, read_sql

if TYPE_CHECKING:
    from pathlib import Path

DIALECT = sqlite.dialect()


def test_a_folder_is_made_with_its_parents_and_names_its_files(tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path / "a" / "b")
    places = {folder.events, folder.ops, folder.index, folder.uploads}
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700  # personal data lie in it
    assert {place.parent for place in places} == {tmp_path / "a" / "b"}
    assert len(places) == 4
    folder.release()


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o750)
    WorkspaceFolder(tmp_path / "shared").release()
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o750


def test_who_holds_a_folder_is_told_to_the_next_who_comes(tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path)
    assert json.loads((tmp_path / "lock.json").read_text(encoding="utf-8"))["pid"] == os.getpid()
    with pytest.raises(WorkspaceBusyError, match=f"process {os.getpid()}"):
        WorkspaceFolder(tmp_path)
    folder.release()
    WorkspaceFolder(tmp_path).release()
    assert not (tmp_path / "lock.json").exists()


@pytest.mark.parametrize("owner", ["", "{", '{"pid": 1', '{"pid": 1}'])
def test_an_owner_that_cannot_be_read_is_another_process(tmp_path: Path, owner: str) -> None:
    folder = WorkspaceFolder(tmp_path)
    (tmp_path / "lock.json").write_text(owner, encoding="utf-8")
    with pytest.raises(WorkspaceBusyError, match="another process"):
        WorkspaceFolder(tmp_path)
    folder.release()


def test_a_path_below_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotAWorkspaceError, match="file"):
        WorkspaceFolder(tmp_path / "file" / "shop")


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(-14, 14))
def test_instants_of_any_zone_are_kept_in_utc(civil: datetime, hours: int) -> None:
    instant, kind = civil.replace(tzinfo=timezone(timedelta(hours=hours))), Instant()
    kept = kind.process_bind_param(instant, DIALECT)
    assert kept is not None
    assert kind.process_result_value(kept.replace(tzinfo=None), DIALECT) == instant
    assert kind.process_result_value(kept, DIALECT) == instant
    assert kept.tzinfo is UTC


def test_an_instant_without_zone_is_refused_and_none_stays_none() -> None:
    with pytest.raises(ValueError, match="without time zone"):
        Instant().process_bind_param(datetime(2024, 1, 1), DIALECT)
    assert Instant().process_bind_param(None, DIALECT) is None
    assert Instant().process_result_value(None, DIALECT) is None


def test_statements_are_read_by_name_and_migrations_in_order(tmp_path: Path) -> None:
    for name, text in {"0002_b": "SELECT 2", "0001_a": "SELECT 1", "0010_c": "SELECT 10", "other": "SELECT 0"}.items():
        (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
    assert read_sql(tmp_path, "other") == "SELECT 0"
    assert migration_files(tmp_path) == ((1, "SELECT 1"), (2, "SELECT 2"), (10, "SELECT 10"))
    with pytest.raises(FileNotFoundError):
        read_sql(tmp_path, "none")
