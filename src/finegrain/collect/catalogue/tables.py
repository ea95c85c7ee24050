"""The tables of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class CatalogueProgressTable(Base):
    """The one row that says up to which arrival number all events are counted."""

    __tablename__ = "catalogue_progress"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    counted: Mapped[int] = mapped_column(BigInteger)
    other_events: Mapped[int] = mapped_column(BigInteger)
    refreshed_at: Mapped[datetime]


class CataloguedEventTable(Base):
    """One event of one source. Names may be of any length and content, so hashes tell them apart."""

    __tablename__ = "catalogued_events"
    __table_args__ = (UniqueConstraint("event_hash", "source_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    event_hash: Mapped[str] = mapped_column(String(32))
    source_hash: Mapped[str] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger)
    other_properties: Mapped[int] = mapped_column(BigInteger)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class CataloguedPropertyTable(Base):
    """One property of one event of one source; what its values were is counted, numbers are the rest."""

    __tablename__ = "catalogued_properties"
    __table_args__ = (UniqueConstraint("event_id", "name_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("catalogued_events.id"))
    name_hash: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger)
    texts: Mapped[int] = mapped_column(BigInteger)
    times: Mapped[int] = mapped_column(BigInteger)
    booleans: Mapped[int] = mapped_column(BigInteger)
    lists: Mapped[int] = mapped_column(BigInteger)
    objects: Mapped[int] = mapped_column(BigInteger)
    nulls: Mapped[int] = mapped_column(BigInteger)
    examples: Mapped[list[Any]]
    last_seen: Mapped[datetime]
