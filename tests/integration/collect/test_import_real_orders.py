"""Imports of real orders; the expected figures stand in DATA.md or are computed here by plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from finegrain.collect.mapping.contract import Mapping

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ONLINE_RETAIL = Mapping(
    "orders",
    {
        "person": "CustomerID",
        "order_id": "InvoiceNo",
        "time": "InvoiceDate",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "product_id": "StockCode",
        "product_name": "Description",
    },
    granularity="line",
    refund_prefix="C",
)


def test_online_retail_gives_the_figures_of_its_documentation(shop: Any, shared_data: Path) -> None:
    first = shop.imports.run([shared_data / "online_retail.parquet"], "orders", ONLINE_RETAIL).to_dict()
    assert (first["rows"], first["rejected"]) == (541_909, {"no_person": 135_080})
    assert (first["orders"], first["buyers"], first["people"]) == (18_536, 4_339, 4_372)
    assert (first["refunds"], first["net_revenue"]) == (22_190 - 18_536, "8300065.81")
    assert shop.imports.dead_letter_counts() == {"no_person": 135_080}


def test_online_retail_again_adds_nothing(shop: Any, shared_data: Path) -> None:
    path = shared_data / "online_retail.parquet"
    shop.imports.run([path], "orders", ONLINE_RETAIL)
    before = shop.events.last_seq()
    second = shop.imports.run([path], "orders", ONLINE_RETAIL)
    assert (second.orders, second.refunds, second.events, second.new_people) == (0, 0, 0, 0)
    assert second.duplicates == second.accepted == 406_829
    assert (second.revenue_minor, shop.events.last_seq()) == (830_006_581, before)
    assert shop.imports.dead_letter_counts() == {"no_person": 135_080}


def test_online_retail_is_previewed_as_lines_of_orders(shop: Any, shared_data: Path) -> None:
    mapping = shop.imports.preview(shared_data / "online_retail.parquet", "orders", refund_prefix="C").mapping
    assert mapping.columns == ONLINE_RETAIL.columns
    assert (mapping.granularity, mapping.refund_prefix) == ("line", "C")


@pytest.mark.parametrize("name", ["cdnow_sample", "cdnow_master"])
def test_cdnow_rows_without_order_ids_are_orders_each(shop: Any, shared_data: Path, name: str) -> None:
    path = shared_data / f"{name}.parquet"
    amount = "dollar_value"
    mapping = Mapping(
        "orders", {"person": "master_id" if name == "cdnow_sample" else "customer_id", "time": "date", "amount": amount}
    )
    person = mapping.columns["person"]
    query = f"SELECT count(*), count(DISTINCT {person}), sum({amount}) FROM read_parquet(?)"
    rows, people, revenue = duckdb.execute(query, [str(path)]).fetchall()[0]
    first = shop.imports.run([path], "orders", mapping).to_dict()
    assert (first["accepted"], first["orders"], first["people"], first["net_revenue"]) == (rows, rows, people, f"{revenue:.2f}")
    assert shop.imports.run([path], "orders", mapping).duplicates == rows


def test_dunnhumby_lines_with_an_amount_add_up(shop: Any, shared_data: Path) -> None:
    columns = {"person": "household_id", "order_id": "basket_id", "time": "transaction_timestamp", "amount": "sales_value"}
    mapping = Mapping(
        "orders", {**columns, "product_id": "product_id", "quantity": "quantity"}, granularity="line", keep_columns=()
    )
    summary = shop.imports.run([shared_data / "dunnhumby_transactions.parquet"], "orders", mapping).to_dict()
    assert (summary["accepted"], summary["orders"], summary["people"]) == (1_469_307, 155_848, 2_469)
    assert summary["net_revenue"] == "4596039.58"
