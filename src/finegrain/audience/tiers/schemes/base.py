"""What a tier scheme is: a pure function of facts and thresholds, in the steps that computing and explaining share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from finegrain.audience.tiers.facts import ALL_TIME_DAYS
from finegrain.i18n import N_

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import ExplainedFigure, Explanation, Note, SchemeName, Threshold
    from finegrain.audience.tiers.result import TierResult
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

BoundsT = TypeVar("BoundsT")


@dataclass(frozen=True)
class TierLabel:
    """A tier before anybody is in it: key, English name and English description, both marked for translation."""

    key: str
    name: str
    description: str


NO_ORDER = TierLabel("none", N_("No order"), N_("Known, but without a purchase so far."))


class Scheme(ABC, Generic[BoundsT]):
    """One way to sort all people into tiers.

    ``bounds`` reads from facts and thresholds everything that is the same for all people; ``classify`` then looks at each
    person alone. With the bounds held fast, a person's future under mere passage of time is ``classify`` at later moments.

    Attributes:
        name: stable name.
        label, description: English texts, marked for translation.
        declared: the thresholds with their defaults.
        moving_bounds: whether bounds are read from the data, and therefore move with everybody's behaviour.
        uses_window: whether the window figures decide.
    """

    name: SchemeName
    label: str
    description: str
    declared: tuple[Threshold, ...]
    uses_window: ClassVar[bool] = False

    def validate(self, values: Values) -> None:
        """Check thresholds against each other.

        Raises:
            ThresholdOrderError: two thresholds contradict each other.
        """

    def window_days(self, values: Values) -> int:  # noqa: ARG002 - schemes with a window need them
        """Give the length of the look-back window."""
        return ALL_TIME_DAYS

    def moving_bounds(self, values: Values) -> bool:  # noqa: ARG002 - schemes with such bounds need them
        """Say whether the bounds are read from the data, so that they move when others act."""
        return False

    @abstractmethod
    def tiers(self, values: Values) -> tuple[TierLabel, ...]:
        """Give the tiers in canonical order, the best first, people without a purchase last."""

    @abstractmethod
    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> BoundsT:
        """Read the bounds from thresholds and, where they say so, from the data."""

    @abstractmethod
    def classify(self, facts: PersonFacts, bounds: BoundsT) -> NDArray[np.int8]:
        """Give the place in ``tiers`` of each person's tier, ``(n,) int8``."""

    @abstractmethod
    def notes(self, bounds: BoundsT, currency: str) -> tuple[Note, ...]:
        """Say which bounds were used."""

    @abstractmethod
    def figures(self, person: PersonFacts, bounds: BoundsT, currency: str) -> tuple[ExplainedFigure, ...]:
        """Give one person's figures and what each did, in the reader's language; arrays have length 1."""

    @abstractmethod
    def crossings(self, person: PersonFacts, bounds: BoundsT) -> tuple[int, ...]:
        """Give the instants (µs) at which a bound of time passes over one person; past ones do no harm."""

    def explain(self, result: TierResult, person_id: int) -> Explanation:
        """Say why a person is in their tier, and when time alone moves them on; see ``tiers.explain``."""
        from finegrain.audience.tiers.explain import explain

        return explain(result, person_id)
