"""Portraits for a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.portraits import facets
from finegrain.audience.portraits.comparing import SMALLEST, compared
from finegrain.audience.portraits.contract import PortraitResult
from finegrain.audience.rules.contract import InSegment, InTier, Rule
from finegrain.audience.rules.reading import write_rule
from finegrain.audience.segments.keeping import KeptSegments
from finegrain.behaviour.errors import UnknownSegmentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.tiers.service import TierService
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore

MOST_TRAITS = 60
"""Traits that are looked at, in the order of their names."""


class PortraitService:
    """Says what tells some people from all. Safe to use from several threads.

    Args:
        ops: where segments are kept.
        people: what is known of people.
        rules: who meets which rule.
        tiers: what tiers there are.
        present: gives the moment for which figures are shown.
    """

    def __init__(
        self, ops: OpsStore, people: PeopleService, rules: RuleService, tiers: TierService, present: Callable[[], datetime]
    ) -> None:
        self._segments = KeptSegments(ops, people)
        self._people = people
        self._rules = rules
        self._tiers = tiers
        self._present = present

    def of(self, what: str | Rule | Mapping[str, Any], as_of: datetime | None = None) -> PortraitResult:
        """Draw the portrait of a segment, a tier, or whoever meets a rule, against everybody.

        It tells text traits by their values, traits that are numbers in bands, categories and the hours and weekdays of what
        people did in the last 90 days, channels by which they can be reached, and the tiers of each scheme. Traits are those of
        today.

        Args:
            what: the name of a segment; a tier as ``scheme/key``, where there is such a scheme; a rule, or its JSON values.
            as_of: only what happened before this moment counts; aware. By default the present.

        Raises:
            UnknownSegmentError: there is no such segment.
            BadRuleError: the rule cannot be used, or names a tier that there is not.
        """
        moment = as_of or self._present()
        rule = self._rules.read(self._meant(what), self._segments, moment)
        evaluation = self._rules.evaluation(moment, self._segments)
        inside = evaluation.passing(rule).truths()
        signs = compared(self._facets(evaluation), inside)
        told = what if isinstance(what, str) else write_rule(rule)
        return PortraitResult(told, moment, int(inside.sum()), len(inside), signs, SMALLEST)

    def _meant(self, what: str | Rule | Mapping[str, Any]) -> Rule | Mapping[str, Any]:
        if not isinstance(what, str):
            return what
        scheme, separator, _key = what.partition("/")
        if separator and scheme in self._tiers.names():
            return InTier(what)
        if what not in self._segments.names():
            raise UnknownSegmentError(name=what)
        return InSegment(what)

    def _facets(self, evaluation: Evaluation) -> Iterator[facets.Values]:
        ground = evaluation.ground
        yield from facets.traits(ground, self._people.trait_names()[:MOST_TRAITS])
        yield facets.categories(ground)
        yield from facets.times(ground)
        yield facets.channels(evaluation)
        for scheme in self._tiers.names():
            yield facets.tiers(ground, scheme, {one.key: one.name for one in self._tiers.labels(scheme)})
