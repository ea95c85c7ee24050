"""Purchase frequency: never, first, repeat, and long time without a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.contract import ExplainedFigure, Note, SchemeName, Threshold
from finegrain.audience.tiers.facts import DAY, before, days_since
from finegrain.audience.tiers.schemes.base import Scheme, TierLabel
from finegrain.audience.tiers.texts import days_text, purchases_text
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

REPEAT, FIRST, LAPSED, NEVER_BOUGHT = range(4)
TIERS = (
    TierLabel("repeat", N_("Repeat"), N_("Bought more than once, and not too long ago.")),
    TierLabel("first", N_("First purchase"), N_("Bought exactly once, and not too long ago.")),
    TierLabel("lapsed", N_("Long without purchase"), N_("Bought before, but not for a long time.")),
    TierLabel("never", N_("Never bought"), N_("Known, but without a purchase so far.")),
)


@dataclass(frozen=True)
class FrequencyBounds:
    """From how many days without a purchase somebody has lapsed."""

    lapsed_days: int


class FrequencyScheme(Scheme[FrequencyBounds]):
    """How often somebody has bought, and whether that is still going on."""

    name: SchemeName = "frequency"
    label: str = N_("Purchase frequency")
    description: str = N_("How often people have bought, and who has not bought for a long time.")
    declared: tuple[Threshold, ...] = (
        th.days(
            "lapsed_days", N_("Long without purchase from"), 90, N_("Days since the last purchase from which a buyer has lapsed.")
        ),
    )

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:  # noqa: ARG002 - always the same
        """Give the four tiers."""
        return TIERS

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> FrequencyBounds:  # noqa: ARG002 - thresholds suffice
        """Take the threshold as it is."""
        return FrequencyBounds(int(values["lapsed_days"]))

    def classify(self, facts: PersonFacts, bounds: FrequencyBounds) -> NDArray[np.int8]:
        """Sort by number of purchases, then take out who has lapsed."""
        codes = np.where(facts.purchases > 1, REPEAT, FIRST).astype(np.int8)
        codes[facts.last_purchase_us <= before(facts, bounds.lapsed_days)] = LAPSED
        codes[facts.purchases == 0] = NEVER_BOUGHT
        return codes

    def notes(self, bounds: FrequencyBounds, currency: str) -> tuple[Note, ...]:  # noqa: ARG002 - no money in it
        """Say from when somebody has lapsed."""
        return (Note(N_("Long without purchase: none for {days} days or more."), {"days": bounds.lapsed_days}),)

    def figures(
        self,
        person: PersonFacts,
        bounds: FrequencyBounds,
        currency: str,  # noqa: ARG002 - no money in it
    ) -> tuple[ExplainedFigure, ...]:
        """Give purchases and days since the last one."""
        count = int(person.purchases[0])
        kind = _("never bought") if not count else _("first purchase") if count == 1 else _("repeat")
        figures = [ExplainedFigure(_("Purchases"), purchases_text(count), kind)]
        if count:
            figures.append(self._recency(person, bounds))
        return tuple(figures)

    def _recency(self, person: PersonFacts, bounds: FrequencyBounds) -> ExplainedFigure:
        days = int(days_since(person, person.last_purchase_us)[0])
        limit = days_text(bounds.lapsed_days)
        lapsed = days >= bounds.lapsed_days
        verdict = _("{limit} or more: long without purchase", limit=limit) if lapsed else _("less than {limit}", limit=limit)
        return ExplainedFigure(_("Since the last purchase"), days_text(days), verdict)

    def crossings(self, person: PersonFacts, bounds: FrequencyBounds) -> tuple[int, ...]:
        """Give the moment at which a buyer lapses."""
        return (int(person.last_purchase_us[0]) + bounds.lapsed_days * DAY,) if person.purchases[0] else ()
