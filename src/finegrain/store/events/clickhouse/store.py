"""The event store on ClickHouse: a server for when one machine is not enough, or the same engine in this process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from finegrain.store.events.clickhouse import reading
from finegrain.store.events.clickhouse.address import read_address
from finegrain.store.events.clickhouse.census import take_census
from finegrain.store.events.clickhouse.connection import Connection
from finegrain.store.events.clickhouse.migrating import migrate
from finegrain.store.events.clickhouse.owners import OwnerTable
from finegrain.store.events.clickhouse.writing import Appender
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.store.events.census import Census
    from finegrain.store.events.contract import EventRow, IdSpan, PropertyColumn


class ClickHouseEventStore:
    """Events in one ClickHouse database, which one process at a time writes.

    Args:
        address: ``clickhouse://user:password@host:8123/database``, ``clickhouses://…`` or ``chdb:///folder``; see
            ``read_address``.
        threads: threads of the engine that reads properties on their way in; 0 takes one per core.
        window_days: message ids that arrived in so many days are looked up in memory, older ones on disk; see ``MessageWindow``.
        window_events: of more message ids than these, 16 bytes each, the older half is looked up on disk too.

    Attributes:
        address: where it is, as operators may see it, without a password.
        connection: for queries in SQL; see ``columns`` for how they read an event.
        owners: whose the distinct ids are, for such queries.

    Raises:
        BadValueError: it is not such an address.
        NoClickHouseDriverError: the driver is not installed.
        OldClickHouseError: the server's version is too old.
        NewerWorkspaceError: a newer finegrain wrote the tables.
        EventStoreError: the database cannot be reached, or refuses.
    """

    def __init__(self, address: str, *, threads: int = 0, window_days: int = 30, window_events: int = 50_000_000) -> None:
        where = read_address(address)
        self.address = where.shown
        self.connection = Connection(where)
        try:
            migrate(self.connection)
            self._writer = Connection(where)
        except BaseException:
            self.connection.close()
            raise
        self.owners = OwnerTable(self.connection)
        self._writing = threading.Lock()
        self._appender = Appender(self._writer, threads=threads, window_days=window_days, window_events=window_events)

    def append(self, events: pa.Table) -> NDArray[np.bool_]:
        """Store ``events`` in one durable commit; see the contract."""
        stored = np.zeros(events.num_rows, dtype=np.bool_)
        if events.num_rows:
            batch = events.select(EVENT_SCHEMA.names).cast(EVENT_SCHEMA)
            with self._writing:
                stored[self._appender.append(batch)] = True
        return stored

    def last_seq(self) -> int:
        """Give the arrival number of the newest event, 0 when there is none."""
        return self._appender.last_seq

    def scan(
        self, *, events: Sequence[str] | None = None, columns: Sequence[PropertyColumn] = (), after_seq: int = 0
    ) -> pa.RecordBatchReader:
        """Read events in order of arrival, as batches; see the contract."""
        return reading.scan(self.connection, events, columns, after_seq)

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Read one property of all events in order of arrival; see the contract."""
        return reading.read_properties(self.connection, column, after_seq)

    def timeline(self, ids: Sequence[str | IdSpan], *, before_seq: int | None = None, limit: int = 50) -> list[EventRow]:
        """Give the newest events of some ids, newest first; see the contract."""
        return reading.timeline(self.connection, ids, before_seq, limit)

    def event_counts(self) -> dict[str, int]:
        """Give how many events of each name are stored, most frequent first."""
        return reading.event_counts(self.connection)

    def census(self, after_seq: int, until_seq: int) -> Census:
        """Count what a range of events holds; see the contract."""
        return take_census(self.connection, after_seq, until_seq)

    def volumes(self, edges_us: Sequence[int], *, event: str | None = None, source: str | None = None) -> dict[str, list[int]]:
        """Count the events of each name between neighbouring edges; see the contract."""
        return reading.volumes(self.connection, edges_us, event, source)

    def close(self) -> None:
        """Release the connections; a closed store cannot be used again."""
        self._appender.close()
        self._writer.close()
        self.connection.close()
