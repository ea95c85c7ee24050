"""What reading CSV is made of: the bytes the parser is fed, the numbers of its rows, and the rows it could not split."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.collect.files.contract import BrokenRow
from finegrain.collect.files.text import utf8_blocks
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.collect.files.dialect import Dialect
    from finegrain.collect.files.text import TextFile

RAW_CHARACTERS = 4096
END_MARK = "\x00end of file"
MOST_WAITING = 1_000_000


class Utf8Stream(io.RawIOBase):
    """The rows of a text table as UTF-8, header left out, and after them one row that begins with ``END_MARK``.

    The parser takes a cell whose quotation mark is never closed to the end of the file as a good one. Where the last row is
    not the mark, it has swallowed it, and with it nobody knows how many rows.

    Attributes:
        has_nul: whether a NUL character was seen so far.
    """

    def __init__(self, text: TextFile, dialect: Dialect) -> None:
        self._source = text.source.open()
        self._blocks = utf8_blocks(self._source, text.encoding)
        self._left = memoryview(b"")
        self._skip = dialect.header_bytes
        cells = len(dialect.columns) + dialect.spare_cells
        self._tail = "\n" + END_MARK + dialect.delimiter * (cells - 1) + "\n"
        self.has_nul = False

    @property
    def position(self) -> int:
        """How many bytes of the file on disk were taken so far."""
        return self._source.position

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Give the next ``size`` bytes; fewer only at the end."""
        # The parser takes what one call gives as its block, and a row must not be longer than a block.
        parts: list[memoryview] = []
        wanted = size if size >= 0 else sys.maxsize
        while wanted and (self._left or self._load()):
            parts.append(self._left[:wanted])
            self._left = self._left[wanted:]
            wanted -= len(parts[-1])
        return b"".join(parts)

    def close(self) -> None:
        """Let the file go."""
        self._source.close()
        super().close()

    def _load(self) -> bool:
        while not self._left and (block := self._next_block()):
            self._left = memoryview(block)[self._skip :]
            self._skip = max(0, self._skip - len(block))
        return bool(self._left)

    def _next_block(self) -> bytes:
        block = next(self._blocks, None)
        if block is None:
            tail, self._tail = self._tail, ""
            self._skip = 0
            return tail.encode()
        self.has_nul = self.has_nul or b"\x00" in block
        return block


class RowNumbers:
    """Numbers the good rows, in the gaps that the rows that could not be split leave."""

    def __init__(self) -> None:
        self.last = 0

    def take(self, n_rows: int, unsplit: Sequence[int]) -> NDArray[np.int64]:
        """Give the numbers of the next ``n_rows`` good rows, ``(n_rows,) int64``.

        Args:
            n_rows: how many rows the parser gave.
            unsplit: numbers of the rows that could not be split, ascending.
        """
        rows = np.arange(n_rows, dtype=np.int64)
        gaps = np.array([number for number in unsplit if number > self.last], np.int64)
        # A gap shifts row i when no more than i good rows stand before it.
        good_before = gaps - self.last - 1 - np.arange(len(gaps))
        numbers = self.last + 1 + rows + np.searchsorted(good_before, rows, side="right")
        if n_rows:
            self.last = int(numbers[-1])
        return numbers


class Unsplit:
    """Keeps the rows that the parser could not split, until the good rows around them are given out.

    Attributes:
        overflowed: whether so many wait that reading was stopped.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._rows: list[tuple[int, list[str] | BrokenRow]] = []
        self.overflowed = False

    def add(self, row: Any) -> Literal["skip", "error"]:
        """Take one ``pyarrow.csv.InvalidRow``; a row whose surplus cells are all empty is cut to the header instead."""
        expected = len(self._dialect.columns)
        cells = _split(row.text, self._dialect.delimiter)
        if len(cells) >= expected and not any(cell.strip() for cell in cells[expected:]):
            self._rows.append((row.number, cells[:expected]))
        else:
            reason = _("The row has {found} cells, the header has {expected}.", found=row.actual_columns, expected=expected)
            line = self._dialect.header_row + row.number
            self._rows.append((row.number, BrokenRow(line, row.text[:RAW_CHARACTERS], reason)))
        self.overflowed = len(self._rows) >= MOST_WAITING
        return "error" if self.overflowed else "skip"

    def numbers(self) -> list[int]:
        """Give the numbers of the rows that wait, ascending."""
        return [number for number, _row in self._rows]

    def take(self, up_to: int | None) -> tuple[list[tuple[int, list[str]]], list[BrokenRow]]:
        """Give out the rows numbered up to ``up_to`` (None: all): the repaired ones, and the broken ones."""
        given = [pair for pair in self._rows if up_to is None or pair[0] <= up_to]
        self._rows = self._rows[len(given) :]
        repaired = [(number, row) for number, row in given if isinstance(row, list)]
        return repaired, [row for _number, row in given if isinstance(row, BrokenRow)]


def joined(cells: Sequence[str], delimiter: str) -> str:
    """Write a row out again as text, cut at ``RAW_CHARACTERS``."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(cells)
    return line.getvalue()[:RAW_CHARACTERS]


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
