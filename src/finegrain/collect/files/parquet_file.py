"""Parquet files as Arrow batches with their native types."""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from finegrain.collect.errors import DamagedFileError
from finegrain.collect.files.contract import FileBatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow.parquet as pq

    from finegrain.collect.files.contract import DetectedFile

MAGIC = b"PAR1"
_BATCH_ROWS = 65_536


class ParquetReader:
    """Reads a Parquet file; rows are numbered from 1.

    Args:
        detected: what was found out about the file.
        file: the file, opened by ``open_parquet``.
    """

    def __init__(self, detected: DetectedFile, file: pq.ParquetFile) -> None:
        self.detected = detected
        self._file = file
        # A reader that nobody reads to its end lets its file go all the same.
        self._release = weakref.finalize(self, file.close, force=True)

    def batches(self) -> Iterator[FileBatch]:
        """Give all rows in order, in bounded memory; may be called once.

        Raises:
            DamagedFileError: a page cannot be read.
        """
        done, total = 0, max(self._file.metadata.num_rows, 1)
        with _translating(self.detected.path):
            for batch in self._file.iter_batches(batch_size=_BATCH_ROWS):
                lines = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64)
                done += batch.num_rows
                rows = _in_plain_types(batch.rename_columns(list(self.detected.columns)))
                yield FileBatch(rows, lines, (), self.detected.size_bytes * done // total)
        self._release()


def open_parquet(path: Path, content: BinaryIO) -> pq.ParquetFile:
    """Open the Parquet file in ``content``, a seekable file that now belongs to the result, and read its footer.

    Raises:
        DamagedFileError: the footer is missing or wrong, as it is in a half-written file.
    """
    import pyarrow.parquet as pq

    try:
        with _translating(path):
            return pq.ParquetFile(content)
    except DamagedFileError:
        content.close()
        raise


def _in_plain_types(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Give the rows without the types that the engine of imports does not know, or that would hide that they are texts."""
    columns = [column.cast(kind) if (kind := _plain_type(column.type)) else column for column in rows.columns]
    return pa.record_batch(columns, names=rows.schema.names)


def _plain_type(kind: pa.DataType) -> pa.DataType | None:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type) or kind.value_type
    if pa.types.is_string_view(kind) or pa.types.is_decimal256(kind):
        return pa.string()
    return pa.float32() if pa.types.is_float16(kind) else None


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise DamagedFileError(path=path, format="Parquet", reason=reason) from error
