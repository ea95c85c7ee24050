"""Which events meet which of a query's matchers, and into which group of its breakdown they fall, as arrays for kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.queries._view_kernels import Groups, Matches, mark_rows
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.conditions import passing
from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.behaviour.queries.snapshot import EventValues, PastValues, PersonValues
from finegrain.behaviour.receiving import OWN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.queries.columns import TextColumn
    from finegrain.behaviour.queries.contract import EventMatch, Filter
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

MOST_MATCHERS = 32
_NO_ROWS = frozen(np.zeros(0, dtype=np.uint32))
_NO_CODES = frozen(np.zeros(0, dtype=np.int32))


def find_matches(snapshot: Snapshot, view: ActorView, scope: Scope, matchers: Sequence[EventMatch]) -> Matches:
    """Give which of the matchers each event of a view meets, within the query's audience and filters.

    Args:
        snapshot: the events.
        view: by whom they lie together.
        scope: whose behaviour counts, and conditions that hold for all matchers.
        matchers: at most ``MOST_MATCHERS``; matcher ``i`` is bit ``i``.
    """
    conditions = [_Conditions.of(snapshot, scope, matcher) for matcher in matchers]
    people = scope.audience is not None or any(one.person is not None for one in conditions)
    by_actor = _by_actor(snapshot, view, scope, conditions)
    rows = [one.row for one in conditions]
    if people and not view.one_person:
        rows = [_and(row, _people_rows(snapshot, scope, one)) for row, one in zip(rows, conditions, strict=True)]
    filtered = sum(1 << bit for bit, row in enumerate(rows) if row is not None)
    return Matches(frozen(_by_name(snapshot, matchers)), np.uint32(filtered), _by_row(rows), frozen(by_actor))


@dataclass(frozen=True)
class _Conditions:
    """What must hold beside the name, by row of the log and by person code; None where nothing must."""

    row: NDArray[np.bool_] | None
    person: NDArray[np.bool_] | None

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, matcher: EventMatch) -> _Conditions:
        row, person = _all(snapshot, scope, scope.filters)
        if matcher.match == "any" and len(matcher.filters) > 1:
            return cls(_and(row, _any(snapshot, scope, matcher.filters)), person)
        own_row, own_person = _all(snapshot, scope, matcher.filters)
        return cls(_and(row, own_row), _and(person, own_person))


def _all(
    snapshot: Snapshot, scope: Scope, filters: Sequence[Filter]
) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    row: NDArray[np.bool_] | None = None
    person: NDArray[np.bool_] | None = None
    for one in filters:
        if one.of == "person" and not one.as_it_was:
            person = _and(person, _of_people(snapshot, scope, one))
        else:
            row = _and(row, _of_rows(snapshot, scope, one))
    return row, person


def _any(snapshot: Snapshot, scope: Scope, filters: Sequence[Filter]) -> NDArray[np.bool_]:
    found = np.zeros(len(snapshot.log.who), dtype=np.bool_)
    for one in filters:
        if one.of == "person" and not one.as_it_was:
            found |= _of_people(snapshot, scope, one)[snapshot.person_of_row]
        else:
            found |= _of_rows(snapshot, scope, one)
    return found


def _of_people(snapshot: Snapshot, scope: Scope, condition: Filter) -> NDArray[np.bool_]:
    return passing(condition, PersonValues(snapshot, scope.traits.now[condition.property]), scope.zone)


def _of_rows(snapshot: Snapshot, scope: Scope, condition: Filter) -> NDArray[np.bool_]:
    if condition.of == "person":
        return passing(condition, PastValues(snapshot, scope.traits.history[condition.property]), scope.zone)
    return passing(condition, EventValues(snapshot, condition.property), scope.zone)


def _and(one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def audience_codes(snapshot: Snapshot, scope: Scope) -> NDArray[np.bool_] | None:
    """Say by person code whose behaviour counts, ``(P,) bool``; None for everybody's."""
    if scope.audience is None:
        return None
    counted = np.zeros(snapshot.index.people, dtype=np.bool_)
    codes = snapshot.codes_of(scope.audience)
    counted[codes[codes >= 0]] = True
    return counted


def _people_rows(snapshot: Snapshot, scope: Scope, conditions: _Conditions) -> NDArray[np.bool_] | None:
    people = _and(audience_codes(snapshot, scope), conditions.person)
    return None if people is None else people[snapshot.person_of_row]


def _by_actor(snapshot: Snapshot, view: ActorView, scope: Scope, conditions: Sequence[_Conditions]) -> NDArray[np.uint32]:
    everything = np.uint32((1 << len(conditions)) - 1)
    bits = np.full(view.actors, everything, dtype=np.uint32)
    if not view.one_person:
        return bits
    counted = audience_codes(snapshot, scope)
    if counted is not None:
        bits[~counted[view.person]] = 0
    for bit, one in enumerate(conditions):
        if one.person is not None:
            bits[~one.person[view.person]] &= ~np.uint32(1 << bit)
    return bits


