"""Traits by name, and how often they changed: for queries that read one trait of everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId

revision = "people_0004"
down_revision = "people_0003"
branch_labels = None
depends_on = None

_COUNTS = ("traits", "trait_log")


def upgrade() -> None:
    """Make the index and the columns."""
    op.create_index("ix_traits_name", "traits", ["name", "person_id"])
    with op.batch_alter_table("people_revision") as revisions:
        for name in _COUNTS:
            revisions.add_column(sa.Column(name, BigId, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("people_revision") as revisions:
        for name in _COUNTS:
            revisions.drop_column(name)
    op.drop_index("ix_traits_name", "traits")
