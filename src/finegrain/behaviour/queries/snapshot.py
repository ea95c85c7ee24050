"""One state of the index with the columns of its properties: all that a query on kernels reads, consistent while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.queries.columns import NumberColumn, TextColumn
from finegrain.behaviour.queries.earlier import Earlier
from finegrain.behaviour.queries.thinning import ThinEvents, thin
from finegrain.behaviour.queries.views import ActorView, group_view, people_view, person_of_row, session_view
from finegrain.behaviour.receiving import messages_among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries._view_kernels import Events
    from finegrain.behaviour.queries.columns import PropertyColumns
    from finegrain.behaviour.queries.contract import Unit
    from finegrain.behaviour.queries.scope import Scope, TraitHistory, TraitValues
    from finegrain.behaviour.reading import EventLog


@dataclass(frozen=True)
class Snapshot:
    """One state of the index.

    Attributes:
        index: what everybody did.
        log: the same in order of arrival.
        columns: the properties of the log's rows.
        whole: the state that this is the earlier part of; None where it is all there is.
    """

    index: BehaviourIndex
    log: EventLog
    columns: PropertyColumns
    whole: Snapshot | None = None

    def until(self, us: int) -> Snapshot:
        """Give what had happened before a moment, ``us`` microseconds since 1970 UTC; itself where that is everything.

        The log keeps all its rows, so that properties are found as ever; later events lie beyond all time in it.
        """
        return self if self._newest_us < us else self._earlier.of(us)

    def view(self, unit: Unit, group: str, scope: Scope) -> ActorView:
        """Give the events by whoever is counted; those of ``events`` lie by person."""
        if unit == "sessions":
            return session_view(self.without_messages(people_view(self.index)).events, scope.session_gap_us)
        if unit == "groups":
            return group_view(self.index, self.columns.text(group, self.log))
        return people_view(self.index)

    def without_messages(self, view: ActorView) -> ActorView:
        """Give a view without the messages to people, which are no part of any session; itself where there are none."""
        of_message = messages_among(self.index.event_names)
        return ActorView(thin(view.events, ~of_message), view.person) if of_message.any() else view

    def thinned(self, view: ActorView, by_name: NDArray[np.uint32]) -> ActorView:
        """Give a view without the events that no matcher asks for by name, for questions to which they make no difference.

        Args:
            view: one that ``view`` gave.
            by_name: ``(n_names,)``, the matchers whose event each name is; see ``Matches``.
        """
        if view.events.offsets is not self.index.offsets:
            return view
        return ActorView(self._thin.of(by_name != 0), view.person)

    def named(self, by_name: NDArray[np.bool_]) -> Events:
        """Give the events of some names by person; all events where those are most of them.

        Args:
            by_name: ``(n_names,)``, whether a name is wanted.
        """
        return self._thin.of(by_name)

    @cached_property
    def _thin(self) -> ThinEvents:
        return ThinEvents(people_view(self.index).events, len(self.index.event_names))

    @cached_property
    def _newest_us(self) -> int:
        return int(self.log.time_us.max(initial=0))

    @cached_property
    def _earlier(self) -> Earlier:
        return Earlier(self)

    @cached_property
    def person_of_row(self) -> NDArray[np.int32]:
        """The person's code of each row of the log, ``(N,) int32``."""
        return person_of_row(self.index) if self.whole is None else self.whole.person_of_row

    def codes_of(self, person_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the codes of people, ``(n,) int64``; −1 for those the index does not know."""
        places = np.searchsorted(self.index.person_ids, person_ids)
        known = np.append(self.index.person_ids, np.int64(-1))[places] == person_ids
        return np.where(known, places, -1)


@dataclass(frozen=True)
class EventValues:
    """A property of the events, by row of the log."""

    snapshot: Snapshot
    name: str

    def text(self) -> TextColumn:
        """Give it as text."""
        return self.snapshot.columns.text(self.name, self.snapshot.log)

    def number(self) -> NumberColumn:
        """Give it as number."""
        return self.snapshot.columns.number(self.name, self.snapshot.log)


@dataclass(frozen=True)
class PersonValues:
    """A trait of the people, by person code."""

    snapshot: Snapshot
    trait: TraitValues

    def text(self) -> TextColumn:
        """Give it as text."""
        encoded = self.trait.texts.dictionary_encode()
        return TextColumn(self._spread(_codes(encoded), np.int32(-1)), _chunked(encoded.dictionary))

    def number(self) -> NumberColumn:
        """Give it as number."""
        return NumberColumn(self._spread(self.trait.numbers, np.float64(np.nan)))

    def _spread(self, values: NDArray[Any], none: Any) -> NDArray[Any]:
        spread = np.full(self.snapshot.index.people, none)
        places = self.snapshot.codes_of(self.trait.person_ids)
        spread[places[places >= 0]] = values[places >= 0]
        return spread


@dataclass(frozen=True)
class PastValues:
    """A trait of the people as it was at the time of each event, by row of the log."""

    snapshot: Snapshot
    trait: TraitHistory

    def text(self) -> TextColumn:
        """Give it as text."""
        encoded = self.trait.texts.dictionary_encode()
        return TextColumn(self._at_rows(_codes(encoded), np.int32(-1)), _chunked(encoded.dictionary))

    def number(self) -> NumberColumn:
        """Give it as number."""
        return NumberColumn(self._at_rows(self.trait.numbers, np.float64(np.nan)))

    def _at_rows(self, values: NDArray[Any], none: Any) -> NDArray[Any]:
        places = self._places
        return np.append(values, none)[places]

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """Give, for each row of the log, the place in the history that holds at its time, −1 before the first."""
        from finegrain.behaviour.queries._history_kernels import places_at

        snapshot = self.snapshot
        codes = snapshot.codes_of(self.trait.person_ids)
        offsets = np.searchsorted(codes[codes >= 0], np.arange(snapshot.index.people + 1)).astype(np.int64)
        places = np.empty(len(snapshot.log.who), dtype=np.int64)
        kept = np.flatnonzero(codes >= 0)
        places_at(snapshot.person_of_row, snapshot.log.time_us, offsets, self.trait.from_us[kept], places)
        found: NDArray[np.int64] = np.append(kept, np.int64(-1))[places]
        return found


def _codes(encoded: pa.DictionaryArray) -> NDArray[np.int32]:
    found: NDArray[np.int32] = pc.fill_null(encoded.indices, -1).to_numpy()
    return found


def _chunked(texts: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([texts.cast(pa.string())])
