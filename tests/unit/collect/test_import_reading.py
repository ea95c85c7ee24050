"""How texts are read: amounts, ids, times and properties, as the named macros do it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.imports.currencies import foreign_pattern, own_marks, own_pattern
from finegrain.collect.imports.offsets import zone_offsets
from finegrain.collect.imports.staging import cleaned
from finegrain.collect.imports.trees import sql
from finegrain.collect.imports.values import ColumnValue
from finegrain.collect.imports.workbench import Workbench
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    with Workbench(memory_bytes=1 << 28, threads=1) as bench:
        yield bench


def read(bench: Workbench, query: exp.Expr, values: list[Any], kind: pa.DataType) -> list[Any]:
    bench.register("batch", pa.table({"x": pa.array(values, kind)}))
    return [row[0] for row in bench.execute(f"SELECT {sql(query)} FROM batch").fetchall()]


def column(kind: pa.DataType) -> ColumnValue:
    return ColumnValue.of("x", {"x": kind})


def amounts(bench: Workbench, *texts: str, currency: str = "CNY") -> list[Any]:
    return read(bench, column(pa.string()).as_amount(own_pattern(currency)), list(texts), pa.string())


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12"),
        ("-12.5", "-12.5"),
        ("+12.50", "12.5"),
        ("¥1,234.50", "1234.5"),
        ("￥ 1,234.50 元", "1234.5"),
        ("RMB1234", "1234"),
        ("1234.50CNY", "1234.5"),
        ("人民币1,234", "1234"),
        ("1 234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.5"),
        ("12,34,567.00", "1234567"),
        ("1,23", "1.23"),
        ("0,500", "0.5"),
        ("1234,567", "1234.567"),
        ("(12.50)", "-12.5"),
        ("（¥12.50）", "-12.5"),
        ("12.50-", "-12.5"),
        ("−12.50", "-12.5"),
        ("１２．５０", "12.5"),
        ("¥-5", "-5"),
        ("-¥5", "-5"),
        ("1.5e3", "1500"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.0000005", "0.000001"),
    ],
)
def test_an_amount_is_read_as_people_write_it(bench: Workbench, text: str, amount: str) -> None:
    assert amounts(bench, text) == [Decimal(amount)]


@pytest.mark.parametrize(
    "text", ["", "five", "1,2,3", "1.2.3", "--5", "$5", "5%", "1.2万", "inf", "0x10", "12 apples", "9999999999999"]
)
def test_what_is_no_amount_is_none(bench: Workbench, text: str) -> None:
    assert amounts(bench, text) == [None]


@given(amount=st.decimals(min_value=-(10**11), max_value=10**11, places=2, allow_nan=False, allow_infinity=False))
def test_an_amount_written_with_thousands_is_read_back_exactly(bench: Workbench, amount: Decimal) -> None:
    western = f"{amount:,.2f}"
    european = western.translate(str.maketrans(",.", ".,"))
    accounting = f"({-amount:,.2f})" if amount < 0 else western
    assert amounts(bench, western, european, accounting, f"¥{western}") == [amount] * 4


def test_marks_of_other_currencies_are_noticed() -> None:
    import re

    assert own_marks("XAF") == ("XAF",)
    foreign = {"CNY": ["$5", "€5", "HK$5", "5 USD"], "USD": ["¥5", "HK$5", "5EUR"], "GBP": ["$5", "元5"]}
    ours = {"CNY": ["¥5", "RMB 5", "5元"], "USD": ["$5", "US$5", "5 USD"], "GBP": ["£5", "5"]}
    for currency, texts in foreign.items():
        assert all(re.search(foreign_pattern(currency), text) for text in texts)
    for currency, texts in ours.items():
        assert not any(re.search(foreign_pattern(currency), text) for text in texts)


def test_native_numbers_are_read_exactly(bench: Workbench) -> None:
    assert read(bench, column(pa.float64()).as_amount(""), [2.675, float("nan"), 1e300], pa.float64()) == [
        Decimal("2.675"),
        None,
        None,
    ]
    assert read(bench, column(pa.int64()).as_amount(""), [3, None], pa.int64()) == [Decimal(3), None]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (pa.string(), "17850.0", "17850"),
        (pa.string(), "00017", "00017"),
        (pa.string(), "v1.0", "v1.0"),
        (pa.int64(), 17850, "17850"),
        (pa.float64(), 31317046240.0, "31317046240"),
        (pa.float64(), float("nan"), None),
        (pa.float64(), 1.5, "1.5"),
        (pa.decimal128(10, 2), Decimal("12.00"), "12"),
    ],
)
def test_an_id_is_the_same_however_it_is_stored(bench: Workbench, kind: pa.DataType, value: object, expected: str | None) -> None:
    assert read(bench, column(kind).as_id(), [value], kind) == [expected]


def test_words_for_nothing_are_nothing() -> None:
    words = ["NULL", "nan", "None", " N/A\u3000", "\\N", "", None, " Nan Jing\t"]
    assert cleaned(pa.table({"x": words, "n": range(8)})).column("x").to_pylist() == [None] * 7 + ["Nan Jing"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        ("-4.5", -4.5),
        ("007", "007"),
        ("+5", "+5"),
        ("1e5", "1e5"),
        ("12345678901234567890", "12345678901234567890"),
        ("True", True),
        ("2024-01-01", "2024-01-01"),
        ('{"a": [1]}', {"a": [1]}),
        ("[broken", "[broken"),
        ('say "hi"', 'say "hi"'),
    ],
)
def test_a_property_is_the_value_that_its_text_stands_for(bench: Workbench, text: str, value: object) -> None:
    (found,) = read(bench, column(pa.string()).as_property(), [text], pa.string())
    assert json.loads(found) == value


def test_native_values_keep_their_types_as_json(bench: Workbench) -> None:
    moment = datetime(2024, 5, 1, 8, tzinfo=UTC)
    cases: list[tuple[pa.DataType, object, object]] = [
        (pa.timestamp("us"), moment.replace(tzinfo=None), "2024-05-01T08:00:00"),
        (pa.timestamp("ns", "Asia/Shanghai"), moment, "2024-05-01T08:00:00Z"),
        (pa.date32(), moment.date(), "2024-05-01"),
        (pa.bool_(), True, True),
        (pa.int32(), 5, 5),
        (pa.float64(), 2.5, 2.5),
        (pa.list_(pa.int32()), [1, 2], [1, 2]),
    ]
    for kind, value, expected in cases:
        assert json.loads(read(bench, column(kind).as_json(), [value], kind)[0]) == expected
    assert read(bench, column(pa.float64()).as_json(), [float("inf"), None], pa.float64()) == [None, None]


ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran", "UTC")


@given(
    zone=st.sampled_from(ZONES),
    civil=st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 1)),
)
def test_civil_time_becomes_utc_as_in_python(zone: str, civil: datetime) -> None:
    offsets = zone_offsets(Zone(zone)).to_pylist()
    step = next(row for row in reversed(offsets) if row["civil_from"] <= civil)
    assert civil - step["utc_offset"] == civil.replace(tzinfo=Zone(zone).info).astimezone(UTC).replace(tzinfo=None)


def test_every_step_of_a_zone_is_found() -> None:
    zone = Zone("Europe/London")
    for row in zone_offsets(zone).to_pylist()[1:]:
        at = row["civil_from"]
        assert at.replace(tzinfo=zone.info).utcoffset() == row["utc_offset"]
        assert (at - timedelta(microseconds=1)).replace(tzinfo=zone.info).utcoffset() != row["utc_offset"]


@pytest.mark.parametrize(
    ("civil", "instant"),
    [
        ("2024-03-31 01:30", "2024-03-31 01:30"),
        ("2024-10-27 01:30", "2024-10-27 00:30"),
        ("2024-10-27 02:00", "2024-10-27 02:00"),
    ],
)
def test_gaps_move_forward_and_doubled_times_mean_the_first(civil: str, instant: str) -> None:
    moment = datetime.fromisoformat(civil)
    step = next(row for row in reversed(zone_offsets(Zone("Europe/London")).to_pylist()) if row["civil_from"] <= moment)
    assert moment - step["utc_offset"] == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("time_format", "text", "civil", "instant"),
    [
        ("auto", "2024-05-01", "2024-05-01 00:00:00", None),
        ("auto", "2024/5/1 8:30", "2024-05-01 08:30:00", None),
        ("auto", "2024-05-01T08:30:00.25", "2024-05-01 08:30:00.250000", None),
        ("auto", "2024-05-01T08:30:00Z", None, "2024-05-01 08:30:00"),
        ("auto", "2024-05-01 08:30:00 +08:00", None, "2024-05-01 00:30:00"),
        ("auto", "2024-05-01 08:30:00-0330", None, "2024-05-01 12:00:00"),
        ("auto", "2024-05-01 08:30:00 UTC", None, "2024-05-01 08:30:00"),
        ("auto", "01/05/2024", None, None),
        ("%d/%m/%Y", "01/05/2024", "2024-05-01 00:00:00", None),
        ("%d/%m/%Y", "2024-05-01", "2024-05-01 00:00:00", None),
        ("%Y年%m月%d日", "2024年5月1日", "2024-05-01 00:00:00", None),
        ("%d/%m/%Y %H:%M %z", "01/05/2024 08:00 +0800", None, "2024-05-01 00:00:00"),
        ("epoch_s", "1714521600.5", None, "2024-05-01 00:00:00.500000"),
        ("epoch_ms", "1714521600250", None, "2024-05-01 00:00:00.250000"),
        ("epoch_s", "99999999999999999999", None, None),
        ("excel", "45413.5", "2024-05-01 12:00:00", None),
        ("excel", "1", "1899-12-31 00:00:00", None),
    ],
)
def test_a_time_is_civil_or_an_instant(
    bench: Workbench, time_format: str, text: str, civil: str | None, instant: str | None
) -> None:
    read_civil, read_instant = column(pa.string()).as_time(time_format)
    found = [read(bench, query, [text], pa.string())[0] for query in (read_civil, read_instant)]
    assert [None if time is None else str(time) for time in found] == [civil, instant]
