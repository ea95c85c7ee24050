"""The workspace folder: where its files lie, and the lock that keeps a second process out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from finegrain.store.errors import NotAWorkspaceError, WorkspaceBusyError


class WorkspaceFolder:
    """One workspace folder, held by this handle until ``release``.

    Args:
        home: the folder; made when missing.

    Raises:
        NotAWorkspaceError: the path is a file, or may not be written.
        WorkspaceBusyError: somebody else holds it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.events = home / "events.duckdb"
        self.ops = home / "ops.sqlite"
        self.index = home / "index"
        self.uploads = home / "uploads"
        self._owner = home / "lock.json"
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(home / "lock", timeout=0)
            self._lock.acquire()
        except Timeout as error:
            raise WorkspaceBusyError(home=home, owner=self._read_owner()) from error
        except OSError as error:
            raise NotAWorkspaceError(home=home, reason=error.strerror or error) from error
        self._owner.write_text(json.dumps({"pid": os.getpid(), "command": Path(sys.argv[0]).name}), encoding="utf-8")

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
