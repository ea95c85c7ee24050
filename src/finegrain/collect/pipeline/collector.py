"""The collector: takes prepared requests from any thread, has them stored in groups, and gives receipts."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from finegrain.collect.pipeline.backlog import Backlog
from finegrain.collect.pipeline.budget import Budget
from finegrain.collect.pipeline.contract import Receipt
from finegrain.collect.pipeline.errors import CollectorClosedError, NotStoredError
from finegrain.collect.pipeline.health.recent import RecentItem, RecentItems
from finegrain.collect.pipeline.health.service import IngestionHealth
from finegrain.collect.pipeline.journal import Journal
from finegrain.collect.pipeline.records import arrival_of
from finegrain.collect.pipeline.rows import Rows
from finegrain.collect.pipeline.storing import GroupStorage
from finegrain.collect.pipeline.waiting import Waiting, settle, tell_nobody
from finegrain.collect.pipeline.writer import RETRY_S, Writer
from finegrain.errors import FinegrainError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finegrain.clock import Clock
    from finegrain.collect.pipeline.contract import Arrival
    from finegrain.collect.pipeline.journal import Entry
    from finegrain.collect.plan.checker import PlanChecker
    from finegrain.settings import Settings
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

log = logging.getLogger(__name__)


class Collector:
    """Stores what is sent, in group commits; a receipt is given only for what is durable.

    While one group is being stored, the requests that arrive gather to the next, so that the commits adapt to the load by
    themselves; who brings a record of them is answered as soon as that is in the journal. A store that refuses is tried again
    with each group: what works again needs no restart.

    Args:
        events, ops: the stores.
        settings: of the workspace.
        clock: where the time comes from.
        journal: the folder of the journal.
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
        journal: Path,
        checker: Callable[[], PlanChecker | None] = lambda: None,
    ) -> None:
        self.budget = Budget(settings.collect_queue_bytes)
        self.health = IngestionHealth(ops, clock, self.budget)
        self._recent = RecentItems()
        self._storage = GroupStorage(events, ops, window_days=settings.collect_window_days)
        self._checker = checker
        self._may_answer_early = settings.collect_journal
        self._backlog = Backlog(self.budget)
        self._journal = Journal(journal)
        self._writer = Writer(
            self._backlog,
            self._storage,
            self._journal,
            self.health,
            on_stored=self._recent.add,
            wait_s=settings.collect_commit_wait_ms / 1000,
        )

    def prepare(self, arrival: Arrival, began_s: float | None = None) -> Rows:
        """Make a request ready to be stored: its events as rows, those refused that the tracking plan refuses.

        Args:
            arrival: the request.
            began_s: when it came in, by ``time.perf_counter``; now by default.
        """
        return Rows(arrival, began_s, self._checker())

    async def store(self, rows: Rows, record: Callable[[], bytes] | None = None) -> Receipt:
        """Store one request; called on an event loop, which it does not hold up.

        Args:
            rows: what it brings.
            record: gives the request as ``record_of`` does, so that the receipt may come early where others are before it;
                None where the sender wants to know what became of each event.

        Raises:
            NotStoredError: a store refused, or the journal could not be written.
            CollectorClosedError: the collector is stopping.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Receipt] = loop.create_future()
        if record is None or not self._may_answer_early or not await self._may_be_early(loop):
            self._put(Waiting(rows, partial(settle, future), loop))
            return await future
        entry = self._journal.append(record(), partial(_written, future, rows), loop)
        try:
            self._put(Waiting(rows, tell_nobody, entry=entry))
        except CollectorClosedError:
            self._journal.forget([entry])  # its sender is told to send again
            raise
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
            self._put(Waiting(self.prepare(arrival), partial(settle, future)))
            futures.append(future)
        return [future.result() for future in futures]

    def ready(self) -> bool:
        """Say whether requests can be taken: no store refused in the last ten seconds, and half of the room is free."""
        return not self._backlog.is_closed and self.health.ready()

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

    def recover(self) -> None:
        """Store what an earlier process answered and did not come to store; before any request is taken.

        What a store refuses is tried again later; what this version cannot read is set aside.

        Raises:
            OSError: the journal cannot be read.
            StorageError: the tracking plan cannot be read.
        """
        futures: list[Future[Receipt]] = []
        for entry in self._journal.leftovers():
            try:
                rows = self.prepare(arrival_of(entry.record))
            except StorageError:
                raise
            except (FinegrainError, msgspec.DecodeError) as error:
                self._writer.set_aside(entry, error)
                continue
            future: Future[Receipt] = Future()
            self._put(Waiting(rows, partial(settle, future), entry=entry))
            futures.append(future)
        for future in futures:
            if future.exception() is not None:
                break  # what comes after a group that was refused is not tried before that is stored
        if futures:
            log.warning("%d requests were in the journal, which an earlier process had answered", len(futures))

    def close(self) -> None:
        """Store what waits, then stop; closing twice does no harm."""
        self._backlog.close()
        self._writer.join()
        self._journal.close()
        self.health.close()

    async def _may_be_early(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Say whether a request may be answered before it is stored; where there is no room, wait while the stores work."""
        while not self._writer.is_refusing and not self._backlog.is_closed and not self._backlog.is_idle():
            if await self._backlog.room(loop):
                return True
        return False

    def _put(self, waiting: Waiting) -> None:
        if not self._backlog.put(waiting):
            raise CollectorClosedError(retry_s=RETRY_S)
        self._writer.start()


def _written(future: asyncio.Future[Receipt], rows: Rows, entry: Entry) -> None:
    if entry.error is not None:
        settle(future, NotStoredError(retry_s=RETRY_S))
    else:
        rows.answered_s = time.perf_counter()
        settle(future, Receipt(len(rows), 0, tuple(rows.refused), early=True))
