"""Calls from threads into event loops."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

log = logging.getLogger(__name__)


def on_loop(loop: asyncio.AbstractEventLoop | None, call: Callable[..., object], *args: Any) -> None:
    """Call something on a loop, or here where there is none; once for many, since each wake-up of a loop is a system call."""
    if loop is None:
        call(*args)
        return
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        log.debug("the event loop closed before its senders were told")
