"""The workspace folder: where its files lie, and the lock that keeps a second process out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from finegrain.store.errors import EventsElsewhereError, EventsUrlMissingError, NotAWorkspaceError, WorkspaceBusyError

_EVENTS, _EVENTS_ELSEWHERE = "events.duckdb", "events.url"


def holds_workspace(home: Path) -> bool:
    """Tell whether a workspace was opened in the folder ``home`` before."""
    return any((home / name).exists() for name in (_EVENTS, _EVENTS_ELSEWHERE))


def make_folder(home: Path) -> None:
    """Make a folder, and those above it, where it is missing: for its owner alone, since personal data lie in it.

    A folder that is there keeps the rights that it has.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)


class WorkspaceFolder:
    """One workspace folder, held by this handle until ``release``.

    Args:
        home: the folder; made when missing, for its owner alone.

    Raises:
        NotAWorkspaceError: the path is a file, or may not be written.
        WorkspaceBusyError: somebody else holds it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.events = home / _EVENTS
        self._events_elsewhere = home / _EVENTS_ELSEWHERE
        self.ops = home / "ops.sqlite"
        self.index = home / "index"
        self.uploads = home / "uploads"
        self.journal = home / "journal"
        self._owner = home / "lock.json"
        try:
            make_folder(home)
            self._lock = FileLock(home / "lock", timeout=0)
            self._lock.acquire()
        except Timeout as error:
            raise WorkspaceBusyError(home=home, owner=self._read_owner()) from error
        except OSError as error:
            raise NotAWorkspaceError(home=home, reason=error.strerror or error) from error
        self._owner.write_text(json.dumps({"pid": os.getpid(), "command": Path(sys.argv[0]).name}), encoding="utf-8")

    def choose_events(self, *, elsewhere: bool) -> None:
        """Make sure that the events are where they were when the workspace was opened before.

        Args:
            elsewhere: whether the settings name a database for them.

        Raises:
            EventsElsewhereError: they are in the folder, and the settings name a database.
            EventsUrlMissingError: they are in a database, and the settings name none.
        """
        if elsewhere and self.events.exists():
            raise EventsElsewhereError(home=self.home, file=self.events.name)
        if not elsewhere and self._events_elsewhere.exists():
            address = self._events_elsewhere.read_text(encoding="utf-8").strip()
            raise EventsUrlMissingError(home=self.home, url=address)

    def remember_events(self, address: str) -> None:
        """Note down that the events are in a database, whose ``address`` holds no password."""
        self._events_elsewhere.write_text(f"{address}\n", encoding="utf-8")

    def release(self) -> None:
        """Let the next one in."""
        self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _read_owner(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
            return f"process {owner['pid']} ({owner['command']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"
