"""The tables of dashboards and their cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base, BigId


class DashboardTable(Base):
    """One dashboard."""

    __tablename__ = "dashboards"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    period: Mapped[str] = mapped_column(String(50))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(255))


class DashboardCardTable(Base):
    """One question on a dashboard; ``place`` orders the cards, from 0."""

    __tablename__ = "dashboard_cards"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    dashboard: Mapped[int] = mapped_column(BigId, ForeignKey("dashboards.id"), index=True)
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(30))
    query: Mapped[dict[str, Any]]
    width: Mapped[int]
    height: Mapped[int]
