"""The tables of the audience room: thresholds of tier schemes that somebody set for this workspace."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops import Base


class TierThresholdTable(Base):
    """One threshold that differs from its default; ``value`` is a JSON number or text."""

    __tablename__ = "tier_thresholds"

    scheme: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
