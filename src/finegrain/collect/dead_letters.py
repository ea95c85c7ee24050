"""Dead letters: refused rows are kept with their place and reason, counted, listed, and taken out again by a replay."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, func, select, update

from finegrain.collect.imports.contract import DeadLetter
from finegrain.collect.imports.reasons import detail
from finegrain.collect.tables import DeadLetterTable, ImportTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import Insert

_ROWS_AT_ONCE = 20_000
_IN_LIST = 500
_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")
_COLUMNS = ("file", "line", "reason", "raw", "row_hash")


def add_dead_letters(session: Session, import_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep refused rows; those whose hash is known are left as they are.

    Args:
        session: an open transaction.
        import_id: the import that refused them.
        rows: number of the file, line, reason, raw row as JSON text, row hash.
    """
    connection = session.connection()
    columns = (*_COLUMNS, "import_id", "tried_import_id", "status")
    compiled = _insert_new(session).compile(dialect=connection.dialect, column_keys=list(columns))
    statement = str(compiled)
    for part in _parts(rows):
        # Straight to the driver: bad files have bad rows by the hundred thousand, and this is four times as fast.
        full = ((*row, import_id, import_id, "open") for row in part)
        if compiled.positional:
            in_order = itemgetter(*(columns.index(name) for name in compiled.positiontup or ()))
            connection.exec_driver_sql(statement, list(map(in_order, full)))
        else:
            connection.exec_driver_sql(statement, [dict(zip(columns, row, strict=True)) for row in full])


def _insert_new(session: Session) -> Insert:
    # The generic INSERT has no ON CONFLICT; both dialects that we open have it, spelled the same.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(DeadLetterTable).on_conflict_do_nothing(index_elements=["row_hash"])
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(DeadLetterTable).on_conflict_do_nothing(index_elements=["row_hash"])


def list_dead_letters(
    session: Session, *, import_id: int | None, reason: str | None, limit: int, offset: int
) -> list[DeadLetter]:
    """Give open dead letters in the order in which they were read; see ``ImportService.dead_letters``."""
    query = _open(select(DeadLetterTable), import_id, reason).order_by(DeadLetterTable.id).limit(limit).offset(offset)
    found = session.scalars(query).all()
    wanted = {number for row in found for number in (row.import_id, row.tried_import_id)}
    imports = {row.id: row for row in session.scalars(select(ImportTable).where(ImportTable.id.in_(wanted)))}
    return [_dead_letter(row, imports) for row in found]


def count_dead_letters(session: Session, import_id: int | None) -> dict[str, int]:
    """Give how many open dead letters there are for each reason, most frequent first."""
    count = func.count()
    query = _open(select(DeadLetterTable.reason, count), import_id, None).group_by(DeadLetterTable.reason)
    return {row[0]: row[1] for row in session.execute(query.order_by(count.desc(), DeadLetterTable.reason))}


def replayable(
    session: Session, kind: str, import_id: int | None, reason: str | None
) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Give the open dead letters of ``kind`` that have columns, in parts of (id, raw row), in the order of reading."""
    query = _open(select(DeadLetterTable.id, DeadLetterTable.raw), import_id, reason)
    query = query.join(ImportTable, ImportTable.id == DeadLetterTable.import_id)
    query = query.where(ImportTable.kind == kind, DeadLetterTable.reason != "broken_row").order_by(DeadLetterTable.id)
    for part in _parts(session.execute(query)):
        yield [(row[0], json.loads(row[1])) for row in part]


def close_replayed(session: Session, import_id: int, tried: Sequence[int], refused: dict[int, str]) -> None:
    """Mark the rows that a replay took, and give those that it ``refused`` again their new reason."""
    taken = [number for number in tried if number not in refused]
    for start in range(0, len(taken), _IN_LIST):
        rows = DeadLetterTable.id.in_(taken[start : start + _IN_LIST])
        session.execute(update(DeadLetterTable).where(rows).values(status="replayed", tried_import_id=import_id))
    changed = [{"id": number, "reason": reason, "tried_import_id": import_id} for number, reason in refused.items()]
    for part in _parts(changed):
        session.execute(update(DeadLetterTable), part)


def _open(query: _Query, import_id: int | None, reason: str | None) -> _Query:
    query = query.where(DeadLetterTable.status == "open")
    if import_id is not None:
        query = query.where(DeadLetterTable.import_id == import_id)
    if reason is not None:
        query = query.where(DeadLetterTable.reason == reason)
    return query


def _dead_letter(row: DeadLetterTable, imports: dict[int, ImportTable]) -> DeadLetter:
    first, last = imports[row.import_id], imports[row.tried_import_id]
    raw = json.loads(row.raw)
    return DeadLetter(
        id=row.id,
        import_id=row.import_id,
        file=str(first.files[row.file]),
        line=row.line,
        reason=row.reason,
        detail=detail(row.reason, raw, last.mapping["columns"]),
        raw=raw,
        refused_at=last.finished_at,
    )


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == _ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
