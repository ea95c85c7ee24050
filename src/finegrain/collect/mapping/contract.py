"""What a mapping is: which column of a file fills which field of ours, and how its values are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from finegrain.collect.files.contract import DetectedFile

ImportKind = Literal["orders", "events", "people"]
Granularity = Literal["order", "line"]
AmountMeaning = Literal["order", "line"]


@dataclass(frozen=True)
class Field:
    """One field of ours that a column can fill; ``required`` fields must be mapped before an import runs."""

    name: str
    required: bool
    help: str


FIELDS: dict[ImportKind, tuple[Field, ...]] = {}
"""The fields of each kind; filled in by ``mapping.fields``."""


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file are read.

    Attributes:
        kind: what the rows are.
        columns: field name → column name.
        granularity: for orders: one row is a whole ``order`` or one ``line`` of it; lines of one order id are added up.
        time_format: how the time column is read: ``auto`` (native or ISO 8601), a strptime pattern of DuckDB, ``epoch_s``,
            ``epoch_ms``, or ``excel`` (days since 1899-12-30). Times without a zone are in the project's zone.
        refund_prefix: order ids that start with it are refunds.
        refund_status: values of the status column that mean cancelled or refunded (compared without case or spaces).
        keep_columns: columns that are kept as properties (events) or traits (people) under their own names; None keeps
            every column that fills no field.
    """

    kind: ImportKind
    columns: dict[str, str]
    granularity: Granularity = "order"
    time_format: str = "auto"
    refund_prefix: str | None = None
    refund_status: tuple[str, ...] = ()
    keep_columns: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the mapping as JSON, the form in which it is saved."""
        return {
            "kind": self.kind,
            "columns": dict(self.columns),
            "granularity": self.granularity,
            "time_format": self.time_format,
            "refund_prefix": self.refund_prefix,
            "refund_status": list(self.refund_status),
            "keep_columns": None if self.keep_columns is None else list(self.keep_columns),
        }


@dataclass(frozen=True)
class ColumnPreview:
    """One column of the file as the preview shows it; ``field`` is what it was guessed to fill, with the reason why."""

    name: str
    type: str
    samples: tuple[str, ...]
    field: str | None
    reason: str


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do, before it does it.

    Attributes:
        mapping: the guessed mapping, overrides applied.
        missing: required fields that no column fills; the import is refused while there are any.
        notes: sentences about what was assumed (ambiguous dates, currency, granularity), already in the reader's language.
        sample: the first rows as our fields would hold them.
    """

    file: DetectedFile
    mapping: Mapping
    columns: tuple[ColumnPreview, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    sample: tuple[dict[str, str], ...] = field(default=())
