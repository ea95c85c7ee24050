"""Who was in segments and tiers on past days; transitions that are to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import Instant

revision = "audience_0004"
down_revision = "audience_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "memberships",
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("computed_at", Instant, nullable=False),
        sa.Column("keys", sa.JSON, nullable=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("filled", sa.Boolean, nullable=False),
        sa.Column("members", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "transitions_to_send",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(64), nullable=False, unique=True),
        sa.Column("distinct_id", sa.Text, nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("time", Instant, nullable=False),
        sa.Column("properties", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("transitions_to_send")
    op.drop_table("memberships")
