"""The events that are what is asked for, alone and by person: worked out once for everything that is measured by them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from finegrain.behaviour.deeds import _kernels as kernels
from finegrain.behaviour.deeds.contract import Deeds
from finegrain.behaviour.deeds.values import EventValues, OwnerValues, PastValues
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.conditions import passing
from finegrain.behaviour.queries.contract import ANY_EVENT, Filter
from finegrain.behaviour.receiving import OWN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from finegrain.behaviour.queries._view_kernels import Events
    from finegrain.behaviour.queries.conditions import Values
    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.engine import TraitSource
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.zones import Zone

_T = TypeVar("_T")


class MatchedEvents:
    """Gives the events that meet a match, and numbers of theirs. Keeps the last ones asked for, as many as there are events.

    Args:
        snapshot: what everybody did, or one person.
        traits: what is known of people, for filters that ask about traits; one that nobody has is missing everywhere.
        zone: in which dates without an offset are read.
    """

    def __init__(self, snapshot: Snapshot, traits: TraitSource, zone: Zone) -> None:
        self._snapshot = snapshot
        self._traits = traits
        self._zone = zone
        self._kept: OrderedDict[str, Deeds] = OrderedDict()
        self._marks: OrderedDict[str, NDArray[np.bool_]] = OrderedDict()
        self._values: OrderedDict[tuple[object, ...], tuple[int, Values]] = OrderedDict()

    def of(self, match: EventMatch) -> Deeds:
        """Give the events that meet a match, by person, in time order; nobody's where no event of the name was ever stored."""
        key = _key(match)
        found = self._kept.pop(key, None)
        if found is None:
            events, marks = self.marked(match)
            found = events if marks is None else marked_only(events, marks)
        self._kept[key] = found
        self._forget(self._kept, lambda deeds: len(deeds.row))
        return found

    def marked(self, match: EventMatch) -> tuple[Deeds, NDArray[np.bool_] | None]:
        """Give events by person, and which of them meet a match.

        Whoever looks at each event once is spared the gathering of those that do.

        Returns:
            The events, and ``(n,) bool`` by place; None where all of them meet it.
        """
        events, by_name = self._named(match)
        deeds = Deeds(events.offsets, events.time_us, events.row)
        exact = by_name.all() or len(events.row) < self._snapshot.index.events
        if not len(events.row) or (exact and not match.filters):
            return deeds, None
        key = _key(match)
        found = self._marks.pop(key, None)
        if found is None:
            marks = [] if exact else [by_name[events.event]]
            found = frozen(np.logical_and.reduce([*marks, *self._passing(deeds, match)]))
        self._marks[key] = found
        self._forget(self._marks, len)
        return deeds, found

    def _forget(self, kept: OrderedDict[Any, _T], size: Callable[[_T], int]) -> None:
        while len(kept) > 1 and sum(map(size, kept.values())) > self._snapshot.index.events:
            kept.popitem(last=False)

    def numbers(self, match: EventMatch, name: str) -> NDArray[np.float64]:
        """Give a property of the events that meet a match as number, ``(n,) float64``; NaN where there is none."""
        deeds = self.of(match)
        found = self._once((_key(match), name), deeds, Filter(name))
        return found.number().values

    def _named(self, match: EventMatch) -> tuple[Events, NDArray[np.bool_]]:
        """Give the events of the names of a match, or all where those are most of them; and which names are meant."""
        wanted = (match.event,) if isinstance(match.event, str) else match.event
        anything, names = ANY_EVENT in wanted, self._snapshot.index.event_names
        by_name = np.array([name in wanted or (anything and name not in OWN_EVENTS) for name in names], dtype=np.bool_)
        return self._snapshot.named(by_name), by_name

    def _passing(self, deeds: Deeds, match: EventMatch) -> list[NDArray[np.bool_]]:
        """Give marks that all have to be set on events that pass the filters."""
        keys = [(match.event, one.property, one.of, one.as_it_was) for one in match.filters]
        values = [self._once(key, deeds, one) for key, one in zip(keys, match.filters, strict=True)]
        marks = [passing(one, asked, self._zone) for one, asked in zip(match.filters, values, strict=True)]
        return [np.logical_or.reduce(marks)] if marks and match.match == "any" else marks

    def _once(self, key: tuple[object, ...], deeds: Deeds, condition: Filter) -> Values:
        found = self._values.pop(key)[1] if key in self._values else self._new_values(deeds, condition)
        self._values[key] = (len(deeds.row), found)
        self._forget(self._values, lambda kept: kept[0])
        return found

    def _new_values(self, deeds: Deeds, condition: Filter) -> Values:
        if condition.of == "event":
            return EventValues(self._snapshot, condition.property, deeds.row)
        if condition.as_it_was:
            return PastValues(self._snapshot.index, self._traits.trait_history(condition.property), deeds)
        return OwnerValues(self._snapshot.index, self._traits.trait_values(condition.property), deeds)


def _key(match: EventMatch) -> str:
    # The text tells a truth value from the number that equals it.
    return repr((match.event, match.filters, match.match))


def marked_only(deeds: Deeds, marked: NDArray[np.bool_]) -> Deeds:
    """Give the marked ones of some events, by the same people.

    Args:
        deeds: the events.
        marked: ``(n,) bool``, by place.
    """
    offsets, marks = np.zeros(len(deeds.offsets), dtype=np.int64), frozen(marked)

    def copy(low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        # Memory that is not written to is never taken, and the marks need to be passed but once.
        most = int(deeds.offsets[high] - deeds.offsets[low])
        time_us, row = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int32)
        size = kernels.copy_marked(deeds, marks, low, high, offsets[1:], time_us, row)
        return time_us[:size], row[:size]

    times, rows = zip(*parallel.run(copy, parallel.ranges(deeds.offsets)), strict=True)
    np.cumsum(offsets, out=offsets)
    return Deeds(frozen(offsets), frozen(np.concatenate(times)), frozen(np.concatenate(rows)))
