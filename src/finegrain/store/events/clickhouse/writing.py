"""Appends events to a ClickHouse: each once, one block a call, and nothing forgotten of an insert whose end is not known."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.store.errors import EventStoreError
from finegrain.store.events.clickhouse.documents import DocumentReader
from finegrain.store.events.clickhouse.messages import ClickHouseMessages
from finegrain.store.events.errors import BadEventsError
from finegrain.store.events.window import MessageWindow
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from finegrain.store.events.clickhouse.connection import Connection
    from finegrain.store.events.window import Fresh

_SQL = Path(__file__).parent / "sql"
_PAUSE_S = 0.1


class Appender:
    """Numbers events and inserts them; used by one thread at a time, and by one process.

    Args:
        connection: of its own.
        threads: of the engine that reads properties.
        window_days, window_events: see ``MessageWindow``.
        patience_s: how long an insert whose connection was lost is waited for before nothing more is stored for now.
    """

    def __init__(
        self, connection: Connection, *, threads: int, window_days: int, window_events: int, patience_s: float = 60
    ) -> None:
        self._connection = connection
        self._reader = DocumentReader(threads)
        self._new_window: Callable[[], MessageWindow] = lambda: MessageWindow(
            ClickHouseMessages(connection), days=window_days, max_events=window_events
        )
        self._prefix = f"finegrain-{connection.address.database}-"
        self._patience_s = patience_s
        self._window: MessageWindow | None = None
        self.last_seq = self._read_last_seq()

    def append(self, batch: pa.Table) -> NDArray[np.int64]:
        """Store events, and give the positions of those that were new.

        Raises:
            BadEventsError: some cannot be stored.
            EventStoreError: the database refused, or cannot be reached.
        """
        window = self._known()
        try:
            fresh = window.new_events(batch)
            if len(fresh):
                new = batch if len(fresh) == batch.num_rows else batch.take(pa.array(fresh.positions))
                self._insert(window, fresh, new)
        except duckdb.Error as error:
            raise BadEventsError(path=self._connection.address.shown, reason=str(error).partition("\n")[0]) from error
        except EventStoreError:
            self._window = None  # what is in the database counts
            raise
        return fresh.positions

    def _known(self) -> MessageWindow:
        if self._window is None:
            self._wait_for_lost_inserts()
            self.last_seq = self._read_last_seq()
            self._window = self._new_window()
        return self._window

    def _insert(self, window: MessageWindow, fresh: Fresh, new: pa.Table) -> None:
        first = self.last_seq + 1
        rows = self._rows(new, first)
        try:
            self._connection.insert("events", rows, name=f"{self._prefix}{uuid.uuid4()}")
        except EventStoreError:
            if not self._is_stored(first, len(fresh)):
                raise
        window.remember(fresh, first, pc.max(new.column("received_at")).cast(pa.int64()).as_py())
        self.last_seq += len(fresh)

    def _rows(self, new: pa.Table, first: int) -> pa.Table:
        columns = {name: new.column(name) for name in new.column_names if name != "properties"}
        read = self._reader.read(new.column("properties"))
        numbers = np.arange(first, first + new.num_rows, dtype=np.int64)
        return pa.table({"seq": numbers, **columns, **{name: read.column(name) for name in read.column_names}})

    def _is_stored(self, first: int, count: int) -> bool:
        """Tell whether an insert that failed for this end took place after all, once it is at work no longer."""
        self._wait_for_lost_inserts()
        between = {"first_seq": first, "last_seq": first + count - 1}
        return bool(self._connection.value(read_sql(_SQL, "stored_between"), between) == count)

    def _wait_for_lost_inserts(self) -> None:
        until = time.monotonic() + self._patience_s
        while self._one("running_inserts", prefix=self._prefix):
            if time.monotonic() > until:
                raise EventStoreError(path=self._connection.address.shown, reason="an insert that was cut off is still at work")
            time.sleep(_PAUSE_S)

    def _read_last_seq(self) -> int:
        return int(self._one("last_seq"))

    def _one(self, name: str, **parameters: Any) -> Any:
        return self._connection.value(read_sql(_SQL, name), parameters)

    def close(self) -> None:
        """Release the engine that reads properties."""
        self._reader.close()
