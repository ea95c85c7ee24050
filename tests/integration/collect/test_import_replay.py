"""Dead letters: kept once, listed, counted, and replayed with a corrected mapping."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.imports.errors import NoSuchColumnError, UnknownImportError
from finegrain.collect.mapping.contract import Mapping
from finegrain.i18n import speaking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    CsvFile = Callable[..., Path]

ORDERS = Mapping("orders", {"person": "who", "order_id": "id", "time": "at", "amount": "paid"})
LINES = Mapping("orders", {"person": "who", "order_id": "id", "time": "at", "amount": "paid"}, granularity="line")
HEAD = "who,id,at,paid,alt"


@pytest.fixture
def bad_times(csv_file: CsvFile) -> Path:
    return csv_file(HEAD, "a,1,2024-05-01,5,", "a,2,01/05/2024,6,", "a,3,1/13/2024,7,", ",4,2024-05-01,8,")


def test_a_dead_letter_tells_file_line_reason_and_row(shop: Any, bad_times: Path) -> None:
    shop.imports.run([bad_times], "orders", ORDERS)
    letter = shop.imports.dead_letters(reason="bad_time")[0]
    assert (letter.file, letter.line, letter.import_id) == (str(bad_times), 3, 1)
    assert letter.raw == {"who": "a", "id": "2", "at": "01/05/2024", "paid": "6", "alt": None}
    assert letter.detail == "“01/05/2024” in column “at” cannot be read as a time after 1900."
    with speaking("zh_CN"):
        assert shop.imports.dead_letters(reason="bad_time")[0].detail == "“at”列的“01/05/2024”无法识别为 1900 年之后的时间。"


def test_dead_letters_are_kept_once_and_paged(shop: Any, bad_times: Path) -> None:
    for _ in range(2):
        shop.imports.run([bad_times], "orders", ORDERS)
    assert shop.imports.dead_letter_counts() == {"bad_time": 2, "no_person": 1}
    assert shop.imports.dead_letter_counts(import_id=2) == {}
    assert [letter.line for letter in shop.imports.dead_letters(limit=2, offset=1)] == [4, 5]


def test_a_replay_stores_what_passes_and_keeps_the_rest_with_its_new_reason(shop: Any, bad_times: Path) -> None:
    shop.imports.run([bad_times], "orders", ORDERS)
    summary = shop.imports.replay(replace(ORDERS, time_format="%d/%m/%Y"), reason="bad_time")
    assert (summary.rows, summary.accepted, summary.orders, summary.rejected) == (2, 1, 1, {"bad_time": 1})
    assert shop.orders() == {"1": 5, "2": 6}
    assert shop.imports.dead_letter_counts() == {"no_person": 1, "bad_time": 1}
    assert [record.status for record in shop.imports.history()] == ["replayed", "finished"]


def test_a_replayed_row_does_not_come_back_with_its_file(shop: Any, bad_times: Path) -> None:
    corrected = replace(ORDERS, time_format="%d/%m/%Y")
    shop.imports.run([bad_times], "orders", ORDERS)
    shop.imports.replay(corrected)
    shop.imports.run([bad_times], "orders", ORDERS)
    assert sum(shop.imports.dead_letter_counts().values()) == 2
    assert shop.imports.run([bad_times], "orders", corrected).events == 0


def test_a_reason_may_change_in_a_replay(shop: Any, csv_file: CsvFile) -> None:
    shop.imports.run([csv_file(HEAD, "a,1,2024-05-01,x,y")], "orders", ORDERS)
    shop.imports.replay(replace(ORDERS, columns={**ORDERS.columns, "person": "alt", "amount": "who"}))
    assert shop.imports.dead_letter_counts() == {"bad_amount": 1}
    assert "“a” in column “who”" in shop.imports.dead_letters()[0].detail


def test_a_replayed_line_joins_its_stored_order(shop: Any, csv_file: CsvFile) -> None:
    rows = ["a,1,2024-05-02,10,", "a,1,2024-05-02,n/a,2.50", "a,1,2024-05-02,,2.50", "a,2,2024-05-02,,4"]
    shop.imports.run([csv_file(HEAD, *rows)], "orders", LINES)
    summary = shop.imports.replay(replace(LINES, columns={**LINES.columns, "amount": "alt"}))
    assert (summary.accepted, summary.orders) == (3, 2)
    assert shop.orders() == {"1": Decimal(15), "2": Decimal(4)}
    assert shop.imports.dead_letter_counts() == {}


def test_a_replay_after_a_crash_between_the_commits_adds_nothing_twice(shop: Any, csv_file: CsvFile) -> None:
    shop.imports.run([csv_file(HEAD, "a,1,2024-05-02,10,", "a,1,2024-05-02,,2.50")], "orders", LINES)
    corrected = replace(LINES, columns={**LINES.columns, "amount": "alt"})
    shop.imports.replay(corrected)
    with shop.ops.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE dead_letters SET status = 'open'")
    summary = shop.imports.replay(corrected)
    assert (summary.events, summary.duplicates, shop.orders()) == (0, 1, {"1": Decimal("12.5")})


def test_rows_of_parquet_are_read_again_as_they_were(shop: Any, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "rows.parquet"
    select = "SELECT 7.0 AS who, 1 AS id, TIMESTAMP '2024-05-01 08:00:00' AS at, 'x' AS paid, 2.5 AS alt"
    duckdb.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    shop.imports.run([path], "orders", replace(ORDERS, time_format="%d/%m/%Y"))
    shop.imports.replay(replace(ORDERS, time_format="%d/%m/%Y", columns={**ORDERS.columns, "amount": "alt"}))
    event = shop.events.timeline(["7"])[0]
    assert (event.time.isoformat(), event.properties["total"]) == ("2024-05-01T00:00:00+00:00", 2.5)


def test_an_unknown_import_cannot_be_replayed(shop: Any) -> None:
    with pytest.raises(UnknownImportError):
        shop.imports.replay(ORDERS, import_id=9)


def test_broken_rows_are_dead_letters_that_no_mapping_mends(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(HEAD, "a,1,2024-05-01,5,", "a,2,2024-05-01,5,,one,too,many", "a,3,2024-05-01,5,")
    summary = shop.imports.run([path], "orders", ORDERS)
    assert (summary.rows, summary.accepted, summary.rejected) == (3, 2, {"broken_row": 1})
    assert shop.imports.dead_letters()[0].line == 3
    assert shop.imports.replay(ORDERS).rows == 0
    assert shop.imports.dead_letter_counts() == {"broken_row": 1}


def test_a_column_that_no_dead_letter_has_is_named(shop: Any, bad_times: Path) -> None:
    shop.imports.run([bad_times], "orders", ORDERS)
    with pytest.raises(NoSuchColumnError, match=r"“day”.*who, id, at, paid, alt"):
        shop.imports.replay(replace(ORDERS, columns={**ORDERS.columns, "time": "day"}))
    assert len(shop.imports.history()) == 1
