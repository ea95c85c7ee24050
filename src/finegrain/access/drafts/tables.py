"""The table of drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class DraftTable(Base):
    """One draft; ``owner`` is the kind and the number of whoever works on it, such as ``user:3``."""

    __tablename__ = "drafts"

    owner: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
