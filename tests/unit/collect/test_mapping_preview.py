"""The preview: which column fills which field, and what is said about it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from finegrain.collect.errors import UnknownColumnError, UnknownFieldError
from finegrain.collect.files import open_file
from finegrain.collect.mapping import FIELDS
from finegrain.collect.mapping.contract import Mapping
from finegrain.collect.mapping.fields import missing_fields
from finegrain.collect.mapping.names import KNOWN_NAMES, plain
from finegrain.collect.mapping.preview import preview
from finegrain.collect.mapping.profile import read_number
from finegrain.errors import BadValueError
from finegrain.i18n import speaking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finegrain.collect.mapping.contract import ImportKind, ImportPreview


def previewed(path: Path, kind: ImportKind = "orders", **options: Any) -> ImportPreview:
    return preview(open_file(path, max_line_bytes=1 << 20), kind, **options)


def of_rows(folder: Path, header: str, rows: Sequence[str], **options: Any) -> ImportPreview:
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(line.split("|") for line in (header, *rows))
    return previewed(path, **options)


@pytest.mark.parametrize(
    ("name", "granularity", "columns"),
    [
        (
            "online_retail",
            "line",
            """person=CustomerID time=InvoiceDate order_id=InvoiceNo quantity=Quantity unit_price=UnitPrice product_id=StockCode
            product_name=Description""",
        ),
        ("cdnow_master", "order", "person=customer_id time=date amount=dollar_value quantity=number_of_cds"),
        ("cdnow_sample", "order", "person=master_id time=date amount=dollar_value quantity=number_of_cds"),
        (
            "dunnhumby_transactions",
            "line",
            """person=household_id time=transaction_timestamp order_id=basket_id amount=sales_value quantity=quantity
            product_id=product_id discount=retail_disc""",
        ),
    ],
)
def test_real_orders_need_no_help(shared_data: Path, name: str, granularity: str, columns: str) -> None:
    result = previewed(shared_data / f"{name}.parquet")
    assert result.mapping.columns == dict(pair.split("=") for pair in columns.split())
    assert (result.mapping.granularity, result.mapping.time_format, result.missing) == (granularity, "auto", ())


def test_the_refund_prefix_of_real_orders_is_suggested_only(shared_data: Path) -> None:
    result = previewed(shared_data / "online_retail.parquet")
    assert result.mapping.refund_prefix is None
    assert any("C536379" in note and "“C”" in note for note in result.notes)
    given = previewed(shared_data / "online_retail.parquet", refund_prefix="C")
    assert given.mapping.refund_prefix == "C"
    assert not any("C536379" in note for note in given.notes)


@pytest.mark.parametrize(
    ("name", "kind"), [("cookie_cats", "people"), ("dunnhumby_demographics", "people"), ("movielens_100k_users", "people")]
)
def test_real_people_need_no_help(shared_data: Path, name: str, kind: ImportKind) -> None:
    assert previewed(shared_data / f"{name}.parquet", kind).missing == ()


YOUZAN = "订单号|订单状态|买家手机号|订单创建时间|买家付款时间|商品名称|商品单价|商品数量|订单实付金额"
TAOBAO = "子订单编号|主订单编号|买家会员名|订单创建时间|宝贝标题|商家编码|订单状态|买家实际支付金额"
SHOPIFY = (
    "Name|Email|Financial Status|Paid at|Fulfilled at|Currency|Subtotal|Shipping|Taxes|Total|Discount Cod"
    "e|Discount Amount|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem sku"
)
WOO = (
    "Order Number|Order Status|Order Date|Email (Billing)|Order Total Amount|SKU|Item Name|Quantity|Item "
    "Cost|Coupon Code|Discount Amount"
)


def test_youzan_lines_take_prices_as_the_order_total_repeats(tmp_path: Path) -> None:
    rows = [
        "E1|交易完成|13800000001|2024-01-05 08:30:00|2024-01-05 08:31:00|茶|10.00|2|25.00",
        "E1|交易完成|13800000001|2024-01-05 08:30:00|2024-01-05 08:31:00|杯|5.00|1|25.00",
        "E2|交易关闭|13800000002|2024-01-06 08:30:00||茶|10.00|1|10.00",
    ]
    result = of_rows(tmp_path, YOUZAN, rows)
    assert result.mapping.columns == {
        "person": "买家手机号",
        "time": "订单创建时间",
        "order_id": "订单号",
        "quantity": "商品数量",
        "unit_price": "商品单价",
        "status": "订单状态",
        "product_name": "商品名称",
    }
    assert result.mapping.granularity == "line"
    assert any("“订单实付金额”" in note for note in result.notes)
    assert any("交易关闭" in note for note in result.notes)


def test_taobao_lines_add_up_what_was_paid(tmp_path: Path) -> None:
    rows = [f"S{n}|M{n // 2}|买家{n // 4}|2024/1/{n + 1} 8:30|宝贝{n}|K{n}|交易成功|{n}.50" for n in range(8)]
    result = of_rows(tmp_path, TAOBAO, rows)
    columns = result.mapping.columns
    assert (columns["order_id"], columns["person"], columns["amount"]) == ("主订单编号", "买家会员名", "买家实际支付金额")
    assert (result.mapping.granularity, result.mapping.time_format) == ("line", "%Y/%m/%d %H:%M")


def test_shopify_shows_the_total_once_and_calls_the_order_name(tmp_path: Path) -> None:
    rows = [
        "#1001|a@x.org|paid|2024-01-05 10:00:00 +0800||CNY|25|0|0|25|||2024-01-05 10:00:00 +0800|2|Tea|10.00|T1",
        "#1001|a@x.org||||||||||  |2024-01-05 10:00:00 +0800|1|Cup|5.00|C1",
        "#1002|b@x.org|refunded|2024-01-06 10:00:00 +0800||CNY|10|0|0|10|||2024-01-06 10:00:00 +0800|1|Tea|10.00|T1",
    ]
    result = of_rows(tmp_path, SHOPIFY, [row + "|" * (SHOPIFY.count("|") - row.count("|")) for row in rows])
    columns = result.mapping.columns
    assert (columns["order_id"], columns["person"], columns["time"]) == ("Name", "Email", "Created at")
    assert (columns["unit_price"], columns["quantity"], columns["product_id"]) == (
        "Lineitem price",
        "Lineitem quantity",
        "Lineitem sku",
    )
    assert (result.mapping.granularity, "amount" in columns, result.missing) == ("line", False, ())


def test_woocommerce_names(tmp_path: Path) -> None:
    result = of_rows(
        tmp_path,
        WOO,
        [
            "1|completed|2024-01-05 10:00|a@x.org|25.00|T1|Tea|1|25.00||0",
            "2|completed|2024-01-06 10:00|b@x.org|9.00|T1|Tea|1|9.00||0",
        ],
    )
    columns = result.mapping.columns
    assert [columns[name] for name in ("order_id", "person", "time", "amount", "status")] == [
        "Order Number",
        "Email (Billing)",
        "Order Date",
        "Order Total Amount",
        "Order Status",
    ]


def test_each_guess_carries_its_reason_and_its_samples(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "用户ID|下单时间|金额|城市", ["u1|2024-01-05|¥1,234.50|上海"])
    by_name = {column.name: column for column in result.columns}
    assert (by_name["金额"].field, by_name["金额"].type, by_name["金额"].samples) == ("amount", "number", ("¥1,234.50",))
    assert by_name["金额"].reason
    assert (by_name["城市"].field, by_name["城市"].reason) == (None, "")
    assert result.sample == ({"person": "u1", "time": "2024-01-05", "amount": "¥1,234.50"},)


def test_contents_find_what_names_do_not_tell(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "who|moment|实际付的金额", ["a@x.org|2024-01-05|3.50", "b@x.org|2024-01-06|4.50"])
    assert result.mapping.columns == {"person": "who", "time": "moment", "amount": "实际付的金额"}


def test_contents_speak_against_a_name(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "user_id|date|time|total", ["u1|2024-01-05|morning|3.50"])
    assert result.mapping.columns["time"] == "date"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert of_rows(tmp_path, "城市|天气", ["上海|晴"]).missing == ("person", "time", "amount")
    assert missing_fields("orders", {"person", "time", "quantity", "unit_price"}) == ()
    assert missing_fields("orders", {"person", "time", "unit_price"}) == ("amount",)
    assert missing_fields("events", {"person"}) == ("event", "time")


def test_a_price_without_quantity_is_the_amount(tmp_path: Path) -> None:
    assert of_rows(tmp_path, "user|date|price", ["u1|2024-01-05|3.50"]).mapping.columns["amount"] == "price"


def test_overrides_win_and_free_their_column(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "user_id|email|date|total", ["u1|a@x.org|2024-01-05|3"], columns={"person": "email", "amount": ""})
    assert result.mapping.columns == {"person": "email", "time": "date"}
    assert result.missing == ("amount",)


def test_an_override_for_what_does_not_exist_lists_what_does(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError, match=r"no column “umsatz”.*amount.*user_id, date, total"):
        of_rows(tmp_path, "user_id|date|total", ["u1|2024-01-05|3"], columns={"amount": "umsatz"})
    with pytest.raises(UnknownFieldError, match=r"no field “sum”.*person, time, order_id"):
        of_rows(tmp_path, "user_id|date|total", ["u1|2024-01-05|3"], columns={"sum": "total"})


def test_a_time_format_must_be_a_word_or_a_pattern(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "user_id|date|total", ["u1|1/2/2024|3"], time_format="%d/%m/%Y")
    assert (result.mapping.time_format, any("Times" in note for note in result.notes)) == ("%d/%m/%Y", False)
    with pytest.raises(BadValueError, match="epoch_ms"):
        of_rows(tmp_path, "user_id|date|total", ["u1|1/2/2024|3"], time_format="iso")


def test_ambiguous_days_are_decided_by_a_row_far_below(tmp_path: Path) -> None:
    rows = [f"u{n}|1/2/2024|3" for n in range(5000)]
    assert any("could be either way round" in note for note in of_rows(tmp_path, "user_id|date|total", rows).notes)
    result = of_rows(tmp_path, "user_id|date|total", [*rows, "u|25/2/2024|3"])
    assert result.mapping.time_format == "%d/%m/%Y"
    assert any("25/2/2024" in note for note in result.notes)


def test_a_saved_mapping_takes_the_place_of_guesses(tmp_path: Path) -> None:
    saved = Mapping("orders", {"person": "a", "time": "b", "amount": "c"}, "line", "%Y%m%d", "R", ("x",), ())
    assert of_rows(tmp_path, "a|b|c", ["u1|20240105|3"], base=saved).mapping == saved
    changed = of_rows(tmp_path, "a|b|c|d", ["u1|20240105|3|4"], base=saved, columns={"amount": "d"}, granularity="order").mapping
    assert (changed.columns["amount"], changed.granularity, changed.refund_prefix) == ("d", "order", "R")


def test_events_and_people(tmp_path: Path) -> None:
    events = of_rows(tmp_path, "distinct_id|事件名|时间|属性|$insert_id", ['u1|浏览|1704447000|{"a":1}|x1'], kind="events")
    assert events.mapping.columns == {
        "person": "distinct_id",
        "event": "事件名",
        "time": "时间",
        "message_id": "$insert_id",
        "properties": "属性",
    }
    assert events.mapping.time_format == "epoch_s"
    people = of_rows(tmp_path, "会员号|注册时间|城市", ["7|2024年1月5日|上海"], kind="people")
    assert people.mapping.columns == {"person": "会员号", "known_since": "注册时间"}
    assert people.mapping.time_format == "%Y年%m月%d日"


def test_renamed_columns_and_the_currency_are_said(tmp_path: Path) -> None:
    notes = of_rows(tmp_path, "user|date|total|total", ["u1|2024-01-05|3|4"], currency="CNY").notes
    assert any("“total (2)”" in note for note in notes)
    assert any("CNY" in note for note in notes)


def test_a_preview_speaks_chinese(tmp_path: Path) -> None:
    with speaking("zh_CN"):
        result = of_rows(tmp_path, "user|date|total", ["u1|1/2/2024|3"], currency="CNY")
    texts = [*result.notes, *(column.reason for column in result.columns)]
    assert all(any("\u4e00" <= char <= "\u9fff" for char in text) for text in texts)


def test_a_header_alone_can_be_previewed(tmp_path: Path) -> None:
    assert of_rows(tmp_path, "user_id|date|total", []).missing == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", 1234.5),
        ("￥12", 12),
        ("12元", 12),
        ("-3", -3),
        ("$-3.5", -3.5),
        ("(5.00)", -5),
        ("CNY 7", 7),
        ("85123A", None),
        ("C1", None),
        ("", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_known_names_are_plain_and_belong_to_fields() -> None:
    for kind, fields in KNOWN_NAMES.items():
        assert fields.keys() <= {field.name for field in FIELDS[kind]}
        names = [name for known in fields.values() for name in known]
        assert names == [plain(name) for name in names]
