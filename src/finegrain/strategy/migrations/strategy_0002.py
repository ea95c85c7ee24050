"""Conditions on the events of goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "strategy_0002"
down_revision = "strategy_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; a goal without conditions has none."""
    with op.batch_alter_table("goals") as goals:
        goals.add_column(sa.Column("metric_filters", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Drop it; goals with conditions go with it, for without them they would count something else."""
    op.execute("DELETE FROM goals WHERE metric_filters IS NOT NULL")
    with op.batch_alter_table("goals") as goals:
        goals.drop_column("metric_filters")
