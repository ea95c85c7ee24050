"""Evaluates rules over one ground: each condition once, however many rules ask for it."""

from __future__ import annotations

import threading
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from finegrain.audience.rules.conditions import meeting, schemes_now
from finegrain.audience.rules.contract import All, AnyOf, InSegment, InTier, Moved, Not
from finegrain.audience.rules.errors import RuleCycleError
from finegrain.audience.rules.marks import Marks
from finegrain.audience.rules.reading import walk
from finegrain.behaviour.deeds.values import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.ground import Ground

_T = TypeVar("_T")
_MAY_NAME_SEGMENTS = (InSegment.__name__, InTier.__name__, Moved.__name__)


def _by_event(asked: tuple[str, Rule]) -> tuple[str, ...]:
    key, condition = asked
    match = getattr(condition, "event", None) or getattr(condition, "first_time", None) or getattr(condition, "last_time", None)
    return (repr(match), *(getattr(condition, one, "") for one in ("measure", "property", "period"))) if match else ("", key)


class Evaluation:
    """Says who meets rules; what was found of a condition is kept as long as it is. Safe to use from several threads.

    Args:
        ground: one state, of everybody or of one person.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._kept: dict[str, Marks] = {}
        self._under_way: list[str] = []
        self._lock = threading.RLock()

    def passing(self, rule: Rule) -> Marks:
        """Say who meets a rule.

        Raises:
            RuleCycleError: segments refer to each other in a circle.
        """
        if isinstance(rule, All):
            return reduce(and_, map(self.passing, rule.rules), Marks.all(self.ground.people))
        if isinstance(rule, AnyOf):
            return reduce(or_, map(self.passing, rule.rules), Marks.none(self.ground.people))
        if isinstance(rule, Not):
            return ~self.passing(rule.rule)
        return self._condition(rule)

    def first_of(self, rules: Sequence[Rule]) -> NDArray[np.int8]:
        """Give the place of the first of some rules that everybody meets, ``(P,) int8``; ``len(rules)`` where it is none.

        Raises:
            RuleCycleError: segments or tier schemes refer to each other in a circle.
        """
        codes = np.full(self.ground.people, len(rules), dtype=np.int8)
        left = Marks.all(self.ground.people)
        for place, rule in enumerate(rules):
            met = left & self.passing(rule)
            codes[met.truths()] = place
            left = left & ~met
        return codes

    def prepare(self, rules: Iterable[Rule]) -> None:
        """Find out beforehand what many rules will ask: conditions on the same events one after the other.

        Their events and properties are then gathered once, although no more of them are kept than there is room for.
        """
        asked = {repr(condition): condition for rule in rules for _path, condition in walk(rule)}
        for _key, condition in sorted(asked.items(), key=_by_event):
            if not isinstance(condition, InSegment):
                self._condition(condition)

    def _condition(self, rule: Rule) -> Marks:
        # The text tells a truth value from the number that equals it.
        key = repr(rule)
        # Whoever asks for little waits for one condition of somebody who asks for much, not for all of them.
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._segment(rule.segment) if isinstance(rule, InSegment) else self._met(rule)
            return self._kept[key]

    def found(self) -> int:
        """Give how many conditions were found out so far."""
        return len(self._kept)

    def forget_segments(self) -> None:
        """Forget who is in segments, and in tiers, whose rules may name them, because one means something else from now on."""
        with self._lock:
            self._kept = {key: marks for key, marks in self._kept.items() if not key.startswith(_MAY_NAME_SEGMENTS)}
            self.ground.forget_tiers()

    def tiers(self, scheme: str) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Give the keys of a scheme's tiers, and the place among them of everybody's tier as of the moment, ``(P,) int8``.

        Raises:
            RuleCycleError: segments or tier schemes refer to each other in a circle.
        """
        with self._lock:
            self._sort(scheme)
            return self.ground.tiers(scheme, self.ground.moment.as_of)

    def _met(self, rule: Rule) -> Marks:
        for scheme in schemes_now(self.ground, rule):
            self._sort(scheme)
        return Marks.of(meeting(self.ground, rule))

    def _sort(self, scheme: str) -> None:
        """Sort by a scheme of one's own with what was found of its conditions already."""
        own = self.ground.sources.tiers.own_rules(scheme)
        if own is not None:
            keys, rules = own
            self.ground.know_tiers(scheme, (keys, self._under(f"{scheme}/*", lambda: self.first_of(rules))))

    def _segment(self, name: str) -> Marks:
        meaning = self.ground.sources.segments.meaning(name)
        if meaning is None:
            return Marks.none(self.ground.people)
        if isinstance(meaning, np.ndarray):
            return Marks.of(places_of(self.ground.snapshot.index.person_ids, meaning) >= 0)
        return self._under(name, lambda: self.passing(meaning))

    def _under(self, name: str, work: Callable[[], _T]) -> _T:
        if name in self._under_way:
            circle = " → ".join([*self._under_way[self._under_way.index(name) :], name])
            raise RuleCycleError(node="segment", value=circle)
        self._under_way.append(name)
        try:
            return work()
        finally:
            self._under_way.pop()
