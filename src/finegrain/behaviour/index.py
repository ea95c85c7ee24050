"""The behaviour index itself: what everybody did, as arrays that lie together by person and time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np

from finegrain.zones import from_us

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa
    from numpy.typing import NDArray

ChangeKind = Literal[0, 1, 2]
UPDATE: ChangeKind = 0
REFUND: ChangeKind = 1
CANCEL: ChangeKind = 2
FOREVER = 2**63 - 1
"""The time until which something holds that is never undone."""


@dataclass(frozen=True)
class BehaviourIndex:
    """Everything people did up to event ``last_seq``; immutable, all arrays read-only.

    A person's *code* is the place of the person in ``person_ids``. Slices of person ``p`` are
    ``[offsets[p], offsets[p + 1])``. Times are microseconds since 1970 UTC, amounts minor units of ``currency``.

    Attributes:
        last_seq: arrival number of the newest event that is in.
        people_watermark: state of the people room when it was built.
        currency: ISO 4217 code.
        event_names: names by event code.
        person_ids: ``(P,) int64``, ascending; people without any event included.
        known_us: ``(P,) int64``, when the person became known.
        offsets: ``(P + 1,) int64`` into the events.
        time_us, event: ``(N,) int64`` and ``(N,) int32``, each person's events in time order, ties in order of arrival.
        row: ``(N,) int32``, the row of each event in the log, where the properties of events are found.
        order_offsets: ``(P + 1,) int64`` into the orders.
        order_time_us: ``(M,) int64``, first sight, ascending within a person.
        order_amount_minor: ``(M,) int64``, total at first sight, never negative.
        order_code: ``(M,) int32``, place of the order's id in ``order_names``, −1 where the order came without one.
        order_names: all order ids that were ever named, each once.
        change_order: ``(C,) int64``, order place, ascending; a place's changes lie in time order.
        change_time_us, change_kind, change_minor: ``(C,)`` ``int64``, ``int8`` and ``int64``: ``UPDATE`` to a new total,
            ``REFUND`` of an amount, or ``CANCEL`` (refund in full). A change may lie before its order's first sight.
        orphan_offsets: ``(P + 1,) int64`` into the refunds that name no known order.
        orphan_time_us, orphan_minor: ``(R,) int64``, when and how much, ascending in time within a person.
        orphan_until_us: ``(R,) int64``, first sight of the order the refund names (it stops being an orphan after that
            instant), ``FOREVER`` where that order never comes.
    """

    last_seq: int
    people_watermark: tuple[int, int]
    currency: str
    event_names: tuple[str, ...]
    person_ids: NDArray[np.int64]
    known_us: NDArray[np.int64]
    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    event: NDArray[np.int32]
    row: NDArray[np.int32]
    order_offsets: NDArray[np.int64]
    order_time_us: NDArray[np.int64]
    order_amount_minor: NDArray[np.int64]
    order_code: NDArray[np.int32]
    order_names: pa.ChunkedArray
    change_order: NDArray[np.int64]
    change_time_us: NDArray[np.int64]
    change_kind: NDArray[np.int8]
    change_minor: NDArray[np.int64]
    orphan_offsets: NDArray[np.int64]
    orphan_time_us: NDArray[np.int64]
    orphan_minor: NDArray[np.int64]
    orphan_until_us: NDArray[np.int64]

    def __post_init__(self) -> None:
        # Kernels are compiled once, for read-only arrays; a memory map and an array in memory then have one type.
        for name in array_names():
            view = np.ascontiguousarray(getattr(self, name)).view(np.ndarray)[:]
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def people(self) -> int:
        """How many people are known."""
        return len(self.person_ids)

    @property
    def events(self) -> int:
        """How many events are in."""
        return len(self.time_us)

    @property
    def orders(self) -> int:
        """How many orders are in, refunded ones included."""
        return len(self.order_time_us)

    def order_id(self, order: int) -> str | None:
        """Give the id of the order at place ``order``, None where it came without one."""
        code = int(self.order_code[order])
        return None if code < 0 else str(self.order_names[code])

    def data_end(self) -> datetime | None:
        """Give the time of the newest event, aware, in UTC; None without events."""
        return from_us(int(self.time_us.max())) if self.events else None

    def code_of(self, person_id: int) -> int | None:
        """Give the code of a person, None when the index does not know the person."""
        place = int(np.searchsorted(self.person_ids, person_id))
        return place if place < self.people and self.person_ids[place] == person_id else None


def array_names() -> tuple[str, ...]:
    """Give the names of the attributes that are numpy arrays, in order."""
    return tuple(field.name for field in fields(BehaviourIndex) if str(field.type).startswith("NDArray"))
