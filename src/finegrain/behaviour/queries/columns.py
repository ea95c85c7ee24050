"""Properties of events as columns by row of the log: read on first use, extended as events arrive, kept on disk."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.growing import appended, recode
from finegrain.behaviour.queries.column_files import ColumnFiles
from finegrain.store.events.contract import PropertyColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from finegrain.behaviour.reading import EventLog

MOST_KEPT = 64
"""Columns held open; of more, the one that was not asked for longest goes."""


@dataclass(frozen=True)
class TextColumn:
    """A property as text, by row: ``codes`` ``(N,) int32`` into ``texts`` (each once), −1 where there is none."""

    codes: NDArray[np.int32]
    texts: pa.ChunkedArray


@dataclass(frozen=True)
class NumberColumn:
    """A property as number, by row: ``values`` ``(N,) float64``, NaN where there is none."""

    values: NDArray[np.float64]


class PropertySource(Protocol):
    """What columns are read from; see ``store.events.contract.EventStore``."""

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Read one property of all events in order of arrival: ``seq`` and ``value``."""
        ...


class PropertyColumns:
    """The columns of one event store, each as long as the longest log that asked for it. Safe to use from several threads.

    Args:
        source: where properties are read.
        folder: where columns are kept for the next process; may be deleted at any time.
    """

    def __init__(self, source: PropertySource, folder: Path) -> None:
        self._source = source
        self._files = ColumnFiles(folder)
        self._texts: dict[str, tuple[int, TextColumn]] = {}
        self._numbers: dict[str, tuple[int, NumberColumn]] = {}
        self._reading = threading.Lock()

    def text(self, name: str, log: EventLog) -> TextColumn:
        """Give the property ``name`` as text for the rows of ``log``.

        Raises:
            StorageError: the event store refused.
        """
        with self._reading:
            column = self._current(self._texts, name, log, self._read_text, self._files.open_text)
        return TextColumn(frozen(column.codes[: len(log.who)]), column.texts)

    def number(self, name: str, log: EventLog) -> NumberColumn:
        """Give the property ``name`` as number for the rows of ``log``.

        Raises:
            StorageError: the event store refused.
        """
        with self._reading:
            column = self._current(self._numbers, name, log, self._read_number, self._files.open_number)
        return NumberColumn(frozen(column.values[: len(log.who)]))

    def write(self, log: EventLog) -> None:
        """Keep what was read since the last time on disk, as far as it belongs to ``log``."""
        with self._reading:
            texts = {name: column for name, (last_seq, column) in self._texts.items() if last_seq == log.last_seq}
            numbers = {name: column for name, (last_seq, column) in self._numbers.items() if last_seq == log.last_seq}
        self._files.write(log, texts, numbers)

    def _current(
        self,
        kept: dict[str, tuple[int, Any]],
        name: str,
        log: EventLog,
        read: Callable[[str, int, int, Any], Any],
        opened: Callable[[str, EventLog], tuple[int, Any] | None],
    ) -> Any:
        last_seq, column = kept.pop(name, None) or opened(name, log) or (0, None)
        if last_seq < log.last_seq or column is None:
            last_seq, column = log.last_seq, read(name, last_seq, log.last_seq, column)
        kept[name] = (last_seq, column)
        while len(kept) > MOST_KEPT:
            kept.pop(next(iter(kept)))
        return column

    def _read_text(self, name: str, after_seq: int, last_seq: int, before: TextColumn | None) -> TextColumn:
        parts = [_encoded(part) for part in self._parts(PropertyColumn(name, "text"), after_seq, last_seq)]
        whole = pa.chunked_array(parts, pa.dictionary(pa.int32(), pa.string())).unify_dictionaries()
        codes = [pc.fill_null(chunk.indices, -1).to_numpy() for chunk in whole.chunks]
        tail = np.concatenate(codes) if codes else np.zeros(0, dtype=np.int32)
        texts = pa.chunked_array([whole.chunk(whole.num_chunks - 1).dictionary] if codes else [], pa.string())
        if before is None:
            return TextColumn(tail, texts)
        joined, code = recode(before.texts, texts)
        return TextColumn(appended(before.codes, np.append(code, np.int32(-1))[tail]), joined)

    def _read_number(self, name: str, after_seq: int, last_seq: int, before: NumberColumn | None) -> NumberColumn:
        parts = [_floats(part) for part in self._parts(PropertyColumn(name, "number"), after_seq, last_seq)]
        tail = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float64)
        return NumberColumn(tail if before is None else appended(before.values, tail))

    def _parts(self, column: PropertyColumn, after_seq: int, last_seq: int) -> list[pa.Array]:
        """Give the values after one number and up to another, in order of arrival."""
        parts = []
        for batch in self._source.read_properties(column, after_seq=after_seq):
            within = batch.filter(pc.less_equal(batch["seq"], last_seq))
            parts.append(within["value"])
        return parts


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Give a read-only view: kernels are compiled once, for read-only arrays."""
    view = array.view(np.ndarray)[:]
    view.flags.writeable = False
    return view


def _encoded(values: pa.Array) -> pa.DictionaryArray:
    return values.cast(pa.string()).dictionary_encode()


def _floats(values: pa.Array) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return np.where(np.isfinite(found), found, np.nan)
