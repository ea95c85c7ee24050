"""CSV and TSV files: what is detected, what is read, and how rows are numbered."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from finegrain.collect.errors import (
    LineTooLongError,
    NoHeaderError,
    UnclosedQuoteError,
    UndecodableTextError,
    WrongDelimiterError,
)
from finegrain.collect.files import open_file
from finegrain.collect.files.text import BLOCK_BYTES
from finegrain.errors import BadValueError

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.collect.files.contract import BrokenRow, FileReader

MIB = 1 << 20


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def opened(path: Path, content: bytes | str, **options: Any) -> FileReader:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_file(path, **{"max_line_bytes": MIB, **options})


def read(path: Path, content: bytes | str, **options: Any) -> tuple[list[dict[str, Any]], list[int], list[BrokenRow]]:
    batches = list(opened(path, content, **options).batches())
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    lines = [int(line) for batch in batches for line in batch.lines]
    return rows, lines, [row for batch in batches for row in batch.broken]


@pytest.mark.parametrize(("delimiter", "kind"), [(",", "csv"), ("\t", "tsv"), (";", "csv"), ("|", "csv")])
def test_delimiters_are_sniffed(table: Path, delimiter: str, kind: str) -> None:
    reader = opened(table, f"id{delimiter}amount\n1{delimiter}2,5 of 3;4|5\n".replace(",5", "" if delimiter == "," else ",5"))
    assert (reader.detected.format, reader.detected.delimiter, reader.detected.columns) == (kind, delimiter, ("id", "amount"))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_detected(table: Path, codec: str) -> None:
    rows, _, _ = read(table, "订单号,商品\n1,茶叶\n".encode(codec))
    assert rows == [{"订单号": "1", "商品": "茶叶"}]
    assert open_file(table, max_line_bytes=MIB).detected.encoding == codec


def test_gb18030_is_detected_when_its_first_character_comes_late(table: Path) -> None:
    content = b"id,name\n" + b"1,abcdefgh\n" * (2 * BLOCK_BYTES // 11) + "2,茶叶\n".encode("gb18030")
    reader = opened(table, content)
    assert reader.detected.encoding == "gb18030"
    assert list(reader.batches())[-1].rows.column("name")[-1].as_py() == "茶叶"


def test_gzip_is_told_by_content(table: Path) -> None:
    rows, lines, _ = read(table, gzip.compress(b"a,b\n1,2\n"))
    assert (rows, lines) == ([{"a": "1", "b": "2"}], [2])
    assert open_file(table, max_line_bytes=MIB).detected.compression == "gzip"


def test_western_european_text_is_not_taken_for_chinese(table: Path) -> None:
    with pytest.raises(UndecodableTextError, match=r"Line 2 .* UTF-8"):
        opened(table, "a,b\ncafés,2\n".encode("cp1252"))


def test_an_encoding_can_be_given(table: Path) -> None:
    assert read(table, "a,b\n£,2\n".encode("cp1252"), encoding="cp1252")[0] == [{"a": "£", "b": "2"}]


def test_rows_are_numbered_as_a_spreadsheet_does(table: Path) -> None:
    content = '\ufeffa,b\r\n1,2\r\n\r\n"x\ny",3\r\n,\r\n4,5'
    rows, lines, broken = read(table, content)
    assert rows == [{"a": "1", "b": "2"}, {"a": "x\ny", "b": "3"}, {"a": "4", "b": "5"}]
    assert lines == [2, 4, 6]
    assert not broken


def test_empty_rows_before_the_header_count(table: Path) -> None:
    assert read(table, "\n\na,b\n1,2\n")[1] == [4]


def test_rows_with_another_number_of_cells_are_broken_alone(table: Path) -> None:
    rows, lines, broken = read(table, "a,b\n1\n1,2\n1,2,3\n3,4\n")
    assert rows == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert lines == [3, 5]
    assert [(row.line, row.raw) for row in broken] == [(2, "1"), (4, "1,2,3")]


def test_broken_rows_keep_the_numbers_right_over_many_blocks(table: Path) -> None:
    row, n_rows = "1,abcdefghijklmnopqrstuvwxyz", 500_000
    content = "a,b\n" + "".join(f"{row}\n" if i % 1000 else f"{row},x\n" for i in range(n_rows))
    _, lines, broken = read(table, content)
    assert [row.line for row in broken] == list(range(2, n_rows + 2, 1000))
    assert lines == [number for number in range(2, n_rows + 2) if (number - 2) % 1000]


def test_a_raw_row_is_cut_at_4096_characters(table: Path) -> None:
    _, _, broken = read(table, "a,b\n" + "x" * 5000 + "\n")
    assert len(broken[0].raw) == 4096


@pytest.mark.parametrize("content", ["a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n", "a,b,\n1,2\n3,4\n", "a,b\n1,2\n3,4,,\n"])
def test_delimiters_at_line_ends_add_no_column(table: Path, content: str) -> None:
    rows, lines, broken = read(table, content)
    assert [(row["a"], row["b"]) for row in rows] == [("1", "2"), ("3", "4")]
    assert lines == [2, 3]
    assert not broken


def test_a_surplus_cell_with_content_is_broken_even_where_rows_end_with_delimiters(table: Path) -> None:
    _, lines, broken = read(table, "a,b\n1,2,\n3,4,\n5,6,x\n")
    assert lines == [2, 3]
    assert [(row.line, row.raw) for row in broken] == [(4, "5,6,x")]


def test_repeated_and_empty_names_get_names_of_their_own(table: Path) -> None:
    reader = opened(table, "id,id,,金额\n1,2,3,4\n")
    assert reader.detected.columns == ("id", "id (2)", "column 3", "金额")
    assert reader.detected.renamed_columns == ("id (2)", "column 3")


def test_line_ends_may_be_mixed(table: Path) -> None:
    rows, lines, _ = read(table, "a,b\r\n1,2\n3,4\r5,6")
    assert ([row["a"] for row in rows], lines) == (["1", "3", "5"], [2, 3, 4])


def test_a_nul_character_breaks_its_row_alone(table: Path) -> None:
    rows, lines, broken = read(table, "a,b\n" + "1,2\n" * 50 + "3,\x004\n5,6\n")
    assert (len(rows), lines[-1]) == (51, 53)
    assert [(row.line, row.raw) for row in broken] == [(52, "3,\x004")]


def test_a_header_alone_has_no_rows(table: Path) -> None:
    assert read(table, "a,b")[0] == []


def test_a_single_column_is_a_table(table: Path) -> None:
    assert read(table, "email\na@example.org\n")[0] == [{"email": "a@example.org"}]


@pytest.mark.parametrize(
    ("content", "given", "fits"), [("a~b\n1~2\n", None, "~"), ("a;b\n1;2\n", ",", ";"), ("a\tb\n1\t2\n", ",", "tab")]
)
def test_a_wrong_delimiter_is_named_with_one_that_fits(table: Path, content: str, given: str | None, fits: str) -> None:
    with pytest.raises(WrongDelimiterError, match=f"With “,” .*{fits}”? might fit"):
        opened(table, content, delimiter=given)


@pytest.mark.parametrize(
    "content", ["1,2\n3,4\n", "A1,2024-01-05\nA2,2024-01-06\n", "u1,-3.50\nu2,1.20\n", "x,12/31/2024 8:00\n"]
)
def test_a_first_row_of_data_is_no_header(table: Path, content: str) -> None:
    with pytest.raises(NoHeaderError, match="must name the columns"):
        opened(table, content)


@pytest.mark.parametrize("delimiter", ["", "||", "，", '"', "\n"])
def test_a_delimiter_is_one_ascii_character(table: Path, delimiter: str) -> None:
    with pytest.raises(BadValueError, match="one ASCII character"):
        opened(table, "a,b\n1,2\n", delimiter=delimiter)


@pytest.mark.parametrize(
    ("titles", "count"),
    [
        ("店铺订单导出,,,\n导出时间：2024-06-01 12:00:00,,,\n\n", 2),
        ("店铺订单导出\n", 1),
        ("#起始日期：[2024年01月01日]   终止日期：[2024年01月31日]\n#-----明细-----\n", 2),
        ("导出时间,2024-06-01\n", 1),
        ("", 0),
    ],
)
def test_titles_above_the_header_are_left_out(table: Path, titles: str, count: int) -> None:
    content = f"{titles}订单号,用户,时间,金额\n1,a,2024-01-01,5\n2,b,2024-01-02,6\n"
    rows, lines, broken = read(table, content)
    assert [row["订单号"] for row in rows] == ["1", "2"]
    assert (lines, broken) == ([titles.count("\n") + 2, titles.count("\n") + 3], [])
    assert open_file(table, max_line_bytes=MIB).detected.titles == count


@pytest.mark.parametrize("content", ["id\n1\n2\n", "id,,,\n1,2,3,4\n2,3,4,5\n", "who,note\na,b\nc,d\n"])
def test_a_table_without_titles_keeps_its_first_row_as_header(table: Path, content: str) -> None:
    detected = opened(table, content).detected
    assert (detected.titles, detected.columns[0]) == (0, content.splitlines()[0].split(",")[0])


def test_a_text_written_as_a_formula_is_read_as_the_text(table: Path) -> None:
    rows, _lines, _broken = read(table, 'a,b\n"=""007""",x\n"=""8""\t",=SUM(1)\n"=""""",y\n')
    assert [row["a"] for row in rows] == ["007", "8", None]
    assert [row["b"] for row in rows] == ["x", "=SUM(1)", "y"]


def test_an_unclosed_quote_is_named_with_its_row(table: Path) -> None:
    with pytest.raises(UnclosedQuoteError, match="Row 3 "):
        read(table, 'a,b\n1,2\n3,"4\n5,6\n')
    with pytest.raises(UnclosedQuoteError, match="Row 1 "):
        opened(table, 'a,"b\n1,2\n')


def test_an_unclosed_quote_in_the_first_row_is_named_too(table: Path) -> None:
    with pytest.raises(UnclosedQuoteError, match="Row 2 "):
        read(table, 'a,b,c\n1,"2,3\n4,5,6\n')


def test_an_unclosed_quote_before_many_rows_is_named_too(table: Path) -> None:
    with pytest.raises(UnclosedQuoteError, match="Row 3 "):
        read(table, 'a,b\n1,2\n3,"4\n' + "5,6\n" * 3_000_000)


def test_a_long_line_is_refused_without_reading_on(table: Path) -> None:
    packed = gzip.compress(b"a,b\n1,2\n" + b"x" * (256 * MIB), compresslevel=1)
    with pytest.raises(LineTooLongError, match=r"Line 3 .* 65536 bytes"):
        opened(table, packed, max_line_bytes=65536)


def test_a_line_of_just_the_limit_is_read(table: Path) -> None:
    limit = 3 * MIB
    assert len(read(table, "a,b\n1," + "x" * (limit - 2) + "\n", max_line_bytes=limit)[0]) == 1
    with pytest.raises(LineTooLongError):
        opened(table, "a,b\n1," + "x" * (limit - 1) + "\n", max_line_bytes=limit)


def test_bytes_read_reach_the_size_of_the_file(table: Path) -> None:
    reader = opened(table, "a,b\n" + "1,2\n" * 10_000)
    assert list(reader.batches())[-1].bytes_read == reader.detected.size_bytes == table.stat().st_size
