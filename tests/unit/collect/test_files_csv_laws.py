"""Whatever Python's csv module writes is read back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from finegrain.collect.files import open_file
from finegrain.collect.files.csv_parts import RowNumbers

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS = st.text(st.characters(exclude_characters="\x00\ufeff", exclude_categories=["Cs"]), max_size=8)
COMMON_CHINESE = st.text("的一是在不了有和人这中大为上个国我以要他abc ,;|\t\"'\n", max_size=8)


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6))


def written(rows: Sequence[Sequence[str]], delimiter: str, line_end: str, quoting: Literal[0, 1, 2, 3]) -> str:
    text = io.StringIO()
    header = [f"column_{place}" for place in range(len(rows[0]) if rows else 2)]
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows([header, *rows])
    return text.getvalue()


def read_back(content: bytes, delimiter: str) -> list[tuple[int, list[str]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        batches = list(open_file(path, max_line_bytes=1 << 20, format="csv", delimiter=delimiter).batches())
    assert not any(batch.broken for batch in batches)
    cells = [[value or "" for value in row.values()] for batch in batches for row in batch.rows.to_pylist()]
    return list(zip([int(line) for batch in batches for line in batch.lines], cells, strict=True))


def expected(rows: Sequence[list[str]]) -> list[tuple[int, list[str]]]:
    return [(number, row) for number, row in enumerate(rows, start=2) if any(row)]


@given(
    tables(TEXTS),
    st.sampled_from(",\t;|"),
    # Python's writer leaves line ends other than its own unquoted, which no reader can take back.
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL)]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(deadline=None, max_examples=150)
def test_any_table_is_read_back(
    rows: list[list[str]], delimiter: str, style: tuple[str, Literal[0, 1, 2, 3]], codec: str
) -> None:
    assert read_back(written(rows, delimiter, *style).encode(codec), delimiter) == expected(rows)


@given(tables(COMMON_CHINESE), st.sampled_from(",\t;|"))
@settings(deadline=None, max_examples=60)
def test_any_chinese_table_in_gb18030_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    # A line of common Chinese makes sure that the text is not UTF-8 by chance.
    rows = [*rows, ["茶叶"] * (len(rows[0]) if rows else 2)]
    assert read_back(written(rows, delimiter, "\r\n", csv.QUOTE_MINIMAL).encode("gb18030"), delimiter) == expected(rows)


@given(st.lists(st.booleans(), max_size=40), st.lists(st.integers(0, 7), max_size=8))
def test_good_rows_take_the_numbers_between_the_unsplit(is_good: list[bool], cuts: list[int]) -> None:
    good = [number for number, good in enumerate(is_good, start=1) if good]
    unsplit = [number for number, good in enumerate(is_good, start=1) if not good]
    numbers = RowNumbers()
    given_out: list[int] = []
    for size in [*cuts, len(good)]:
        taken = numbers.take(min(size, len(good) - len(given_out)), unsplit)
        given_out += taken.tolist()
    assert given_out == good
    assert numbers.take(0, unsplit).dtype == np.int64
