"""Whose the distinct ids are, for SQL: a table that is brought up to date, and dictionaries over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from finegrain.store.events.clickhouse.migrating import DICTIONARIES
from finegrain.store.sqlfiles import read_sql

_SQL = Path(__file__).parent / "sql"

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.store.events.clickhouse.connection import Connection


class Ownership(Protocol):
    """To whom the events of each distinct id belong, over time: the people room's answer.

    Attributes:
        distinct_ids: ``(n,) string``; the rows of one id stand together, in order of time.
        from_us: ``(n,) int64``; of the first row of each id the beginning of time.
        person_ids: ``(n,) int64``.
    """

    @property
    def distinct_ids(self) -> pa.Array: ...  # noqa: D102 - see above
    @property
    def from_us(self) -> NDArray[np.int64]: ...  # noqa: D102 - see above
    @property
    def person_ids(self) -> NDArray[np.int64]: ...  # noqa: D102 - see above


class OwnerTable:
    """The owners as ``columns.person`` reads them. One thread brings them up to date at a time.

    An update counts when its state is written, last of all; one that was cut off is made again by the next.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def watermark(self) -> tuple[int, ...]:
        """Give the state of the people room that the owners are of; empty when there are none yet."""
        rows = self._connection.rows("SELECT watermark FROM owner_states ORDER BY version DESC LIMIT 1")
        return tuple(rows[0][0]) if rows else ()

    def update(self, ownership: Ownership, watermark: tuple[int, ...], *, whole: bool = False) -> None:
        """Bring the owners up to date, for all queries that begin after it.

        Args:
            ownership: all rows of each id that is new or has other owners now.
            watermark: the state of the people room that it was read at.
            whole: whether ids that are not in it have no owner any longer.

        Raises:
            EventStoreError: the database refused; queries may see some of the new owners.
        """
        version, whole_version = self._state()
        version += 1
        if len(ownership.distinct_ids):
            self._connection.insert("owners", _rows(ownership, version))
        self._connection.insert(
            "owner_states",
            pa.table(
                {
                    "version": pa.array([version], pa.uint64()),
                    "whole_version": pa.array([version if whole else whole_version], pa.uint64()),
                    "watermark": pa.array([list(watermark)], pa.list_(pa.int64())),
                }
            ),
        )
        for name in DICTIONARIES:
            self._connection.run(f"SYSTEM RELOAD DICTIONARY {name}")

    def missing(self) -> list[tuple[str, int]]:
        """Give the distinct ids that have events but no owner, each with the time of its first event in microseconds UTC."""
        return [(row[0], int(row[1])) for row in self._connection.rows(read_sql(_SQL, "missing_owners"))]

    def _state(self) -> tuple[int, int]:
        # Rows of an update that was cut off have a version of their own, above that of the last state.
        rows = self._connection.rows(
            "SELECT greatest((SELECT max(version) FROM owners), max(version)), max(whole_version) FROM owner_states"
        )
        return int(rows[0][0]), int(rows[0][1])


def _rows(ownership: Ownership, version: int) -> pa.Table:
    ids = ownership.distinct_ids.dictionary_encode()
    codes = ids.indices.to_numpy()
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    counts = np.diff(np.append(starts, len(codes)))
    offsets = pa.array(np.append(0, np.cumsum(counts - 1)), pa.int32())
    later = np.ones(len(codes), dtype=np.bool_)
    later[starts] = False
    return pa.table(
        {
            "distinct_id": ownership.distinct_ids.take(pa.array(starts)),
            "person_id": ownership.person_ids[starts],
            "later_from_us": pa.ListArray.from_arrays(offsets, pa.array(ownership.from_us[later], pa.int64())),
            "later_person_ids": pa.ListArray.from_arrays(offsets, pa.array(ownership.person_ids[later], pa.int64())),
            "version": np.full(len(starts), version, dtype=np.uint64),
        }
    )
