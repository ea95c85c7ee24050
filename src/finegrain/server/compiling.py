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


def compile_kernels(told: Callable[[int, int], object] = lambda _done, _all: None) -> None:
    """Compile every kernel that no process has compiled yet: about half a minute of processor time at first, then two seconds.

    Args:
        told: is given how many of how many questions were answered, before the first and after each.

    Raises:
        NotKeptError: the machine code cannot be kept.
    """
    from finegrain.behaviour.compiled import marks
    from finegrain.server.kernel_questions import COUNT, DAYS, PEOPLE, ask_each
    from finegrain.settings import Settings
    from finegrain.simulate.demo import build_demo
    from finegrain.workspace import open as open_workspace

    # The environment may name the databases of a real workspace.
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    with marks().compiling() as alive, tempfile.TemporaryDirectory() as folder, open_workspace(folder, **defaults) as workspace:
        build_demo(workspace, people=PEOPLE, days=DAYS)
        told(0, COUNT)
        for done in ask_each(workspace):
            alive()
            told(done, COUNT)


@contextmanager
def compiling_beside() -> Iterator[None]:
    """Compile all kernels in another process until the block ends, unless they are, or somebody is at it."""
    process = _begin()
    try:
        yield
    finally:
        if process:
            process.terminate()
            process.wait()


def _begin() -> subprocess.Popen[bytes] | None:
    from finegrain.behaviour.compiled import marks, runs_compiled

    if not runs_compiled() or marks().are_compiled or marks().are_being_compiled:
        return None
    command = [sys.executable, "-m", "finegrain.server.compiling", str(os.getpid())]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 - our own


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
