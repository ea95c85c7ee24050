"""The catalogue of events and properties, the tracking plan, and what violates it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "collect_0005"
down_revision = "collect_0004"
branch_labels = None
depends_on = None

TABLES = (
    "plan_violations",
    "planned_events",
    "plan_settings",
    "catalogued_properties",
    "catalogued_events",
    "catalogue_progress",
)


def upgrade() -> None:
    """Make the tables."""
    _make_catalogue()
    _make_plan()


def _make_catalogue() -> None:
    op.create_table(
        "catalogue_progress",
        sa.Column("id", sa.Integer, primary_key=True),
        *_counts("counted", "other_events"),
        sa.Column("refreshed_at", Instant, nullable=False),
    )
    op.create_table(
        "catalogued_events",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("event_hash", sa.String(32), nullable=False),
        sa.Column("source_hash", sa.String(32), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        *_counts("count", "other_properties"),
        sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
        sa.UniqueConstraint("event_hash", "source_hash"),
    )
    op.create_table(
        "catalogued_properties",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("event_id", BigId, sa.ForeignKey("catalogued_events.id"), nullable=False),
        sa.Column("name_hash", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *_counts("count", "texts", "times", "booleans", "lists", "objects", "nulls"),
        sa.Column("examples", sa.JSON, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
        sa.UniqueConstraint("event_id", "name_hash"),
    )


def _make_plan() -> None:
    op.create_table(
        "plan_settings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("undeclared_events", sa.String(10), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_table(
        "planned_events",
        sa.Column("event", sa.String(500), primary_key=True),
        sa.Column("declaration", sa.JSON, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_table(
        "plan_violations",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("violation_hash", sa.String(32), nullable=False, unique=True),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("property", sa.Text, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        *_counts("count", "refused"),
        sa.Column("example", sa.Text, nullable=False),
        sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
    )


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
