"""A funnel's chains from the behaviour index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.funnel import _kernels as kernels
from finegrain.behaviour.funnel import _linear_kernels as linear
from finegrain.behaviour.funnel._chain_kernels import copy_times
from finegrain.behaviour.funnel.contract import Chains
from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries._view_kernels import Events
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.queries._view_kernels import Groups, Matches
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

MANY_EVENTS = 20_000
"""Events of one actor from which on they are linked once instead of looked through from each start."""
_ORDERS = {"ordered": kernels.ORDERED, "strict": kernels.STRICT, "any": kernels.ANY_ORDER}
_STARTS = {"any": kernels.ANY_START, "first_ever": kernels.FIRST_EVER, "first_in_period": kernels.FIRST_IN_PERIOD}


def find_chains(snapshot: Snapshot, scope: Scope, query: FunnelQuery) -> Chains:
    """Give the chain of everybody who started one; see ``FunnelQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    return _Funnel.of(snapshot, scope, query).chains()


def rules_of(query: FunnelQuery, scope: Scope, *, overlap: bool) -> kernels.Rules:
    """Give how chains of the query may run, as the kernel takes it."""
    last = len(query.steps)
    return kernels.Rules(
        steps=last,
        order=_ORDERS[query.order],
        starts=_STARTS[query.starts],
        start_us=scope.start_us,
        end_us=scope.end_us,
        window_us=query.window_us,
        overlap=overlap,
        void_after=np.array([one.after_step - 1 for one in query.exclusions], dtype=np.int64),
        void_before=np.array([(one.before_step or last) - 1 for one in query.exclusions], dtype=np.int64),
    )


def fill_levels(events: Events, matches: Matches, rules: kernels.Rules) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """Give how far each actor comes, ``(A,) int8``, and the places of the chain's events, ``(A, steps) int32``, −1 beyond."""
    actors = len(events.offsets) - 1
    level, places = np.empty(actors, dtype=np.int8), np.empty((actors, rules.steps), dtype=np.int32)
    plain = _is_plain(matches, rules.steps)
    span = linear.Span(rules.steps, _step_of(matches), plain, rules.start_us, rules.end_us, rules.window_us)

    def in_one_pass(low: int, high: int) -> None:
        started = np.empty(rules.steps + 1, dtype=np.int64)
        linear.fill_levels(events, matches, span, started, low, high, level, places)

    def in_general(low: int, high: int) -> None:
        scratch = kernels.make_scratch(parallel.most_events(events.offsets, low, high), rules.steps, len(rules.void_after))
        kernels.fill_levels(events, matches, rules, scratch, low, high, level, places)

    parallel.run(in_one_pass if _is_linear(events, rules) else in_general, parallel.ranges(events.offsets))
    return level, places


