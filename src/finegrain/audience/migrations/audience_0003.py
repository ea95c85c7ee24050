"""Segments that are kept as rules, and when their size was last computed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import Instant

revision = "audience_0003"
down_revision = "audience_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; a segment without a rule is a list."""
    with op.batch_alter_table("segments") as segments:
        segments.add_column(sa.Column("rule", sa.JSON(none_as_null=True), nullable=True))
        segments.add_column(sa.Column("as_of", Instant, nullable=True))
        segments.add_column(sa.Column("computed_at", Instant, nullable=True))


def downgrade() -> None:
    """Drop them; segments that are rules go with them."""
    op.execute("DELETE FROM segments WHERE rule IS NOT NULL")
    with op.batch_alter_table("segments") as segments:
        for name in ("rule", "as_of", "computed_at"):
            segments.drop_column(name)
