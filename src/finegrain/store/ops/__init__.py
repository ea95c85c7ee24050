"""The ops store: its engine, the base of all tables, and the migration runner. The tables themselves belong to the rooms."""

from __future__ import annotations

from finegrain.store.ops.base import Base
from finegrain.store.ops.engine import OpsStore

__all__ = ["Base", "OpsStore"]
