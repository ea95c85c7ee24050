"""Links between ids, whose they are over time, and the log of traits."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from finegrain.store.ops.base import BigId, Instant

revision = "people_0003"
down_revision = "people_0002"
branch_labels = None
depends_on = None

_ROWS_AT_ONCE = 10_000


def upgrade() -> None:
    """Make the tables; each known id is its person's own, and the traits begin the log under the person's first id."""
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("traits_at", Instant, nullable=True))
    with op.batch_alter_table("distinct_ids") as ids:
        ids.add_column(sa.Column("own_id", BigId, nullable=False, server_default="0"))
        ids.add_column(sa.Column("login", sa.Boolean, nullable=False, server_default=sa.false()))
        ids.add_column(sa.Column("crowded", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("traits") as traits:
        traits.add_column(sa.Column("source", sa.String(100), nullable=False, server_default=""))
        traits.alter_column("name", existing_type=sa.String(100), type_=sa.String(255), existing_nullable=False)
    with op.batch_alter_table("people_revision") as revisions:
        revisions.add_column(sa.Column("newest_id", BigId, nullable=False, server_default="0"))
    _create_tables()
    _move()


def _create_tables() -> None:
    op.create_table(
        "id_spans",
        sa.Column("distinct_id", sa.String(255), primary_key=True),
        sa.Column("from_us", BigId, primary_key=True, autoincrement=False),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("number", BigId, nullable=False),
    )
    op.create_table(
        "identity_edges",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("from_id", sa.String(255), nullable=False, index=True),
        sa.Column("to_id", sa.String(255), nullable=False, index=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("again", sa.JSON, nullable=False),
        sa.Column("from_login", sa.Boolean, nullable=False),
        sa.Column("to_login", sa.Boolean, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("message_id", sa.String(300), nullable=False),
        sa.Column("dropped_at", Instant, nullable=True),
        sa.Column("dropped_by", sa.String(100), nullable=False),
    )
    op.create_table(
        "trait_changes",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("distinct_id", sa.String(255), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("message_id", sa.String(300), nullable=False),
    )
    op.create_index("ix_trait_changes_distinct_id", "trait_changes", ["distinct_id", "until"])


def _move() -> None:
    ids = sa.table("distinct_ids", *(sa.column(name) for name in ("distinct_id", "person_id", "own_id", "linked_at")))
    people = sa.table("people", *(sa.column(name) for name in ("id", "known_since", "traits_at")))
    traits = sa.table("traits", *(sa.column(name) for name in ("person_id", "name", "set_at")), sa.column("value", sa.JSON))
    # Until now each id was a person by itself.
    since = sa.select(people.c.known_since).where(people.c.id == ids.c.person_id).scalar_subquery()
    op.execute(ids.update().values(own_id=ids.c.person_id, linked_at=since))
    op.create_index("ix_distinct_ids_own_id", "distinct_ids", ["own_id"], unique=True)
    newest = sa.select(sa.func.max(traits.c.set_at)).where(traits.c.person_id == people.c.id).scalar_subquery()
    op.execute(people.update().values(traits_at=newest))
    revisions = sa.table("people_revision", sa.column("newest_id"))
    op.execute(revisions.update().values(newest_id=sa.select(sa.func.coalesce(sa.func.max(people.c.id), 0)).scalar_subquery()))
    _begin_log(ids, traits)


def _begin_log(ids: Any, traits: Any) -> None:
    log = sa.table(
        "trait_changes",
        *(sa.column(name) for name in ("distinct_id", "action", "source", "message_id")),
        *(sa.column(name, Instant) for name in ("at", "until")),
        sa.column("values", sa.JSON),
    )
    query = (
        sa.select(ids.c.distinct_id, sa.type_coerce(traits.c.set_at, Instant), traits.c.name, traits.c.value)
        .select_from(ids.join(traits, ids.c.person_id == traits.c.person_id))
        .order_by(ids.c.distinct_id, traits.c.set_at, traits.c.name)
    )
    rows = []
    for (distinct_id, at), group in groupby(op.get_bind().execute(query).all(), key=lambda row: (row[0], row[1])):
        said = {row[2]: row[3] for row in group}
        rows.append({"distinct_id": distinct_id, "action": "set", "values": said, "at": at, "until": at, **_UNNAMED})
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        op.bulk_insert(log, rows[start : start + _ROWS_AT_ONCE])


_UNNAMED = {"source": "", "message_id": ""}


def downgrade() -> None:
    """Drop the tables and columns."""
    for table in ("trait_changes", "identity_edges", "id_spans"):
        op.drop_table(table)
    op.drop_index("ix_distinct_ids_own_id", "distinct_ids")
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table) as altered:
            for column in columns:
                altered.drop_column(column)


_ADDED = {
    "people": ("traits_at",),
    "distinct_ids": ("own_id", "login", "crowded"),
    "traits": ("source",),
    "people_revision": ("newest_id",),
}
