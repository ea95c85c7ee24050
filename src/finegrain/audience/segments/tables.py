"""The table of segments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class SegmentTable(Base):
    """A list of people under a name, or a rule.

    ``members`` are person ids as ``members.packed`` writes them, nobody's for a rule; ``rule`` is null for a list. ``size`` of a
    rule is that as of ``as_of``, found at ``computed_at``.
    """

    __tablename__ = "segments"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    description: Mapped[str] = mapped_column(Text)
    origin: Mapped[dict[str, Any]]
    members: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(255))
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    as_of: Mapped[datetime | None]
    computed_at: Mapped[datetime | None]
