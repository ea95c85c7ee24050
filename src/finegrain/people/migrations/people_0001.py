"""People, distinct ids and traits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "people_0001"
down_revision = None
branch_labels = ("people",)
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "people",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("known_since", Instant, nullable=False),
    )
    op.create_table(
        "distinct_ids",
        sa.Column("distinct_id", sa.String(255), primary_key=True),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("linked_at", Instant, nullable=False),
    )
    op.create_table(
        "traits",
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("set_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("traits", "distinct_ids", "people"):
        op.drop_table(table)
