"""Inserts that leave alone what is there, in the words of either engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from finegrain.store.ops.base import Base

_ROWS_AT_ONCE = 500


def insert_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert the rows whose ``key`` columns, which are unique together, are not there yet; leave the others as they are."""
    rows_of = cast("Table", table.__table__)
    # The generic INSERT has no ON CONFLICT; both dialects that we open have it, spelled the same.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        statement: Any = postgresql.insert(rows_of).on_conflict_do_nothing(index_elements=list(key))
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(rows_of).on_conflict_do_nothing(index_elements=list(key))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        session.execute(statement, rows[start : start + _ROWS_AT_ONCE])
