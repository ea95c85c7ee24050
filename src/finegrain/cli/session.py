"""Opens the workspace of a command, and waits visibly for what takes long."""

from __future__ import annotations

import shutil
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from finegrain.cli.errors import NoWorkspaceError
from finegrain.cli.interrupts import stop_if_interrupted
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finegrain.cli.arguments import Invocation
    from finegrain.collect.imports.contract import ImportProgress, ProgressCallback
    from finegrain.simulate.demo import DemoProgress, DemoProgressCallback
    from finegrain.workspace import Workspace

    Draw = Callable[[float, str], None]

PATIENCE_S = 0.5
"""How long a job may take before it shows that it is at work."""


@contextmanager
def workspace(invocation: Invocation, *, create: bool = False, tentative: bool = False) -> Iterator[Workspace]:
    """Open the workspace that the command names, until the ``with`` block ends.

    Args:
        invocation: names the folder.
        create: whether a missing workspace is made; else it is refused.
        tentative: whether a folder that was made for this command goes again when its input is refused.

    Raises:
        NoWorkspaceError: there is none, and it may not be made.
    """
    home = invocation.home
    from finegrain.errors import InputError
    from finegrain.workspace import is_workspace
    from finegrain.workspace import open as open_workspace

    if not create and not is_workspace(home):
        raise NoWorkspaceError(home=home)
    made = not home.exists()
    try:
        with open_workspace(home) as opened:
            yield opened
    except InputError:
        if made and tentative:
            shutil.rmtree(home, ignore_errors=True)
        raise


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show ``text`` with a spinner on stderr while the ``with`` block takes longer than half a second on a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from finegrain.cli.output import console

    status = console(stderr=True).status(text)
    timer = threading.Timer(PATIENCE_S, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextmanager
def progress_bar() -> Iterator[Draw | None]:
    """Give what draws a progress bar on stderr, told the share done (0–1) and a text; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from finegrain.cli.output import console

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def draw(share: float, text: str) -> None:
            bar.update(task, completed=share, description=text)

        yield draw


@contextmanager
def import_progress() -> Iterator[ProgressCallback]:
    """Give the callback that draws an import's progress where somebody watches, and stops it after Ctrl-C."""
    stages = {"reading": _("Reading"), "checking": _("Checking"), "storing": _("Storing")}
    pattern = _("{stage} · {rows} rows")
    with progress_bar() as draw:

        def advance(progress: ImportProgress) -> None:
            stop_if_interrupted()
            # Translated before: an import may report from a thread of its own, which does not inherit the reader's language.
            if draw is not None:
                draw(progress.share, pattern.format(stage=stages[progress.stage], rows=f"{progress.rows:,}"))

        yield advance


@contextmanager
def demo_progress() -> Iterator[DemoProgressCallback]:
    """Give the callback that draws the progress of building the demo where somebody watches, and stops it after Ctrl-C."""
    stages = {
        "simulating": _("Simulating"),
        "starters": _("Segments and goals"),
        "people": _("Importing people"),
        "orders": _("Importing orders"),
        "events": _("Importing events"),
    }
    with progress_bar() as draw:

        def advance(progress: DemoProgress) -> None:
            stop_if_interrupted()
            if draw is not None:
                draw(progress.share, stages[progress.stage])

        yield advance


@contextmanager
def compiling_progress() -> Iterator[Callable[[int, int], None]]:
    """Give the callback that draws how much is compiled where somebody watches, and stops it after Ctrl-C."""
    text = _("Compiling")
    with progress_bar() as draw:

        def advance(done: int, of: int) -> None:
            stop_if_interrupted()
            if draw is not None:
                draw(done / of, text)

        yield advance
