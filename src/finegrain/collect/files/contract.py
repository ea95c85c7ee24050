"""What a file looks like to an import: what was detected about it, and its rows as Arrow batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

FileFormat = Literal["csv", "tsv", "jsonl", "parquet", "xlsx"]
Compression = Literal["none", "gzip"]


@dataclass(frozen=True)
class DetectedFile:
    """What was found out about a file before reading it.

    Attributes:
        encoding: ``utf-8``, ``utf-8-sig``, ``gb18030`` or ``utf-16`` (or what was asked for) for text formats, empty for
            binary ones.
        delimiter: the separator of CSV and TSV, empty otherwise.
        columns: the columns in the order of the file; for JSON Lines the keys seen in the first rows, in order of sight.
        size_bytes: size on disk, for progress.
        titles: how many filled rows above the header were left out: titles, the day of the export and the like.
        renamed_columns: those of ``columns`` that were named by us, because the header cell was empty or repeated another.
    """

    path: Path
    format: FileFormat
    compression: Compression
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    size_bytes: int
    renamed_columns: tuple[str, ...] = ()
    titles: int = 0


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not even be split into columns; ``raw`` is its text, cut at 4,096 characters."""

    line: int
    raw: str
    reason: str


@dataclass(frozen=True)
class FileBatch:
    """Some consecutive rows of a file.

    Attributes:
        rows: the columns as they stand in the file: text for CSV, TSV and JSON Lines (nested JSON values as JSON text,
            scalars as their JSON text without quotes), native types for Parquet and XLSX. An empty text is null in text
            files and XLSX. The schema is the same in every batch, only JSON Lines may add columns for keys seen late.
        lines: ``(n_rows,) int64``: where each row stands: for text files the number of the record counting the header as 1
            (so a row of a spreadsheet has the number that spreadsheet programs show), for Parquet and JSON Lines from 1.
            Empty rows are left out, and counted: they never shift the numbers of others.
        broken: rows of this stretch that could not be split into columns.
        bytes_read: how far into the file this batch reaches, for progress (an estimate is fine).
    """

    rows: pa.RecordBatch
    lines: NDArray[np.int64]
    broken: tuple[BrokenRow, ...]
    bytes_read: int


class FileReader(Protocol):
    """An opened file."""

    detected: DetectedFile

    def batches(self) -> Iterator[FileBatch]:
        """Give all rows in order, in bounded memory; may be called once."""
        ...
