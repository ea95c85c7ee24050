"""The table of past memberships."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class MembershipTable(Base):
    """Who was in a segment, or in which tier of a scheme, at the end of a civil day, or of the running day as of ``as_of``.

    ``members`` is what ``places.packed`` writes; ``keys`` are the tiers of a scheme in order, of a segment its name alone.
    ``definition`` is another one when the rule or thresholds are; ``filled`` tells what was computed afterwards.
    """

    __tablename__ = "memberships"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    computed_at: Mapped[datetime]
    keys: Mapped[list[Any]]
    definition: Mapped[str] = mapped_column(String(64))
    filled: Mapped[bool]
    members: Mapped[bytes] = mapped_column(LargeBinary)
