"""Compiles all kernels ahead of the first question: once for each installation, beside the server in a process of its own.

``python -m finegrain.server.compiling PID`` does it at a low priority, for as long as the process PID is its parent.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NICENESS = 5
"""Behind the server, but not so far that it would never come to its turn on a busy machine."""
GRACE_S = 20
"""How long it may take to tidy up when the server stops."""


def compile_kernels(told: Callable[[int, int], object] = lambda _done, _all: None) -> bool:
    """Compile every kernel that no process has compiled yet, in about half a minute of processor time; say whether there was any.

    Args:
        told: is given how many of how many questions were answered, before the first and after each.

    Raises:
        NotKeptError: the machine code cannot be kept.
    """
    from finegrain.behaviour.compiled import marks
    from finegrain.server.kernel_questions import make_shop, questions
    from finegrain.settings import Settings
    from finegrain.workspace import open as open_workspace

    if _is_done():
        return False
    # The environment may name the databases of a real workspace.
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    with marks().compiling() as alive, tempfile.TemporaryDirectory() as folder, open_workspace(folder, **defaults) as workspace:
        make_shop(workspace)
        asked = questions(workspace)
        told(0, len(asked))
        for done, ask in enumerate(asked, start=1):
            ask()
            alive()
            told(done, len(asked))
    return True


def _is_done() -> bool:
    from finegrain.behaviour.compiled import marks, runs_compiled

    return not runs_compiled() or marks().are_compiled


@contextmanager
def compiling_beside() -> Iterator[None]:
    """Compile all kernels in another process until the block ends, unless they are, or somebody is at it."""
    process = _begin()
    try:
        yield
    finally:
        if process:
            _end(process)


def _begin() -> subprocess.Popen[bytes] | None:
    from finegrain.behaviour.compiled import marks

    if _is_done() or marks().are_being_compiled:
        return None
    command = [sys.executable, "-m", "finegrain.server.compiling", str(os.getpid())]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 - our own


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main(parent: int) -> None:
    """Compile until it is done, or ``parent`` has ended."""
    from finegrain.behaviour.errors import NotKeptError

    def stop_with_parent(_done: int, _all: int) -> None:
        if os.getppid() != parent:
            raise SystemExit

    # By default the end would come without leaving the blocks that tidy up.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(NotKeptError):  # then each process compiles what it is asked
        compile_kernels(stop_with_parent)


if __name__ == "__main__":
    main(int(sys.argv[1]))
