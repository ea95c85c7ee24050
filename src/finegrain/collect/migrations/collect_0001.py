"""Imports, dead letters and saved mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "collect_0001"
down_revision = None
branch_labels = ("collect",)
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "imports",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant, nullable=False),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("import_id", BigId, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("tried_import_id", BigId, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("file", sa.Integer, nullable=False),
        sa.Column("line", BigId, nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("row_hash", sa.BigInteger, nullable=False, unique=True),
    )
    op.create_index("ix_dead_letters_open", "dead_letters", ["status", "reason"])
    op.create_table(
        "mappings",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("mappings", "dead_letters", "imports"):
        op.drop_table(table)
