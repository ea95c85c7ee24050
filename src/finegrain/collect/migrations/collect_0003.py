"""Refused items of requests, and changes that were applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "collect_0003"
down_revision = "collect_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "refused_items",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(50), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("item_hash", sa.String(32), nullable=False, unique=True),
    )
    op.create_index("ix_refused_items_open", "refused_items", ["status", "reason"])
    op.create_table(
        "applied_changes",
        sa.Column("message_id", sa.String(255), primary_key=True),
        sa.Column("applied_at", Instant, nullable=False),
    )
    op.create_index("ix_applied_changes_applied_at", "applied_changes", ["applied_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("applied_changes", "refused_items"):
        op.drop_table(table)
