"""The message ids in a ClickHouse, as the window asks for them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_PARAMETER_BYTES = 40_000
"""So much fits into one query's parameters, however it is quoted; a server takes 128 KB."""


class ClickHouseMessages:
    """The message ids of the table ``events``; used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def digests(self, message_ids: pa.ChunkedArray) -> NDArray[np.uint64]:
        """Give a digest of each id: what ``halfMD5`` gives."""
        hashed = (hashlib.md5(key.encode(), usedforsecurity=False).digest()[:8] for key in message_ids.to_pylist())
        return np.frombuffer(b"".join(hashed), dtype=">u8").astype(np.uint64)

    def latest_arrival_us(self) -> int:
        """Give when the latest event arrived; 0 when there is none."""
        return self._one("latest_arrival")

    def first_within(self, oldest_us: int) -> int:
        """Give the number of the first event that arrived from a moment on."""
        return self._one("first_within", oldest_us=oldest_us)

    def recent(self, first_seq: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Give the digests and the numbers of the events from a number on."""
        found = self._connection.table(read_sql(_SQL, "recent_ids"), {"first_seq": first_seq})
        return found.column("digest").to_numpy(), found.column("seq").to_numpy()

    def same(self, message_ids: pa.ChunkedArray, seqs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the ids stand among the events from the first to the last of these numbers."""
        return self._known(message_ids, int(seqs.min()), int(seqs.max()))

    def older(self, message_ids: pa.ChunkedArray, before_seq: int) -> NDArray[np.bool_]:
        """Tell which of the ids stand among the events before a number."""
        return self._known(message_ids, 1, before_seq - 1)

    def _known(self, message_ids: pa.ChunkedArray, first_seq: int, last_seq: int) -> NDArray[np.bool_]:
        between = {"first_seq": first_seq, "last_seq": last_seq}
        if message_ids.nbytes <= _PARAMETER_BYTES:
            few = {"message_ids": message_ids.to_pylist(), **between}
            known = self._connection.table(read_sql(_SQL, "few_known_ids"), few)
        else:
            self._connection.run("TRUNCATE TABLE asked")
            self._connection.insert("asked", pa.table({"message_id": message_ids}))
            known = self._connection.table(read_sql(_SQL, "known_ids"), between)
            self._connection.run("TRUNCATE TABLE asked")
        stored = known.column("message_id").combine_chunks().cast(pa.string())
        return np.asarray(pc.is_in(message_ids, value_set=stored).to_numpy())

    def _one(self, name: str, **parameters: Any) -> int:
        return int(self._connection.value(read_sql(_SQL, name), parameters))
