"""Drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import Instant

revision = "access_0002"
down_revision = "access_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "drafts",
        sa.Column("owner", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("drafts")
