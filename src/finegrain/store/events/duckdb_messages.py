"""The message ids in a DuckDB file, as the window asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from finegrain.store.events.digests import digests
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

_SQL = Path(__file__).parent / "sql"
_BATCH_ROWS = 1_000_000


class DuckDBMessages:
    """The message ids of the table ``events``, read through a cursor that nothing else uses meanwhile."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def digests(self, message_ids: pa.ChunkedArray) -> NDArray[np.uint64]:
        """Give a digest of each id."""
        # Asked of the engine, each group would wait for the interpreter a dozen times.
        return digests(message_ids)

    def latest_arrival_us(self) -> int:
        """Give when the latest event arrived; 0 when there is none."""
        return self._one("latest_arrival")

    def first_within(self, oldest_us: int) -> int:
        """Give the number of the first event that arrived from a moment on."""
        return self._one("first_within", {"oldest_us": oldest_us})

    def recent(self, first_seq: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Give the digests and the numbers of the events from a number on."""
        reader = self._cursor.sql(read_sql(_SQL, "recent_ids"), params={"first_seq": first_seq}).to_arrow_reader(_BATCH_ROWS)
        parts = [(digests(pa.chunked_array([batch["message_id"]])), batch["seq"].to_numpy()) for batch in reader]
        none = (np.zeros(0, np.uint64), np.zeros(0, np.int64))
        found, seqs = zip(none, *parts, strict=True)
        return np.concatenate(found), np.concatenate(seqs)

    def same(self, message_ids: pa.ChunkedArray, seqs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the ids are those of the events with these numbers."""
        return self._marked("same_ids", _asked(message_ids).append_column("seq", pa.array(seqs)))

    def older(self, message_ids: pa.ChunkedArray, before_seq: int) -> NDArray[np.bool_]:
        """Tell which of the ids stand among the events before a number."""
        return self._marked("older_ids", _asked(message_ids), {"before_seq": before_seq})

    def _marked(self, name: str, asked: pa.Table, parameters: dict[str, Any] | None = None) -> NDArray[np.bool_]:
        found = np.zeros(asked.num_rows, dtype=np.bool_)
        found[_array(self._read(name, parameters, asked=asked)["position"], np.int64)] = True
        return found

    def _read(
        self,
        name: str,
        parameters: dict[str, Any] | None = None,
        *,
        asked: pa.Table | None = None,  # noqa: ARG002 - statements name it
    ) -> dict[str, Any]:
        # The engine finds the table by the name of the variable; registered and dropped it would take twice the time.
        columns: dict[str, Any] = self._cursor.execute(read_sql(_SQL, name), parameters).fetchnumpy()
        return columns

    def _one(self, name: str, parameters: dict[str, Any] | None = None) -> int:
        # All of it is fetched: the connection takes no further statement before.
        ((value,),) = self._cursor.execute(read_sql(_SQL, name), parameters).fetchall()
        return int(value)


def _asked(message_ids: pa.ChunkedArray) -> pa.Table:
    return pa.table({"position": np.arange(len(message_ids), dtype=np.int64), "message_id": message_ids})


def _array(column: Any, dtype: Any) -> NDArray[Any]:
    return np.asarray(column, dtype=dtype)
