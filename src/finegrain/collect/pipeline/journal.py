"""The journal: requests that are answered before they are stored lie on the disk here until they are."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import zlib
from itertools import groupby
from operator import attrgetter
from struct import Struct
from typing import TYPE_CHECKING, Final

from finegrain.collect.pipeline.loops import on_loop

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

SEGMENT_BYTES = 16_777_216
"""Size from which on a new file is begun."""
_ENDING = ".journal"
_ASIDE = "aside"
_FRAME: Final = Struct("<II")  # checksum and length of what follows
_sync = getattr(os, "fdatasync", os.fsync)


class _Segment:
    """One file of the journal, with how many of its entries are not stored yet."""

    __slots__ = ("file", "open", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = -1
        self.open = 0


class Entry:
    """One request in the journal.

    Attributes:
        record: what is written.
        tell: is called with the entry once the record is on the disk, or could not be written, or is stored.
        loop: on which it is called; None for the journal's own thread.
        error: why it could not be written.
        stored: whether it need not be kept any more.
        segment: the file in which it is; None before and after.
    """

    __slots__ = ("error", "loop", "record", "segment", "stored", "tell")

    def __init__(
        self,
        record: bytes,
        tell: Callable[[Entry], object],
        loop: asyncio.AbstractEventLoop | None,
        segment: _Segment | None = None,
    ) -> None:
        self.record = record
        self.tell = tell
        self.loop = loop
        self.segment = segment
        self.error: Exception | None = None
        self.stored = False


class Journal:
    """Writes what it is given to the disk, many entries at once, on a thread of its own; safe to use from any thread.

    Args:
        folder: its own; made when something is written, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wake = threading.Condition()
        self._waiting: list[Entry] = []
        self._thread: threading.Thread | None = None
        self._segment: _Segment | None = None
        self._writing = self._closed = False

    def append(self, record: bytes, tell: Callable[[Entry], object], loop: asyncio.AbstractEventLoop | None = None) -> Entry:
        """Write a record soon.

        Args:
            record: any bytes.
            tell: is called with the entry once the record is on the disk, or could not be written.
            loop: on which it is called; None for the journal's own thread.
        """
        entry = Entry(record, tell, loop)
        with self._wake:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="finegrain-journal", daemon=True)
                thread.start()
                self._thread = thread
            self._waiting.append(entry)
            self._wake.notify()
        return entry

    def forget(self, entries: Iterable[Entry]) -> None:
        """Let go of entries that are stored; a file of which all are goes, and what is not written yet never is."""
        with self._wake:
            for entry in entries:
                entry.stored = True
                if entry.segment is not None:
                    entry.segment.open -= 1
                    if not entry.segment.open:
                        self._empty(entry.segment)
                    entry.segment = None

    def leftovers(self) -> list[Entry]:
        """Give the entries that an earlier process left, in the order in which they were written; before anything is appended.

        Raises:
            OSError: the folder, or a file in it, cannot be read.
        """
        found = []
        paths = self._folder.iterdir() if self._folder.exists() else ()  # a glob would say nothing where it may not look
        for path in sorted(path for path in paths if path.suffix == _ENDING):
            segment = _Segment(path)
            entries = [Entry(record, _nobody, None, segment) for record in _records(path.read_bytes())]
            segment.open = len(entries)
            found += entries
            if not entries:
                path.unlink()
        return found

    def set_aside(self, entry: Entry) -> Path:
        """Keep an entry that cannot be stored for somebody to look at, and let go of it; give the file.

        Raises:
            OSError: it cannot be written.
        """
        path = self._folder / _ASIDE
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with path.open("ab") as aside:
            aside.write(_framed(entry.record))
            aside.flush()
            _sync(aside.fileno())
        self.forget([entry])
        return path

    def close(self) -> None:
        """Write what waits, and stop."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
        self._leave()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                entries, self._waiting = self._waiting, []
            self._write(entries)
            for loop, part in groupby(entries, key=attrgetter("loop")):
                on_loop(loop, _tell, list(part))

    def _write(self, entries: Sequence[Entry]) -> None:
        try:
            segment = self._room()
            frames = self._placed(entries, segment)
            if frames:
                _write_all(segment.file, b"".join(frames))
                _sync(segment.file)
        except Exception as error:  # whatever it was, the senders are told and the thread lives on
            log.exception("cannot write the journal in %s", self._folder)
            for entry in entries:
                entry.error = error
            self.forget(entries)
            self._leave()
        finally:
            self._rest()

    def _placed(self, entries: Sequence[Entry], segment: _Segment) -> list[bytes]:
        """Take entries into a file, but for those that are stored already; give what is to be written."""
        frames = []
        with self._wake:
            self._writing = True
            for entry in entries:
                if not entry.stored:
                    entry.segment = segment
                    segment.open += 1
                    frames.append(_framed(entry.record))
        return frames

    def _rest(self) -> None:
        with self._wake:
            self._writing = False
            if self._segment is not None and not self._segment.open:
                self._empty(self._segment)

    def _room(self) -> _Segment:
        segment = self._segment
        if segment is None or os.fstat(segment.file).st_size >= SEGMENT_BYTES:
            self._leave()
            segment = self._begun()
        return segment

    def _begun(self) -> _Segment:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        numbers = [int(path.stem) for path in self._folder.glob(f"*{_ENDING}") if path.stem.isdigit()]
        segment = _Segment(self._folder / f"{max(numbers, default=0) + 1:08d}{_ENDING}")
        segment.file = os.open(segment.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._segment = segment  # before what may fail, so that it is closed then
        for folder in (self._folder, self._folder.parent):
            _flush(folder)
        return segment

    def _leave(self) -> None:
        with self._wake:
            segment, self._segment = self._segment, None
            if segment is None:
                return
            with contextlib.suppress(OSError):  # whoever was told that something is there was told after it was flushed
                os.close(segment.file)
            segment.file = -1
            if not segment.open:
                self._empty(segment)

    def _empty(self, segment: _Segment) -> None:
        # What is stored and stays here would only be stored again, to no effect; so nobody needs to hear of an error.
        with contextlib.suppress(OSError):
            if segment is not self._segment:
                segment.path.unlink(missing_ok=True)
            elif not self._writing:  # else the rest of a record might come to stand before the next ones
                os.ftruncate(segment.file, 0)


def _framed(record: bytes) -> bytes:
    return _FRAME.pack(zlib.crc32(record), len(record)) + record


def _records(content: bytes) -> Iterator[bytes]:
    """Give the records of a file, up to one that was cut off when the process ended: nobody was told that it is there."""
    start = 0
    while start + _FRAME.size <= len(content):
        checksum, length = _FRAME.unpack_from(content, start)
        record = content[start + _FRAME.size : start + _FRAME.size + length]
        if len(record) != length or zlib.crc32(record) != checksum:
            return
        yield record
        start += _FRAME.size + length


def _flush(folder: Path) -> None:
    """Flush the names in a folder: after a power cut a file would be there, and nobody would find it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _tell(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.tell(entry)


def _nobody(_: Entry) -> None:
    """Tell nobody."""
