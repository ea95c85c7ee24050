"""The figures of each hour, kept in the ops store for ninety days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from finegrain.collect.pipeline.health.cells import COUNTS, Cell
from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS, dense, sparse
from finegrain.collect.pipeline.tables import IngestHourTable
from finegrain.store.ops.inserting import insert_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    Hours = dict[tuple[datetime, str], Cell]

KEPT = timedelta(days=90)
"""For how long the figures of an hour are kept."""


def add_to_hours(session: Session, cells: Mapping[tuple[datetime, str], Cell]) -> None:
    """Add counts to the hours and sources to which they belong; several processes may do so at once."""
    insert_new(session, IngestHourTable, [_row(key, Cell()) for key in cells], key=("hour", "source"))
    for hour, source in sorted(cells):
        where = (IngestHourTable.hour == hour, IngestHourTable.source == source)
        row = session.scalars(select(IngestHourTable).where(*where).with_for_update()).one()
        total = _cell(row)
        total.add(cells[hour, source])
        for name, value in _row((hour, source), total).items():
            setattr(row, name, value)


def drop_old_hours(session: Session, now: datetime) -> None:
    """Drop the hours that ended longer ago than they are kept."""
    session.execute(delete(IngestHourTable).where(IngestHourTable.hour < now - KEPT))


def read_hours(session: Session, first: datetime, last: datetime, source: str) -> dict[datetime, Cell]:
    """Give the counts of the hours that begin from ``first`` to ``last``, both included."""
    wanted = IngestHourTable.hour.between(first, last)
    found = session.scalars(select(IngestHourTable).where(wanted, IngestHourTable.source == source))
    return {row.hour: _cell(row) for row in found}


def _row(key: tuple[datetime, str], cell: Cell) -> dict[str, Any]:
    counts: dict[str, Any] = {name: getattr(cell, name) for name in (*COUNTS, *_SECONDS)}
    return {**counts, "hour": key[0], "source": key[1], "answers": sparse(cell.answers), "lags": sparse(cell.lags)}


def _cell(row: IngestHourTable) -> Cell:
    cell = Cell()
    for name in (*COUNTS, *_SECONDS):
        setattr(cell, name, getattr(row, name))
    cell.answers, cell.lags = dense(row.answers, ANSWERS), dense(row.lags, LAGS)
    return cell


_SECONDS = ("commit_s", "longest_commit_s", "longest_answer_s")
