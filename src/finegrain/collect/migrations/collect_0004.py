"""Items of the catalogue, what stood around refused items, and the figures of each hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "collect_0004"
down_revision = "collect_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the columns."""
    with op.batch_alter_table("refused_items") as refused:
        refused.add_column(sa.Column("envelope", sa.JSON, nullable=True))
        refused.add_column(sa.Column("closed_at", Instant, nullable=True))
    op.create_index("ix_refused_items_source", "refused_items", ["source", "status"])
    _make_items()
    _make_hours()


def _make_items() -> None:
    op.create_table(
        "items",
        sa.Column("item_type", sa.String(255), primary_key=True),
        sa.Column("item_id", sa.String(255), primary_key=True),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("times", sa.JSON, nullable=False),
        sa.Column("set_at", Instant, nullable=True),
        sa.Column("deleted_at", Instant, nullable=True),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_items_live", "items", ["item_type", "deleted"])


def _make_hours() -> None:
    op.create_table(
        "ingest_hours",
        sa.Column("hour", Instant, primary_key=True),
        sa.Column("source", sa.String(100), primary_key=True),
        *(
            sa.Column(name, BigId, nullable=False)
            for name in ("events", "duplicates", "refused", "requests", "failed", "clamped", "wrong_checksums", "bots", "commits")
        ),
        sa.Column("commit_s", sa.Float, nullable=False),
        sa.Column("longest_commit_s", sa.Float, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("longest_answer_s", sa.Float, nullable=False),
        sa.Column("lags", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("ingest_hours", "items"):
        op.drop_table(table)
    op.drop_index("ix_refused_items_source", "refused_items")
    with op.batch_alter_table("refused_items") as refused:
        for column in ("closed_at", "envelope"):
            refused.drop_column(column)
