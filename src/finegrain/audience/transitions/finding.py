"""Finds who moved between two states: who is elsewhere now, and would have been so in the state before as it is known today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.history.places import Followed
from finegrain.audience.history.states import scheme_places, segment_places
from finegrain.audience.rules.contract import Consented, HasTrait, Reachable, Rule
from finegrain.audience.rules.reading import walk
from finegrain.audience.transitions.contract import ENTERED, LEFT, TIER_CHANGED, Reason, Transition
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.history.service import Turn
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.transitions.contract import Cause
    from finegrain.people.service import PeopleService

LATE = timedelta(hours=1)
"""How late an event may arrive and still move somebody; what arrives later is taken for history."""


@dataclass(frozen=True, eq=False)
class _Moved:
    """Who is elsewhere than in the state before, in one scheme or segment."""

    turn: Turn
    people: NDArray[np.int64]
    was: NDArray[np.uint8]
    now: NDArray[np.uint8]


class Finding:
    """Finds transitions among one state's turns.

    Args:
        evaluation: the state, over everybody.
        rules: who meets which rule.
        people: who has which number now, and what was said of them.
    """

    def __init__(self, evaluation: Evaluation, rules: RuleService, people: PeopleService) -> None:
        self._evaluation = evaluation
        self._rules = rules
        self._people = people
        self._at: datetime = evaluation.ground.moment.as_of
        self._ids = evaluation.ground.snapshot.index.person_ids

    def among(self, turns: Sequence[Turn]) -> Iterator[Transition]:
        """Give all transitions, in order of the turns and of person ids.

        A person who was merged is compared with the place of the number that stayed. Nobody changes tiers who was in none.
        """
        followed = Followed(self._ids, self._people.living)
        moved = [one for one in (self._moved(turn, followed) for turn in turns) if len(one.people)]
        if not moved:
            return
        people = np.unique(np.concatenate([one.people for one in moved]))
        now = self._rules.of_some(self._evaluation, people, self._at)
        for since in sorted({one.turn.before.as_of for one in moved}):
            earlier = [self._rules.of_some(self._evaluation, people, moment) for moment in (since, since - LATE)]
            told = self._told(people, since - LATE)
            for one in (one for one in moved if one.turn.before.as_of == since):
                yield from self._real(one, people, now, earlier, told)

    def _moved(self, turn: Turn, followed: Followed) -> _Moved:
        was, now = followed.places(turn.before.state.places), followed.places(turn.after.places)
        elsewhere = was != now
        if turn.after.kind == "scheme":
            elsewhere &= (was > 0) & (now > 0)
        people = np.flatnonzero(elsewhere)
        return _Moved(turn, people, was[people], now[people])

    def _told(self, people: NDArray[np.int64], since: datetime) -> NDArray[np.bool_]:
        """Say of whom a source said something lately."""
        by_id = {one: person.id for person in self._people.many(people) for one in person.distinct_ids}
        told = {by_id[one] for one in self._people.told_since(list(by_id), since)}
        return np.isin(people, np.array(sorted(told), dtype=np.int64))

    def _real(
        self,
        moved: _Moved,
        people: NDArray[np.int64],
        now: Evaluation,
        earlier: Sequence[Evaluation],
        told: NDArray[np.bool_],
    ) -> Iterator[Transition]:
        where = np.searchsorted(people, moved.people)
        told = told[where]
        differs = told & _reads_traits(moved.turn, now)
        for evaluation in earlier:
            then = _places(evaluation, moved.turn, people)
            differs = differs | (then[where] != moved.now)
        lately = _lately(now, to_us(moved.turn.before.as_of - LATE))[where]
        turned = _turned(moved.turn, now, earlier[0])
        for place in np.flatnonzero(differs).tolist():
            code = int(where[place])
            conditions = {
                node: bool(after[code]) for node, (_rule, before, after) in turned.items() if before[code] != after[code]
            }
            cause: Cause = "event" if lately[place] else "traits" if told[place] else "time"
            yield self._transition(moved, place, Reason(cause, conditions))

    def _transition(self, moved: _Moved, place: int, reason: Reason) -> Transition:
        state, since = moved.turn.after, moved.turn.before.as_of
        person, was, now = int(moved.people[place]), int(moved.was[place]), int(moved.now[place])
        if state.kind == "segment":
            return Transition(ENTERED if now else LEFT, state.name, person, "", "", since, self._at, reason)
        before, after = moved.turn.before.state.keys[was - 1], state.keys[now - 1]
        return Transition(TIER_CHANGED, state.name, person, before, after, since, self._at, reason)


def _places(evaluation: Evaluation, turn: Turn, people: NDArray[np.int64]) -> NDArray[np.uint8]:
    find = scheme_places if turn.after.kind == "scheme" else segment_places
    _keys, by_id = find(evaluation, turn.after.name)
    return np.append(by_id, np.zeros(max(0, int(people[-1]) + 1 - len(by_id)), dtype=np.uint8))[people]


def _rule(turn: Turn, evaluation: Evaluation) -> Rule | None:
    meaning = evaluation.ground.sources.segments.meaning(turn.after.name) if turn.after.kind == "segment" else None
    return meaning if isinstance(meaning, Rule) else None


def _conditions(turn: Turn, evaluation: Evaluation) -> dict[str, Rule]:
    rule = _rule(turn, evaluation)
    return {} if rule is None else dict(walk(rule))


def _reads_traits(turn: Turn, evaluation: Evaluation) -> bool:
    return any(isinstance(one, HasTrait | Consented | Reachable) for one in _conditions(turn, evaluation).values())


def _turned(turn: Turn, now: Evaluation, before: Evaluation) -> dict[str, tuple[Rule, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Give each condition of a rule with whether it was met before, and is met now, by person code."""
    return {path: (one, before.passing(one).truths(), now.passing(one).truths()) for path, one in _conditions(turn, now).items()}


def _lately(evaluation: Evaluation, since_us: int) -> NDArray[np.bool_]:
    """Say who did something from a moment on, ``(P,) bool``; orders are among what people do."""
    index, until_us = evaluation.ground.snapshot.index, evaluation.ground.moment.as_of_us
    inside = (index.time_us >= since_us) & (index.time_us < until_us)
    return np.add.reduceat(np.append(inside, False), index.offsets[:-1]).astype(np.bool_) & (np.diff(index.offsets) > 0)
