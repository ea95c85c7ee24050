"""What senders wait for writes no more than they sent; small row groups of the file are merged when it is closed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from finegrain.store.events import EVENT_SCHEMA
from finegrain.store.events.duckdb import DuckDBEventStore

if TYPE_CHECKING:
    from pathlib import Path


def few(first: int) -> pa.Table:
    """Give a hundred events, numbered from ``first`` on."""
    at = datetime(2024, 1, 1)
    fixed = {
        "distinct_id": "u",
        "event": "A",
        "time": at,
        "received_at": at,
        "source": "s",
        "historical": False,
        "properties": "{}",
    }
    return pa.Table.from_pylist([{**fixed, "message_id": f"m{first + place}"} for place in range(100)], schema=EVENT_SCHEMA)


def row_groups(connection: duckdb.DuckDBPyConnection) -> int:
    """Give how many row groups the events lie in."""
    ((count,),) = connection.execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('events')").fetchall()
    return int(count)


def test_row_groups_are_merged_when_the_store_is_closed_and_not_before(tmp_path: Path) -> None:
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    for turn in range(6):
        store.append(few(100 * turn))
        with store._connection.cursor() as cursor:
            cursor.execute("CHECKPOINT").fetchall()
    assert row_groups(store._connection) == 6
    store.append(few(600))
    store.close()
    with duckdb.connect(str(tmp_path / "events.duckdb")) as connection:
        assert row_groups(connection) == 1
        assert connection.execute("SELECT count(*), max(seq) FROM events").fetchall() == [(700, 700)]
