"""JSON Lines, Parquet and XLSX files, and everything that is none of the formats."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finegrain.collect.errors import (
    DamagedFileError,
    EmptyFileError,
    FileError,
    MissingFileError,
    NoHeaderError,
    NotAFileError,
    ProtectedWorkbookError,
    TooLargeError,
    UnknownEncodingError,
    UnknownFormatError,
    UnreadableFileError,
)
from finegrain.collect.files import open_file
from finegrain.collect.files.sources import Source, SourceStream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finegrain.collect.files.contract import FileBatch, FileReader

DAY = dt.datetime(2024, 1, 5, 8, 30)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def opened(path: Path, content: bytes, **options: Any) -> FileReader:
    path.write_bytes(content)
    return open_file(path, max_line_bytes=1 << 20, **options)


def only_batch(reader: FileReader) -> FileBatch:
    (batch,) = reader.batches()
    return batch


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(buffer)
    return buffer.getvalue()


def test_json_lines_are_texts_by_key(tmp_path: Path) -> None:
    content = '{"id":1.10,"who":"x\\u00e9","more":{"d":[1, 2]},"yes":true,"none":null}\n'
    batch = only_batch(opened(tmp_path / "a.jsonl", content.encode()))
    assert batch.rows.to_pylist() == [{"id": "1.10", "who": "xé", "more": '{"d":[1, 2]}', "yes": "true", "none": None}]


def test_json_lines_are_numbered_with_their_empty_lines(tmp_path: Path) -> None:
    batch = only_batch(opened(tmp_path / "a.jsonl", b'{"a":1}\r\n\r\n[1]\n{"a"\n{"a":"","b":2}\n'))
    assert batch.lines.tolist() == [1, 5]
    assert [(row.line, row.raw) for row in batch.broken] == [(3, "[1]"), (4, '{"a"')]
    assert batch.rows.to_pylist() == [{"a": "1", "b": None}, {"a": None, "b": "2"}]


def test_json_lines_over_many_blocks_keep_all_rows_and_late_keys(tmp_path: Path) -> None:
    lines = [json.dumps({"n": n, "text": "茶" * 30}, ensure_ascii=False) for n in range(40_000)] + ['{"late":1}']
    batches = list(opened(tmp_path / "a.json", "\r\n".join(lines).encode()).batches())
    assert [int(line) for batch in batches for line in batch.lines] == list(range(1, 40_002))
    numbers = [value for batch in batches for value in batch.rows.column("n").to_pylist()]
    assert numbers == [*map(str, range(40_000)), None]
    assert batches[-1].rows.column("late")[-1].as_py() == "1"


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "time": [DAY, None], "price": [1.5, 2.0]})
    reader = opened(tmp_path / "a.bin", parquet(table))
    assert (reader.detected.format, reader.detected.encoding, reader.detected.columns) == ("parquet", "", ("id", "time", "price"))
    batch = only_batch(reader)
    assert pa.table(batch.rows).equals(table)
    assert (batch.lines.tolist(), batch.bytes_read) == ([1, 2], reader.detected.size_bytes)


def test_parquet_types_that_no_engine_knows_are_made_plain(tmp_path: Path) -> None:
    columns = {
        "dictionary": pa.array(["a", None]).dictionary_encode(),
        "decimal": pa.array([1, None], pa.decimal256(40, 2)),
        "half": pa.array([1, None], pa.float16()),
        "view": pa.array(["a", None], pa.string_view()),
    }
    rows = next(iter(opened(tmp_path / "a.parquet", parquet(pa.table(columns))).batches())).rows
    assert rows.schema.types == [pa.string(), pa.string(), pa.float32(), pa.string()]
    assert rows.to_pylist()[0] == {"dictionary": "a", "decimal": "1.00", "half": 1.0, "view": "a"}


def test_parquet_and_xlsx_may_be_gzip(tmp_path: Path) -> None:
    packed = opened(tmp_path / "a.parquet.gz", gzip.compress(parquet(pa.table({"id": [1]}))))
    assert (packed.detected.compression, only_batch(packed).rows.to_pylist()) == ("gzip", [{"id": 1}])
    packed = opened(tmp_path / "a.xlsx.gz", gzip.compress(workbook([["id"], [1]])))
    assert (packed.detected.compression, only_batch(packed).rows.to_pylist()) == ("gzip", [{"id": 1}])


def test_real_parquet_is_read_whole(shared_data: Path) -> None:
    reader = open_file(shared_data / "online_retail.parquet", max_line_bytes=1 << 20)
    lines = [line for batch in reader.batches() for line in batch.lines.tolist()]
    assert lines == list(range(1, 541_910))


def test_xlsx_has_native_columns_and_spreadsheet_row_numbers(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [],
        ["订单号", "时间", "金额", "备注", None],
        [10001, DAY, 1.5, "x", None],
        [],
        [10002, DAY.date(), 2, 7, None],
    ]
    reader = opened(tmp_path / "a.xlsx", workbook(rows))
    batch = only_batch(reader)
    assert (reader.detected.columns, batch.lines.tolist()) == (("订单号", "时间", "金额", "备注"), [3, 5])
    assert [str(kind) for kind in batch.rows.schema.types] == ["int64", "timestamp[us]", "double", "string"]
    assert batch.rows.column("备注").to_pylist() == ["x", "7"]
    assert batch.rows.column("时间").to_pylist() == [DAY, dt.datetime(2024, 1, 5)]


def test_xlsx_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Orders of May"],
        ["Printed", DAY],
        [],
        ["id", "who", "at", "paid"],
        [1, "Ann", DAY, 5],
        [2, "Ben", DAY, 6],
    ]
    reader = opened(tmp_path / "a.xlsx", workbook(rows))
    batch = only_batch(reader)
    assert (reader.detected.titles, reader.detected.columns) == (2, ("id", "who", "at", "paid"))
    assert (batch.rows.column(0).to_pylist(), batch.lines.tolist()) == ([1, 2], [5, 6])


def test_xlsx_mixed_columns_are_texts(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "flag", "both"], [10001.0, True, DAY], ["A7", False, 1.25], [None, True, "x"]]
    assert only_batch(opened(tmp_path / "a.xlsx", workbook(rows))).rows.to_pylist() == [
        {"id": "10001", "flag": True, "both": "2024-01-05 08:30:00"},
        {"id": "A7", "flag": False, "both": "1.25"},
        {"id": None, "flag": True, "both": "x"},
    ]


def test_xlsx_needs_a_header(tmp_path: Path) -> None:
    with pytest.raises(NoHeaderError):
        opened(tmp_path / "a.xlsx", workbook([[1, 2.5], [2, 3.5]]))
    with pytest.raises(EmptyFileError):
        opened(tmp_path / "a.xlsx", workbook([]))


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file .*none\.csv"):
        open_file(tmp_path / "none.csv", max_line_bytes=1)
    with pytest.raises(NotAFileError):
        open_file(tmp_path, max_line_bytes=1)


class _FailingFile(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - it fails for any size
        raise OSError(5, "Input/output error")


def test_a_failing_disk(tmp_path: Path) -> None:
    stream = SourceStream(Source(tmp_path / "a.csv", "none", 1), _FailingFile())
    with pytest.raises(UnreadableFileError, match="Input/output error"):
        stream.read(1)


@pytest.mark.parametrize("content", [b"", b" \n\r\n\t", b"\xef\xbb\xbf\n", gzip.compress(b"", mtime=0), b",,\n,,\n"])
def test_empty_files(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFileError, match="is empty"):
        opened(tmp_path / "a.csv", content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
        (OLE + bytes(600), "old Office"),
        (b"PK\x03\x04" + b"a.csv" * 100, "zip archive"),
        (b"<table><tr>", "HTML"),
        (b'[{"a":1}]', "one JSON document"),
        (b'{\n"a":1}', "one JSON document"),
        (b'{"a":', "JSON without an object"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(UnknownFormatError, match=found):
        opened(tmp_path / "export", content)


@pytest.mark.parametrize("kept", [5, 700, -1])
def test_half_written_parquet(tmp_path: Path, kept: int) -> None:
    with pytest.raises(DamagedFileError, match="half-written Parquet"):
        opened(tmp_path / "a.parquet", parquet(pa.table({"id": range(1000)}))[:kept])


def test_parquet_with_a_damaged_page(tmp_path: Path) -> None:
    content = bytearray(parquet(pa.table({"id": [str(n) * 9 for n in range(1000)]})))
    content[20:400] = bytes(380)
    with pytest.raises(DamagedFileError, match="Parquet"):
        list(opened(tmp_path / "a.parquet", bytes(content)).batches())


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
def test_a_name_that_the_content_belies(tmp_path: Path, name: str) -> None:
    with pytest.raises(DamagedFileError):
        opened(tmp_path / name, bytes(1000))


def test_damaged_gzip_shows_before_any_row(tmp_path: Path) -> None:
    content = gzip.compress(b"a,b\n" + b"1,2\n" * 10_000)
    with pytest.raises(DamagedFileError, match="gzip"):
        opened(tmp_path / "a.csv.gz", content[:-9])
    with pytest.raises(DamagedFileError, match="gzip"):
        opened(tmp_path / "a.csv.gz", content[:30] + b"\xff" * 9 + content[39:])


def test_damaged_xlsx(tmp_path: Path) -> None:
    content = workbook([["id"], [1]])
    with pytest.raises(DamagedFileError, match="XLSX"):
        opened(tmp_path / "export", content[: len(content) // 2])


def test_a_password_protected_workbook(tmp_path: Path) -> None:
    # An encrypted workbook is an OLE file with a stream of this name (MS-OFFCRYPTO 2.3.4.4).
    with pytest.raises(ProtectedWorkbookError, match="password"):
        opened(tmp_path / "a.xlsx", OLE + bytes(70_000) + "EncryptedPackage".encode("utf-16-le"))


def test_an_unknown_encoding(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncodingError, match="nope"):
        opened(tmp_path / "a.csv", b"a,b\n1,2\n", encoding="nope")


def test_gzip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(8 << 20)))
    with pytest.raises(TooLargeError, match="3145728 bytes"):
        Source.of(path).seekable(most_bytes=3 << 20)


def test_errors_speak_chinese_including_their_facts(tmp_path: Path) -> None:
    with pytest.raises(FileError) as raised:
        opened(tmp_path / "a.csv", b"<html>")
    assert "HTML 或 XML" in raised.value.message("zh_CN")
    assert raised.value.facts["found"] == "HTML or XML"
