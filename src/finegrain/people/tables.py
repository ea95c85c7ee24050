"""The tables of people, of the ids seen on the wire and what links them, of traits, of consent, of how often people changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Table, Text, event, false
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class PersonTable(Base):
    """One resolved human who lives. ``known_since`` is when the person was first seen; ``traits_at`` the newest change."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    known_since: Mapped[datetime]
    traits_at: Mapped[datetime | None]


class DistinctIdTable(Base):
    """An id seen on the wire, and the person it belongs to from the beginning.

    ``own_id`` is its own person number, given at first sight for good; ``crowded`` marks an id that too many logins claimed.
    """

    __tablename__ = "distinct_ids"

    distinct_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id"), index=True)
    linked_at: Mapped[datetime]
    own_id: Mapped[int] = mapped_column(BigId, unique=True, index=True, server_default="0")
    login: Mapped[bool] = mapped_column(default=False, server_default=false())
    crowded: Mapped[bool] = mapped_column(default=False, server_default=false())


class IdSpanTable(Base):
    """From when on an id belongs to somebody else; ``number`` is the own number that begins then, 0 for none."""

    __tablename__ = "id_spans"

    distinct_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    from_us: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id"), index=True)
    number: Mapped[int] = mapped_column(BigId)


class EdgeTable(Base):
    """A link between two ids; only ever added, extended or dropped.

    ``again`` are the later moments at which it was said, in microseconds since 1970 UTC; ``number`` begins the new life of an
    id that is unbound, 0 for other kinds.
    """

    __tablename__ = "identity_edges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(10))
    from_id: Mapped[str] = mapped_column(String(255), index=True)
    to_id: Mapped[str] = mapped_column(String(255), index=True)
    at: Mapped[datetime]
    again: Mapped[list[Any]]
    from_login: Mapped[bool]
    to_login: Mapped[bool]
    number: Mapped[int] = mapped_column(BigId, default=0)
    source: Mapped[str] = mapped_column(String(100))
    message_id: Mapped[str] = mapped_column(String(300))
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[str] = mapped_column(String(100), default="")


class TraitChangeTable(Base):
    """What was said of the traits of an id, in the order of arrival; ``until`` is when the same was last said again."""

    __tablename__ = "trait_changes"
    __table_args__ = (Index("ix_trait_changes_distinct_id", "distinct_id", "until"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    distinct_id: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(10))
    values: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    until: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(100))
    message_id: Mapped[str] = mapped_column(String(300))


class TraitTable(Base):
    """One property of one person as the changes leave it; ``text`` is the value as text, for search and for queries."""

    __tablename__ = "traits"
    __table_args__ = (Index("ix_traits_name", "name", "person_id"),)

    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    text: Mapped[str] = mapped_column(String)
    set_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(100), default="", server_default="")


class ConsentTable(Base):
    """What one person said of a channel and purpose; only ever added. ``person`` is the number the person had then."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_channel", "channel", "purpose", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person: Mapped[int] = mapped_column(BigId, index=True)
    channel: Mapped[str] = mapped_column(String(50))
    purpose: Mapped[str] = mapped_column(String(50))
    granted: Mapped[bool]
    since: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(100))
    proof: Mapped[str] = mapped_column(Text)


class PeopleRevisionTable(Base):
    """One row that counts changes, and holds the newest own number given.

    ``revision`` counts those of people and of their ids, ``traits`` those of traits, ``trait_log`` what was said of any.
    """

    __tablename__ = "people_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigId)
    newest_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    traits: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    trait_log: Mapped[int] = mapped_column(BigId, default=0, server_default="0")


@event.listens_for(PeopleRevisionTable.__table__, "after_create")
def _begin_counting(table: Table, connection: Connection, **_options: object) -> None:
    connection.execute(table.insert().values(id=1, revision=0))
