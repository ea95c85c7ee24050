"""Opening a file: what it is by its first bytes, and the reader that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.collect.errors import EmptyFileError, UnknownFormatError
from finegrain.collect.files.columns import renamed, unique_names
from finegrain.collect.files.contract import DetectedFile
from finegrain.collect.files.csv_file import CsvReader
from finegrain.collect.files.detection import detect
from finegrain.collect.files.dialect import find_dialect
from finegrain.collect.files.jsonl_file import JsonLinesReader, first_keys
from finegrain.collect.files.parquet_file import ParquetReader, open_parquet
from finegrain.collect.files.sources import Source
from finegrain.collect.files.text import BLOCK_BYTES, look_through
from finegrain.collect.files.xlsx_file import XlsxReader, open_sheet
from finegrain.errors import BadValueError
from finegrain.i18n import N_, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.collect.files.contract import FileFormat, FileReader
    from finegrain.collect.files.text import TextFile

_FIRST_LINES = 1000


def open_file(
    path: Path,
    *,
    max_line_bytes: int,
    format: FileFormat | None = None,  # noqa: A002 - the word that users know
    encoding: str | None = None,
    delimiter: str | None = None,
) -> FileReader:
    """Open a CSV, TSV, JSON Lines, Parquet or XLSX file, plain or gzip.

    Format and compression are told by content, not by name. A text file is looked through once, whole and in bounded memory,
    before this returns: a damaged gzip, undecodable bytes and overlong lines show here, before any row is given out.

    Args:
        path: where the file lies.
        max_line_bytes: longest line of a text file that is accepted.
        format: taken as given instead of detected.
        encoding: taken as given instead of detected; any name that Python knows.
        delimiter: of CSV; taken as given instead of detected.

    Raises:
        BadValueError: ``delimiter`` is not one ASCII character, or a quotation mark or line end.
        InputError: one of the leaves in ``finegrain.collect.errors``, when the file cannot be used.
    """
    _check_delimiter(delimiter)
    source = Source.of(path)
    found = format or detect(source)
    if found == "parquet":
        return _open_parquet(source)
    if found == "xlsx":
        return _open_xlsx(source)
    text = look_through(source, max_line_bytes=max_line_bytes, encoding=encoding)
    if found == "jsonl":
        return _open_jsonl(text)
    return _open_csv(text, delimiter or ("\t" if format == "tsv" else None))


def _check_delimiter(delimiter: str | None) -> None:
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\x00'):
        raise BadValueError(
            name="delimiter", value=repr(delimiter), allowed=Phrase("one ASCII character, such as a comma or a tab")
        )


def _open_parquet(source: Source) -> FileReader:
    file = open_parquet(source.path, source.seekable())
    cells = file.schema_arrow.names
    names = unique_names(cells)
    return ParquetReader(_detected(source, "parquet", names, renamed_columns=renamed(cells, names)), file)


def _open_xlsx(source: Source) -> FileReader:
    with source.seekable() as content:
        sheet = open_sheet(source.path, content)
    return XlsxReader(_detected(source, "xlsx", sheet.columns, renamed_columns=sheet.renamed, titles=sheet.titles), sheet)


def _open_jsonl(text: TextFile) -> FileReader:
    columns = first_keys(text.sample(BLOCK_BYTES), _FIRST_LINES)
    if not columns:
        raise UnknownFormatError(path=text.source.path, found=N_("JSON without an object in its first 1,000 lines"))
    return JsonLinesReader(_detected(text.source, "jsonl", columns, encoding=text.encoding), text)


def _open_csv(text: TextFile, delimiter: str | None) -> FileReader:
    dialect = find_dialect(text.sample(BLOCK_BYTES), text.source.path, delimiter=delimiter)
    detected = _detected(
        text.source,
        "tsv" if dialect.delimiter == "\t" else "csv",
        dialect.columns,
        encoding=text.encoding,
        delimiter=dialect.delimiter,
        renamed_columns=dialect.renamed,
        titles=dialect.titles,
    )
    return CsvReader(detected, text, dialect)


def _detected(
    source: Source,
    found: FileFormat,
    columns: tuple[str, ...],
    *,
    encoding: str = "",
    delimiter: str = "",
    **facts: Any,
) -> DetectedFile:
    if not columns:
        raise EmptyFileError(path=source.path)
    return DetectedFile(source.path, found, source.compression, encoding, delimiter, columns, source.size_bytes, **facts)
