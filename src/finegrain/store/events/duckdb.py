"""The embedded event store: one DuckDB file, properties as VARIANT."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from finegrain.store.errors import EventStoreError, NewerWorkspaceError
from finegrain.store.events.census import count_volumes, take_census
from finegrain.store.events.contract import EVENT_SCHEMA, EventRow, IdSpan, PropertyColumn, PropertyType
from finegrain.store.events.duckdb_messages import DuckDBMessages
from finegrain.store.events.errors import BadEventsError
from finegrain.store.events.window import MessageWindow
from finegrain.store.sqlfiles import migration_files, read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from finegrain.store.events.census import Census

_HERE = Path(__file__).parent
_SQL = _HERE / "sql"
_BATCH_ROWS = 200_000
_FIXED = ("seq", "distinct_id", "event", "time")
_MERGES_AT_END = 1
"""How often small row groups are merged while the file is closed: three of the usual size, or thousands of small ones."""
_EARLIEST_US, _LATEST_US = -(2**63), 2**63 - 1
_BAD_VALUES = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.ConstraintException,  # properties that are null
)


class DuckDBEventStore:
    """Events in one DuckDB file.

    Args:
        path: the file; made when missing.
        memory_bytes: memory after which the engine spills to disk.
        threads: threads of the engine; 0 takes one per core.
        window_days: message ids that arrived in so many days are looked up in memory, older ones on disk; see ``MessageWindow``.
        window_events: of more message ids than these, 16 bytes each, the older half is looked up on disk too.

    Raises:
        EventStoreError: the file cannot be opened.
        NewerWorkspaceError: a newer finegrain wrote the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory_bytes: int = 4 << 30,
        threads: int = 0,
        window_days: int = 30,
        window_events: int = 50_000_000,
    ) -> None:
        self.path = path
        self._config: dict[str, Any] = {
            "memory_limit": f"{memory_bytes}B",
            "autoinstall_known_extensions": False,
            # Else every few checkpoints merge small row groups, and senders wait for three seconds: decision 0021.
            "max_vacuum_tasks": 0,
        }
        if threads:
            self._config["threads"] = threads
        self._window_days, self._window_events = window_days, window_events
        self._writing = threading.Lock()
        try:
            self._open()
        except duckdb.Error as error:
            raise EventStoreError(path=path, reason=_first_line(error)) from error

    def _open(self) -> None:
        self._connection = duckdb.connect(str(self.path), config=self._config)
        self._connection.execute("SET TimeZone = 'UTC'")
        # A notebook would show the engine's own bar; cursors inherit what is set here.
        self._connection.execute("SET enable_progress_bar = false")
        self._migrate()
        self._last_seq = self._read_last_seq()
        self._writer = self._connection.cursor()
        # An insert has nothing to optimize, and in small groups that takes a quarter of its time.
        self._writer.execute("PRAGMA disable_optimizer")
        self._asker = self._connection.cursor()
        self._window: MessageWindow | None = None
        self._damaged = False
        self._tried: NDArray[np.int64] | None = None

    def append(self, events: pa.Table) -> NDArray[np.bool_]:
        """Store ``events`` in one durable commit; see the contract."""
        stored = np.zeros(events.num_rows, dtype=np.bool_)
        if not events.num_rows:
            return stored
        batch = events.select(EVENT_SCHEMA.names).cast(EVENT_SCHEMA)
        with self._writing:
            try:
                stored[self._insert_or_reopen(batch)] = True
            except duckdb.Error as error:
                # A commit that is reported as failed may still be found after reopening: what is on disk counts.
                self._window = None
                kind = BadEventsError if isinstance(error, _BAD_VALUES) else EventStoreError
                raise kind(path=self.path, reason=_first_line(error)) from error
        return stored

    def _insert_or_reopen(self, batch: pa.Table) -> NDArray[np.int64]:
        self._tried = None
        try:
            return self._insert(batch)
        except duckdb.FatalException:
            # The engine gives up a database when it cannot write its file, even after a commit that succeeded, and then says no
            # more than that. Opened anew it takes the events, or says what is wrong; those that it has by then were new.
            tried = self._tried
            self._window, self._damaged = None, True
            inserted = self._insert(batch)
            return inserted if tried is None else tried

    def _insert(self, batch: pa.Table) -> NDArray[np.int64]:
        if self._damaged:
            self._reopen()
        if self._window is None:
            self._last_seq = self._read_last_seq()
            kept = DuckDBMessages(self._asker)
            self._window = MessageWindow(kept, days=self._window_days, max_events=self._window_events)
        fresh = self._window.new_events(batch)
        self._tried = fresh.positions
        if len(fresh):
            new = batch if len(fresh) == batch.num_rows else batch.take(fresh.positions)
            self._write(_numbered(new))
            latest = pc.max(new.column("received_at")).cast(pa.int64()).as_py()
            self._window.remember(fresh, self._last_seq + 1, latest)
            self._last_seq += len(fresh)
        return fresh.positions

    def _write(self, fresh: pa.Table) -> None:  # noqa: ARG002 - the statement names it
        # The engine finds the table by the name of the variable; registered and dropped it would take a third of a small commit.
        self._writer.execute(read_sql(_SQL, "append"), {"first_seq": self._last_seq + 1}).fetchall()

    def _reopen(self) -> None:
        self._close()
        self._open()

    def last_seq(self) -> int:
        """Give the arrival number of the newest event, 0 when there is none."""
        return self._last_seq

    def scan(
        self, *, events: Sequence[str] | None = None, columns: Sequence[PropertyColumn] = (), after_seq: int = 0
    ) -> pa.RecordBatchReader:
        """Read events in order of arrival, as batches; see the contract."""
        names = [*_FIXED, *(column.name for column in columns)]
        return self._read(_scan_query(events, columns, after_seq), names)

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Read one property of all events in order of arrival, as batches of ``seq`` and ``value``; see the contract."""
        # Rows are read in the order in which they were stored, which is that of their numbers: sorting costs thrice the reading.
        return self._read(_events_after(exp.select(exp.column("seq"), _property(column, 0)), after_seq), ["seq", "value"])

    def _read(self, select: exp.Select, names: Sequence[str]) -> pa.RecordBatchReader:
        query = select.sql(dialect="duckdb")
        cursor = self._connection.cursor()
        try:
            reader = cursor.sql(query).to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise EventStoreError(path=self.path, reason=_first_line(error)) from error
        schema = pa.schema([field.with_name(name) for field, name in zip(reader.schema, names, strict=True)])
        return pa.RecordBatchReader.from_batches(schema, _renamed(reader, cursor, schema))

    def timeline(self, ids: Sequence[str | IdSpan], *, before_seq: int | None = None, limit: int = 50) -> list[EventRow]:
        """Give the newest events of some ids, newest first; see the contract."""
        with self._connection.cursor() as cursor:
            before = None
            if before_seq is not None:
                before = cursor.execute('SELECT "time" FROM events WHERE seq = ?', [before_seq]).fetchone()
            spans = [IdSpan(key) if isinstance(key, str) else key for key in ids]
            parameters = {
                "distinct_ids": [span.distinct_id for span in spans],
                "from_us": [_EARLIEST_US if span.from_us is None else span.from_us for span in spans],
                "until_us": [_LATEST_US if span.until_us is None else span.until_us for span in spans],
                "before_time": before[0] if before else None,
                "before_seq": before_seq,
                "limit": limit,
            }
            rows = cursor.execute(read_sql(_SQL, "timeline"), parameters).fetchall()
        return [_event_row(row) for row in rows]

    def event_counts(self) -> dict[str, int]:
        """Give how many events of each name are stored, most frequent first."""
        with self._connection.cursor() as cursor:
            return dict(cursor.execute(read_sql(_SQL, "event_counts")).fetchall())

    def census(self, after_seq: int, until_seq: int) -> Census:
        """Count what a range of events holds; see the contract."""
        return take_census(self._connection, after_seq, until_seq)

    def volumes(self, edges_us: Sequence[int], *, event: str | None = None, source: str | None = None) -> dict[str, list[int]]:
        """Count the events of each name between neighbouring edges; see the contract."""
        return count_volumes(self._connection, edges_us, event, source)

    def close(self) -> None:
        """Release the file; a closed store cannot be used again."""
        with suppress(duckdb.Error):  # closed before, or given up by the engine: there is nothing to merge
            self._connection.execute("SET max_vacuum_tasks = $merges", {"merges": _MERGES_AT_END})
        self._close()

    def _close(self) -> None:
        for connection in (self._writer, self._asker, self._connection):
            connection.close()

    def _migrate(self) -> None:
        run = self._connection.execute
        run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
        ((found,),) = run("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
        migrations = migration_files(_HERE / "migrations")
        if found > migrations[-1][0]:
            raise NewerWorkspaceError(home=self.path, found=found, known=migrations[-1][0])
        for number, statements in migrations:
            if number > found:
                run("BEGIN")
                run(statements)
                run("INSERT INTO schema_version VALUES (?)", [number])
                run("COMMIT")

    def _read_last_seq(self) -> int:
        ((last,),) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()
        return int(last)


def _numbered(events: pa.Table) -> pa.Table:
    return events.append_column("position", pa.array(np.arange(events.num_rows, dtype=np.int64)))


def _scan_query(events: Sequence[str] | None, columns: Sequence[PropertyColumn], after_seq: int) -> exp.Select:
    fixed = [exp.column(name, quoted=True) for name in _FIXED]
    query = _events_after(exp.select(*fixed, *map(_property, columns, range(len(columns)))), after_seq).order_by("seq")
    if events is not None:
        query = query.where(exp.column("event").isin(*events))
    return query


def _events_after(select: exp.Select, seq: int) -> exp.Select:
    return select.from_("events").where(exp.column("seq") > seq) if seq else select.from_("events")


def _property(column: PropertyColumn, place: int) -> exp.Expr:
    # Names of any kind are given to the columns afterwards: the engine takes none without letters, nor a second "seq".
    value = exp.Bracket(this=exp.column("properties"), expressions=[exp.Literal.string(column.name)])
    return exp.alias_(_READERS[column.type](value), f"p{place}")


def _try_cast(value: exp.Expr, type_: str) -> exp.Expr:
    return exp.TryCast(this=value, to=exp.DataType.build(type_, dialect="duckdb"))


def _number(value: exp.Expr) -> exp.Expr:
    number = _try_cast(value, "DOUBLE")
    return exp.Case(ifs=[exp.If(this=exp.func("isfinite", number, dialect="duckdb"), true=number.copy())])


def _decimal(value: exp.Expr) -> exp.Expr:
    # Through the shortest text of a float: cast directly, those of more than 15 digits come out beside themselves.
    exact = _try_cast(_try_cast(value, "VARCHAR"), "DECIMAL(38, 6)")
    return exp.Coalesce(this=exact, expressions=[_try_cast(value.copy(), "DECIMAL(38, 6)")])


def _boolean(value: exp.Expr) -> exp.Expr:
    numbered = exp.NEQ(this=_number(value), expression=exp.Literal.number(0))
    return exp.Coalesce(this=numbered, expressions=[_try_cast(_try_cast(value.copy(), "VARCHAR"), "BOOLEAN")])


_READERS: dict[PropertyType, Callable[[exp.Expr], exp.Expr]] = {
    "text": lambda value: _try_cast(value, "VARCHAR"),
    "decimal": _decimal,
    "number": _number,
    "boolean": _boolean,
}


def _renamed(reader: pa.RecordBatchReader, cursor: duckdb.DuckDBPyConnection, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with cursor:
        for batch in reader:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)


def _event_row(row: tuple[Any, ...]) -> EventRow:
    seq, message_id, distinct_id, event, time, received_at, source, properties = row
    return EventRow(seq, message_id, distinct_id, event, _aware(time), _aware(received_at), source, json.loads(properties))


def _aware(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
