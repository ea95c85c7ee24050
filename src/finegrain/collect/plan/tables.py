"""The tables of the tracking plan and of what violates it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class PlanSettingsTable(Base):
    """The one row with what holds for the whole plan."""

    __tablename__ = "plan_settings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    undeclared_events: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime]


class PlannedEventTable(Base):
    """One declared event; ``declaration`` is what a file holds of it."""

    __tablename__ = "planned_events"

    event: Mapped[str] = mapped_column(String(500), primary_key=True)
    declaration: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class PlanViolationTable(Base):
    """How often events of one source violated the plan in one way; ``violation_hash`` tells the ways apart."""

    __tablename__ = "plan_violations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    violation_hash: Mapped[str] = mapped_column(String(32), unique=True)
    source: Mapped[str] = mapped_column(String(100))
    event: Mapped[str] = mapped_column(Text)
    property: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(30))
    count: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    example: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
