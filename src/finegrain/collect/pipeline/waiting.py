"""Requests that wait to be stored, and whom each of them is to be told."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from finegrain.collect.pipeline.contract import Receipt
from finegrain.collect.pipeline.loops import on_loop
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from finegrain.collect.pipeline.journal import Entry
    from finegrain.collect.pipeline.rows import Rows

Outcome = Receipt | FinegrainError
"""What became of a request: stored, or why not."""


class Waiting:
    """A request that waits for its commit.

    Attributes:
        rows: what it brings.
        tell: is called with what became of it.
        loop: on which that is called; None for the writer's thread.
        entry: where it stands in the journal; None where its sender waits for the commit.
        outcome: what became of it; None while it waits.
        tries: how often it was taken to be stored.
        is_last_try: whether nothing more was taken in when it was taken to be stored.
    """

    __slots__ = ("entry", "is_last_try", "loop", "outcome", "rows", "tell", "tries")

    def __init__(
        self,
        rows: Rows,
        tell: Callable[[Outcome], object],
        loop: asyncio.AbstractEventLoop | None = None,
        entry: Entry | None = None,
    ) -> None:
        self.rows = rows
        self.tell = tell
        self.loop = loop
        self.entry = entry
        self.outcome: Outcome | None = None
        self.tries = 0
        self.is_last_try = False


def settle(future: asyncio.Future[Receipt] | Future[Receipt], outcome: Outcome) -> None:
    """Give a future its outcome; one whose sender is gone stays as it is, and what was stored stays."""
    if future.done():
        return
    if isinstance(outcome, FinegrainError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def tell(group: Sequence[Waiting]) -> None:
    """Tell everybody in a group what became of it."""
    for loop, part in groupby(group, key=attrgetter("loop")):
        on_loop(loop, _tell_all, list(part))


def tell_nobody(_: Outcome) -> None:
    """Tell nobody: the sender was answered before."""


def _tell_all(group: Sequence[Waiting]) -> None:
    for waiting in group:
        if waiting.outcome is not None:
            waiting.tell(waiting.outcome)
