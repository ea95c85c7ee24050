"""Goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "strategy_0001"
down_revision = None
branch_labels = ("strategy",)
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "goals",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("metric", sa.String(30), nullable=False),
        sa.Column("metric_event", sa.Text, nullable=False),
        sa.Column("metric_tier", sa.String(100), nullable=False),
        sa.Column("whom_tier", sa.String(100), nullable=False),
        sa.Column("whom_segment", sa.String(100), nullable=False),
        sa.Column("members", sa.LargeBinary, nullable=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("baseline", sa.Float, nullable=True),
        sa.Column("baseline_first", sa.Date, nullable=False),
        sa.Column("baseline_last", sa.Date, nullable=False),
        sa.Column("target", sa.Float, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("budget_minor", sa.BigInteger, nullable=True),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.UniqueConstraint("name", name="uq_goals_name"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("goals")
