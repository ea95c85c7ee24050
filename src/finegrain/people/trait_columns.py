"""One trait of everybody, as columns: as it is now, and as it was over time. Kept until traits or people change."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

import pyarrow as pa
from sqlalchemy import String, cast, select

from finegrain.people.columns import read_columns
from finegrain.people.contract import TraitHistory, TraitValues
from finegrain.people.tables import PeopleRevisionTable, TraitTable
from finegrain.people.trait_history import read_history
from finegrain.people.trait_readings import numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from finegrain.store.ops import OpsStore

MOST_KEPT = 32
"""Columns kept of each kind; of more, the one that was not asked for longest goes."""
_T = TypeVar("_T")


class TraitColumns:
    """The columns of one ops store. Safe to use from several threads; one reads a column, the others wait for it.

    Args:
        ops: the ops store.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops
        self._names: _Kept[tuple[str, ...]] = _Kept("traits")
        self._values: _Kept[TraitValues] = _Kept("traits")
        self._history: _Kept[TraitHistory] = _Kept("trait_log")

    def names(self) -> tuple[str, ...]:
        """Give the names of all traits that anybody has, in alphabetical order."""
        with self._ops.reading() as session:
            return self._names.get(session, "", _read_names)

    def values(self, name: str) -> TraitValues:
        """Give one trait of everybody who has it; a trait that is ``null`` counts as none."""
        with self._ops.reading() as session:
            return self._values.get(session, name, _read_values)

    def history(self, name: str) -> TraitHistory:
        """Give one trait of everybody over time."""
        with self._ops.reading() as session:
            return self._history.get(session, name, read_history)


class _Kept(Generic[_T]):
    """What was read, as long as neither people nor ``counter`` moved on."""

    def __init__(self, counter: str) -> None:
        self._counter = getattr(PeopleRevisionTable, counter)
        self._kept: dict[str, tuple[tuple[int, int], _T]] = {}
        self._lock = threading.Lock()

    def get(self, session: Session, name: str, read: Callable[[Session, str], _T]) -> _T:
        # The transaction sees one state: what is read belongs to the revisions that were read before it.
        revision, counted = session.execute(select(PeopleRevisionTable.revision, self._counter)).one()
        with self._lock:
            kept = self._kept.pop(name, None)
            if kept is None or kept[0] != (revision, counted):
                kept = ((revision, counted), read(session, name))
            self._kept[name] = kept
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return kept[1]


def _read_names(session: Session, _name: str) -> tuple[str, ...]:
    return tuple(session.scalars(select(TraitTable.name).distinct().order_by(TraitTable.name)))


def _read_values(session: Session, name: str) -> TraitValues:
    """Give one trait of everybody who has it."""
    nothing = (TraitTable.text == "null") & (cast(TraitTable.value, String) == "null")
    query = select(TraitTable.person_id, TraitTable.text).where(TraitTable.name == name, ~nothing).order_by(TraitTable.person_id)
    person_ids, texts = read_columns(session, query, pa.int64(), pa.string())
    return TraitValues(person_ids.to_numpy(), texts, numbers_of(texts))
