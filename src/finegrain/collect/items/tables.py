"""The table of items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finegrain.store.ops.base import Base


class ItemTable(Base):
    """One item.

    ``times`` says for each of ``values`` when it was set, in microseconds since 1970 UTC; ``set_at`` is the latest moment at
    which anything was set, ``deleted_at`` the latest at which the item was deleted; ``deleted`` says which of them is later.
    ``source`` sent the latest of these. ``text`` is what a search looks in.
    """

    __tablename__ = "items"
    __table_args__ = (Index("ix_items_live", "item_type", "deleted"),)

    item_type: Mapped[str] = mapped_column(String(255), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    values: Mapped[dict[str, Any]]
    times: Mapped[dict[str, Any]]
    set_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted: Mapped[bool]
    source: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
