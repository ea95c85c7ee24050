"""The writer: stores what waits, group by group, people on one thread and events on another.

While the event store takes the events of one group, the people of the next are stored: the two wait for engines and disks of
their own.
"""

from __future__ import annotations

import logging
import threading
import time
from queue import Queue
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from finegrain.collect.pipeline.errors import CollectorClosedError, NotStoredError
from finegrain.collect.pipeline.waiting import tell
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.collect.pipeline.backlog import Backlog
    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.pipeline.health.service import IngestionHealth
    from finegrain.collect.pipeline.journal import Entry, Journal
    from finegrain.collect.pipeline.rows import Rows
    from finegrain.collect.pipeline.storing import GroupStorage
    from finegrain.collect.pipeline.waiting import Waiting

T = TypeVar("T")
log = logging.getLogger(__name__)

RETRY_S = 5
"""Seconds after which a sender may try again when a store refused."""
PATIENCE = 5
"""Tries after which requests that a store refuses together are tried alone, in case that one of them is at fault."""
_ENOUGH = 10
"""Refusals in a row after which it is not the requests that are at fault."""
_REFUSALS = (FinegrainError, SQLAlchemyError, OSError, MemoryError)
"""What a store raises that cannot store now; anything else is a fault of the request, or of ours."""


class Writer:
    """Stores what waits, and tells who is to be told. A store that refuses is tried again: what works again needs no restart.

    Args:
        backlog: what waits.
        storage: stores a group.
        journal: forgets what is stored.
        health: counts.
        on_stored: is called with each group that is stored.
        wait_s: how long a commit waits for more.
    """

    def __init__(
        self,
        backlog: Backlog,
        storage: GroupStorage,
        journal: Journal,
        health: IngestionHealth,
        *,
        on_stored: Callable[[Sequence[Rows]], object],
        wait_s: float,
    ) -> None:
        self._backlog = backlog
        self._storage = storage
        self._journal = journal
        self._health = health
        self._on_stored = on_stored
        self._wait_s = wait_s
        self._starting = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._half_stored: Queue[tuple[list[Waiting], float] | None] = Queue(1)
        self._refusing_since: float | None = None

    @property
    def is_refusing(self) -> bool:
        """Whether a store refused what was tried last."""
        return self._refusing_since is not None

    def start(self) -> None:
        """Begin to store, unless it has begun."""
        if self._threads:
            return
        with self._starting:
            if not self._threads:
                threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in self._parts()]
                for thread in threads:
                    thread.start()
                self._threads = threads

    def join(self) -> None:
        """Wait until all is stored that can be, once the backlog is closed; who then still waits is told so."""
        for thread in self._threads:
            thread.join()
        rest = self._backlog.take_all()
        for waiting in rest:
            waiting.outcome = CollectorClosedError(retry_s=RETRY_S)
        tell(rest)

    def _parts(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return ("finegrain-people", self._store_people), ("finegrain-events", self._store_events)

    def _store_people(self) -> None:
        while self._backlog.wait(refusing=self.is_refusing):
            self._backlog.gather(self._wait_s)
            began = time.perf_counter()
            stored = self._tried(self._backlog.take(), self._storage.store_people)
            group = [waiting for part, _ in stored for waiting in part]
            if group:
                self._half_stored.put((group, time.perf_counter() - began))
        self._half_stored.put(None)

    def _store_events(self) -> None:
        while (half_stored := self._half_stored.get()) is not None:
            group, people_s = half_stored
            began = time.perf_counter()
            for part, receipts in self._tried(group, self._storage.store_events):
                self._stored(part, receipts, people_s + time.perf_counter() - began)

    def _tried(self, group: list[Waiting], store: Callable[[list[Rows]], T]) -> list[tuple[list[Waiting], T]]:
        """Store a group, or one by one where one of it may be at fault; give what was stored, and turn away the rest."""
        try:
            return [(group, store([waiting.rows for waiting in group]))]
        except _REFUSALS as error:
            if len(group) == 1 or max(waiting.tries for waiting in group) % PATIENCE:
                self._refuse(group, error)
                return []
        except Exception as error:  # noqa: BLE001 - whatever it was, the senders are told and the writer lives on
            if len(group) == 1:
                self._give_up(group[0], error)
                return []
        return self._sifted(group, store)

    def _sifted(self, group: list[Waiting], store: Callable[[list[Rows]], T]) -> list[tuple[list[Waiting], T]]:
        """Store requests alone; what fails though another one can be stored right after is at fault itself."""
        stored: list[tuple[list[Waiting], T]] = []
        failed: list[tuple[Waiting, Exception]] = []
        for waiting in group:
            down = not stored and len(failed) >= _ENOUGH and all(isinstance(error, _REFUSALS) for _, error in failed)
            found = failed[-1][1] if down else _outcome(store, waiting)
            if isinstance(found, Exception):
                failed.append((waiting, found))
            else:
                stored.append(([waiting], found))
        works = bool(stored) and not isinstance(_outcome(store, stored[0][0][0]), Exception)
        for waiting, error in failed:
            if isinstance(error, _REFUSALS) and not (works and isinstance(_outcome(store, waiting), Exception)):
                self._refuse([waiting], error)
            else:
                self._give_up(waiting, error)
        return stored

    def _stored(self, group: Sequence[Waiting], receipts: Sequence[Receipt], seconds: float) -> None:
        refusing_since, self._refusing_since = self._refusing_since, None
        if refusing_since is not None:
            log.warning("storing again after %.0f s", time.monotonic() - refusing_since)
        self._journal.forget(waiting.entry for waiting in group if waiting.entry is not None)
        try:
            rows = [waiting.rows for waiting in group]
            self._health.stored(rows, receipts, seconds)
            self._on_stored(rows)
        except Exception:
            log.exception("cannot count what was stored")  # which is no reason to stop storing
        for waiting, receipt in zip(group, receipts, strict=True):
            waiting.outcome = receipt
        self._let_go(group)

    def _let_go(self, group: Sequence[Waiting]) -> None:
        self._backlog.settle(group)  # before its senders are told, who may send again at once
        tell(group)

    def _refuse(self, group: Sequence[Waiting], error: Exception) -> None:
        self._turn_away(group, error)
        if any(waiting.entry is not None for waiting in group):
            # Behind what is kept may stand more than a group, so that their turn would never come.
            self._turn_away(self._backlog.take_senders(), error)

    def _turn_away(self, group: Sequence[Waiting], error: Exception) -> None:
        self._health.failed([waiting.rows for waiting in group if waiting.entry is None], str(error))
        if self._refusing_since is None:
            self._refusing_since = time.monotonic()
            log.error("cannot store what is sent, and answer 503 until it works again: %s", error, exc_info=_unexpected(error))
        for waiting in group:
            # Senders are strangers: which disk refused, and why, stands in the log and in the console.
            waiting.outcome = NotStoredError(retry_s=RETRY_S)
        self._let_go(group)

    def _give_up(self, waiting: Waiting, error: Exception) -> None:
        if waiting.entry is not None:
            self.set_aside(waiting.entry, error)
        self._turn_away([waiting], error)

    def set_aside(self, entry: Entry, error: Exception) -> None:
        """Put away what cannot be stored, and say where it lies."""
        try:
            path = self._journal.set_aside(entry)
        except OSError:
            log.exception("a request of the journal cannot be stored, nor set aside")
        else:
            log.error("a request of the journal cannot be stored, and lies in %s", path, exc_info=error)


def _outcome(store: Callable[[list[Rows]], T], waiting: Waiting) -> T | Exception:
    try:
        return store([waiting.rows])
    except Exception as error:  # noqa: BLE001 - the caller tells one from another
        return error


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, FinegrainError) else error
