"""CSV that spreadsheet programs open as meant: UTF-8 with a byte order mark, and no text that runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
"""Without it, Excel reads the file in the machine's old code page and Chinese turns to rubbish."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make a spreadsheet program take a cell for a formula, or hide that it is one (OWASP, CSV injection)."""

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def guarded(value: object) -> str:
    """Write ``value`` as a cell that no spreadsheet program runs; None is an empty cell.

    A text that starts like a formula gets an apostrophe before it; a plain number stays a number, also a negative one.

    Examples:
        >>> guarded("=1+1"), guarded("-12.50"), guarded("-1+2"), guarded(None)
        ("'=1+1", '-12.50', "'-1+2", '')
    """
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_bytes(header: Sequence[str], chunks: Iterable[Iterable[Sequence[object]]]) -> Iterator[bytes]:
    """Write a CSV file piece by piece: the mark and the header, then the rows of each chunk; lines end with CRLF.

    Args:
        header: names of the columns.
        chunks: groups of rows, each written as one piece, so that a long list never lies in memory whole.
    """
    yield BOM.encode() + _lines([header])
    for rows in chunks:
        if piece := _lines(rows):
            yield piece


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([guarded(value) for value in row] for row in rows)
    return text.getvalue().encode()
