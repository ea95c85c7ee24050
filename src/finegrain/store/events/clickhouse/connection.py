"""The connection to a ClickHouse, a server or an engine in this process: statements, Arrow tables, inserts, and their faults."""

from __future__ import annotations

import io
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from finegrain.store.errors import EventStoreError
from finegrain.store.events.errors import NoClickHouseDriverError, OldClickHouseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from clickhouse_connect.driver.client import Client

    from finegrain.store.events.clickhouse.address import Address

OLDEST = (25, 3)
"""The first version in which the JSON type is fit for production."""

_ALWAYS = {
    # Properties are what they were sent as: no text becomes a date or a number.
    "input_format_try_infer_dates": 0,
    "input_format_try_infer_datetimes": 0,
    "input_format_json_try_infer_numbers_from_strings": 0,
    # An insert answers when its rows are on disk.
    "async_insert": 0,
}
_ONE_BLOCK = {"max_insert_block_size": 1 << 40, "min_insert_block_size_rows": 1 << 40, "min_insert_block_size_bytes": 1 << 40}


class Connection:
    """A ClickHouse, open; safe to use from several threads.

    Args:
        address: where it is; its database is made when it is missing.

    Attributes:
        address: as given.

    Raises:
        NoClickHouseDriverError: the driver is not installed.
        OldClickHouseError: the server's version is too old.
        EventStoreError: it cannot be reached, or refuses.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        connect = _driver(address)
        with self.translating():
            self._client = connect(**address.options)
            try:
                self._prepare()
            except BaseException:
                self._client.close()
                raise

    def _prepare(self) -> None:
        version = str(self._client.server_version)
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
            raise OldClickHouseError(url=self.address.shown, found=version, needed=".".join(str(part) for part in OLDEST))
        for name, value in _ALWAYS.items():
            self._client.set_client_setting(name, value)
        there = self.value("SELECT count() FROM system.databases WHERE name = {name:String}", {"name": self.address.database})
        if not there:
            self.run(f"CREATE DATABASE IF NOT EXISTS {identifier(self.address.database)}")
        self._client.database = self.address.database

    def run(self, statement: str) -> None:
        """Run a statement that answers nothing."""
        with self.translating():
            self._client.command(statement)

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Give the rows of a query, whose parameters stand in it as ``{name:Type}``."""
        with self.translating():
            return [tuple(row) for row in self._client.query(query, parameters=dict(parameters or {})).result_rows]

    def value(self, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Give the only value of a query."""
        return self.rows(query, parameters)[0][0]

    def table(self, query: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Give the answer of a query as an Arrow table."""
        with self.translating():
            return self._client.query_arrow(query, parameters=dict(parameters or {}), use_strings=True)

    def batches(self, query: str, parameters: Mapping[str, Any] | None = None) -> Iterator[pa.RecordBatch]:
        """Give the answer of a query batch by batch; the engine in this process answers whole, a server as it goes.

        The query has begun when this returns; nothing of it is left open after the last batch.
        """
        with self.translating():
            stream = self._client.raw_stream(
                query, dict(parameters or {}), settings={"output_format_arrow_string_as_string": 1}, fmt="ArrowStream"
            )
            reader = pa.ipc.open_stream(stream)
        return self._read(reader, stream)

    def _read(self, reader: pa.RecordBatchReader, stream: Any) -> Iterator[pa.RecordBatch]:
        try:
            with self.translating():
                yield from reader
        finally:
            stream.close()

    def insert(self, table: str, rows: pa.Table, *, name: str = "") -> None:
        """Insert rows as one block, which is stored whole or not at all.

        Args:
            table: its name.
            rows: with columns of the table.
            name: of this insert; one that was stored under the same name is not stored again.
        """
        named = {"query_id": name, "insert_deduplicate": 1, "insert_deduplication_token": name} if name else {}
        buffer = io.BytesIO()
        with pa.ipc.new_stream(buffer, rows.schema) as writer:
            writer.write_table(rows.combine_chunks())
        with self.translating():
            self._client.raw_insert(
                table, rows.column_names, buffer.getvalue(), settings={**_ONE_BLOCK, **named}, fmt="ArrowStream"
            )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Raise the driver's faults as ``EventStoreError``, without the password."""
        from clickhouse_connect.driver.exceptions import ClickHouseError

        try:
            yield
        except (ClickHouseError, OSError, pa.ArrowInvalid) as error:
            raise EventStoreError(path=self.address.shown, reason=self._reason(error)) from error

    def _reason(self, error: Exception) -> str:
        text = str(error)
        text = text[max(text.find("Code: "), 0) :].partition("\n")[0].partition(" (version ")[0].rstrip(". ")
        return text.replace(self.address.password, "***") if self.address.password else text


def identifier(name: str) -> str:
    """Give a name as ClickHouse's SQL quotes it."""
    return exp.to_identifier(name, quoted=True).sql(dialect="clickhouse")


def literal(text: str) -> str:
    """Give a text as ClickHouse's SQL quotes it."""
    return exp.Literal.string(text).sql(dialect="clickhouse")


def _driver(address: Address) -> Callable[..., Client]:
    in_process = address.options["interface"] == "chdb"
    try:
        if in_process:
            import chdb  # noqa: F401 - what the driver itself says of it is no better
        from clickhouse_connect import get_client
    except ImportError as error:
        raise NoClickHouseDriverError(url=address.shown, extra="chdb" if in_process else "clickhouse") from error
    # Without a session of its own, a client answers several threads at once.
    return get_client if in_process else partial(get_client, autogenerate_session_id=False)
