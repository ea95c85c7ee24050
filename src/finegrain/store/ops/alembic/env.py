"""Alembic's entry: runs the rooms' migrations on the connection it is handed."""

from __future__ import annotations

from alembic import context

from finegrain.store.ops.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
