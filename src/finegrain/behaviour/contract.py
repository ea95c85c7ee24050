"""What the behaviour index knows of each person at a moment, and what it asks of the people room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.people.contract import Ownership
    from finegrain.store.events.contract import PropertyColumn

NEVER = -(2**63)
"""The time of something that has not happened."""

OrderStatus = Literal["completed", "partly_refunded", "refunded", "cancelled"]
"""``refunded`` and ``cancelled`` orders are not purchases."""


@dataclass(frozen=True)
class PersonFacts:
    """Order and activity facts of every known person, counting only what happened before ``as_of_us``.

    All arrays have one entry a person, in the order of ``person_ids``. Times are microseconds since 1970 UTC, ``NEVER`` where
    there is none. A *purchase* is an order that is not refunded in full before ``as_of_us`` (BEHAVIOUR, order facts).

    Attributes:
        as_of_us: the moment; exclusive.
        window_start_us: start of the look-back window of the ``window_`` figures; inclusive.
        person_ids: ``(n,) int64``, ascending.
        known_since_us: when the person became known: by the first event of any kind, or before it, as by an imported sign-up.
        last_event_us: newest event of any kind, orders and refunds included, but messages to the person (``receiving``).
        first_purchase_us, last_purchase_us: over all purchases.
        purchases: ``(n,) int32``, all purchases.
        revenue_minor: ``(n,) int64``, all orders net of refunds; negative where refunds name no known order.
        window_purchases, window_revenue_minor: the same inside the window. Refunds that name an order count at the order's
            time, others at their own.
    """

    as_of_us: int
    window_start_us: int
    person_ids: NDArray[np.int64]
    known_since_us: NDArray[np.int64]
    last_event_us: NDArray[np.int64]
    first_purchase_us: NDArray[np.int64]
    last_purchase_us: NDArray[np.int64]
    purchases: NDArray[np.int32]
    revenue_minor: NDArray[np.int64]
    window_purchases: NDArray[np.int32]
    window_revenue_minor: NDArray[np.int64]


@dataclass(frozen=True)
class OrderRow:
    """One order of one person, as of a moment.

    Attributes:
        order_id: empty where the order came without one.
        time: when the order was first seen; aware, in UTC.
        amount_minor: latest known total.
        refunded_minor: sum of refunds, at most ``amount_minor``.
        net_minor: ``amount_minor - refunded_minor``.
        status: whether and how it was taken back.
    """

    order_id: str
    time: datetime
    amount_minor: int
    refunded_minor: int
    net_minor: int
    status: OrderStatus


@dataclass(frozen=True)
class UnmatchedRefund:
    """A refund that names no known order; it subtracts from the person's revenue at its own time (aware, UTC)."""

    time: datetime
    amount_minor: int


class EventSource(Protocol):
    """What the index asks of the event store; see ``store.events.contract.EventStore``."""

    def last_seq(self) -> int:
        """Give the arrival number of the newest event, 0 when there is none."""
        ...

    def scan(
        self, *, events: Sequence[str] | None = None, columns: Sequence[PropertyColumn] = (), after_seq: int = 0
    ) -> pa.RecordBatchReader:
        """Read events in order of arrival, as batches."""
        ...

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> pa.RecordBatchReader:
        """Read one property of all events in order of arrival: ``seq`` and ``value``."""
        ...


class PeopleSource(Protocol):
    """What the index asks of the people room; ``PeopleService`` gives it, and says what each method means."""

    def watermark(self) -> tuple[int, int]:
        """Give two numbers that change whenever people or their ids do; new ones alone leave the second as it is."""
        ...

    def ownership(self, ids: Sequence[str] | None = None) -> Ownership:
        """Give to whom the events of each distinct id belong, over time; of all ids or of those named."""
        ...

    def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give all person ids above ``after``, ascending, and since when each is known, in microseconds since 1970 UTC."""
        ...

    def register(self, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
        """Give the person of each id, making the missing ones."""
        ...
