"""How a text table is cut into columns: its delimiter, its header, and where its first row starts."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.collect.errors import EmptyFileError, NoHeaderError, UnclosedQuoteError, WrongDelimiterError
from finegrain.collect.files.columns import renamed, unique_names
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DELIMITERS = (",", "\t", ";", "|")
_SNIFFED_ROWS = 200
_MOST_TITLES = 30
_LEAST_NAMES = 3
_SHOWN_CHARACTERS = 80
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NEVER_A_NAME = re.compile(
    r"""[-+]\d+(\.\d+)?  # a signed number
    | \d+\.\d+           # a decimal
    | \d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*  # a day, year first
    | \d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*      # a day, year last
    """,
    re.VERBOSE,
)
_OTHER_DELIMITERS = ("^", "~", "¦", "#", "*", "!", "\x01", "，", "；", "、", "｜", ":", "&", "\\", "/", "@")


@dataclass(frozen=True)
class Dialect:
    """How a text table is cut into columns.

    Attributes:
        columns: one unique name a column of the header.
        renamed: the names that were given by us, because the header cell was empty or a repetition.
        header_row: number of the header's row from 1; it is more than 1 where empty rows or titles come first.
        titles: how many filled rows stand above the header.
        header_bytes: where the first row after the header starts, in bytes of the UTF-8 content.
        spare_cells: how many empty cells rows have beyond the header, because they end with a delimiter.
    """

    delimiter: str
    columns: tuple[str, ...]
    renamed: tuple[str, ...]
    header_row: int
    header_bytes: int
    spare_cells: int
    titles: int = 0


def find_dialect(sample: bytes, path: Path, *, delimiter: str | None = None) -> Dialect:
    """Find out how the table that begins with ``sample`` is cut; a given ``delimiter`` is taken as it is.

    Of comma, tab, semicolon and pipe the one wins under which most rows have as many cells as the header. Titles above the
    header are left out; see ``count_titles``.

    Raises:
        EmptyFileError: there is no row at all.
        NoHeaderError: the first row holds numbers or dates.
        WrongDelimiterError: everything lands in one column, and another character would part it.
    """
    text = sample.decode("utf-8")
    chosen = delimiter or _sniff(text)
    records = _records(text, chosen)
    titles = count_titles(records)
    header = _header(text, chosen, titles)
    if header is None:
        raise EmptyFileError(path=path)
    _check_header(header, text, chosen, path)
    cells, spare = _fit_to_rows(header.cells, records[header.row :])
    names = unique_names(cells)
    return Dialect(chosen, names, renamed(cells, names), header.row, header.n_bytes, spare, titles)


def delimiter_name(delimiter: str) -> str:
    """Give a delimiter as a reader can see it; words are to be translated."""
    return {"\t": N_("tab"), " ": N_("space")}.get(delimiter, f"“{delimiter}”")


@dataclass(frozen=True)
class _Header:
    cells: list[str]
    row: int
    n_bytes: int


def _header(text: str, delimiter: str, titles: int) -> _Header | None:
    taken: list[str] = []
    rows = csv.reader(_tallied(text, taken), delimiter=delimiter)
    filled = 0
    try:
        for row, cells in enumerate(rows, start=1):
            filled += any(cell.strip() for cell in cells)
            if filled > titles:
                return _Header(cells, row, sum(len(line.encode()) for line in taken))
    except csv.Error:
        return _Header([text], 1, 0)
    return None


def _tallied(text: str, taken: list[str]) -> Iterator[str]:
    # StringIO with newline="" ends lines at \n, \r and \r\n only, as the parser does; str.splitlines knows a dozen more.
    for line in io.StringIO(text, newline=""):
        taken.append(line)
        yield line


def _records(text: str, delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append(cells)
            if len(records) >= _SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # a cell beyond csv's limit; the rows before it are enough to judge by
    return records


def _sniff(text: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: _score(text, delimiter))


def _score(text: str, delimiter: str) -> tuple[float, int]:
    records = _records(text, delimiter)
    widths = [len(cells) for cells in records if any(cells)][count_titles(records) :]
    if not widths or widths[0] < 2:  # noqa: PLR2004
        return (0.0, 0)
    # Rows that end with a delimiter are one cell wider than the header, or one narrower where only the header does.
    alike = sum(abs(width - widths[0]) <= (width > 1) for width in widths)
    return (alike / len(widths), widths[0])


def count_titles(records: Sequence[Sequence[str]]) -> int:
    """Give how many titles stand above the header of a table: filled rows with at most half as many filled cells.

    There are none unless the row below them can only be the header: the first that fills three cells or more, all with names
    that differ and are neither numbers nor dates, and most rows after it are filled like it.

    Args:
        records: the first rows of the file, cut into cells.

    Examples:
        >>> count_titles([["Orders of May"], [], ["id", "who", "paid"], ["1", "Ann", "5"]])
        1
    """
    rows = [filled for cells in records if (filled := [cell.strip() for cell in cells if cell.strip()])]
    titles = next((place for place, cells in enumerate(rows) if len(cells) >= _LEAST_NAMES), 0)
    above, names, body = rows[:titles], rows[titles] if rows else [], rows[titles + 1 :]
    are_names = len(set(names)) == len(names) and not any(
        _NUMBER.fullmatch(name) or _NEVER_A_NAME.fullmatch(name) for name in names
    )
    are_titles = titles <= _MOST_TITLES and all(2 * len(cells) <= len(names) for cells in above)
    return titles if are_names and are_titles and sum(2 * len(cells) > len(names) for cells in body) * 2 > len(body) else 0


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _NEVER_A_NAME.fullmatch(cell))


def check_names(cells: Sequence[str], path: Path) -> None:
    """See that the cells of a first row can be names of columns.

    Raises:
        NoHeaderError: a cell is a date, a signed or a decimal number, or all of them are numbers.
    """
    names = [cell.strip() for cell in cells if cell.strip()]
    if all(map(_NUMBER.fullmatch, names)) or any(map(_NEVER_A_NAME.fullmatch, names)):
        raise NoHeaderError(path=path, found=" | ".join(names)[:_SHOWN_CHARACTERS])


def _check_header(header: _Header, text: str, delimiter: str, path: Path) -> None:
    if text.count('"') % 2 and header.n_bytes == len(text.encode()):
        raise UnclosedQuoteError(path=path, line=header.row)
    if len(header.cells) == 1 and (fitting := _fitting(text, delimiter)):
        raise WrongDelimiterError(used=delimiter_name(delimiter), path=path, fitting=delimiter_name(fitting))
    if header.n_bytes == 0:
        raise NoHeaderError(path=path, found=text[:_SHOWN_CHARACTERS])
    check_names(header.cells, path)


def _fitting(text: str, used: str) -> str:
    """Give a character that parts every row into as many cells as the first, or nothing."""
    lines = [line for line in text.splitlines()[:_SNIFFED_ROWS] if line.strip()]
    candidates = [char for char in (*DELIMITERS, *_OTHER_DELIMITERS) if char != used and char in lines[0]]
    fitting = [char for char in candidates if all(line.count(char) == lines[0].count(char) for line in lines)]
    return next(iter(fitting), "") or next((char for char in candidates if char in DELIMITERS), "")


def _fit_to_rows(cells: list[str], rows: list[list[str]]) -> tuple[list[str], int]:
    """Drop the header's empty last cell where rows lack it; else count the empty last cell that rows have beyond it."""
    widths = Counter(len(row) for row in rows if any(row))
    usual = widths.most_common(1)[0][0] if widths else len(cells)
    if usual == len(cells) - 1 and not cells[-1].strip():
        return cells[:-1], 0
    surplus = [row for row in rows if len(row) == len(cells) + 1]
    return cells, int(usual == len(cells) + 1 and not any(row[-1].strip() for row in surplus))
