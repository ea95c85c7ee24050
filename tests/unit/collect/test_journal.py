"""The journal keeps what was written until it is let go, through crashes, cut-off files and disks that refuse."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.pipeline import journal as module
from finegrain.collect.pipeline.journal import Entry, Journal

if TYPE_CHECKING:
    from pathlib import Path


def write(journal: Journal, *records: bytes) -> list[Entry]:
    """Write records, and wait until each was told."""
    told = threading.Semaphore(0)
    entries = [journal.append(record, lambda _: told.release()) for record in records]
    assert all(told.acquire(timeout=30) for _ in records)
    return entries


def left(folder: Path) -> list[bytes]:
    """Give what a process that begins now finds."""
    return [entry.record for entry in Journal(folder).leftovers()]


def test_what_is_not_let_go_is_found_in_order_by_the_next_process(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    first, _, third = write(journal, b"1", b"", b"3" * 100_000)
    assert left(tmp_path / "journal") == [b"1", b"", b"3" * 100_000]
    journal.forget([first, third])
    journal.close()
    assert left(tmp_path / "journal") == [b"1", b"", b"3" * 100_000]


def test_a_file_whose_entries_are_all_let_go_is_emptied_and_goes_at_the_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.forget(write(journal, b"1", b"2"))
    assert left(tmp_path / "journal") == []
    journal.forget(write(journal, b"3"))
    journal.close()
    assert list((tmp_path / "journal").iterdir()) == []


def test_what_is_stored_before_its_turn_is_told_and_not_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    seen = threading.Event()

    def stored_meanwhile(_: Entry) -> None:
        journal.forget([journal.append(b"2", lambda _: seen.set())])

    journal.append(b"1", stored_meanwhile)
    assert seen.wait(30)
    journal.close()
    assert left(tmp_path / "journal") == [b"1"]


def test_a_new_file_is_begun_when_one_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 10)
    journal = Journal(tmp_path)
    (first,), (_,), (third,) = write(journal, b"1" * 9), write(journal, b"2" * 9), write(journal, b"3" * 9)
    assert len(list(tmp_path.iterdir())) == 3
    journal.forget([first, third])
    journal.close()
    assert left(tmp_path) == [b"2" * 9]


@given(st.integers(0, 40), st.binary(max_size=6))
def test_a_record_that_was_cut_off_or_damaged_is_nobodys(tmp_path_factory: pytest.TempPathFactory, cut: int, rest: bytes) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    write(journal, b"first", b"second")
    journal.close()
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    damaged = whole[:cut] + rest
    path.write_bytes(damaged)
    records = [b"first", b"second"][: (whole[:13] == damaged[:13]) + (whole == damaged[: len(whole)])]
    assert left(folder) == records


def test_a_folder_that_cannot_be_written_is_told_and_the_next_record_is_tried_anew(tmp_path: Path) -> None:
    in_the_way = tmp_path / "journal"
    in_the_way.write_text("a file where the folder should be")
    journal = Journal(in_the_way)
    (failed,) = write(journal, b"1")
    assert isinstance(failed.error, OSError)
    in_the_way.unlink()
    (good,) = write(journal, b"2")
    assert good.error is None
    journal.close()
    assert left(in_the_way) == [b"2"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    write(journal, b"1")
    journal.close()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "journal", *(tmp_path / "journal").iterdir())]
    assert modes == [0o700, 0o600]


def test_an_entry_that_was_set_aside_is_no_leftover(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    (entry,) = write(journal, b"odd")
    path = journal.set_aside(entry)
    journal.close()
    assert left(tmp_path) == []
    assert b"odd" in path.read_bytes()


def test_a_file_is_not_emptied_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    (kept,) = write(journal, b"open")
    write_some = os.write

    def a_full_disk_that_gets_room(file: int, content: memoryview) -> int:
        monkeypatch.undo()
        written = write_some(file, content[:5])
        journal.forget([kept, *stored])
        return written

    monkeypatch.setattr(os, "write", a_full_disk_that_gets_room)
    with journal._wake:  # so that its thread begins only when the entry is known here
        told = threading.Event()
        stored = [journal.append(b"stored meanwhile", lambda _: told.set())]
    assert told.wait(30)
    write(journal, b"next")
    assert left(tmp_path) == [b"next"]


def refuse_once(monkeypatch: pytest.MonkeyPatch, where: object, name: str, error: Exception) -> None:
    """Let the next call of a function raise an error."""

    def refuse(*_: object) -> None:
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(where, name, refuse)


def test_whatever_goes_wrong_is_told_and_the_next_record_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    for where, name, error in ((module, "_write_all", MemoryError()), (module, "_sync", OSError()), (os, "fsync", OSError())):
        refuse_once(monkeypatch, where, name, error)
        (failed,) = write(journal, b"lost")
        assert failed.error is error
    refuse_once(monkeypatch, threading.Thread, "start", RuntimeError("no thread"))
    other = Journal(tmp_path / "other")
    with pytest.raises(RuntimeError):
        other.append(b"lost", lambda _: None)
    assert [entry.error for entry in (*write(journal, b"1"), *write(other, b"2"))] == [None, None]
    assert [left(tmp_path), left(tmp_path / "other")] == [[b"1"], [b"2"]]


def test_a_file_that_cannot_be_closed_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
    journal = Journal(tmp_path)
    write(journal, b"1")
    refuse_once(monkeypatch, os, "close", OSError())
    assert write(journal, b"2")[0].error is None
    journal.close()
    assert left(tmp_path) == [b"1", b"2"]


def test_a_file_whose_folder_cannot_be_flushed_is_closed_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    opened: list[int] = []
    really_open = os.open

    def remember(*arguments: Any) -> int:
        opened.append(really_open(*arguments))
        return opened[-1]

    monkeypatch.setattr(os, "open", remember)
    refuse_once(monkeypatch, os, "fsync", OSError())
    write(journal, b"lost")
    assert len(opened) == 2  # the file and its folder
    for file in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)
    assert list(tmp_path.iterdir()) == []


def test_what_is_set_aside_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    (entry,) = write(journal, b"odd")
    refuse_once(monkeypatch, module, "_sync", OSError())
    with pytest.raises(OSError):  # noqa: PT011 - any
        journal.set_aside(entry)
    assert left(tmp_path) == [b"odd"]
