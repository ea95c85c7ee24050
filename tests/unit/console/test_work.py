"""Work that a page has done off the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from finegrain.console.text import work


async def test_who_no_longer_waits_gets_no_result_rather_than_none() -> None:
    begun, done = threading.Event(), threading.Event()

    def wait() -> str:
        begun.set()
        done.wait(10)
        return "late"

    task = asyncio.create_task(work(wait))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    done.set()


async def test_a_result_that_is_none_is_given_as_such() -> None:
    nothing: dict[str, str] = {}
    assert await work(nothing.get, "key") is None
