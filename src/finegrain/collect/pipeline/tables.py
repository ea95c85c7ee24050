"""The tables of refused items, of the changes that must not be applied twice, and of the figures of each hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class RefusedItemTable(Base):
    """One item of a request that was refused.

    ``item_hash`` keeps an item that is sent again from being kept twice; ``envelope`` is what stood around it in its request,
    without which it cannot be read again; ``status`` is ``open``, ``replayed`` once a replay has taken the item, or
    ``discarded``.
    """

    __tablename__ = "refused_items"
    __table_args__ = (Index("ix_refused_items_open", "status", "reason"), Index("ix_refused_items_source", "source", "status"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(100))
    format: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(50))
    detail: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10))
    closed_at: Mapped[datetime | None]
    envelope: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    item_hash: Mapped[str] = mapped_column(String(32), unique=True)


class AppliedChangeTable(Base):
    """A change of traits that was applied, kept as long as its message may be sent again."""

    __tablename__ = "applied_changes"

    message_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    applied_at: Mapped[datetime] = mapped_column(index=True)


class IngestHourTable(Base):
    """What one source sent within one hour (that of its answers); ``answers`` and ``lags`` are histograms, bucket → count."""

    __tablename__ = "ingest_hours"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    events: Mapped[int] = mapped_column(BigId)
    duplicates: Mapped[int] = mapped_column(BigId)
    refused: Mapped[int] = mapped_column(BigId)
    requests: Mapped[int] = mapped_column(BigId)
    failed: Mapped[int] = mapped_column(BigId)
    clamped: Mapped[int] = mapped_column(BigId)
    wrong_checksums: Mapped[int] = mapped_column(BigId)
    bots: Mapped[int] = mapped_column(BigId)
    commits: Mapped[int] = mapped_column(BigId)
    commit_s: Mapped[float] = mapped_column(Float)
    longest_commit_s: Mapped[float] = mapped_column(Float)
    answers: Mapped[dict[str, Any]]
    longest_answer_s: Mapped[float] = mapped_column(Float)
    lags: Mapped[dict[str, Any]]
