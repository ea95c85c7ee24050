"""Dashboards and their cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "behaviour_0001"
down_revision = None
branch_labels = ("behaviour",)
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "dashboards",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("period", sa.String(50), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.UniqueConstraint("name", name="uq_dashboards_name"),
    )
    op.create_table(
        "dashboard_cards",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("dashboard", BigId, sa.ForeignKey("dashboards.id", name="fk_dashboard_cards_dashboard"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("query", sa.JSON, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
    )
    op.create_index("ix_dashboard_cards_dashboard", "dashboard_cards", ["dashboard"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("dashboard_cards")
    op.drop_table("dashboards")
