"""Notices Ctrl-C even where a library swallows it, or turns it into an error of its own, as DuckDB does."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_seen = threading.Event()


@contextmanager
def noticing_interrupts() -> Iterator[None]:
    """Remember every Ctrl-C inside the ``with`` block; each still raises ``KeyboardInterrupt``."""
    _seen.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def was_interrupted() -> bool:
    """Tell whether Ctrl-C was pressed since the command began."""
    return _seen.is_set()


def stop_if_interrupted() -> None:
    """Raise ``KeyboardInterrupt`` when Ctrl-C was pressed; long jobs call this between their steps."""
    if was_interrupted():
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _seen.set()
    raise KeyboardInterrupt
