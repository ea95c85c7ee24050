"""XLSX workbooks: the first sheet as Arrow batches with native numbers, dates and texts."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa

from finegrain.collect.errors import DamagedFileError, EmptyFileError, TooLargeError, UnknownFormatError
from finegrain.collect.files.columns import renamed, unique_names
from finegrain.collect.files.contract import FileBatch
from finegrain.collect.files.dialect import check_names, count_titles
from finegrain.collect.files.sources import MOST_UNPACKED_BYTES
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

    from finegrain.collect.files.contract import DetectedFile

MAGIC = b"PK\x03\x04"
_BATCH_ROWS = 20_000
_SEEN_ROWS = 200
_MOST_EXACT = 2**53


@dataclass(frozen=True)
class Sheet:
    """The first sheet of a workbook, and how its columns are typed.

    Attributes:
        columns: one unique name a column.
        renamed: the names that were given by us, because the header cell was empty or a repetition.
        places: where each column stands in a row of ``cells``.
        types: the Arrow type of each column: ``int64``, ``float64``, ``timestamp[us]``, ``bool``, or ``string`` where it mixes.
        header_row: number of the header's row from 1.
        titles: how many filled rows stand above the header.
    """

    cells: CalamineSheet
    columns: tuple[str, ...]
    renamed: tuple[str, ...]
    places: tuple[int, ...]
    types: tuple[pa.DataType, ...]
    header_row: int
    titles: int


class XlsxReader:
    """Reads the first sheet of a workbook; rows have the numbers that the spreadsheet program shows.

    An empty row is counted and left out. A column whose cells are all of one kind is native; in a mixed one numbers and
    dates become text. Dates are timestamps without a zone.

    Args:
        detected: what was found out about the file.
        sheet: its first sheet.
    """

    def __init__(self, detected: DetectedFile, sheet: Sheet) -> None:
        self.detected = detected
        self._sheet = sheet

    def batches(self) -> Iterator[FileBatch]:
        """Give all rows in order; may be called once."""
        sheet = self._sheet
        height = max(sheet.cells.total_height, 1)
        rows = islice(enumerate(sheet.cells.iter_rows(), start=1), sheet.header_row, None)
        filled = ((number, row) for number, row in rows if any(cell != "" for cell in row))
        while some := list(islice(filled, _BATCH_ROWS)):
            lines = np.array([number for number, _row in some], np.int64)
            arrays = [
                _array([row[place] for _number, row in some], kind) for place, kind in zip(sheet.places, sheet.types, strict=True)
            ]
            reached = self.detected.size_bytes * int(lines[-1]) // height
            yield FileBatch(pa.record_batch(arrays, names=list(sheet.columns)), lines, (), reached)


def open_sheet(path: Path, content: BinaryIO) -> Sheet:
    """Open the first sheet of the workbook in ``content``.

    Raises:
        DamagedFileError: the workbook is cut off or broken.
        UnknownFormatError: it is a zip archive of something else.
        TooLargeError: it unpacks to more than 4 GiB.
        EmptyFileError: the first sheet has no cell.
        NoHeaderError: the first row holds numbers or dates.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _check_archive(path, content)
    try:
        cells = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0)
    except CalamineError as error:
        raise DamagedFileError(path=path, format="XLSX", reason=str(error)) from error
    return _sheet(path, cells)


def _check_archive(path: Path, content: BinaryIO) -> None:
    head = content.read(4096)
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        if b"xl/" in head or b"[Content_Types]" in head or path.suffix.lower() == ".xlsx":
            raise DamagedFileError(path=path, format="XLSX", reason=str(error).rstrip(".")) from error
        raise UnknownFormatError(path=path, found=N_("a zip archive")) from error
    if not any(name.startswith("xl/") for name in names):
        raise UnknownFormatError(path=path, found=N_("a zip archive"))
    if unpacked > MOST_UNPACKED_BYTES:
        raise TooLargeError(path=path, limit=MOST_UNPACKED_BYTES)
    content.seek(0)


def _sheet(path: Path, cells: CalamineSheet) -> Sheet:
    rows = enumerate(cells.iter_rows(), start=1)
    filled = ((number, row) for number, row in rows if any(cell != "" for cell in row))
    titles = count_titles([[_text(cell) or "" for cell in row] for row in islice(cells.iter_rows(), _SEEN_ROWS)])
    found = next(islice(filled, titles, None), None)
    if found is None:
        raise EmptyFileError(path=path)
    header_row, cells_of_header = found
    header = [_text(cell) or "" for cell in cells_of_header]
    check_names(header, path)
    kinds = _kinds(rows, len(header))
    places = tuple(place for place, name in enumerate(header) if name.strip() or kinds[place])
    named = [header[place] for place in places]
    names = unique_names(named)
    types = tuple(_type(kinds[place]) for place in places)
    return Sheet(cells, names, renamed(named, names), places, types, header_row, titles)


def _kinds(rows: Iterator[tuple[int, list[Any]]], width: int) -> list[set[type]]:
    kinds: list[set[type]] = [set() for _place in range(width)]
    for _number, row in rows:
        for kind, cell in zip(kinds, row, strict=True):
            if type(cell) is float and cell.is_integer() and abs(cell) < _MOST_EXACT:
                kind.add(int)
            elif cell != "":
                kind.add(type(cell))
    return kinds


def _type(kinds: set[type]) -> pa.DataType:
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    if kinds and kinds <= {dt.date, dt.datetime}:
        return pa.timestamp("us")
    return pa.bool_() if kinds == {bool} else pa.string()


def _array(cells: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([_text(cell) for cell in cells], kind)
    if pa.types.is_int64(kind):
        return pa.array([None if cell == "" else int(cell) for cell in cells], kind)
    return pa.array([_native(cell) for cell in cells], kind)


def _native(cell: Any) -> Any:
    if type(cell) is dt.date:
        return dt.datetime.combine(cell, dt.time())
    return None if cell == "" else cell


def _text(cell: Any) -> str | None:
    """Write a cell as its reader sees it: 10001 without a fraction, dates as ISO 8601."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_EXACT:
        return str(int(cell))
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else str(cell)
