"""The index kept current: opened, brought up to date with the stores, rebuilt when it does not hold, and asked for facts."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from finegrain.behaviour.building import build, compile_kernels
from finegrain.behaviour.errors import IndexFolderError
from finegrain.behaviour.facts import facts, gaps_days, orders_of, unmatched_refunds_of
from finegrain.behaviour.files import newest_generation, open_index, write_index
from finegrain.behaviour.index import FOREVER
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.refreshing import follows, refresh
from finegrain.zones import MICROSECONDS_PER_DAY, to_us

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.building import IndexState
    from finegrain.behaviour.contract import EventSource, OrderRow, PeopleSource, PersonFacts, UnmatchedRefund
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.snapshot import Snapshot

log = logging.getLogger(__name__)

_KEPT_FACTS = 4
"""Answers kept; one over a million people takes 56 MB."""

WRITE_EVENTS, WRITE_SHARE = 20_000, 8
"""The folder is brought up to date after so many new events, or an eighth of all: a large index is then written rarely enough
that it costs less than what it holds, and a process that is killed leaves little to catch up with."""
CLOSE_SHARE = 64
"""At the end the folder is brought up to date when more than so small a part is new; to catch up with less costs nothing."""


class IndexService:
    """The behaviour index of one workspace. Safe to use from several threads.

    Args:
        events: what happened.
        people: who the people are.
        folder: where the index lies; made when missing, may be deleted at any time.
        currency: ISO 4217 code of all amounts.
    """

    def __init__(self, events: EventSource, people: PeopleSource, folder: Path, currency: str) -> None:
        self._events = events
        self._people = people
        self._folder = folder
        self._currency = currency
        self._state: IndexState | None = None
        self._snapshot: Snapshot | None = None
        self._written: BehaviourIndex | None = None
        self._facts: OrderedDict[tuple[object, ...], PersonFacts] = OrderedDict()
        self._refreshing, self._answering = threading.Lock(), threading.Lock()
        self._writer: threading.Thread | None = None
        self._columns = PropertyColumns(events, folder / "columns")

    def current(self) -> BehaviourIndex:
        """Give the index over everything that is stored now; it never changes, a later call gives another one.

        What arrived since the last call is added to what is in memory, or in the folder. Where that is missing, damaged or of
        other stores, all is built anew. Readers of an earlier index are not held up meanwhile.

        Raises:
            StorageError: a store or the folder refused.
        """
        state = self._state
        if state is not None and self._holds(state.index):
            return state.index
        with self._refreshing:
            state = self._state or self._open()
            if state is None:
                state = self._build()
            elif not self._holds(state.index):
                state = refresh(state, self._events, self._people)
            self._state = state
            self._write_when_worth(state, max(WRITE_EVENTS, state.index.events // WRITE_SHARE))
            return state.index

    def snapshot(self) -> Snapshot:
        """Give the index over everything that is stored now, with its log and the columns of its properties; see ``current``."""
        from finegrain.behaviour.queries.snapshot import Snapshot

        self.current()
        state = self._state
        assert state is not None  # noqa: S101 - ``current`` leaves one
        kept = self._snapshot
        if kept is None or kept.index is not state.index:
            # One for all questions about a state, because it keeps what the last of them looked through.
            self._snapshot = kept = Snapshot(state.index, state.log, self._columns)
        return kept

    def warm_up(self) -> None:
        """Get ready to answer, and to take in what arrives, without delay; see ``current``."""
        self.current()
        compile_kernels()

    def close(self) -> None:
        """Bring the folder up to date where that is worth it, and wait for it; closing twice does no harm."""
        with self._refreshing:
            state = self._state
            if self._writer is not None:
                self._writer.join()
            if state is not None and state.index is not self._written:
                self._write_when_worth(state, max(1, state.index.events // CLOSE_SHARE))
            if self._writer is not None:
                self._writer.join()
            if state is not None:
                self._keep_columns(state)

    def facts(self, as_of: datetime, window_days: int, index: BehaviourIndex | None = None) -> PersonFacts:
        """Give everybody's facts before the aware moment ``as_of``; see ``behaviour.facts.facts``.

        Args:
            as_of: the moment, exclusive.
            window_days: the look-back window, in days of 24 hours before ``as_of``.
            index: the one to ask, for several answers that belong together; by default the current one.

        Returns:
            Facts whose arrays are read-only: they are kept for the next who asks, until something arrives.
        """
        index, as_of_us = index or self.current(), to_us(as_of)
        window_start_us = as_of_us - window_days * MICROSECONDS_PER_DAY
        key = (index.last_seq, index.people_watermark, as_of_us, window_start_us)
        with self._answering:
            if key not in self._facts:
                self._facts[key] = facts(index, as_of_us, window_start_us)
            self._facts.move_to_end(key)
            while len(self._facts) > _KEPT_FACTS:
                self._facts.popitem(last=False)
            return self._facts[key]

    def gaps_days(self, as_of: datetime) -> NDArray[np.float64]:
        """Give the days between consecutive purchases of the same person before ``as_of``; see ``behaviour.facts``."""
        return gaps_days(self.current(), to_us(as_of))

    def orders(self, person_id: int, as_of: datetime | None = None) -> list[OrderRow]:
        """Give the orders of one person, oldest first, as they are before ``as_of`` (None: with all that is known)."""
        return orders_of(self.current(), person_id, _moment(as_of))

    def unmatched_refunds(self, person_id: int, as_of: datetime | None = None) -> list[UnmatchedRefund]:
        """Give the refunds of one person that name no known order, oldest first; with ``orders`` they add up to the revenue."""
        return unmatched_refunds_of(self.current(), person_id, _moment(as_of))

    def data_end(self) -> datetime | None:
        """Give the time of the newest event, aware, in UTC; None without events."""
        return self.current().data_end()

    def _holds(self, index: BehaviourIndex) -> bool:
        return (index.last_seq, index.people_watermark) == (self._events.last_seq(), self._people.watermark())

    def _open(self) -> IndexState | None:
        state = open_index(self._folder, newest_generation(self._folder))
        if state is None or state.index.currency != self._currency or not follows(self._events, state.log):
            return None
        self._written = state.index
        return state

    def _build(self) -> IndexState:
        built = build(self._events, self._people, self._currency)
        state = open_index(self._folder, write_index(built, self._folder)) or built
        self._written = state.index
        return state

    def _write_when_worth(self, state: IndexState, least: int) -> None:
        written = self._written or state.index
        moved = state.index.people_watermark != written.people_watermark
        busy = self._writer is not None and self._writer.is_alive()
        if state.index.events - written.events + moved >= least and not busy:
            # Not a daemon: a program that ends waits for it.
            self._writer = threading.Thread(target=self._write, args=(state,), name="finegrain-index")
            self._writer.start()

    def _write(self, state: IndexState) -> None:
        try:
            write_index(state, self._folder)
            self._written = state.index
            self._keep_columns(state)
        except IndexFolderError as error:
            log.warning("the index is right in memory, but its folder is not up to date: %s", error)

    def _keep_columns(self, state: IndexState) -> None:
        try:
            self._columns.write(state.log)
        except OSError as error:
            log.warning("columns of properties were not kept, and will be read again: %s", error)


def _moment(as_of: datetime | None) -> int:
    return FOREVER if as_of is None else to_us(as_of)
