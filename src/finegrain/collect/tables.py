"""The tables of imports, of the rows they refused, and of saved mappings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class ImportTable(Base):
    """One finished import or replay. ``files`` are paths as they were given; ``summary`` is what was printed."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    files: Mapped[list[Any]]
    mapping: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]


class DeadLetterTable(Base):
    """One refused row.

    ``row_hash`` keeps a row from being kept twice; ``tried_import_id`` is the import or replay that refused it last, whose
    mapping explains the reason; ``status`` is ``open``, or ``replayed`` once a replay has taken the row.
    """

    __tablename__ = "dead_letters"
    __table_args__ = (Index("ix_dead_letters_open", "status", "reason"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    import_id: Mapped[int] = mapped_column(BigId, ForeignKey("imports.id"))
    tried_import_id: Mapped[int] = mapped_column(BigId, ForeignKey("imports.id"))
    file: Mapped[int] = mapped_column(Integer)
    line: Mapped[int] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(10))
    raw: Mapped[str] = mapped_column(Text)
    row_hash: Mapped[int] = mapped_column(BigInteger, unique=True)


class SavedMappingTable(Base):
    """A mapping that was saved under a name."""

    __tablename__ = "mappings"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    mapping: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
