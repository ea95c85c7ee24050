"""The table of sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class SourceTable(Base):
    """One source. ``key_hash`` and ``old_key_hash`` are SHA-256 in hex; the keys themselves are nowhere."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    format: Mapped[str] = mapped_column(String(20))
    key_hash: Mapped[str] = mapped_column(String(64))
    key_hint: Mapped[str] = mapped_column(String(4))
    key_made_at: Mapped[datetime]
    old_key_hash: Mapped[str | None] = mapped_column(String(64))
    old_key_until: Mapped[datetime | None]
    allowed_origins: Mapped[list[Any]]
    enabled: Mapped[bool]
    created_at: Mapped[datetime]
