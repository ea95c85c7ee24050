"""An import happens whole or not at all, whatever stops it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.imports.service import ImportService
from finegrain.collect.mapping.contract import Mapping
from finegrain.errors import FinegrainError
from finegrain.settings import load_settings
from finegrain.store.errors import EventStoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from finegrain.clock import SettableClock

    CsvFile = Callable[..., Path]

ORDERS = Mapping("orders", {"person": "who", "order_id": "id", "time": "at", "amount": "paid"})
ROWS = ("who,id,at,paid", "a,1,2024-05-01,5", "b,2,2024-05-01,6", ",3,2024-05-01,7")


class FullDisk:
    """An event store whose disk is full."""

    def append(self, _events: Any) -> Any:
        """Refuse."""
        raise EventStoreError(path="events", reason="no space left")


def is_untouched(shop: Any) -> bool:
    return (shop.events.last_seq(), shop.people.count(), shop.imports.history(), shop.imports.dead_letter_counts()) == (
        0,
        0,
        [],
        {},
    )


def test_a_damaged_second_file_leaves_nothing_of_the_first(shop: Any, csv_file: CsvFile, tmp_path: Path) -> None:
    damaged = tmp_path / "half.csv.gz"
    damaged.write_bytes(gzip.compress("\n".join(ROWS).encode() * 1000)[:-20])
    with pytest.raises(FinegrainError):
        shop.imports.run([csv_file(*ROWS), damaged], "orders", ORDERS)
    assert is_untouched(shop)


def test_a_full_disk_of_the_event_store_leaves_the_ops_store_as_it_was(
    shop: Any, csv_file: CsvFile, clock: SettableClock
) -> None:
    imports = ImportService(FullDisk(), shop.ops, shop.people, load_settings(shop.home), clock)  # type: ignore[arg-type]
    with pytest.raises(EventStoreError):
        imports.run([csv_file(*ROWS)], "orders", ORDERS)
    assert is_untouched(shop)


def test_an_interrupt_leaves_the_workspace_as_it_was(shop: Any, csv_file: CsvFile) -> None:
    def interrupt(progress: Any) -> None:
        if progress.stage == "storing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.imports.run([csv_file(*ROWS)], "orders", ORDERS, progress=interrupt)
    assert is_untouched(shop)


def test_a_crash_between_the_commits_is_mended_by_importing_again(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(*ROWS)
    shop.imports.run([path], "orders", ORDERS)
    with shop.ops.engine.begin() as connection:
        for table in ("dead_letters", "imports", "distinct_ids", "people"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    summary = shop.imports.run([path], "orders", ORDERS)
    assert (summary.events, summary.duplicates, summary.new_people) == (0, 2, 2)
    assert (shop.people.count(), shop.imports.dead_letter_counts()) == (2, {"no_person": 1})


def test_an_import_leaves_no_temporary_files(
    shop: Any, csv_file: CsvFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    shop.imports.run([csv_file(*ROWS)], "orders", ORDERS)
    assert list(scratch.iterdir()) == []
