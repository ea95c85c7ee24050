"""What people agreed to, and what they refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "people_0005"
down_revision = "people_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consents",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("person", BigId, nullable=False),
        sa.Column("channel", sa.String(50), nullable=False),
        sa.Column("purpose", sa.String(50), nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
    )
    op.create_index("ix_consents_person", "consents", ["person"])
    op.create_index("ix_consents_channel", "consents", ["channel", "purpose", "since"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("consents")