def times_of(events: Events, places: NDArray[np.int32], actors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give when the chains of some actors reached each step, ``(n, steps) int64``; 0 for steps that they did not reach."""
    reached_us = np.empty((len(actors), places.shape[1]), dtype=np.int64)

    def work(low: int, high: int) -> None:
        copy_times(events.time_us, places, actors, low, high, reached_us)

    parallel.run(work, parallel.even(len(actors)))
    return reached_us


def _is_linear(events: Events, rules: kernels.Rules) -> bool:
    """Say whether one pass will do: it looks again from each start, which takes long for an actor with very many events."""
    plain = (
        rules.order == kernels.ORDERED and rules.starts == kernels.ANY_START and not rules.overlap and not len(rules.void_after)
    )
    return plain and parallel.most_events(events.offsets, 0, len(events.offsets) - 1) <= MANY_EVENTS


def _step_of(matches: Matches) -> NDArray[np.int64]:
    """Give the lowest step that each name is, ``(n_names,) int64``; −1 where it is none."""
    lowest = matches.by_name & (~matches.by_name + np.uint32(1))
    return frozen(np.where(lowest, np.log2(np.maximum(lowest, 1)), -1).astype(np.int64))


def _is_plain(matches: Matches, steps: int) -> bool:
    """Say whether the name of an event alone decides, of everybody who counts."""
    counted, every_step = matches.by_actor[matches.by_actor > 0], np.uint32((1 << steps) - 1)
    return not matches.filtered and bool(np.all(counted & every_step == every_step))


def _overlaps(matches: Matches, steps: int) -> bool:
    bits = matches.by_name & np.uint32((1 << steps) - 1)
    return bool(np.any(bits & (bits - np.uint32(1))))


@dataclass(frozen=True)
class _Funnel:
    """A question with the arrays that its kernel reads."""

    snapshot: Snapshot
    scope: Scope
    query: FunnelQuery
    view: ActorView
    matches: Matches
    groups: Groups
    names: GroupNames

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, query: FunnelQuery) -> _Funnel:
        view = snapshot.view(query.unit, query.group, scope)
        matches = find_matches(snapshot, view, scope, query.matchers)
        if query.order != "strict":
            view = snapshot.thinned(view, matches.by_name)
        ranked = None
        if scope.breakdown is not None:
            ranked = matching_rows(snapshot, view, scope, matches, range(len(query.steps)) if query.order == "any" else [0])
        return cls(snapshot, scope, query, view, matches, *find_groups(snapshot, view, scope, ranked))

    def chains(self) -> Chains:
        if self.query.attribution == "all" and len(self.groups.code):
            return self._by_value()
        level, places = fill_levels(self.view.events, self.matches, self._rules())
        actors = np.flatnonzero(level)
        reached_us = times_of(self.view.events, places, actors)
        return self._chains(actors, level[actors], reached_us, self._groups_of(actors, level[actors], places))

    def _rules(self) -> kernels.Rules:
        return rules_of(self.query, self.scope, overlap=_overlaps(self.matches, len(self.query.steps)))

    def _groups_of(self, actors: NDArray[np.int64], level: NDArray[np.int8], places: NDArray[np.int32]) -> NDArray[np.int32]:
        groups = self.groups
        if len(groups.by_actor):
            return groups.by_actor[actors]
        if not len(groups.code):
            return np.zeros(len(actors), dtype=np.int32)
        places = places[actors]
        given = np.full_like(level, self.query.attribution_step - 1)
        step = {"first": np.zeros_like(level), "last": level - 1}.get(self.query.attribution, given)
        place = places[np.arange(len(actors)), step]
        code = np.where(place < 0, -1, groups.code[self.view.events.row[place]])
        return groups.of_code[code]

    def _chains(
        self, actors: NDArray[np.int64], level: NDArray[np.int8], reached_us: NDArray[np.int64], group: NDArray[np.int32]
    ) -> Chains:
        person_id = np.zeros(len(actors), dtype=np.int64)
        if self.view.one_person:
            person_id = self.snapshot.index.person_ids[self.view.person[actors]]
        actor = person_id if self.query.unit == "people" else actors + 1
        return Chains(actor, person_id, level, reached_us, group, self.names)

    def _by_value(self) -> Chains:
        """Let only events of one value make a chain: each actor is taken once for each value, and the best of a group counts."""
        split = _split_by_value(self.view.events, self.groups)
        theirs = self.matches._replace(by_actor=frozen(self.matches.by_actor[split.actor]))
        level, places = fill_levels(split.events, theirs, self._rules())
        group = self.groups.of_code[split.code]
        best = _best(split, level, places, group)
        reached_us = times_of(split.events, places, best)
        return self._chains(split.actor[best], level[best], reached_us, group[best])


@dataclass(frozen=True)
class _Split:
    """Events by actor and value: the actor and the value's code of each part, and where each event stood before."""

    events: Events
    actor: NDArray[np.int64]
    code: NDArray[np.int64]
    place: NDArray[np.int64]


def _split_by_value(events: Events, groups: Groups) -> _Split:
    actor = np.repeat(np.arange(len(events.offsets) - 1, dtype=np.int64), np.diff(events.offsets))
    code = groups.code[events.row].astype(np.int64)
    keys, part = np.unique(actor * len(groups.of_code) + code + 1, return_inverse=True)
    offsets, place = group_by_person(part.astype(np.int32), events.time_us, n_people=len(keys))
    owner, value = np.divmod(keys, len(groups.of_code))
    arrays = Events(frozen(offsets), frozen(events.time_us[place]), frozen(events.event[place]), frozen(events.row[place]))
    return _Split(arrays, owner, value - 1, place)


def _best(split: _Split, level: NDArray[np.int8], places: NDArray[np.int32], group: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give the part of each actor and group with the highest level, of several the one whose chain starts first."""
    started = np.flatnonzero(level)
    start_us = split.events.time_us[places[started, 0]] if len(started) else np.zeros(0, dtype=np.int64)
    keys = (start_us, -level[started].astype(np.int64), group[started], split.actor[started])
    started = started[np.lexsort(keys)]
    first = np.ones(len(started), dtype=np.bool_)
    first[1:] = (np.diff(split.actor[started]) != 0) | (np.diff(group[started]) != 0)
    return started[first]
