"""The table of goals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class GoalTable(Base):
    """One goal; ``members`` are the frozen people as ``audience.segments.members.packed`` writes them, None where it is live.

    ``metric_filters`` are the conditions on the event and how they combine, null where there are none.
    """

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    metric: Mapped[str] = mapped_column(String(30))
    metric_event: Mapped[str] = mapped_column(Text)
    metric_tier: Mapped[str] = mapped_column(String(100))
    metric_filters: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    whom_tier: Mapped[str] = mapped_column(String(100))
    whom_segment: Mapped[str] = mapped_column(String(100))
    members: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int]
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_first: Mapped[date]
    baseline_last: Mapped[date]
    target: Mapped[float] = mapped_column(Float)
    first_day: Mapped[date]
    last_day: Mapped[date]
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(255))
