"""Segments that are kept as lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import Instant

revision = "audience_0002"
down_revision = "audience_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "segments",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("origin", sa.JSON, nullable=False),
        sa.Column("members", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("segments")
