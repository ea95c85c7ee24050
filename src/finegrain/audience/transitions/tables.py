"""The table of transitions that are to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class TransitionToSendTable(Base):
    """An event that is to be stored, written in the transaction that keeps the state it leads to; gone once it is stored."""

    __tablename__ = "transitions_to_send"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    distinct_id: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(String(30))
    time: Mapped[datetime]
    properties: Mapped[dict[str, Any]]