def _by_name(snapshot: Snapshot, matchers: Sequence[EventMatch]) -> NDArray[np.uint32]:
    names = {name: code for code, name in enumerate(snapshot.index.event_names)}
    bits = np.zeros(max(1, len(names)), dtype=np.uint32)
    for bit, matcher in enumerate(matchers):
        for name in (matcher.event,) if isinstance(matcher.event, str) else matcher.event:
            if name == ANY_EVENT:
                bits[[code for one, code in names.items() if one not in OWN_EVENTS]] |= np.uint32(1 << bit)
            elif name in names:
                bits[names[name]] |= np.uint32(1 << bit)
    return bits


def _by_row(rows: Sequence[NDArray[np.bool_] | None]) -> NDArray[np.uint32]:
    bits = _NO_ROWS
    for bit, row in enumerate(rows):
        if row is not None:
            ours = row.astype(np.uint32) << np.uint32(bit)
            bits = ours if not len(bits) else bits | ours
    return frozen(bits)


@dataclass(frozen=True)
class GroupNames:
    """The groups of a breakdown: the named values, then ``other``, then ``none``; a single one where nothing is broken down.

    Attributes:
        named: the values that are groups of their own, the most frequent first.
        broken_down: whether there is a breakdown; without one there is one group, of all.
    """

    named: tuple[str, ...] = ()
    broken_down: bool = False

    def __len__(self) -> int:
        """Give how many groups there are."""
        return len(self.named) + 2 if self.broken_down else 1


NO_GROUPS = Groups(_NO_CODES, _NO_CODES, frozen(np.zeros(1, dtype=np.int32)))


def find_groups(
    snapshot: Snapshot, view: ActorView, scope: Scope, weights: NDArray[np.int64] | None
) -> tuple[Groups, GroupNames]:
    """Give into which group each event or actor of a view falls.

    Args:
        snapshot: the events.
        view: by whom they lie together.
        scope: holds the breakdown.
        weights: how often each row of the log counts when the values are ranked, ``(N,)``; None counts every one once. The most
            frequent values are groups of their own, of equally frequent ones the first in order of their texts.

    Returns:
        The arrays, and the names of the groups.
    """
    breakdown = scope.breakdown
    if breakdown is None:
        return NO_GROUPS, GroupNames()
    if breakdown.of == "event":
        column = EventValues(snapshot, breakdown.property).text()
        counts = _weigh(column.codes, weights, len(column.texts))
        of_code, names = _ranked(column, counts, breakdown.limit)
        return Groups(_NO_CODES, column.codes, of_code), names
    column = PersonValues(snapshot, scope.traits.now[breakdown.property]).text()
    people = None if weights is None else np.bincount(snapshot.person_of_row, weights, snapshot.index.people).astype(np.int64)
    of_code, names = _ranked(column, _weigh(column.codes, people, len(column.texts)), breakdown.limit)
    if view.one_person:
        return Groups(frozen(of_code[column.codes][view.person]), _NO_CODES, of_code), names
    return Groups(_NO_CODES, frozen(column.codes[snapshot.person_of_row]), of_code), names


def _weigh(codes: NDArray[np.int32], weights: NDArray[np.int64] | None, n_codes: int) -> NDArray[np.int64]:
    counts = np.bincount(codes + 1, weights, minlength=n_codes + 1)[1:]
    return counts.astype(np.int64)


def _ranked(column: TextColumn, counts: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int32], GroupNames]:
    texts = column.texts.combine_chunks()
    table = pa.table({"count": counts, "text": texts, "code": np.arange(len(counts))}).filter(pc.greater(pa.array(counts), 0))
    best = table.sort_by([("count", "descending"), ("text", "ascending")]).slice(0, limit)
    names = GroupNames(tuple(best["text"].to_pylist()), broken_down=True)
    of_code = np.full(len(counts) + 1, len(names.named), dtype=np.int32)
    of_code[best["code"].to_numpy()] = np.arange(len(names.named), dtype=np.int32)
    of_code[-1] = len(names.named) + 1
    return frozen(of_code), names


def matching_rows(
    snapshot: Snapshot, view: ActorView, scope: Scope, matches: Matches, matchers: Sequence[int]
) -> NDArray[np.int64]:
    """Give 1 for each row of the log that meets one of the matchers (by number) within the period, else 0, ``(N,) int64``."""
    marked = np.zeros(len(snapshot.log.who), dtype=np.int64)
    wanted = np.uint32(sum(1 << bit for bit in matchers))
    mark_rows(view.events, matches, wanted, scope.start_us, scope.end_us, marked)
    return marked
