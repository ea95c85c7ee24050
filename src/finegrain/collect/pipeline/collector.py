"""The collector: takes prepared requests from any thread and stores them in groups on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from finegrain.collect.pipeline.budget import Budget
from finegrain.collect.pipeline.contract import Receipt
from finegrain.collect.pipeline.errors import CollectorClosedError, NotStoredError
from finegrain.collect.pipeline.health.recent import RecentItem, RecentItems
from finegrain.collect.pipeline.health.service import IngestionHealth
from finegrain.collect.pipeline.rows import Rows
from finegrain.collect.pipeline.storing import GroupStorage
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.clock import Clock
    from finegrain.collect.pipeline.contract import Arrival
    from finegrain.collect.plan.checker import PlanChecker
    from finegrain.settings import Settings
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

log = logging.getLogger(__name__)

GROUP_EVENTS = 20_000
"""Events after which a group is stored, whatever else waits: one commit of so many takes about a quarter of a second."""

RETRY_S = 5
"""Seconds after which a sender may try again when a store refused."""

Outcome = Receipt | FinegrainError
"""What became of a request: stored, or why not."""


class _Waiting:
    """A request that waits for its commit, and whom to tell."""

    __slots__ = ("loop", "outcome", "rows", "tell")

    def __init__(self, rows: Rows, tell: Callable[[Outcome], None], loop: asyncio.AbstractEventLoop | None) -> None:
        self.rows = rows
        self.tell = tell
        self.loop = loop
        self.outcome: Outcome | None = None


class Collector:
    """Stores what is sent, in group commits; a receipt is given only for what is durable.

    While one group is being stored, the requests that arrive gather to the next, so that the commits adapt to the load by
    themselves. A store that refuses is tried again with each group: what works again needs no restart.

    Args:
        events, ops: the stores.
        settings: of the workspace.
        clock: where the time comes from.
        checker: gives the checker of the tracking plan that holds now, or None.

    Attributes:
        budget: room for requests; who brings one takes its bytes before, and gives them back after it was answered.
        health: what was done so far, and how the collector is.
    """

    def __init__(
        self,
        events: EventStore,
        ops: OpsStore,
        settings: Settings,
        clock: Clock,
        *,
        checker: Callable[[], PlanChecker | None] = lambda: None,
    ) -> None:
        self.budget = Budget(settings.collect_queue_bytes)
        self.health = IngestionHealth(ops, clock, self.budget)
        self._recent = RecentItems()
        self._storage = GroupStorage(events, ops, window_days=settings.collect_window_days)
        self._checker = checker
        self._wait_s = settings.collect_commit_wait_ms / 1000
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._writer: threading.Thread | None = None
        self._closed = False
        self._refusing_since: float | None = None

    def prepare(self, arrival: Arrival, began_s: float | None = None) -> Rows:
        """Make a request ready to be stored: its events as rows, those refused that the tracking plan refuses.

        Args:
            arrival: the request.
            began_s: when it came in, by ``time.perf_counter``; now by default.
        """
        return Rows(arrival, began_s, self._checker())

    async def store(self, rows: Rows) -> Receipt:
        """Store one request; called on an event loop, which it does not hold up.

        Raises:
            NotStoredError: a store refused.
            CollectorClosedError: the collector is stopping.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Receipt] = loop.create_future()
        self._put(_Waiting(rows, partial(_settle, future), loop))
        return await future

    def store_now(self, arrival: Arrival) -> Receipt:
        """Store one request from an ordinary thread, and wait until it is durable.

        Raises:
            NotStoredError: a store refused.
            CollectorClosedError: the collector is stopping.
        """
        return self.store_all([arrival])[0]

    def store_all(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Store several requests from an ordinary thread, and wait until all are durable.

        Raises:
            NotStoredError: a store refused; some of them may be stored.
            CollectorClosedError: the collector is stopping.
        """
        futures: list[Future[Receipt]] = []
        for arrival in arrivals:
            future: Future[Receipt] = Future()
            self._put(_Waiting(self.prepare(arrival), partial(_settle, future), None))
            futures.append(future)
        return [future.result() for future in futures]

    def ready(self) -> bool:
        """Say whether requests can be taken: no store refused in the last ten seconds, and half of the room is free."""
        return not self._closed and self.health.ready()

    def recent(self, limit: int = 100, source: str | None = None) -> list[RecentItem]:
        """Give what came in last, the newest first, with its verdict: events, traits, links, items and refused items.

        The last five hundred are held, and of one commit at most the last hundred.

        Args:
            limit: at most so many.
            source: only what this source sent; None for all.
        """
        return self._recent.read(limit, source)

    def forget_links(self) -> None:
        """Ask the ops store again which ids are linked: after links were dropped. Safe from any thread."""
        self._storage.links.forget()

    def close(self) -> None:
        """Store what waits, then stop; closing twice does no harm."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._writer is not None:
            self._writer.join()
        self.health.close()

    def _put(self, waiting: _Waiting) -> None:
        with self._wake:
            if self._closed:
                raise CollectorClosedError(retry_s=RETRY_S)
            if self._writer is None:
                self._writer = threading.Thread(target=self._run, name="finegrain-writer", daemon=True)
                self._writer.start()
            self._waiting.append(waiting)
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
            time.sleep(self._wait_s)
            group = self._take()
            self._store(group)
            _tell(group)

    def _take(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        events = 0
        with self._wake:
            while self._waiting and (not group or events + len(self._waiting[0].rows) <= GROUP_EVENTS):
                events += len(self._waiting[0].rows)
                group.append(self._waiting.popleft())
        return group

    def _store(self, group: Sequence[_Waiting]) -> None:
        began = time.perf_counter()
        try:
            receipts = self._storage.store([waiting.rows for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, the senders are told and the writer lives on
            self._refuse(group, error)
            return
        self._recover()
        rows = [waiting.rows for waiting in group]
        self.health.stored(rows, receipts, time.perf_counter() - began)
        self._recent.add(rows)
        for waiting, receipt in zip(group, receipts, strict=True):
            waiting.outcome = receipt

    def _refuse(self, group: Sequence[_Waiting], error: Exception) -> None:
        self.health.failed([waiting.rows for waiting in group], str(error))
        if self._refusing_since is None:
            self._refusing_since = time.monotonic()
            log.error("cannot store what is sent, and answer 503 until it works again: %s", error, exc_info=_unexpected(error))
        for waiting in group:
            # Senders are strangers: which disk refused, and why, stands in the log and in the console.
            waiting.outcome = NotStoredError(retry_s=RETRY_S)

    def _recover(self) -> None:
        if self._refusing_since is not None:
            log.warning("storing again after %.0f s", time.monotonic() - self._refusing_since)
            self._refusing_since = None


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, FinegrainError) else error


def _settle(future: asyncio.Future[Receipt] | Future[Receipt], outcome: Outcome) -> None:
    if future.done():
        return  # the sender is gone; what was stored stays
    if isinstance(outcome, FinegrainError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _tell(group: Sequence[_Waiting]) -> None:
    for loop, part in groupby(group, key=lambda waiting: waiting.loop):
        told = list(part)
        if loop is None:
            _tell_all(told)
            continue
        try:
            # One wake-up of the loop for all: each costs a system call.
            loop.call_soon_threadsafe(_tell_all, told)
        except RuntimeError:
            log.debug("the event loop closed before its senders were told")


def _tell_all(group: Sequence[_Waiting]) -> None:
    for waiting in group:
        if waiting.outcome is not None:
            waiting.tell(waiting.outcome)
