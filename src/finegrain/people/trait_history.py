"""One trait of everybody over time: the log of each id, folded along the spans in which the id was a person's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from finegrain.people.columns import read_columns
from finegrain.people.contract import TraitHistory
from finegrain.people.reading import ownership
from finegrain.people.tables import TraitChangeTable
from finegrain.people.trait_readings import numbers_of
from finegrain.people.traits import Said, course, trait_text

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.people.contract import Ownership, TraitAction

_BUILDING = ("set_once", "increment", "append")
"""Actions whose result depends on what was said before."""
_KINDS = (pa.string(), pa.int64(), pa.string(), pa.string(), pa.timestamp("us"), pa.timestamp("us"))


@dataclass(frozen=True)
class _Log:
    """What was said of one trait, one row a moment at which it was said.

    Attributes:
        ids: ``(n,) string``, of whom.
        place: ``(n,) int64``, orders what was said at once.
        action, values: ``(n,) string``; the values as JSON.
        at_us: ``(n,) int64``.
    """

    ids: pa.Array
    place: NDArray[np.int64]
    action: pa.Array
    values: pa.Array
    at_us: NDArray[np.int64]

    def taken(self, rows: NDArray[np.int64]) -> _Log:
        """Give some rows, in the order of ``rows``."""
        taken = pa.array(rows)
        return _Log(self.ids.take(taken), self.place[rows], self.action.take(taken), self.values.take(taken), self.at_us[rows])


def read_history(session: Session, name: str) -> TraitHistory:
    """Give one trait of everybody over time; see ``TraitHistory``."""
    log = _read_log(session, name)
    person = _owners(ownership(session, None), log)
    order = np.lexsort((log.place, log.at_us, person))
    log, person = log.taken(order), person[order]
    return _shown(person, log.at_us, _texts(log, person, name))


def _read_log(session: Session, name: str) -> _Log:
    table = TraitChangeTable
    values = sa.cast(table.values, sa.String)
    # A trait's name stands in the log as JSON writes it; where that text is no name, it is left out when it is read.
    named = values.contains(json.dumps(name), autoescape=True) | (table.action == "delete")
    query = sa.select(table.distinct_id, table.id, table.action, values, table.at, table.until).where(named)
    ids, place, action, texts, at, until = read_columns(session, query, *_KINDS)
    at_us, until_us = (column.cast(pa.int64()).to_numpy() for column in (at, until))
    once = _Log(ids, place.to_numpy(), action, texts, at_us)
    again = np.flatnonzero(until_us > at_us)
    rows = np.concatenate([np.arange(len(at_us)), again])
    taken = once.taken(rows)
    return _Log(taken.ids, taken.place, taken.action, taken.values, np.concatenate([at_us, until_us[again]]))


def _owners(owned: Ownership, log: _Log) -> NDArray[np.int64]:
    """Give whose each row is, ``(n,) int64``: the person who had the id at that moment."""
    encoded = owned.distinct_ids.dictionary_encode()
    code = pc.index_in(log.ids, value_set=encoded.dictionary).to_numpy()
    moments = np.unique(np.concatenate([owned.from_us, log.at_us]))
    # Rows of one id lie together, in order of time: one number for both finds the last one that has begun.
    begun = encoded.indices.to_numpy() * np.int64(len(moments)) + np.searchsorted(moments, owned.from_us)
    wanted = code * np.int64(len(moments)) + np.searchsorted(moments, log.at_us)
    found: NDArray[np.int64] = owned.person_ids[np.searchsorted(begun, wanted, side="right") - 1]
    return found


def _texts(log: _Log, person: NDArray[np.int64], name: str) -> NDArray[np.object_]:
    """Give what the trait is after each row, as text, ``(n,) object``; None where it has no value."""
    encoded = log.values.dictionary_encode()
    distinct = np.array([*(_text(json.loads(values).get(name)) for values in encoded.dictionary.to_pylist()), None], np.object_)
    texts: NDArray[np.object_] = distinct[encoded.indices.to_numpy()]
    texts[~_is(log, "set")] = None
    building = np.unique(person[_is(log, *_BUILDING)])
    starts, ends = (np.searchsorted(person, building, side=side) for side in ("left", "right"))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        texts[start:end] = [_text(value) for value in course((_said(log, row, name) for row in range(start, end)), name)]
    return texts


def _text(value: object) -> str | None:
    return None if value is None else trait_text(value)


def _is(log: _Log, *actions: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(log.action, value_set=pa.array(actions)).to_numpy(zero_copy_only=False)
    return found


def _said(log: _Log, row: int, name: str) -> Said:
    values = json.loads(log.values[row].as_py())
    action = cast("TraitAction", log.action[row].as_py())
    return Said(int(log.at_us[row]), int(log.place[row]), action, {name: values[name]} if name in values else {})


def _shown(person: NDArray[np.int64], at_us: NDArray[np.int64], texts: NDArray[np.object_]) -> TraitHistory:
    """Leave out what held for no time, and what changed nothing."""
    last = np.ones(len(person), dtype=np.bool_)
    last[:-1] = (person[1:] != person[:-1]) | (at_us[1:] != at_us[:-1])
    person, at_us, column = person[last], at_us[last], pa.array(texts[last], pa.string())
    code = pc.fill_null(column.dictionary_encode().indices, -1).to_numpy()
    before = np.full(len(code), -1, dtype=np.int64)
    same = person[1:] == person[:-1]
    before[1:][same] = code[:-1][same]
    kept = code != before
    shown = column.filter(pa.array(kept))
    return TraitHistory(person[kept], at_us[kept], shown, numbers_of(shown))
