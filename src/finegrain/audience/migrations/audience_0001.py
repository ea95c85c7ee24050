"""Saved thresholds of tier schemes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "audience_0001"
down_revision = None
branch_labels = ("audience",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tier_thresholds",
        sa.Column("scheme", sa.String(50), primary_key=True),
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("tier_thresholds")
