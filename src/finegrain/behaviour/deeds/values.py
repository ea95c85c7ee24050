"""What filters ask about some events: a property of theirs, or a trait of whose they are, each read on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries._history_kernels import places_at
from finegrain.behaviour.queries.columns import NumberColumn, TextColumn, frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.deeds.contract import Deeds
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.people.contract import TraitHistory, TraitValues

_T = TypeVar("_T", bound=np.generic)


class EventValues:
    """A property of some events.

    Args:
        snapshot: has the columns.
        name: the property's.
        rows: ``(n,) int32``, the events' rows in the log.
    """

    def __init__(self, snapshot: Snapshot, name: str, rows: NDArray[np.int32]) -> None:
        self._snapshot = snapshot
        self._name = name
        self._rows = rows

    def text(self) -> TextColumn:
        """Give it as text."""
        return self._text

    def number(self) -> NumberColumn:
        """Give it as number."""
        return self._number

    @cached_property
    def _text(self) -> TextColumn:
        column = self._snapshot.columns.text(self._name, self._snapshot.log)
        return compact(_taken(column.codes, self._rows), column.texts)

    @cached_property
    def _number(self) -> NumberColumn:
        return NumberColumn(_taken(self._snapshot.columns.number(self._name, self._snapshot.log).values, self._rows))


def _taken(values: NDArray[_T], rows: NDArray[np.int32]) -> NDArray[_T]:
    """Give the values of some rows; half of the time goes into waiting for memory, so all cores wait at once."""
    found = np.empty(len(rows), dtype=values.dtype)

    def take(low: int, high: int) -> None:
        np.take(values, rows[low:high], out=found[low:high], mode="clip")

    parallel.run(take, parallel.even(len(rows)))
    return found


class OwnerValues:
    """A trait, as it is today, of the person of each event.

    Args:
        index: of the people.
        trait: of everybody who has it.
        deeds: the events.
    """

    def __init__(self, index: BehaviourIndex, trait: TraitValues, deeds: Deeds) -> None:
        self._trait = trait
        self._places = np.repeat(places_of(index.person_ids, trait.person_ids), np.diff(deeds.offsets))

    def text(self) -> TextColumn:
        """Give it as text."""
        encoded = self._trait.texts.dictionary_encode()
        return compact(np.append(encoded.indices.to_numpy(), np.int32(-1))[self._places], encoded.dictionary)

    def number(self) -> NumberColumn:
        """Give it as number."""
        return NumberColumn(np.append(self._trait.numbers, np.nan)[self._places])


class PastValues:
    """A trait of the person of each event, as it was at the time of the event.

    Args:
        index: of the people.
        trait: of everybody over time.
        deeds: the events.
    """

    def __init__(self, index: BehaviourIndex, trait: TraitHistory, deeds: Deeds) -> None:
        self._trait = trait
        self._places = _places_at_events(index.person_ids, trait, deeds)

    def text(self) -> TextColumn:
        """Give it as text."""
        encoded = self._trait.texts.dictionary_encode()
        codes = np.append(pc.fill_null(encoded.indices, -1).to_numpy(), np.int32(-1))
        return compact(codes[self._places], encoded.dictionary)

    def number(self) -> NumberColumn:
        """Give it as number."""
        return NumberColumn(np.append(self._trait.numbers, np.nan)[self._places])


def places_of(person_ids: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the place of each person among others, ``(n,) int64``; −1 for those who are not there.

    Args:
        person_ids: ``(n,) int64``.
        among: ascending, each once.
    """
    places = np.searchsorted(among, person_ids)
    there = np.append(among, np.int64(-1))[places] == person_ids
    return np.where(there, places, -1)


def _places_at_events(ids: NDArray[np.int64], trait: TraitHistory, deeds: Deeds) -> NDArray[np.int64]:
    """Give, for each event, the place in the history that holds at its time, −1 before the first."""
    begins, ends = (np.searchsorted(trait.person_ids, ids, side) for side in ("left", "right"))
    offsets = np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.int64)
    # The rows of the people who are in this part of the index, one stretch a person.
    kept = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], ends - begins)
    person = np.repeat(np.arange(len(ids), dtype=np.int32), np.diff(deeds.offsets))
    places = np.empty(len(person), dtype=np.int64)
    places_at(person, deeds.time_us, offsets, trait.from_us[kept], places)
    found: NDArray[np.int64] = np.append(kept, np.int64(-1))[places]
    return found


def compact(codes: NDArray[np.int32], texts: pa.Array | pa.ChunkedArray) -> TextColumn:
    """Give a column with no more texts than rows, as texts are looked at one by one; codes are −1 where there is none."""
    texts = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts], pa.string())
    if len(texts) <= len(codes):
        return TextColumn(frozen(codes), texts)
    used, places = np.unique(codes, return_inverse=True)
    missing = int(len(used) > 0 and used[0] < 0)
    return TextColumn((places - missing).astype(np.int32), texts.take(pa.array(used[missing:])))
