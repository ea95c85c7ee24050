"""A tier scheme of one's own among the others: sorts everybody by its rules, and explains where a person stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.audience.rules.reading import read_rule
from finegrain.audience.tiers.contract import Note
from finegrain.audience.tiers.schemes.base import Scheme, TierLabel
from finegrain.i18n import N_
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.tiers.contract import ExplainedFigure, Explanation
    from finegrain.audience.tiers.own.contract import OwnScheme
    from finegrain.audience.tiers.result import TierResult
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

    Codes = NDArray[np.int8]
    Sort = Callable[[datetime], Codes]
    Explain = Callable[[TierResult, int], Explanation]


def rules_of(scheme: OwnScheme) -> tuple[Rule, ...]:
    """Give the rules of a scheme's tiers, in order; that of the rest is nobody's."""
    return tuple(read_rule(tier.rule) for tier in scheme.tiers)


class OwnTierScheme(Scheme["Codes"]):
    """One scheme over one state of the index; its thresholds are its rules.

    Args:
        own: what was defined.
        sort: gives everybody's place among its tiers as of a moment.
        explain: says of one person why.
    """

    declared = ()

    def __init__(self, own: OwnScheme, sort: Sort, explain: Explain) -> None:
        self.name = own.name
        self.label = own.label
        self.description = own.description
        self._own = own
        self._sort = sort
        self._explain = explain

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:  # noqa: ARG002 - there are no thresholds
        """Give the tiers in the order of their rules, the rest last."""
        return tuple(TierLabel(key, label, "") for key, label in zip(self._own.keys, self._own.labels, strict=True))

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> Codes:  # noqa: ARG002 - rules suffice
        """Sort everybody as of the moment of the facts."""
        return self._sort(from_us(facts.as_of_us))

    def classify(self, facts: PersonFacts, bounds: Codes) -> Codes:  # noqa: ARG002 - the bounds are everybody's places
        """Give everybody's place, ``(n,) int8``."""
        return bounds

    def notes(self, bounds: Codes, currency: str) -> tuple[Note, ...]:  # noqa: ARG002 - there are no bounds to tell
        """Say how the tiers come about."""
        return (Note(N_("Everybody is in the first tier whose rule they meet.")),)

    def figures(self, person: PersonFacts, bounds: Codes, currency: str) -> tuple[ExplainedFigure, ...]:  # noqa: ARG002 - in ``explain``
        """Give nothing: what led to a tier is told by ``explain``."""
        return ()

    def crossings(self, person: PersonFacts, bounds: Codes) -> tuple[int, ...]:  # noqa: ARG002 - in ``explain``
        """Give nothing: when time alone moves a person on is told by ``explain``."""
        return ()

    def explain(self, result: TierResult, person_id: int) -> Explanation:
        """Say why a person is in their tier, and when time alone moves them on."""
        return self._explain(result, person_id)
