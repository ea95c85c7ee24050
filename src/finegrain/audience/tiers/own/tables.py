"""The table of tier schemes of one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class TierSchemeTable(Base):
    """One scheme; ``definition`` is its JSON form, ``OwnScheme.definition``."""

    __tablename__ = "tier_schemes"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    definition: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(255))
