"""The engine of one import: a DuckDB of its own, in memory, that spills to a folder which goes away with it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from finegrain.collect.imports.errors import ImportEngineError
from finegrain.collect.imports.trees import sql
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import duckdb
    import pyarrow as pa
    from sqlglot import exp

_SQL = Path(__file__).parent / "sql"
_MACROS = _SQL / "macros"
_FETCH_ROWS = 20_000
_PART_ROWS = 4_096


class Workbench:
    """A scratch database; usable as a context manager, which leaves nothing behind.

    Args:
        memory_bytes: memory after which it spills to disk.
        threads: its threads; 0 takes one per core.
    """

    def __init__(self, *, memory_bytes: int, threads: int) -> None:
        import duckdb

        self._folder = tempfile.TemporaryDirectory(prefix="finegrain-import-", ignore_cleanup_errors=True)
        config: dict[str, Any] = {
            "memory_limit": f"{memory_bytes}B",
            "temp_directory": self._folder.name,
            "autoinstall_known_extensions": False,
        }
        if threads:
            config["threads"] = threads
        self._error = duckdb.Error
        self._connection: duckdb.DuckDBPyConnection = duckdb.connect(config=config)
        self.execute("SET TimeZone = 'UTC'")
        self.execute("SET enable_progress_bar = false")
        for path in sorted(_MACROS.glob("*.sql")):
            self.execute(read_sql(_MACROS, path.stem))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()
        self._folder.cleanup()

    def execute(self, statement: str, parameters: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Run a statement.

        Raises:
            ImportEngineError: the engine refused, for want of memory or disk.
        """
        try:
            return self._connection.execute(statement, parameters)
        except self._error as error:
            raise ImportEngineError(reason=str(error).partition("\n")[0]) from error

    def run(self, name: str, parameters: dict[str, Any] | None = None) -> None:
        """Run the named statement."""
        self.execute(read_sql(_SQL, name), parameters)

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """Give the rows of the named query."""
        found = self.execute(read_sql(_SQL, name))
        while part := found.fetchmany(_FETCH_ROWS):
            yield from part

    def row(self, name: str) -> tuple[Any, ...]:
        """Give the one row of the named query."""
        return next(self.rows(name))

    def table(self, name: str) -> pa.Table:
        """Give the result of the named query as an Arrow table."""
        try:
            return in_small_parts(self._connection.sql(read_sql(_SQL, name)).to_arrow_table())
        except self._error as error:
            raise ImportEngineError(reason=str(error).partition("\n")[0]) from error

    def set(self, name: str, value: object) -> None:
        """Set a variable that the named statements read with ``getvariable``."""
        self.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def register(self, name: str, table: pa.Table) -> None:
        """Let statements read ``table`` under ``name``.

        Raises:
            ImportEngineError: a column is of a type that the engine does not know.
        """
        try:
            self._connection.register(name, in_small_parts(table))
        except self._error as error:
            raise ImportEngineError(reason=str(error).partition("\n")[0]) from error

    def make(self, name: str, query: exp.Expr) -> None:
        """Make a table of the result of ``query``."""
        self.execute(f"CREATE TEMP TABLE {name} AS {sql(query)}")

    def view(self, name: str, query: exp.Expr) -> None:
        """Make a view of ``query``, in place of the one before."""
        self.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql(query)}")

    def count(self, name: str) -> int:
        """Give the number of rows of the table ``name``."""
        row = self.execute(f"SELECT count(*) FROM {name}").fetchone()
        return int(row[0]) if row else 0


def in_small_parts(table: pa.Table) -> pa.Table:
    """Give ``table`` in parts of some thousand rows, without copying: the engine spreads the parts over its threads."""
    import pyarrow as pa

    return pa.Table.from_batches(table.to_batches(max_chunksize=_PART_ROWS), table.schema)
