"""The cases of a process from the behaviour index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.process import _kernels as kernels
from finegrain.behaviour.process.contract import Cases, Rework, Split
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.contract import Breakdown
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows
from finegrain.behaviour.queries.snapshot import EventValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.queries._view_kernels import Events, Matches
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

USUAL = (Breakdown("platform"), Breakdown("source"), Breakdown("app_version"))
"""What is compared where the query names nothing."""


def find_cases(snapshot: Snapshot, scope: Scope, query: ProcessQuery) -> Cases:
    """Give all cases that are over; see ``ProcessQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    view = snapshot.view(query.unit, query.group, scope)
    matches = find_matches(snapshot, view, scope, query.steps)
    rules = kernels.Rules(len(query.steps), scope.start_us, scope.end_us, query.window_us)
    return _Process(snapshot, scope, query, view, matches).cases(*follow(view.events, matches, rules))


def follow(events: Events, matches: Matches, rules: kernels.Rules) -> tuple[kernels.Found, kernels.Again]:
    """Give all cases by actor, then by their start, and the steps done again by case.

    Args:
        events: events by actor.
        matches: which of them are which steps.
        rules: how cases may run.
    """

    def work(low: int, high: int) -> tuple[kernels.Found, kernels.Again]:
        state = np.zeros(kernels.STATE, dtype=np.int64)
        # Counted first: cases and their rework are few beside the events, but nobody knows how few.
        kernels.follow_cases(events, matches, rules, state, low, high, kernels.make_found(0, rules.steps), kernels.make_again(0))
        found, again = kernels.make_found(int(state[0]), rules.steps), kernels.make_again(int(state[1]))
        kernels.follow_cases(events, matches, rules, state, low, high, found, again)
        return found, again

    return _joined(parallel.run(work, parallel.ranges(events.offsets)))


def _joined(parts: list[tuple[kernels.Found, kernels.Again]]) -> tuple[kernels.Found, kernels.Again]:
    before = np.cumsum([0, *(len(found.actor) for found, _ in parts)])
    moved = [again._replace(case=again.case + shift) for (_, again), shift in zip(parts, before, strict=False)]
    found = kernels.Found(*(np.concatenate(arrays) for arrays in zip(*(found for found, _ in parts), strict=True)))
    return found, kernels.Again(*(np.concatenate(arrays) for arrays in zip(*moved, strict=True)))


@dataclass(frozen=True)
class _Process:
    """A question with the arrays that its kernel reads."""

    snapshot: Snapshot
    scope: Scope
    query: ProcessQuery
    view: ActorView
    matches: Matches

    def cases(self, found: kernels.Found, again: kernels.Again) -> Cases:
        over = self._over_us(found) <= self.scope.now_us
        kept = kernels.Found(*(array[over] for array in found))
        place = np.cumsum(over) - 1
        rows = kernels.Again(*(array[over[again.case]] for array in again))
        ways, variant = _ranked_ways(kept.way)
        owner = kept.actor + 1
        person_id = np.zeros(len(owner), dtype=np.int64)
        if self.view.one_person:
            owner = person_id = self.snapshot.index.person_ids[self.view.person[kept.actor]]
        return Cases(
            owner=owner,
            person_id=person_id,
            start_us=kept.start_us,
            level=np.count_nonzero(kept.places >= 0, axis=1).astype(np.int8),
            seen=kept.seen.astype(np.uint32),
            time_us=self._at(self.view.events.time_us, kept.places),
            amount=self._amounts(kept.places[:, -1]),
            variant=variant,
            ways=ways,
            rework=Rework(*rows._replace(case=place[rows.case])),
            splits=tuple(self._splits(kept)),
            still_open=int(np.count_nonzero(~over)),
        )

    def _over_us(self, found: kernels.Found) -> NDArray[np.int64]:
        """Give the instant at which each case is over."""
        over_us = found.start_us + self.query.window_us
        if self.query.unit != "sessions":
            return over_us
        events = self.view.events
        last_us = events.time_us[events.offsets[found.actor + 1] - 1]
        return np.minimum(over_us, last_us + self.scope.session_gap_us)

    def _at(self, values: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
        return values[places] if len(values) else np.zeros(places.shape, dtype=np.int64)

    def _amounts(self, completed: NDArray[np.int64]) -> NDArray[np.float64]:
        amount = np.full(len(completed), np.nan)
        if self.query.value:
            numbers = EventValues(self.snapshot, self.query.value).number().values
            done = completed >= 0
            amount[done] = numbers[self.view.events.row[completed[done]]]
        return amount

    def _splits(self, found: kernels.Found) -> list[Split]:
        if self.query.splits:
            return [self._split(found, one) for one in self.query.splits]
        tried = [self._split(found, one) for one in USUAL]
        return [one for one in tried if one.names.named]

    def _split(self, found: kernels.Found, breakdown: Breakdown) -> Split:
        scope = replace(self.scope, breakdown=breakdown)
        ranked = matching_rows(self.snapshot, self.view, scope, self.matches, [0])
        groups, names = find_groups(self.snapshot, self.view, scope, ranked)
        if len(groups.by_actor):
            group = np.repeat(groups.by_actor[found.actor][:, None], len(self.query.steps), axis=1)
        else:
            group = groups.of_code[groups.code[self._at(self.view.events.row.astype(np.int64), found.places)]]
        return Split(breakdown, group.astype(np.int32), names)


def _ranked_ways(way: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the distinct ways, the most frequent first, and the place of each case's."""
    # Two words are made one number first: sorting pairs takes many times longer.
    heads, head = np.unique(way[:, 0], return_inverse=True)
    tails, tail = np.unique(way[:, 1], return_inverse=True)
    keys, key, counts = np.unique(head * len(tails) + tail, return_inverse=True, return_counts=True)
    ranked = np.argsort(-counts, kind="stable")
    place = np.empty(len(keys), dtype=np.int32)
    place[ranked] = np.arange(len(keys), dtype=np.int32)
    pairs = np.column_stack([heads[keys[ranked] // max(1, len(tails))], tails[keys[ranked] % max(1, len(tails))]])
    return pairs.astype(np.int64), place[key]
