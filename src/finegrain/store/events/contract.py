"""What every event store does, whatever the engine, and the shape in which events go in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.store.events.census import Census

EVENT_SCHEMA = pa.schema(
    [
        pa.field("message_id", pa.string(), nullable=False),
        pa.field("distinct_id", pa.string(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("received_at", pa.timestamp("us"), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("historical", pa.bool_(), nullable=False),
        pa.field("properties", pa.string(), nullable=False),
    ]
)
"""Events as they are appended: times are UTC without zone, ``properties`` is one JSON object as text.

``message_id`` makes the event count once; ``historical`` marks what must never trigger a message.
"""

PropertyType = Literal["text", "decimal", "number", "boolean"]


@dataclass(frozen=True)
class PropertyColumn:
    """A property that is to be read as a typed column.

    Attributes:
        name: the property's name at the top level of ``properties``.
        type: how to read it: ``text``, ``decimal`` (exact, 6 places), ``number`` (float64, finite) or ``boolean`` (a number
            but 0 is true, as are words such as ``yes``); a value that cannot be read so is null, and so is a JSON null.
    """

    name: str
    type: PropertyType


@dataclass(frozen=True)
class EventRow:
    """One stored event. Times are aware, in UTC; ``seq`` is the order of arrival."""

    seq: int
    message_id: str
    distinct_id: str
    event: str
    time: datetime
    received_at: datetime
    source: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class IdSpan:
    """The events of one id from ``from_us`` on and before ``until_us``, in microseconds since 1970 UTC; None for no bound."""

    distinct_id: str
    from_us: int | None = None
    until_us: int | None = None


class EventStore(Protocol):
    """An append-only store of events in which each ``message_id`` is kept once."""

    def append(self, events: pa.Table) -> NDArray[np.bool_]:
        """Store ``events`` (of ``EVENT_SCHEMA``) in one durable commit.

        Returns:
            ``(n_events,) bool``: True where the event was new; False where its ``message_id`` was stored before, or stands
            earlier in ``events``.

        Raises:
            StorageError: nothing was stored.
        """
        ...

    def last_seq(self) -> int:
        """Give the arrival number of the newest event, 0 when there is none. It changes whenever events are added."""
        ...

    def scan(
        self, *, events: Sequence[str] | None = None, columns: Sequence[PropertyColumn] = (), after_seq: int = 0
    ) -> pa.RecordBatchReader:
        """Read events in order of arrival, as batches.

        Args:
            events: only these event names; None for all.
            columns: properties to read as columns beside the fixed ones.
            after_seq: only events that arrived after this number.

        Returns:
            Batches of ``seq int64, distinct_id string, event string, time timestamp[us]``, then one column a property
            (string, decimal128(38, 6), float64 or bool).
        """
        ...

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Read one property of all events in order of arrival, as batches of ``seq int64`` and ``value``; see ``scan``.

        Args:
            column: which property, and how to read it.
            after_seq: only events that arrived after this number.
        """
        ...

    def timeline(self, ids: Sequence[str | IdSpan], *, before_seq: int | None = None, limit: int = 50) -> list[EventRow]:
        """Give the newest events of some ids, newest first.

        Args:
            ids: ids, or spans of them that do not overlap; an id by itself means all of its events.
            before_seq: page on after the event of this number.
            limit: how many at most.
        """
        ...

    def event_counts(self) -> dict[str, int]:
        """Give how many events of each name are stored, most frequent first."""
        ...

    def census(self, after_seq: int, until_seq: int) -> Census:
        """Count what the events with ``after_seq < seq ≤ until_seq`` hold: names, sources, properties and their types."""
        ...

    def volumes(self, edges_us: Sequence[int], *, event: str | None = None, source: str | None = None) -> dict[str, list[int]]:
        """Count the events of each name that happened between neighbouring edges.

        Args:
            edges_us: at least two instants in order, microseconds since 1970 in UTC.
            event: only those of this name; None for all.
            source: only what this source sent; None for all.

        Returns:
            name → one count a stretch; names without an event between the first and the last edge are missing.
        """
        ...

    def close(self) -> None:
        """Release files and connections; a closed store cannot be used again."""
        ...


def empty_events() -> pa.Table:
    """Give a table of ``EVENT_SCHEMA`` without rows."""
    return EVENT_SCHEMA.empty_table()
