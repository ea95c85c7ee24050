"""Finds who moved between two states: who is elsewhere now, and would have been so in the state before as it is known today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.history.places import Followed
from finegrain.audience.history.states import scheme_places, segment_places
from finegrain.audience.rules.contract import Consented, HasTrait, Reachable
from finegrain.audience.rules.reading import walk
from finegrain.audience.transitions.contract import ENTERED, LEFT, TIER_CHANGED, Reason, Transition
from finegrain.behaviour.receiving import OWN_EVENTS
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.history.service import Turn
    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.service import RuleService
    from finegrain.behaviour.index import BehaviourIndex
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


@dataclass(frozen=True, eq=False)
class _Before:
    """What is known of all who are elsewhere, ``(n,)`` by place among them, since one state before.

    Attributes:
        people: ``int64``, their ids, ascending.
        codes: ``int64``, their codes among everybody.
        evaluations: of them alone, as of that state, and of ``LATE`` before it.
        told: ``bool``, of whom a source said something lately.
        lately: ``bool``, who did something lately.
    """

    people: NDArray[np.int64]
    codes: NDArray[np.int64]
    evaluations: Sequence[Evaluation]
    told: NDArray[np.bool_]
    lately: NDArray[np.bool_]


class Finding:
    """Finds transitions among one state's turns.

    Args:
        evaluation: the state, over everybody.
        rules: who meets which rule.
        people: who has which number now, and what was said of them.
        segments: the rules of segments by name.
    """

    def __init__(self, evaluation: Evaluation, rules: RuleService, people: PeopleService, segments: Mapping[str, Rule]) -> None:
        self._evaluation = evaluation
        self._rules = rules
        self._people = people
        self._segments = segments
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
        for since in sorted({one.turn.before.as_of for one in moved}):
            before = self._before(people, since)
            for one in (one for one in moved if one.turn.before.as_of == since):
                yield from self._real(one, before)

    def _moved(self, turn: Turn, followed: Followed) -> _Moved:
        was, now = followed.places(turn.before.state.places), followed.places(turn.after.places)
        elsewhere = was != now
        if turn.after.kind == "scheme":
            elsewhere &= (was > 0) & (now > 0)
        people = np.flatnonzero(elsewhere)
        return _Moved(turn, people, was[people], now[people])

    def _before(self, people: NDArray[np.int64], since: datetime) -> _Before:
        codes = np.searchsorted(self._ids, people).astype(np.int64)
        evaluations = [self._rules.of_some(self._evaluation, people, moment) for moment in (since, since - LATE)]
        lately = _lately(evaluations[0].ground.snapshot.index, to_us(since - LATE), self._evaluation.ground.moment.as_of_us)
        return _Before(people, codes, evaluations, self._told(people, since - LATE), lately)

    def _told(self, people: NDArray[np.int64], since: datetime) -> NDArray[np.bool_]:
        """Say of whom a source said something lately."""
        by_id = {one: person for person, ids in self._people.distinct_ids(people).items() for one in ids}
        told = {by_id[one] for one in self._people.told_since(list(by_id), since)}
        return np.isin(people, np.array(sorted(told), dtype=np.int64))

    def _real(self, moved: _Moved, before: _Before) -> Iterator[Transition]:
        rule = self._segments.get(moved.turn.after.name) if moved.turn.after.kind == "segment" else None
        conditions = {} if rule is None else dict(walk(rule))
        where = np.searchsorted(before.people, moved.people)
        told = before.told[where]
        differs = told & any(isinstance(one, HasTrait | Consented | Reachable) for one in conditions.values())
        for evaluation in before.evaluations:
            name, scheme = moved.turn.after.name, moved.turn.after.kind == "scheme"
            _keys, places = scheme_places(evaluation, name) if scheme else segment_places(evaluation, name, rule)
            differs = differs | (places[where] != moved.now)
        turned = self._turned(conditions, before)[where]
        causes = np.where(before.lately[where], "event", np.where(told, "traits", "time")).tolist()
        reasons: dict[tuple[str, bytes], Reason] = {}
        for place in np.flatnonzero(differs).tolist():
            key = causes[place], turned[place].tobytes()
            if key not in reasons:  # many move for the same reason
                nodes = {node: turn > 0 for node, turn in zip(conditions, turned[place].tolist(), strict=True) if turn}
                reasons[key] = Reason(causes[place], nodes)
            yield self._transition(moved, place, reasons[key])

    def _turned(self, conditions: Mapping[str, Rule], before: _Before) -> NDArray[np.int8]:
        """Give of each person and condition whether it is met since, 1, is not met any more, −1, or neither, 0."""
        found = np.zeros((len(before.people), len(conditions)), dtype=np.int8)
        for column, condition in enumerate(conditions.values()):
            now = self._evaluation.passing(condition).among(before.codes)
            found[:, column] = now.view(np.int8) - before.evaluations[0].passing(condition).truths().view(np.int8)
        return found

    def _transition(self, moved: _Moved, place: int, reason: Reason) -> Transition:
        state, since = moved.turn.after, moved.turn.before.as_of
        person, was, now = int(moved.people[place]), int(moved.was[place]), int(moved.now[place])
        if state.kind == "segment":
            return Transition(ENTERED if now else LEFT, state.name, person, "", "", since, self._at, reason)
        before, after = moved.turn.before.state.keys[was - 1], state.keys[now - 1]
        return Transition(TIER_CHANGED, state.name, person, before, after, since, self._at, reason)


def _lately(index: BehaviourIndex, since_us: int, until_us: int) -> NDArray[np.bool_]:
    """Say who did something from a moment on, ``(P,) bool``; orders are among what people do, transitions are not."""
    theirs = ~np.isin(index.event_names, OWN_EVENTS)
    inside = (index.time_us >= since_us) & (index.time_us < until_us) & theirs[index.event]
    return np.add.reduceat(np.append(inside, False), index.offsets[:-1]).astype(np.bool_) & (np.diff(index.offsets) > 0)
