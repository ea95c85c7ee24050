"""The marks that say whether all kernels are compiled: by state, by who is at it, and in a folder that cannot be written."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from finegrain.behaviour import _kernels
from finegrain.behaviour.compiled import PATIENCE_S, Marks, marks, runs_compiled
from finegrain.behaviour.errors import NotKeptError


def test_what_was_compiled_is_known_until_its_state_changes(tmp_path: Path) -> None:
    assert not Marks(tmp_path, "a").are_compiled
    assert not Marks(tmp_path, "a").are_being_compiled
    with Marks(tmp_path, "a").compiling():
        assert not Marks(tmp_path, "a").are_compiled
    assert Marks(tmp_path, "a").are_compiled
    assert not Marks(tmp_path, "b").are_compiled


def test_the_mark_of_another_state_goes(tmp_path: Path) -> None:
    for state in ("a", "b"):
        with Marks(tmp_path, state).compiling():
            pass
    assert not Marks(tmp_path, "a").are_compiled
    assert len(list(tmp_path.iterdir())) == 1


def test_what_was_broken_off_is_not_marked(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), Marks(tmp_path, "a").compiling():
        _broken_off(Marks(tmp_path, "a"))
    assert list(tmp_path.iterdir()) == []


def _broken_off(marks: Marks) -> None:
    assert marks.are_being_compiled
    raise SystemExit


def test_who_gives_no_sign_of_life_for_two_minutes_is_not_waited_for(tmp_path: Path) -> None:
    with Marks(tmp_path, "a").compiling() as alive:
        (under_way,) = tmp_path.iterdir()
        long_ago = time.time() - PATIENCE_S - 1
        os.utime(under_way, (long_ago, long_ago))
        assert not Marks(tmp_path, "a").are_being_compiled
        alive()
        assert Marks(tmp_path, "a").are_being_compiled


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotKeptError, match="NUMBA_CACHE_DIR"), Marks(tmp_path / "file", "a").compiling():
        raise AssertionError


def test_the_marks_of_the_installation_lie_where_its_machine_code_does() -> None:
    assert marks() == marks()
    settle: Any = _kernels.settle
    assert not runs_compiled() or marks().folder == Path(settle.stats.cache_path)
