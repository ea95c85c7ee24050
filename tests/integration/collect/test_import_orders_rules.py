"""What rows of orders become: reasons to refuse them, refunds, changes, files that belong together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.errors import UnknownColumnError, UnknownFieldError
from finegrain.collect.imports.errors import BadTimeFormatError, NoFilesError, UnmappedFieldError, WrongMappingKindError
from finegrain.collect.mapping.contract import Mapping
from finegrain.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    CsvFile = Callable[..., Path]

ORDERS = Mapping("orders", {"person": "who", "order_id": "id", "time": "at", "amount": "paid"})
LINES = Mapping(
    "orders",
    {"person": "who", "order_id": "id", "time": "at", "quantity": "n", "unit_price": "price", "product_id": "sku"},
    granularity="line",
)
HEAD = "who,id,at,paid"
LINE_HEAD = "who,id,at,sku,n,price"


def test_every_bad_row_is_refused_alone_with_its_reason(shop: Any, csv_file: CsvFile) -> None:
    bad = {
        ",1,2024-05-01,5": "no_person",
        "ann,,2024-05-01,5": "no_order_id",
        "ann,3,,5": "no_time",
        "ann,4,soon,5": "bad_time",
        "ann,5,1066-10-14,5": "bad_time",
        "ann,6,2024-06-09,5": "future_time",
        "ann,7,2024-05-01,": "no_amount",
        "ann,8,2024-05-01,five": "bad_amount",
        "ann,9,2024-05-01,$5": "other_currency",
        f"{'x' * 256},10,2024-05-01,5": "id_too_long",
    }
    summary = shop.imports.run([csv_file(HEAD, *bad, "ann,11,2024-05-01,5")], "orders", ORDERS)
    letters = shop.imports.dead_letters()
    assert [letter.reason for letter in letters] == list(bad.values())
    assert [letter.line for letter in letters] == list(range(2, 12))
    assert (summary.rows, summary.accepted, summary.orders) == (11, 1, 1)


def test_lines_are_refused_for_quantity_and_price(shop: Any, csv_file: CsvFile) -> None:
    rows = [
        "a,1,2024-05-01,x,two,3",
        "a,1,2024-05-01,x,,3",
        "a,1,2024-05-01,x,1,-3",
        "a,1,2024-05-01,x,1,",
        "a,1,2024-05-01,x,2,0",
    ]
    summary = shop.imports.run([csv_file(LINE_HEAD, *rows)], "orders", LINES)
    assert summary.rejected == {"bad_quantity": 2, "negative_price": 1, "no_amount": 1}
    assert shop.orders() == {"1": 0}


def test_a_currency_column_must_name_the_workspaces(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(ORDERS, columns={**ORDERS.columns, "currency": "cur"})
    rows = ["a,1,2024-05-01,5,CNY", "a,2,2024-05-01,5,人民币", "a,3,2024-05-01,5,", "a,4,2024-05-01,5,EUR"]
    summary = shop.imports.run([csv_file(HEAD + ",cur", *rows)], "orders", mapping)
    assert (summary.accepted, summary.rejected) == (3, {"other_currency": 1})


def test_civil_times_are_those_of_the_projects_zone(shop: Any, csv_file: CsvFile) -> None:
    rows = ["a,1,2024-05-01 08:00,5", "a,2,2024-05-01T08:00:00Z,5", "a,3,2024-05-01 08:00:00 +0100,5"]
    shop.imports.run([csv_file(HEAD, *rows)], "orders", ORDERS)
    times = {row.properties["order_id"]: row.time.isoformat() for row in shop.events.timeline(["a"])}
    assert times == {
        "1": "2024-05-01T00:00:00+00:00",
        "2": "2024-05-01T08:00:00+00:00",
        "3": "2024-05-01T07:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("%d.%m.%Y %H:%M", "01.05.2024 08:00"),
        ("epoch_s", "1714521600"),
        ("epoch_ms", "1714521600000"),
        ("excel", "45413.3333333333"),
    ],
)
def test_a_time_format_reads_the_same_moment(shop: Any, csv_file: CsvFile, time_format: str, text: str) -> None:
    shop.imports.run([csv_file(HEAD, f"a,1,{text},5")], "orders", replace(ORDERS, time_format=time_format))
    assert shop.events.timeline(["a"])[0].time.isoformat() == "2024-05-01T00:00:00+00:00"


def test_lines_of_an_order_are_added_up_over_files_and_keep_repeats(shop: Any, csv_file: CsvFile) -> None:
    first = csv_file(LINE_HEAD, "a,1,2024-05-02,x,2,1.005", "a,1,2024-05-02,x,2,1.005", name="one.csv")
    second = csv_file(LINE_HEAD, "a,1,2024-05-01,y,1,0.005", name="two.csv")
    summary = shop.imports.run([first, second], "orders", LINES)
    order = shop.events.timeline(["a"])[0]
    assert (summary.orders, order.properties["total"]) == (1, 4.03)
    assert [product["product_id"] for product in order.properties["products"]] == ["x", "x", "y"]
    assert order.time.isoformat() == "2024-04-30T16:00:00+00:00"


def test_what_is_the_same_on_all_lines_belongs_to_the_order(shop: Any, csv_file: CsvFile) -> None:
    rows = ["a,1,2024-05-01,x,1,1,Paris,red", "a,1,2024-05-01,y,1,1,Paris,blue", "a,2,2024-05-01,x,1,1,Rome,red"]
    shop.imports.run([csv_file(LINE_HEAD + ",city,colour", *rows)], "orders", LINES)
    orders = {row.properties["order_id"]: row.properties for row in shop.events.timeline(["a"])}
    assert (orders["1"]["city"], orders["2"]["city"], orders["2"]["colour"]) == ("Paris", "Rome", "red")
    assert "colour" not in orders["1"]
    assert [product.get("colour") for product in orders["1"]["products"]] == ["red", "blue"]
    assert [product.get("city") for product in orders["1"]["products"]] == [None, None]


def test_kept_texts_become_the_values_they_stand_for(shop: Any, csv_file: CsvFile) -> None:
    columns, row = ",zip,age,vip,tags,note", "a,1,2024-05-01,5,007,42,TRUE,[1],  hi "
    shop.imports.run([csv_file(HEAD + columns, row)], "orders", ORDERS)
    properties = shop.events.timeline(["a"])[0].properties
    assert {name: properties[name] for name in ("zip", "age", "vip", "tags", "note")} == {
        "zip": "007",
        "age": 42,
        "vip": True,
        "tags": [1],
        "note": "hi",
    }


def test_a_changed_order_is_seen_again_and_its_latest_total_holds(shop: Any, csv_file: CsvFile) -> None:
    shop.imports.run([csv_file(HEAD, "a,1,2024-05-01,5", "a,2,2024-05-01,5")], "orders", ORDERS)
    summary = shop.imports.run([csv_file(HEAD, "a,1,2024-05-01,7", "a,2,2024-05-01,5")], "orders", ORDERS)
    assert (summary.orders, summary.duplicates, summary.revenue_minor) == (1, 1, 1200)
    assert shop.orders() == {"1": 7, "2": 5}


def test_an_order_that_changes_back_inside_a_file_ends_as_its_last_row(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(HEAD, "a,1,2024-05-01,5", "a,1,2024-05-01,5", "a,1,2024-05-01,6", "a,1,2024-05-01,5")
    first = shop.imports.run([path], "orders", ORDERS)
    assert (first.orders, first.duplicates, first.revenue_minor, shop.orders()) == (1, 1, 500, {"1": 5})
    assert shop.imports.run([path], "orders", ORDERS).duplicates == 4


def test_rows_without_order_ids_count_each_even_when_equal(shop: Any, csv_file: CsvFile) -> None:
    mapping = Mapping("orders", {"person": "who", "time": "at", "amount": "paid"}, keep_columns=())
    path = csv_file(HEAD, "a,,2024-05-01,5", "a,,2024-05-01,5")
    assert shop.imports.run([path], "orders", mapping).orders == 2
    assert shop.imports.run([path], "orders", mapping).duplicates == 2


def test_a_negative_row_refunds_the_order_that_it_names(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(HEAD, "a,1,2024-05-01,50", "a,1,2024-05-03,-20", "a,1,2024-05-03,-20", "a,R9,2024-05-04,-5")
    summary = shop.imports.run([path], "orders", ORDERS)
    assert (summary.orders, summary.events, summary.revenue_minor) == (1, 4, 500)
    refunds = [row.properties for row in shop.events.timeline(["a"]) if row.event == "Order Refunded"]
    assert [(refund["order_id"], refund["total"]) for refund in refunds] == [("R9", 5), ("1", 20), ("1", 20)]


def test_a_refund_takes_back_at_most_the_order(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(ORDERS, columns={**ORDERS.columns, "refund_of": "of"})
    path = csv_file(HEAD + ",of", "a,1,2024-05-01,50,", "a,R1,2024-05-02,80,1", "a,R2,2024-05-02,-3,0")
    summary = shop.imports.run([path], "orders", mapping)
    assert (summary.orders, summary.refunds, summary.revenue_minor) == (1, 2, -300)


def test_lines_that_all_come_back_refund_their_order_to_the_cent(shop: Any, csv_file: CsvFile) -> None:
    rows = [f"a,1,2024-05-01,{sku},{sign}1,0.335" for sign in ("", "-") for sku in "xyz"]
    summary = shop.imports.run([csv_file(LINE_HEAD, *rows)], "orders", LINES)
    assert shop.orders() == {"1": Decimal("1.01")}
    assert sum(
        Decimal(str(row.properties["total"])) for row in shop.events.timeline(["a"]) if row.event == "Order Refunded"
    ) == Decimal("1.01")
    assert (summary.refunds, summary.revenue_minor) == (1, 0)


def test_a_prefixed_document_is_one_refund_that_names_no_order(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(LINES, refund_prefix="C")
    rows = ["a,1,2024-05-01,x,2,5", "a,C1,2024-05-02,x,-1,5", "a,C1,2024-05-02,y,-1,2"]
    summary = shop.imports.run([csv_file(LINE_HEAD, *rows)], "orders", mapping)
    refund = shop.events.timeline(["a"])[0]
    assert (summary.orders, summary.refunds, summary.revenue_minor) == (1, 1, 300)
    assert (refund.event, refund.properties["refund_id"], refund.properties["total"]) == ("Order Refunded", "C1", 7)
    assert "order_id" not in refund.properties


def test_a_cancelled_status_takes_the_whole_order_back(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(ORDERS, columns={**ORDERS.columns, "status": "state"}, refund_status=("已取消", "Fully Refunded"))
    paid = csv_file(HEAD + ",state", "a,1,2024-05-01,5,paid", "a,2,2024-05-01,6,已取消", "a,3,2024-05-01,7,fully  refunded")
    summary = shop.imports.run([paid], "orders", mapping)
    assert (summary.orders, summary.refunds, summary.buyers, summary.revenue_minor) == (3, 2, 1, 500)
    assert shop.events.event_counts() == {"Order Completed": 3, "Order Cancelled": 2}


def test_an_order_that_is_cancelled_later_is_cancelled_once(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(ORDERS, columns={**ORDERS.columns, "status": "state"}, refund_status=("void",))
    shop.imports.run([csv_file(HEAD + ",state", "a,1,2024-05-01,5,paid")], "orders", mapping)
    later = csv_file(HEAD + ",state", "a,1,2024-05-01,5,Void")
    assert shop.imports.run([later], "orders", mapping).refunds == 1
    assert shop.imports.run([later], "orders", mapping).duplicates == 1


def test_cancelled_lines_of_an_order_that_stands_are_refunded(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(LINES, columns={**LINES.columns, "status": "state"}, refund_status=("void",))
    rows = ["a,1,2024-05-01,x,1,5,paid", "a,1,2024-05-01,y,1,2,void"]
    summary = shop.imports.run([csv_file(LINE_HEAD + ",state", *rows)], "orders", mapping)
    assert (summary.orders, summary.refunds, summary.revenue_minor, summary.duplicates) == (1, 1, 500, 0)


def test_a_mapping_that_cannot_be_used_is_refused_before_reading(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(HEAD, "a,1,2024-05-01,5")
    wrong: list[tuple[Mapping, type[Exception]]] = [
        (replace(ORDERS, columns={**ORDERS.columns, "amount": "price"}), UnknownColumnError),
        (replace(ORDERS, columns={**ORDERS.columns, "colour": "paid"}), UnknownFieldError),
        (replace(ORDERS, columns={"person": "who"}), UnmappedFieldError),
        (Mapping("orders", {"person": "who", "time": "at", "amount": "paid"}, granularity="line"), UnmappedFieldError),
        (replace(ORDERS, time_format="%Q%!"), BadTimeFormatError),
        (replace(ORDERS, time_format="tomorrow"), BadTimeFormatError),
        (Mapping("people", {"person": "who"}), WrongMappingKindError),
    ]
    for mapping, error in wrong:
        with pytest.raises(error):
            shop.imports.run([path], "orders", mapping)
    with pytest.raises(NoFilesError):
        shop.imports.run([], "orders", ORDERS)
    with pytest.raises(BadValueError, match="each file once"):
        shop.imports.run([path, path], "orders", ORDERS)
    assert (shop.events.last_seq(), shop.imports.history(), shop.people.count()) == (0, [], 0)


def test_a_missing_field_is_told_with_the_columns_that_there_are(shop: Any, csv_file: CsvFile) -> None:
    with pytest.raises(UnmappedFieldError, match="There are the columns “who”, “at”, “paid”, “order_id”"):
        shop.imports.run([csv_file("who,at,paid,order_id", "a,2024-05-01,1,1")], "orders", Mapping("orders", {}))


def test_progress_tells_rows_and_share(shop: Any, csv_file: CsvFile) -> None:
    seen: list[Any] = []
    paths = [csv_file(HEAD, *(f"a,{n},2024-05-01,1" for n in range(10)), name=f"{part}.csv") for part in "ab"]
    shop.imports.run(paths, "orders", ORDERS, progress=seen.append)
    assert [step.rows for step in seen] == [10, 20, 20]
    assert [step.stage for step in seen] == ["reading", "reading", "storing"]
    assert seen[-1].share == 1
    assert all(before.share <= after.share for before, after in pairwise(seen))


def test_columns_may_have_any_names(shop: Any, csv_file: CsvFile) -> None:
    columns = {"person": "time", "time": "person", "order_id": "amount", "amount": "order_id"}
    head = 'person,time,amount,order_id,row,line,reason,raw,n,k0,refund,file,select,Total,A,a,it\'s "x"'
    path = csv_file(head, "2024-05-01,ann,7,5,1,2,3,4,5,6,7,8,9,10,11,12,13", ",ann,8,5,1,2,3,4,5,6,7,8,9,10,11,12,13")
    summary = shop.imports.run([path], "orders", Mapping("orders", columns))
    event = shop.events.timeline(["ann"])[0].properties
    assert (summary.orders, summary.rejected, event["order_id"], event["total"]) == (1, {"no_time": 1}, "7", 5)
    kept = {name: event[name] for name in ("row", "line", "reason", "raw", "n", "k0", "refund", "file", "select", "Total", "A")}
    assert kept == dict(zip(kept, range(1, 12), strict=True))
    assert shop.imports.dead_letters()[0].raw["row"] == "1"
    assert event[next(name for name in event if name.startswith("it's"))] == 13
