"""What an import gives back: the summary, its progress, and the rows it refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.mapping.contract import ImportKind, Mapping

Reason = Literal[
    "no_person",
    "no_order_id",
    "no_event",
    "no_time",
    "bad_time",
    "future_time",
    "no_amount",
    "bad_amount",
    "bad_quantity",
    "negative_price",
    "other_currency",
    "bad_properties",
    "id_too_long",
    "broken_row",
]
"""Why a row was refused. Stable: programs and dead letters keep these."""


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is: rows read so far, and the share of the files' bytes in 0–1."""

    rows: int
    share: float
    stage: Literal["reading", "checking", "storing"]


ProgressCallback = Callable[[ImportProgress], None]


@dataclass(frozen=True)
class ImportSummary:
    """What one import did; ``rows == accepted + sum(rejected.values())``.

    Attributes:
        rows: rows read.
        accepted: rows that are good, duplicates included.
        rejected: refused rows by reason.
        duplicates: accepted rows that changed nothing because they were stored before.
        orders: orders added or changed by this import.
        refunds: refunds added.
        events: events added, of whatever kind.
        people: people named by accepted rows.
        buyers: people named by accepted orders (refunds alone do not make a buyer).
        new_people: people that were not known before.
        revenue_minor: net sum of the accepted orders minus refunds, duplicates included, in minor units.
    """

    import_id: int
    kind: ImportKind
    rows: int
    accepted: int
    rejected: dict[str, int]
    duplicates: int
    orders: int
    refunds: int
    events: int
    people: int
    buyers: int
    new_people: int
    revenue_minor: int
    currency: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Give the summary as the JSON object that the CLI prints; ``net_revenue`` is a decimal in major units, as text."""
        from finegrain.money import Money, exponent

        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": dict(self.rejected),
            "orders": self.orders,
            "refunds": self.refunds,
            "people": self.people,
            "duplicates": self.duplicates,
            "events": self.events,
            "buyers": self.buyers,
            "new_people": self.new_people,
            "net_revenue": f"{Money(self.currency, self.revenue_minor).major:.{exponent(self.currency)}f}",
            "currency": self.currency,
            "import_id": self.import_id,
            "kind": self.kind,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class DeadLetter:
    """One refused row, kept so that it can be looked at and replayed.

    Attributes:
        import_id: the import that read it.
        file: the path of its file, as it was given.
        line: where it stands in the file, as ``FileBatch.lines`` counts.
        reason: why it was refused, one of ``Reason``.
        detail: the reason as a sentence, with the value, in the reader's language.
        raw: the row as it was read, by column.
        refused_at: when it was refused last, aware, in UTC.
    """

    id: int
    import_id: int
    file: str
    line: int
    reason: str
    detail: str
    raw: dict[str, Any]
    refused_at: datetime


@dataclass(frozen=True)
class ImportRecord:
    """One import or replay of the past, as the history lists it; ``summary`` is ``ImportSummary.to_dict()`` of it.

    Attributes:
        status: ``finished``, or ``replayed`` for a replay of dead letters.
        files: the paths as they were given; empty for a replay.
    """

    id: int
    kind: ImportKind
    status: Literal["finished", "replayed"]
    files: tuple[str, ...]
    mapping: Mapping
    summary: dict[str, Any]
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True)
class SavedMapping:
    """A mapping that was saved under a name."""

    name: str
    mapping: Mapping
    saved_at: datetime
