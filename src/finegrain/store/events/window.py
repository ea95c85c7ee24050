"""Which events of a batch are new: looked up in memory for what arrived lately, on disk for what is older."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from finegrain.store.events.recent import RecentIds
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

_SQL = Path(__file__).parent / "sql"
_DAY_US = 86_400_000_000
_SLACK_US = 2 * _DAY_US
"""How much later than its arrival an event may claim to have happened, with a day to spare."""


class MessageWindow:
    """The message ids that arrived within the last days, in memory; all older ones are on disk.

    An event that happened within the window cannot have arrived before it, and is looked up in memory alone. An event that
    happened earlier, as in a file of history, is looked up on disk too.

    Args:
        cursor: to the store, from which the ids are read.
        days: length of the window, counted back from the latest arrival.
        max_events: how many ids are held in memory; of more, the older half goes, and is looked up on disk.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, *, days: int, max_events: int) -> None:
        self._length_us = days * _DAY_US
        self._max_events = max_events
        self._recent = RecentIds()
        self._latest_us = _one(cursor.execute(read_sql(_SQL, "latest_arrival")))
        self._trimmed_us = self._latest_us
        self._first_seq = self._first_seq_within(cursor)
        self._full = True
        rows = cursor.execute(read_sql(_SQL, "recent_ids"), {"first_seq": self._first_seq}).fetchnumpy()
        self._recent.add(_array(rows["digest"], np.uint64), _array(rows["seq"], np.int64))

    def new_events(self, cursor: duckdb.DuckDBPyConnection, batch: pa.Table) -> Fresh:
        """Give the events of ``batch`` (with ``position``, registered with ``cursor``) that are not stored.

        Of several events with one message id the first counts.
        """
        digests = _array(cursor.execute(read_sql(_SQL, "digests")).fetchnumpy()["digest"], np.uint64)
        firsts = _firsts(batch, digests)
        stored = self._found_in_memory(cursor, digests, firsts)
        asked = firsts[~np.isin(firsts, stored)] if len(stored) else firsts
        older = self._found_on_disk(cursor, batch, asked)
        fresh = asked[~np.isin(asked, older)] if len(older) else asked
        return Fresh(fresh, digests[fresh])

    def remember(self, cursor: duckdb.DuckDBPyConnection, fresh: Fresh, first_seq: int, latest_us: int) -> None:
        """Take in events that were stored, numbered from ``first_seq`` on, the latest of which arrived at ``latest_us``."""
        self._recent.add(fresh.digests, np.arange(first_seq, first_seq + len(fresh), dtype=np.int64))
        self._latest_us = max(self._latest_us, latest_us)
        if self._latest_us - self._trimmed_us > _DAY_US:
            self._trimmed_us = self._latest_us
            first_within = self._first_seq_within(cursor)
            self._full = first_within >= self._first_seq
            self._drop_before(first_within)
        if len(self._recent) > self._max_events:
            self._drop_before(self._recent.middle_seq())
            self._full = False

    def _drop_before(self, seq: int) -> None:
        self._first_seq = max(self._first_seq, seq)
        self._recent.drop_before(self._first_seq)

    def _first_seq_within(self, cursor: duckdb.DuckDBPyConnection) -> int:
        oldest = self._latest_us - self._length_us
        return _one(cursor.execute(read_sql(_SQL, "first_within"), {"oldest_us": oldest}))

    def _found_in_memory(
        self, cursor: duckdb.DuckDBPyConnection, digests: NDArray[np.uint64], firsts: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        places, seqs = self._recent.candidates(digests[firsts])
        if not len(places):
            return places
        return _query(cursor, "same_ids", pa.table({"position": firsts[places], "seq": seqs}), {})

    def _found_on_disk(self, cursor: duckdb.DuckDBPyConnection, batch: pa.Table, firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._first_seq <= 1 or not len(firsts):
            return np.zeros(0, np.int64)
        if self._full:
            times = batch.column("time").cast(pa.int64()).to_numpy()[firsts]
            firsts = firsts[times < self._latest_us - self._length_us + _SLACK_US]
            if not len(firsts):
                return firsts
        return _query(cursor, "older_ids", pa.table({"position": firsts}), {"first_seq": self._first_seq})


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


def _query(cursor: duckdb.DuckDBPyConnection, name: str, asked: pa.Table, parameters: dict[str, Any]) -> NDArray[np.int64]:
    cursor.register("asked", asked)
    try:
        return _array(cursor.execute(read_sql(_SQL, name), parameters or None).fetchnumpy()["position"], np.int64)
    finally:
        cursor.unregister("asked")


def _array(column: Any, dtype: Any) -> NDArray[Any]:
    return np.asarray(column, dtype=dtype)


def _one(result: duckdb.DuckDBPyConnection) -> int:
    ((value,),) = result.fetchall()  # all of it: the connection takes no further statement before
    return int(value)
