"""Sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "collect_0002"
down_revision = "collect_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sources",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("key_hint", sa.String(4), nullable=False),
        sa.Column("key_made_at", Instant, nullable=False),
        sa.Column("old_key_hash", sa.String(64), nullable=True),
        sa.Column("old_key_until", Instant, nullable=True),
        sa.Column("allowed_origins", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("sources")
