"""CSV and TSV files as Arrow batches of text, with the number of every row and the rows that could not be split."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.collect.errors import NotATableError, UnclosedQuoteError
from finegrain.collect.files.contract import BrokenRow, FileBatch
from finegrain.collect.files.csv_parts import END_MARK, MOST_WAITING, RowNumbers, Unsplit, Utf8Stream, joined
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from finegrain.collect.files.contract import DetectedFile
    from finegrain.collect.files.dialect import Dialect
    from finegrain.collect.files.text import TextFile
    from finegrain.errors import InputError

_BLOCK_BYTES = 1 << 22
Item = TypeVar("Item")


class CsvReader:
    """Reads a text table.

    Rows are numbered as spreadsheet programs do: the header has the number of its row, and every record after it counts one
    more, however many lines its quoted cells span; an empty row is counted and left out. A row with more or fewer cells than
    the header is broken, unless all that it has too much is empty; so is a row with a NUL character. A cell ``="0123"``
    is read as ``0123``.

    Args:
        detected: what was found out about the file.
        text: its content.
        dialect: how it is cut into columns.
    """

    def __init__(self, detected: DetectedFile, text: TextFile, dialect: Dialect) -> None:
        self.detected = detected
        self._text = text
        self._dialect = dialect
        self._numbers = RowNumbers()
        self._unsplit = Unsplit(dialect)

    def batches(self) -> Iterator[FileBatch]:
        """Give all rows in order, in bounded memory; may be called once.

        Raises:
            UnclosedQuoteError: a quotation mark swallows the rest of the file.
            NotATableError: a million rows in a row do not fit the header.
        """
        stream = Utf8Stream(self._text, self._dialect)
        is_last = False
        try:
            for (parsed, numbers), is_last in _marking_last(self._numbered(stream)):
                if is_last:
                    self._check_end(parsed)
                    parsed, numbers = parsed[:-1], numbers[:-1]  # noqa: PLW2901
                batch = self._batch(parsed, numbers, stream, everything=is_last)
                if len(batch.lines) or batch.broken:
                    yield batch
            if not is_last:
                # Not even the mark at the end is a row: the first row has swallowed it.
                raise self._unclosed()
        except pa.ArrowInvalid as error:
            raise self._unparsable() from error
        finally:
            stream.close()

    def _numbered(self, stream: Utf8Stream) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64]]]:
        for parsed in self._parsed(stream):
            yield parsed, self._numbers.take(parsed.num_rows, self._unsplit.numbers())

    def _parsed(self, stream: Utf8Stream) -> Iterator[pa.RecordBatch]:
        import pyarrow.csv as pacsv

        names = [*self._dialect.columns, *(f"\x00spare {i}" for i in range(self._dialect.spare_cells))]
        yield from pacsv.open_csv(
            pa.PythonFile(stream, mode="r"),
            # One thread: only then are rows numbered, and parsing half a million rows takes an eighth of a second.
            pacsv.ReadOptions(
                column_names=names, block_size=max(_BLOCK_BYTES, 2 * self._text.longest_line_bytes), use_threads=False
            ),
            pacsv.ParseOptions(
                delimiter=self._dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=self._unsplit.add,
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,
            ),
        )

    def _check_end(self, parsed: pa.RecordBatch) -> None:
        if parsed.num_rows == 0 or parsed.column(0)[-1].as_py() != END_MARK:
            raise self._unclosed()

    def _unparsable(self) -> InputError:
        if self._unsplit.overflowed:
            return NotATableError(path=self.detected.path, columns=len(self._dialect.columns), rows=MOST_WAITING)
        # The parser's only other complaint is a row that does not end within a block, which is longer than any line.
        return self._unclosed(rows_after_last=1)

    def _unclosed(self, rows_after_last: int = 0) -> UnclosedQuoteError:
        number = max(self._numbers.last, *self._unsplit.numbers(), 0) + rows_after_last
        return UnclosedQuoteError(path=self.detected.path, line=self._dialect.header_row + number)

    def _batch(self, parsed: pa.RecordBatch, numbers: NDArray[np.int64], stream: Utf8Stream, *, everything: bool) -> FileBatch:
        repaired, broken = self._unsplit.take(None if everything else int(numbers.max(initial=0)))
        rows, numbers = _merge(parsed, numbers, repaired)
        rows, numbers = _without(rows, numbers, _all_null(rows))
        faults = self._faults(rows, has_nul=stream.has_nul)
        lines = numbers + self._dialect.header_row
        faulty = np.flatnonzero(faults)
        broken += [self._faulty(rows, lines, i) for i in faulty.tolist()]
        rows, lines = _without(rows, lines, faults)
        rows = _without_formulas(rows.select(range(len(self._dialect.columns))))
        return FileBatch(rows, lines, tuple(sorted(broken, key=lambda row: row.line)), stream.position)

    def _faults(self, rows: pa.RecordBatch, *, has_nul: bool) -> NDArray[np.bool_]:
        faults = np.zeros(rows.num_rows, bool)
        for spare in rows.columns[len(self._dialect.columns) :]:
            faults |= _numpy(pc.is_valid(spare))
        if has_nul:
            for column in rows.columns:
                faults |= _numpy(pc.fill_null(pc.match_substring(column, "\x00"), fill_value=False))
        return faults

    def _faulty(self, rows: pa.RecordBatch, lines: NDArray[np.int64], i: int) -> BrokenRow:
        cells = [column[i].as_py() or "" for column in rows.columns]
        if any("\x00" in cell for cell in cells):
            reason = _("The row has a NUL character.")
        else:
            reason = _("The row has {found} cells, the header has {expected}.", found=len(cells), expected=len(cells) - 1)
        return BrokenRow(int(lines[i]), joined(cells, self._dialect.delimiter), reason)


def _marking_last(items: Iterable[Item]) -> Iterator[tuple[Item, bool]]:
    previous: list[Item] = []
    for item in items:
        if previous:
            yield previous.pop(), False
        previous.append(item)
    if previous:
        yield previous.pop(), True


def _merge(
    rows: pa.RecordBatch, numbers: NDArray[np.int64], repaired: list[tuple[int, list[str]]]
) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
    if not repaired:
        return rows, numbers
    columns = zip(*(cells for _number, cells in repaired), strict=True)
    added = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    missing = [pa.nulls(len(repaired), pa.string())] * (rows.num_columns - len(added))
    both = pa.concat_batches([rows, pa.record_batch([*added, *missing], schema=rows.schema)])
    places = np.concatenate([numbers, np.array([number for number, _cells in repaired], np.int64)])
    order = np.argsort(places, kind="stable")
    return both.take(pa.array(order)), places[order]


def _all_null(rows: pa.RecordBatch) -> NDArray[np.bool_]:
    blank = np.ones(rows.num_rows, bool)
    for column in rows.columns:
        if not blank.any():
            break
        blank &= _numpy(pc.is_null(column))
    return blank


def _without(
    rows: pa.RecordBatch, numbers: NDArray[np.int64], dropped: NDArray[np.bool_]
) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
    if not dropped.any():
        return rows, numbers
    return rows.filter(pa.array(~dropped)), numbers[~dropped]


def _without_formulas(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Give the rows with ``="0123"`` as ``0123``: so exports write what a spreadsheet program must not take for a number."""
    columns = [_without_formula(column) if pc.any(pc.starts_with(column, '="')).as_py() else column for column in rows.columns]
    return pa.record_batch(columns, schema=rows.schema)


def _without_formula(texts: pa.Array) -> pa.Array:
    bare = pc.replace_substring_regex(texts, r'^="([^"]*)"\s*$', r"\1")
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, texts.type), bare)


def _numpy(mask: pa.BooleanArray) -> NDArray[np.bool_]:
    values: NDArray[np.bool_] = mask.to_numpy(zero_copy_only=False)
    return values
