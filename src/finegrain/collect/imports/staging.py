"""Reading: batches of files go through the checks into the workbench, good rows to ``staged``, the others to ``refused``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.collect.imports.fields import BatchColumns, FieldReader, order_properties
from finegrain.collect.imports.kept import column_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from finegrain.collect.files.contract import BrokenRow, FileBatch
    from finegrain.collect.imports.workbench import Workbench
    from finegrain.collect.mapping.contract import Mapping

BATCH_ROWS = 131_072
"""Rows that are read at once: statements cost some milliseconds each, whatever their rows."""

BATCH_CELLS = 4_194_304
"""Cells that are read at once at most: a file may have thousands of columns."""

_NOTHING = ("", "null", "nan", "none", "n/a", "#n/a", "<na>", "nat", "\\n")
_BROKEN_SCHEMA = pa.schema([("n", pa.int64()), ("file", pa.int32()), ("line", pa.int64()), ("raw", pa.string())])


class Stager:
    """Takes batches in the order of the files.

    Args:
        bench: where the rows go; its variables and the zone's offsets are set.
        mapping: how columns are read.
        currency: of the workspace.

    Attributes:
        rows: rows taken so far, broken ones included.
        properties: the names of the orders' properties, in the places of the columns ``k0 …``.
    """

    def __init__(self, bench: Workbench, mapping: Mapping, currency: str) -> None:
        self._bench = bench
        self._mapping = mapping
        self._currency = currency
        self.rows = 0
        self.properties: tuple[str, ...] = ()
        bench.run(f"staged_{mapping.kind}")
        bench.run("refused")

    def take(self, file: int, rows: pa.Table, lines: NDArray[np.int64]) -> None:
        """Take rows of one file: ``lines`` says where each stands."""
        if not rows.num_rows:
            return
        columns = self._register(rows, lines)
        self._widen(rows.column_names)
        reader = FieldReader(self._mapping, columns, self._currency)
        self._bench.view("fields", reader.select(self.properties))
        self._bench.run(f"check_{self._mapping.kind}")
        self._bench.run("stage", {"first": self.rows})
        self._bench.view("refused_here", reader.refused())
        self._bench.run("refuse", {"first": self.rows, "file": file})
        self.rows += rows.num_rows

    def take_broken(self, file: int, broken: Iterable[BrokenRow]) -> None:
        """Take rows that could not be split into columns; they are refused."""
        found = list(broken)
        if not found:
            return
        rows = [
            {"n": place, "file": file, "line": row.line, "raw": json.dumps({"text": row.raw, "problem": row.reason})}
            for place, row in enumerate(found, start=self.rows)
        ]
        self._bench.register("broken", pa.Table.from_pylist(rows, _BROKEN_SCHEMA))
        self._bench.run("refuse_broken")
        self.rows += len(found)

    def _register(self, rows: pa.Table, lines: NDArray[np.int64]) -> BatchColumns:
        row, line = _free_name("row", rows.column_names), _free_name("line", rows.column_names)
        places = pa.array(np.arange(rows.num_rows, dtype=np.int64))
        self._bench.register("batch", rows.append_column(row, places).append_column(line, pa.array(lines)))
        self._bench.register("cleaned", cleaned(rows).append_column(row, places))
        return BatchColumns({field.name: field.type for field in rows.schema}, row, line)

    def _widen(self, columns: list[str]) -> None:
        if self._mapping.kind != "orders":
            return
        new = [name for name in order_properties(self._mapping, columns) if name not in self.properties]
        for place in range(len(self.properties), len(self.properties) + len(new)):
            self._bench.execute(f"ALTER TABLE staged ADD COLUMN {column_of(place)} JSON")
        self.properties += tuple(new)


def in_large_parts(batches: Iterable[FileBatch]) -> Iterator[tuple[pa.Table, NDArray[np.int64], list[BrokenRow], int]]:
    """Join neighbouring batches of the same columns up to ``BATCH_ROWS`` or ``BATCH_CELLS``: rows, lines, broken, bytes read."""
    held: list[FileBatch] = []
    for batch in batches:
        if held and (held[0].rows.schema != batch.rows.schema or _is_large(held)):
            yield _joined(held)
            held = []
        held.append(batch)
    if held:
        yield _joined(held)


def _is_large(held: list[FileBatch]) -> bool:
    rows: int = sum(batch.rows.num_rows for batch in held)
    columns: int = held[0].rows.num_columns
    return max(rows / BATCH_ROWS, rows * columns / BATCH_CELLS) >= 1


def _joined(held: list[FileBatch]) -> tuple[pa.Table, NDArray[np.int64], list[BrokenRow], int]:
    rows = pa.Table.from_batches([batch.rows for batch in held])
    lines = np.concatenate([batch.lines for batch in held])
    return rows, lines, [row for batch in held for row in batch.broken], held[-1].bytes_read


def cleaned(rows: pa.Table) -> pa.Table:
    """Give the rows with texts as they were meant: without spaces around them, null where they only say that there is nothing.

    A null character, which PostgreSQL cannot keep, becomes U+FFFD, as in what clients send.
    """
    columns = [_meant(column) if _is_text(column.type) else column for column in rows.columns]
    return pa.table(columns, names=rows.column_names)


def _meant(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    # Arrow knows the spaces of every script. In the engine a list of ten words is a join of its own for each column.
    trimmed = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.match_substring(trimmed, "\x00")).as_py():
        trimmed = pc.replace_substring(trimmed, "\x00", "�")
    says_nothing = pc.is_in(pc.ascii_lower(trimmed), value_set=pa.array(_NOTHING, trimmed.type))
    return pc.if_else(says_nothing, pa.scalar(None, trimmed.type), trimmed)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _free_name(wanted: str, taken: list[str]) -> str:
    # DuckDB compares names without case.
    lowered = {name.lower() for name in taken}
    while wanted in lowered:
        wanted += "_"
    return wanted
