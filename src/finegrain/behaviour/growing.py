"""Columns and dictionaries that grow at their end, without copying what they hold each time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.reading import EventLog

_T = TypeVar("_T", bound=np.generic)
_ROOM = 8  # a column that is copied gets room for an eighth more
_LEAST_ROOM = 1024
_CHUNK_RATIO = 4


def extend_log(log: EventLog, tail: EventLog) -> EventLog:
    """Give ``log`` followed by ``tail``, in the codes of ``log`` and of the texts that ``tail`` adds; ``log`` stays as it is.

    A log is extended once: where it is extended again (after a failure), the first result must be forgotten, because the two
    share memory.
    """
    distinct_ids, who = recode(log.distinct_ids, tail.distinct_ids)
    order_ids, order = recode(log.order_ids, tail.order_ids)
    names = {name: code for code, name in enumerate(log.event_names)}
    event = np.array([names.setdefault(name, len(names)) for name in tail.event_names], dtype=np.int32)
    return replace(
        log,
        last_seq=tail.last_seq,
        distinct_ids=distinct_ids,
        event_names=tuple(names),
        order_ids=order_ids,
        who=appended(log.who, who[tail.who]),
        time_us=appended(log.time_us, tail.time_us),
        event=appended(log.event, event[tail.event]),
        order_rows=appended(log.order_rows, tail.order_rows + len(log.who)),
        order_kind=appended(log.order_kind, tail.order_kind),
        order_id=appended(log.order_id, np.append(order, np.int32(-1))[tail.order_id]),  # −1 finds −1
        minor=appended(log.minor, tail.minor),
        has_total=appended(log.has_total, tail.has_total),
    )


def appended(column: NDArray[_T], more: NDArray[_T]) -> NDArray[_T]:
    """Give ``column`` followed by ``more``: written into the room behind ``column`` where there is enough, else copied."""
    size = len(column) + len(more)
    room = column.base
    if not (
        isinstance(room, np.ndarray) and room.flags.writeable and room.ctypes.data == column.ctypes.data and len(room) >= size
    ):
        room = np.empty(size + max(size // _ROOM, _LEAST_ROOM), dtype=column.dtype)
        room[: len(column)] = column
    room[len(column) : size] = more
    return room[:size]


def recode(texts: pa.ChunkedArray, more: pa.ChunkedArray) -> tuple[pa.ChunkedArray, NDArray[np.int32]]:
    """Give ``texts`` with what is new in ``more`` (each text once in either), and the code of each text of ``more``."""
    values = more.combine_chunks()
    codes = np.full(len(values), -1, dtype=np.int32)
    start = 0
    for chunk in texts.chunks if len(values) else ():
        # The few are hashed and the many looked up among them, so that no hash table of all is needed.
        found = pc.fill_null(pc.index_in(chunk, value_set=values), -1).to_numpy()
        places = np.flatnonzero(found >= 0)
        codes[found[places]] = start + places
        start += len(chunk)
    new = np.flatnonzero(codes < 0)
    codes[new] = len(texts) + np.arange(len(new))
    return _with_chunk(texts, values.take(pa.array(new))), codes


def _with_chunk(texts: pa.ChunkedArray, chunk: pa.Array) -> pa.ChunkedArray:
    if not len(chunk):
        return texts
    chunks = [*texts.chunks, chunk]
    while len(chunks) > 1 and len(chunks[-2]) < _CHUNK_RATIO * len(chunks[-1]):
        last, before = chunks.pop(), chunks.pop()
        chunks.append(pa.concat_arrays([before, last]))
    return pa.chunked_array(chunks)
