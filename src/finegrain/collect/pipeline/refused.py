"""The dead letters of requests for operators: listed, counted, shown, replayed under today's rules, or discarded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Select, func, select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.pipeline.errors import UnknownRefusedItemError
from finegrain.collect.pipeline.letters import AGENT, RefusedLetter, close_letters, explain_letters, letter
from finegrain.collect.pipeline.rows import HISTORY_S, UNWRITABLE
from finegrain.collect.pipeline.tables import RefusedItemTable
from finegrain.collect.plan.checker import PLAN_VIOLATION
from finegrain.collect.sources.tables import SourceTable
from finegrain.collect.wire.again import read_again
from finegrain.collect.wire.contract import EventCall
from finegrain.collect.wire.errors import WireError
from finegrain.collect.wire.reasons import REASONS
from finegrain.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from finegrain.clock import Clock
    from finegrain.collect.pipeline.collector import Collector
    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.pipeline.letters import LetterStatus
    from finegrain.collect.wire.contract import Call, DecodedRequest, RefusedItem
    from finegrain.store.ops import OpsStore

_AT_ONCE = 500
_BYTES_AT_ONCE = 4_000_000
Letters = list[RefusedLetter]
_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True)
class ReplayResult:
    """What a replay did.

    Attributes:
        taken: items that are read now and no longer lie in the dead letters.
        stored: events among what they say that were new; the others had been stored before, or are no events.
        still_refused: items that stay, with the reason for which they are refused now.
    """

    taken: int
    stored: int
    still_refused: int

    def to_dict(self) -> dict[str, int]:
        """Give the counts as a JSON object."""
        return {"taken": self.taken, "stored": self.stored, "still_refused": self.still_refused}


class _Tried(NamedTuple):
    """What became of one letter; ``refused`` is why it stays, None where that is why it came."""

    letter: RefusedLetter
    done: bool = False
    stored: int = 0
    refused: RefusedItem | None = None


class RefusedService:
    """The refused items of requests.

    Args:
        ops: the ops store.
        collector: stores what is replayed.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, collector: Collector, clock: Clock) -> None:
        self._ops = ops
        self._collector = collector
        self._clock = clock

    def list(
        self,
        source: str | None = None,
        reason: str | None = None,
        status: LetterStatus | None = "open",
        limit: int = 50,
        offset: int = 0,
    ) -> Letters:
        """Give refused items, the newest first.

        Args:
            source: only those of this source.
            reason: only those with this reason.
            status: only those in this state; None for all.
            limit: at most so many, from ``offset`` on.
            offset: how many to leave out.

        Raises:
            UnknownNameError: there is no such reason or source.
        """
        query = self._wanted(select(RefusedItemTable), source, reason, status).order_by(RefusedItemTable.id.desc())
        with self._ops.reading() as session:
            return [letter(row) for row in session.scalars(query.limit(limit).offset(offset))]

    def get(self, letter_id: int) -> RefusedLetter:
        """Give one refused item.

        Raises:
            UnknownRefusedItemError: there is none of that id.
        """
        with self._ops.reading() as session:
            row = session.get(RefusedItemTable, letter_id)
            if row is None:
                raise UnknownRefusedItemError(item=letter_id)
            return letter(row)

    def count(self, source: str | None = None, reason: str | None = None, status: LetterStatus | None = "open") -> int:
        """Give how many refused items ``list`` would give without a limit.

        Raises:
            UnknownNameError: there is no such reason or source.
        """
        query = self._wanted(select(func.count()).select_from(RefusedItemTable), source, reason, status)
        with self._ops.reading() as session:
            return session.scalar(query) or 0

    def reasons(self, source: str | None = None) -> dict[str, int]:
        """Give how many open items there are for each reason, most frequent first.

        Raises:
            UnknownNameError: there is no such source.
        """
        return self._counts(RefusedItemTable.reason, source)

    def sources(self) -> dict[str, int]:
        """Give how many open items there are of each source that has any, most first."""
        return self._counts(RefusedItemTable.source, None)

    def replay(self, ids: Collection[int] | None = None, source: str | None = None, reason: str | None = None) -> ReplayResult:
        """Read open items again by today's rules, and store what they say; each message still counts once.

        What is read leaves the dead letters; the rest stays, with the reason for which it is refused now. Events that happened
        over a day ago are history, and trigger no messages.

        Args:
            ids: only these; None for all. Those that are not open are left alone.
            source: only those of this source.
            reason: only those with this reason.

        Raises:
            UnknownNameError: there is no such reason or source.
            NotStoredError: a store refused; what was replayed so far is stored, and the rest lies where it was.
        """
        require("data:write")
        taken = stored = still = 0
        for part in self._parts(self._wanted(select(RefusedItemTable), source, reason, "open"), ids):
            tried = self._store(part)
            refused = [(each.letter.id, each.refused) for each in tried if each.refused is not None]
            done = [each.letter.id for each in tried if each.done]
            with self._ops.session() as session:
                close_letters(session, done, "replayed", self._clock.now())
                explain_letters(session, refused)
            taken += len(done)
            stored += sum(each.stored for each in tried)
            still += len(tried) - len(done)
        with self._ops.session() as session:
            told = {"taken": taken, "stored": stored, "still_refused": still, "source": source, "reason": reason}
            record(session, "refused.replay", source or "", after=told)
        return ReplayResult(taken, stored, still)

    def discard(self, ids: Collection[int]) -> int:
        """Put open items aside for good: they stay readable, and are never replayed; give how many were open."""
        require("data:write")
        with self._ops.session() as session:
            count = close_letters(session, sorted(ids), "discarded", self._clock.now())
            record(session, "refused.discard", "", after={"items": count})
            return count

    def _store(self, part: Sequence[RefusedLetter]) -> Sequence[_Tried]:
        tried: list[_Tried] = []
        arrivals: list[Arrival] = []
        readable: list[RefusedLetter] = []
        for each in part:
            try:
                decoded = read_again(each.format, each.raw, each.envelope, each.received_at)
            except WireError:
                tried.append(_Tried(each))  # no longer whole; the reason that it has is why
                continue
            agent = str(each.envelope.get(AGENT, ""))
            decoded = _with_history(decoded, self._clock.now() - timedelta(seconds=HISTORY_S))
            arrivals.append(Arrival(decoded, each.source, each.format, each.received_at, agent, replayed=True))
            readable.append(each)
        receipts = self._collector.store_all(arrivals)
        return tried + [_outcome(each, receipt) for each, receipt in zip(readable, receipts, strict=True)]

    def _parts(self, query: Select[RefusedItemTable], ids: Collection[int] | None) -> Iterator[Letters]:
        if ids is not None:
            wanted = sorted(ids)
            for start in range(0, len(wanted), _AT_ONCE):
                part = query.where(RefusedItemTable.id.in_(wanted[start : start + _AT_ONCE]))
                yield from self._pages(part)
            return
        yield from self._pages(query)

    def _pages(self, query: Select[RefusedItemTable]) -> Iterator[Letters]:
        # By id, because what was replayed is no longer among what the query finds.
        page = self._page(query, 0)
        while page:
            yield page
            page = self._page(query, page[-1].id)

    def _page(self, query: Select[RefusedItemTable], after: int) -> Letters:
        page: list[RefusedLetter] = []
        size = 0
        rows = query.where(RefusedItemTable.id > after).order_by(RefusedItemTable.id).limit(_AT_ONCE)
        with self._ops.reading() as session:
            for row in session.scalars(rows, execution_options={"yield_per": 50}):
                page.append(letter(row))
                size += len(row.raw)
                if size > _BYTES_AT_ONCE:
                    break
        return page

    def _wanted(self, query: _Query, source: str | None, reason: str | None, status: str | None) -> _Query:
        if source is not None:
            self._check("source", source, self._known_sources)
            query = query.where(RefusedItemTable.source == source)
        if reason is not None:
            self._check("reason", reason, self.known_reasons)
            query = query.where(RefusedItemTable.reason == reason)
        return query if status is None else query.where(RefusedItemTable.status == status)

    def _counts(self, column: Any, source: str | None) -> dict[str, int]:
        count = func.count()
        query = self._wanted(select(column, count), source, None, "open").group_by(column).order_by(count.desc(), column)
        with self._ops.reading() as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def _check(self, kind: str, name: str, known: Callable[[], Sequence[str]]) -> None:
        allowed = known()
        if name not in allowed:
            raise UnknownNameError(kind=kind, name=name, allowed=", ".join(allowed) or "–")

    def _known_sources(self) -> Sequence[str]:
        with self._ops.reading() as session:
            made = session.scalars(select(SourceTable.name)).all()
            return sorted({*made, *session.scalars(select(RefusedItemTable.source).distinct())})

    def known_reasons(self) -> Sequence[str]:
        """Give the reasons for which items are refused: those of the formats, and others that any item here has."""
        with self._ops.reading() as session:
            found = set(session.scalars(select(RefusedItemTable.reason).distinct()))
        known = [*REASONS, UNWRITABLE, PLAN_VIOLATION]
        return [*known, *sorted(found.difference(known))]


def _with_history(decoded: DecodedRequest, before: datetime) -> DecodedRequest:
    calls = [(position, _as_history(call, before)) for position, call in decoded.calls]
    return replace(decoded, calls=tuple(calls))


def _as_history(call: Call, before: datetime) -> Call:
    if isinstance(call, EventCall) and call.time < before:
        return msgspec.structs.replace(call, historical=True)
    return call


def _outcome(tried: RefusedLetter, receipt: Receipt) -> _Tried:
    if receipt.refused:
        return _Tried(tried, stored=receipt.stored, refused=receipt.refused[0])
    return _Tried(tried, done=True, stored=receipt.stored)
