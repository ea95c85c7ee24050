"""Fixtures of the collect room: an import service over real stores, and files to feed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.imports.service import ImportService
from finegrain.people.service import PeopleService
from finegrain.settings import load_settings
from finegrain.store.events import DuckDBEventStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.store.ops import OpsStore


@dataclass(frozen=True)
class ImportShop:
    """An import service and the stores that it writes."""

    imports: ImportService
    events: DuckDBEventStore
    ops: OpsStore
    people: PeopleService
    home: Path

    def orders(self) -> dict[str, object]:
        """Give the latest total of each order id that is stored."""
        from finegrain.store.events.contract import PropertyColumn

        columns = [PropertyColumn("order_id", "text"), PropertyColumn("total", "decimal")]
        rows = self.events.scan(events=["Order Completed"], columns=columns).read_all().to_pylist()
        return {row["order_id"]: row["total"] for row in rows}


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock, ops: OpsStore) -> Iterator[ImportShop]:
    """An empty shop in Shanghai that counts in CNY, at noon of 2024-06-01 UTC; on each engine of the ops store."""
    events = DuckDBEventStore(tmp_path / "events.duckdb")
    people = PeopleService(ops)
    yield ImportShop(ImportService(events, ops, people, load_settings(tmp_path), clock), events, ops, people, tmp_path)
    events.close()


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines of CSV to a file and gives its path."""

    def write(*lines: str, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
