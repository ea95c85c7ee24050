"""Tier schemes of one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import Instant

revision = "audience_0005"
down_revision = "audience_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tier_schemes",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("tier_schemes")
