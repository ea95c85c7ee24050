"""Ingestion health: figures by minute in memory, by hour in the ops store, and how the collector is now."""

from __future__ import annotations

import logging
import threading
from collections import deque
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from finegrain.collect.pipeline.health.cells import Cell, count_failed, count_group
from finegrain.collect.pipeline.health.figures import HealthNow, HourFigures, MinuteFigures
from finegrain.collect.pipeline.health.hours import KEPT, add_to_hours, drop_old_hours, read_hours
from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS
from finegrain.collect.pipeline.tally import Tally
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finegrain.clock import Clock
    from finegrain.collect.pipeline.budget import Budget
    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.pipeline.rows import Rows
    from finegrain.collect.pipeline.tally import TallyResult
    from finegrain.store.ops import OpsStore

log = logging.getLogger(__name__)

MINUTES = 180
"""Minutes whose figures are held in memory."""
FLUSH_S = 60.0
"""Seconds between two writes of the hours to the ops store."""
EVERY = ""
"""Stands for all sources together; no source can have this name."""
_RATE_S = 10
_REFUSED_LATELY_S = 10
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


class IngestionHealth:
    """Counts what the writer reports, off the path of the requests; read by any thread.

    Args:
        ops: keeps the hours.
        clock: where the time comes from.
        budget: what waits to be stored.
    """

    def __init__(self, ops: OpsStore, clock: Clock, budget: Budget) -> None:
        self._ops = ops
        self._clock = clock
        self._budget = budget
        self._tally = Tally()
        self._lock = threading.Lock()
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._fresh: dict[str, Cell] = {}
        self._every = Cell()
        self._minutes: dict[datetime, dict[str, Cell]] = {}
        self._pending: dict[tuple[datetime, str], Cell] = {}
        self._seconds: deque[tuple[datetime, int]] = deque(maxlen=100_000)
        self._last_stored_at: datetime | None = None
        self._refusing: tuple[str, datetime] | None = None
        self._failed_at: datetime | None = None
        self._flusher: threading.Thread | None = None
        self._stop = threading.Event()

    def stored(self, group: Sequence[Rows], receipts: Sequence[Receipt], commit_s: float) -> None:
        """Count a group that was stored; the store works again, if it did not before."""
        with self._counting() as now:
            events = count_group(self._fresh, group, receipts, commit_s)
            self._every.add_commit(commit_s)
            self._tally.add_commit(zip(group, receipts, strict=True), commit_s)
            self._refusing = self._failed_at = None
            self._last_stored_at = now
            self._count_second(now, events)

    def failed(self, group: Sequence[Rows], reason: str) -> None:
        """Count a group that a store refused, for ``reason``."""
        with self._counting() as now:
            count_failed(self._fresh, group)
            self._failed_at = now
            if self._refusing is None:
                self._refusing = (reason, now)

    def turned_away(self, code: str, *, overloaded: bool) -> None:
        """Count a request that never came to the writer, by the code of its error."""
        with self._counting():
            self._every.failed += overloaded
            self._tally.turned_away[code] += 1

    def totals(self) -> TallyResult:
        """Give the counts since the start."""
        with self._lock:
            self._fold()
            return self._tally.read()

    def minutes(self, last: int = MINUTES, source: str | None = None) -> list[MinuteFigures]:
        """Give the figures of each of the ``last`` minutes, the running one included, the oldest first.

        Args:
            last: how many; figures of minutes before the last three hours or before the start are zero.
            source: whose; None for all together.
        """
        now = _floor(self._clock.now(), _MINUTE)
        with self._lock:
            self._fold()
            cells = {minute: found.get(_key(source)) for minute, found in self._minutes.items()}
            spans = [now - _MINUTE * back for back in reversed(range(last))]
            return [MinuteFigures.of(span, source, cells.get(span) or Cell()) for span in spans]

    def hours(self, first: datetime, last: datetime, source: str | None = None) -> list[HourFigures]:
        """Give the figures of each hour from that of ``first`` to that of ``last``, both included, the oldest first.

        Hours of over ninety days ago are zero, and left out where ``first`` lies further back; so is what lies ahead.

        Args:
            first: aware.
            last: aware.
            source: whose; None for all together.
        """
        now = self._clock.now()
        start = max(_floor(first, _HOUR), _floor(now - KEPT, _HOUR))
        end = min(_floor(last, _HOUR), _floor(now, _HOUR))
        with self._ops.reading() as session:
            cells = read_hours(session, start, end, _key(source))
        with self._lock:
            self._fold()
            for (hour, name), cell in self._pending.items():
                if name == _key(source):
                    cells.setdefault(hour, Cell()).add(cell)
        spans = [start + _HOUR * place for place in range(int((end - start) / _HOUR) + 1)]
        return [HourFigures.of(span, source, cells.get(span, Cell())) for span in spans]

    def now(self) -> HealthNow:
        """Say how the collector is at this moment."""
        now = self._clock.now()
        cell = Cell()
        with self._lock:
            self._fold()
            for back in (0, 1):
                found = self._minutes.get(_floor(now, _MINUTE) - _MINUTE * back, {}).get(EVERY)
                if found is not None:
                    cell.add(found)
            events = sum(count for at, count in self._seconds if at > now - timedelta(seconds=_RATE_S))
            refusing, last_stored_at = self._refusing, self._last_stored_at
        return HealthNow(
            events_per_s=events / _RATE_S,
            lag_s=LAGS.quantile(cell.lags, 0.5),
            answer_p99_s=ANSWERS.quantile(cell.answers, 0.99),
            waiting_bytes=self._budget.taken,
            limit_bytes=self._budget.limit,
            ready=self.ready(),
            refusing=refusing[0] if refusing else None,
            refusing_since=refusing[1] if refusing else None,
            last_stored_at=last_stored_at,
        )

    def ready(self) -> bool:
        """Say whether requests can be taken: no store refused in the last ten seconds, and half of the room is free."""
        failed_at = self._failed_at
        lately = failed_at is not None and self._clock.now() - failed_at < timedelta(seconds=_REFUSED_LATELY_S)
        return not lately and self._budget.taken < self._budget.limit // 2

    def flush(self) -> None:
        """Write what was counted since the last time to the ops store; where that refuses, the next time tries again."""
        with self._lock:
            self._fold()
            pending, self._pending = self._pending, {}
        if not pending:
            return
        try:
            with self._ops.session() as session:
                add_to_hours(session, pending)
                drop_old_hours(session, self._clock.now())
        except (FinegrainError, SQLAlchemyError) as error:
            log.debug("the figures of this hour wait: %s", error)
            with self._lock:
                for key, cell in pending.items():
                    self._pending.setdefault(key, Cell()).add(cell)

    def close(self) -> None:
        """Write what was counted, then stop; closing twice does no harm."""
        self._stop.set()
        if self._flusher is not None:
            self._flusher.join()
        self.flush()

    @contextmanager
    def _counting(self) -> Iterator[datetime]:
        now = self._clock.now()
        minute = _floor(now, _MINUTE)
        with self._lock:
            if minute != self._minute:
                self._fold()
                self._minute = minute
            yield now
            if self._flusher is None and not self._stop.is_set():
                self._flusher = threading.Thread(target=self._flush_now_and_then, name="finegrain-health", daemon=True)
                self._flusher.start()

    def _fold(self) -> None:
        # What was counted lies in one place until somebody asks or the minute ends, so that the writer adds it up once.
        fresh, every = self._fresh, self._every
        self._fresh, self._every = {}, Cell()
        for cell in fresh.values():
            every.add_all_but_commits(cell)
        if not fresh and not every.failed:
            return
        self._tally.add(fresh)
        hour = _floor(self._minute, _HOUR)
        oldest = self._minute - _MINUTE * MINUTES
        self._minutes = {at: found for at, found in self._minutes.items() if at > oldest}
        found = self._minutes.setdefault(self._minute, {})
        for source, cell in {**fresh, EVERY: every}.items():
            found.setdefault(source, Cell()).add(cell)
            self._pending.setdefault((hour, source), Cell()).add(cell)

    def _count_second(self, now: datetime, events: int) -> None:
        second = now.replace(microsecond=0)
        if self._seconds and self._seconds[-1][0] == second:
            events += self._seconds.pop()[1]
        self._seconds.append((second, events))
        while self._seconds[0][0] < second - timedelta(seconds=2 * _RATE_S):
            self._seconds.popleft()

    def _flush_now_and_then(self) -> None:
        while not self._stop.wait(FLUSH_S):
            self.flush()


def _key(source: str | None) -> str:
    return EVERY if source is None else source


def _floor(instant: datetime, span: timedelta) -> datetime:
    return instant - (instant - instant.min.replace(tzinfo=instant.tzinfo)) % span
