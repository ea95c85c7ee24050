"""Which events of a batch are new: looked up in memory for what arrived lately, on disk for what is older."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from finegrain.store.events.recent import RecentIds

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DAY_US = 86_400_000_000
_SLACK_US = 2 * _DAY_US
"""How much later than its arrival an event may claim to have happened, with a day to spare."""


class KeptMessages(Protocol):
    """What a store knows of the message ids that it keeps."""

    def digests(self, message_ids: pa.ChunkedArray) -> NDArray[np.uint64]:
        """Give a digest of each id, ``(n,)``: 64 bits, the same for the same id at any time."""
        ...

    def latest_arrival_us(self) -> int:
        """Give when the latest event arrived, in microseconds since 1970 UTC; 0 when there is none."""
        ...

    def first_within(self, oldest_us: int) -> int:
        """Give the number of the first event that arrived from ``oldest_us`` on; one more than the last when none did."""
        ...

    def recent(self, first_seq: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Give the digests and the numbers of the events from ``first_seq`` on, in any order."""
        ...

    def same(self, message_ids: pa.ChunkedArray, seqs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the ids, ``(n,)``, are stored, those of the events with the numbers ``seqs``, ``(n,)``, at least."""
        ...

    def older(self, message_ids: pa.ChunkedArray, before_seq: int) -> NDArray[np.bool_]:
        """Tell which of the ids, ``(n,)``, stand among the events before a number."""
        ...


class MessageWindow:
    """The message ids that arrived within the last days, in memory; all older ones are on disk.

    An event that happened within the window cannot have arrived before it, and is looked up in memory alone. An event that
    happened earlier, as in a file of history, is looked up on disk too.

    Args:
        kept: the ids in the store.
        days: length of the window, counted back from the latest arrival.
        max_events: how many ids are held in memory; of more, the older half goes, and is looked up on disk.
    """

    def __init__(self, kept: KeptMessages, *, days: int, max_events: int) -> None:
        self._kept = kept
        self._length_us = days * _DAY_US
        self._max_events = max_events
        self._recent = RecentIds()
        self._latest_us = kept.latest_arrival_us()
        self._trimmed_us = self._latest_us
        self._first_seq = self._first_seq_within()
        self._full = True
        self._recent.add(*kept.recent(self._first_seq))

    def new_events(self, batch: pa.Table) -> Fresh:
        """Give the events of ``batch`` that are not stored. Of several events with one message id the first counts."""
        message_ids = batch.column("message_id")
        digests = self._kept.digests(message_ids)
        firsts = _firsts(batch, digests)
        stored = self._found_in_memory(message_ids, digests, firsts)
        asked = firsts[~np.isin(firsts, stored)] if len(stored) else firsts
        older = self._found_on_disk(batch, asked)
        fresh = asked[~np.isin(asked, older)] if len(older) else asked
        return Fresh(fresh, digests[fresh])

    def remember(self, fresh: Fresh, first_seq: int, latest_us: int) -> None:
        """Take in events that were stored, numbered from ``first_seq`` on, the latest of which arrived at ``latest_us``."""
        self._recent.add(fresh.digests, np.arange(first_seq, first_seq + len(fresh), dtype=np.int64))
        self._latest_us = max(self._latest_us, latest_us)
        if self._latest_us - self._trimmed_us > _DAY_US:
            self._trimmed_us = self._latest_us
            first_within = self._first_seq_within()
            self._full = first_within >= self._first_seq
            self._drop_before(first_within)
        if len(self._recent) > self._max_events:
            self._drop_before(self._recent.middle_seq())
            self._full = False

    def _drop_before(self, seq: int) -> None:
        self._first_seq = max(self._first_seq, seq)
        self._recent.drop_before(self._first_seq)

    def _first_seq_within(self) -> int:
        return self._kept.first_within(self._latest_us - self._length_us)

    def _found_in_memory(
        self, message_ids: pa.ChunkedArray, digests: NDArray[np.uint64], firsts: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        places, seqs = self._recent.candidates(digests[firsts])
        if not len(places):
            return places
        positions = firsts[places]
        return positions[self._kept.same(message_ids.take(pa.array(positions)), seqs)]

    def _found_on_disk(self, batch: pa.Table, firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._first_seq <= 1 or not len(firsts):
            return np.zeros(0, np.int64)
        if self._full:
            times = batch.column("time").cast(pa.int64()).to_numpy()[firsts]
            firsts = firsts[times < self._latest_us - self._length_us + _SLACK_US]
            if not len(firsts):
                return firsts
        return firsts[self._kept.older(batch.column("message_id").take(pa.array(firsts)), self._first_seq)]


class Fresh:
    """The new events of a batch: their positions, ascending, and their digests, ``(n,)`` each."""

    __slots__ = ("digests", "positions")

    def __init__(self, positions: NDArray[np.int64], digests: NDArray[np.uint64]) -> None:
        self.positions = positions
        self.digests = digests

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.positions)


def _firsts(batch: pa.Table, digests: NDArray[np.uint64]) -> NDArray[np.int64]:
    unique = np.unique(digests)
    if len(unique) == len(digests):
        return np.arange(len(digests), dtype=np.int64)
    codes = batch.column("message_id").combine_chunks().dictionary_encode().indices.to_numpy()
    return np.sort(np.unique(codes, return_index=True)[1]).astype(np.int64)
