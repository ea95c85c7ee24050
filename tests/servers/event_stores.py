"""The engines of the event store, each with places for stores of a test's own."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from finegrain.store.events import DuckDBEventStore
from finegrain.store.events.clickhouse import ClickHouseEventStore
from finegrain.store.events.clickhouse.address import read_address
from finegrain.store.events.clickhouse.connection import Connection

if TYPE_CHECKING:
    from finegrain.store.events import EventStore

_places = count()


@cache
def chdb_folder() -> Path:
    """Give the one folder that ClickHouse can have open in this process; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="finegrain-chdb-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


def open_by_name(name: str, place: str) -> EventStore:
    """Open the store of a place on the engine of a name, in a process of the test's own."""
    if name == "duckdb":
        return DuckDBEventStore(Path(place), threads=1)
    return ClickHouseEventStore(place, threads=1)


class Engine(Protocol):
    """One of the engines of the event store."""

    name: str

    def new_place(self) -> str:
        """Give a place where there is no store yet."""
        ...

    def open(self, place: str, *, window_days: int = 30, window_events: int = 50_000_000) -> EventStore:
        """Open the store of a place; made when missing."""
        ...


class DuckDBEngine:
    """A place is a file."""

    name = "duckdb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_place(self) -> str:
        """Give a file that is not there."""
        return str(self.folder / f"{next(_places)}.duckdb")

    def open(self, place: str, *, window_days: int = 30, window_events: int = 50_000_000) -> EventStore:
        """Open the file."""
        return DuckDBEventStore(Path(place), threads=1, window_days=window_days, window_events=window_events)


class ChDBEngine:
    """A place is a database: a process has one engine, with its files in one folder, as long as anything is open in it."""

    name = "chdb"

    def __init__(self) -> None:
        self.folder = chdb_folder()
        self._kept_open = Connection(read_address(f"chdb://{self.folder}"))

    def new_place(self) -> str:
        """Give a database that is not there."""
        return f"chdb://{self.folder}?database=d{next(_places)}"

    def open(self, place: str, *, window_days: int = 30, window_events: int = 50_000_000) -> EventStore:
        """Open the database."""
        return ClickHouseEventStore(place, threads=1, window_days=window_days, window_events=window_events)

    def close(self) -> None:
        """Stop the engine."""
        self._kept_open.close()
