"""The state of everything at a moment: who is in which segment, and in which tier of which scheme."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.history.places import packed, placed, unpacked
from finegrain.audience.rules.contract import InSegment, InTier, Moved
from finegrain.audience.rules.reading import walk, write_rule
from finegrain.audience.tiers.own.sorting import rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from finegrain.audience.history.contract import Kind
    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.segments.contract import Segment
    from finegrain.audience.segments.keeping import KeptSegments
    from finegrain.audience.tiers.service import TierService

Name = tuple["Kind", str]


@dataclass(frozen=True, eq=False)
class State:
    """One segment or scheme at a moment.

    Attributes:
        kind, name: which.
        keys: the tiers of a scheme in order; of a segment its name alone.
        definition: another one when the rule or the thresholds are.
        members: who is where, as ``places.packed`` writes it: a thousand states of a million people take little memory.
    """

    kind: Kind
    name: str
    keys: tuple[str, ...]
    definition: str
    members: bytes

    @property
    def places(self) -> NDArray[np.uint8]:
        """Give by person id the place in ``keys`` counted from 1, 0 for nowhere; unpacked each time."""
        return unpacked(self.members)


class States:
    """Finds states.

    Args:
        segments: what segments there are.
        tiers: their thresholds.
        schemes: gives the names of all tier schemes.
    """

    def __init__(self, segments: KeptSegments, tiers: TierService, schemes: Callable[[], Sequence[str]]) -> None:
        self._segments = segments
        self._tiers = tiers
        self._schemes = schemes

    def definitions(self) -> dict[Name, str]:
        """Give what tells the definition of every scheme, and of every segment that can be computed."""
        rules, failed = self._segments.rules()
        told = _Definitions({one.name: one for one in self._segments.all()}, rules, self._tiers)
        found: dict[Name, str] = {("scheme", name): told.of_scheme(name) for name in self._schemes()}
        return found | {("segment", name): told.of(name) for name in told.segments if name not in failed}

    def names(self) -> set[Name]:
        """Give all schemes and segments, also those that cannot be computed."""
        return {("scheme", name) for name in self._schemes()} | {("segment", name) for name in self._segments.names()}

    def prepare(self, evaluation: Evaluation, wanted: Mapping[Name, str]) -> None:
        """Find out beforehand what the rules of all that is wanted will ask, which a new evaluation does not know yet."""
        rules, _failed = self._segments.rules()
        evaluation.prepare(rule for name, rule in rules.items() if ("segment", name) in wanted)

    def at(self, evaluation: Evaluation, wanted: Mapping[Name, str]) -> Iterator[State]:
        """Give the states of what is wanted, by definition, of the people who were known by the evaluation's moment."""
        for (kind, name), definition in wanted.items():
            keys, places = scheme_places(evaluation, name) if kind == "scheme" else segment_places(evaluation, name)
            yield State(kind, name, keys, definition, packed(placed(evaluation.ground.snapshot.index.person_ids, places)))


def scheme_places(evaluation: Evaluation, name: str) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Give the keys of a scheme's tiers, and the place among them of each person, from 1, by person code; see ``State``."""
    keys, codes = evaluation.tiers(name)
    return keys, _known(evaluation, codes.astype(np.uint8) + np.uint8(1))


def segment_places(evaluation: Evaluation, name: str, rule: Rule | None = None) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Give the name of a segment, and who is in it, likewise. Its rule is not read again where it is given."""
    marks = evaluation.passing(InSegment(name) if rule is None else rule)
    return (name,), _known(evaluation, marks.truths().view(np.uint8))


def _known(evaluation: Evaluation, places: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Leave out who was not known yet."""
    index, as_of_us = evaluation.ground.snapshot.index, evaluation.ground.moment.as_of_us
    known = evaluation.ground.once("known", lambda: index.known_us < as_of_us)
    found: NDArray[np.uint8] = places * known
    return found


class _Definitions:
    """Tells the definitions of segments, each once; rules name no circle, as they are checked when they are kept."""

    def __init__(self, segments: dict[str, Segment], rules: dict[str, Rule], tiers: TierService) -> None:
        self.segments = segments
        self._rules = rules
        self._tiers = tiers
        self._own = {one.name: one for one in tiers.own_schemes()}
        self._kept: dict[Name, str] = {}

    def of(self, name: str) -> str:
        if ("segment", name) not in self._kept:
            segment, rule = self.segments[name], self._rules.get(name)
            parts = [segment.made_at.isoformat(), segment.size] if rule is None else [write_rule(rule), self._named(rule)]
            self._kept["segment", name] = _digest(parts)
        return self._kept["segment", name]

    def _named(self, rule: Rule) -> list[str]:
        """Give the definitions of all that a rule names."""
        conditions = [one for _path, one in walk(rule)]
        segments = [self.of(one.segment) for one in conditions if isinstance(one, InSegment) and one.segment in self.segments]
        tiers = [tier for one in conditions if isinstance(one, InTier) for tier in tiers_of(one)]
        moves = [one.moved for one in conditions if isinstance(one, Moved)]
        return segments + [self.of_scheme(name) for name in sorted({*moves, *(tier.partition("/")[0] for tier in tiers)})]

    def of_scheme(self, name: str) -> str:
        """Give what tells the thresholds, rules and tiers of a scheme from others."""
        if ("scheme", name) not in self._kept:
            self._kept["scheme", name] = _digest([self._meaning(name), self._tiers.keys(name)])
        return self._kept["scheme", name]

    def _meaning(self, name: str) -> list[Any]:
        if name in self._own:
            return [[write_rule(rule), self._named(rule)] for rule in rules_of(self._own[name])]
        return [(one.name, one.value) for one in self._tiers.thresholds(name)]


def tiers_of(condition: InTier) -> tuple[str, ...]:
    """Give the tiers that a condition names, each as ``scheme/key``."""
    return (condition.tier,) if isinstance(condition.tier, str) else condition.tier


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
