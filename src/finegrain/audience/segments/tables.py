"""The table of segments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class SegmentTable(Base):
    """One list of people under a name; ``members`` are person ids as ``members.packed`` writes them."""

    __tablename__ = "segments"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    description: Mapped[str] = mapped_column(Text)
    origin: Mapped[dict[str, Any]]
    members: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(255))
