"""RFM: how recently, how often and for how much somebody has bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.cuts import levels
from finegrain.audience.tiers.facts import DAY, days_since
from finegrain.audience.tiers.schemes import rfm_texts, rfm_tiers
from finegrain.audience.tiers.schemes.base import Scheme, TierLabel
from finegrain.audience.tiers.schemes.rfm_thresholds import DECLARED, EIGHT, SCORES, RfmBounds, RfmFigures, read_bounds
from finegrain.i18n import N_

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import ExplainedFigure, Note, SchemeName, Threshold
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts


class RfmScheme(Scheme[RfmBounds]):
    """Recency over all history; frequency and net revenue in the look-back window.

    Bounds that are read from the data are those of the people who bought in the window. Who bought only before it has no
    F and no M, and an R worse than anybody's in the window.
    """

    name: SchemeName = "rfm"
    label: str = N_("RFM")
    description: str = N_("How recently, how often and for how much people have bought.")
    declared: tuple[Threshold, ...] = DECLARED
    uses_window: ClassVar[bool] = True

    def validate(self, values: Values) -> None:
        """Check that higher scores ask for more."""
        th.require_rising(values, *(f"r_score_{score}_days" for score in reversed(SCORES)))
        th.require_rising(values, *(f"f_score_{score}" for score in SCORES))
        th.require_rising(values, *(f"m_score_{score}" for score in SCORES))

    def window_days(self, values: Values) -> int:
        """Give the threshold of that name."""
        return int(values["window_days"])

    def moving_bounds(self, values: Values) -> bool:
        """Mean, median and quantiles move; fixed bounds do not."""
        return values["split" if values["view"] == EIGHT else "scores"] != "fixed"

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:
        """Give the eight classes or the eleven segments, and the tier of people without a purchase."""
        return rfm_tiers.EIGHT if values["view"] == EIGHT else rfm_tiers.SEGMENTS

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> RfmBounds:
        """Read the bounds from thresholds or from the people who bought in the window."""
        all_figures, bought = figures_of(facts), facts.window_purchases > 0
        population = RfmFigures(all_figures.r[bought], all_figures.f[bought], all_figures.m[bought])
        return read_bounds(population, values, currency)

    def classify(self, facts: PersonFacts, bounds: RfmBounds) -> NDArray[np.int8]:
        """Cut R, F and M at their steps and look the combination up."""
        r, f, m = figure_levels(facts, bounds)
        if bounds.view == EIGHT:
            codes = (7 - 4 * m - 2 * r - f).astype(np.int8)
        else:
            codes = rfm_tiers.SEGMENT_CODES[r, second_level(f, m, bounds.second_score)]
        codes[facts.purchases == 0] = len(rfm_tiers.EIGHT if bounds.view == EIGHT else rfm_tiers.SEGMENTS) - 1
        return codes

    def notes(self, bounds: RfmBounds, currency: str) -> tuple[Note, ...]:
        """Say the bounds, the rule and the people they were read from."""
        return rfm_texts.notes(bounds, currency)

    def figures(self, person: PersonFacts, bounds: RfmBounds, currency: str) -> tuple[ExplainedFigure, ...]:
        """Give R, F and M with what each counts as."""
        if not person.purchases[0]:
            return (rfm_texts.no_purchase(),)
        values = figures_of(person)
        r, f, m = (int(level[0]) for level in figure_levels(person, bounds))
        second = int(second_level(np.int8(f), np.int8(m), bounds.second_score))
        return rfm_texts.figures(values, (r, f, m, second), bounds, currency)

    def crossings(self, person: PersonFacts, bounds: RfmBounds) -> tuple[int, ...]:
        """Give the moments at which R falls below its steps."""
        if not person.purchases[0]:
            return ()
        return tuple(int(person.last_purchase_us[0]) + (1 - step) * DAY for step in bounds.r)


def figures_of(facts: PersonFacts) -> RfmFigures:
    """Give R (negated whole days since the last purchase), F and M (minor units) of everybody."""
    recency = -days_since(facts, facts.last_purchase_us)
    return RfmFigures(recency, facts.window_purchases.astype(np.int64), facts.window_revenue_minor)


def figure_levels(facts: PersonFacts, bounds: RfmBounds) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]:
    """Give the levels of R, F and M of everybody: 0 or 1 for the eight classes, score − 1 for scores."""
    figures = figures_of(facts)
    return levels(figures.r, bounds.r), levels(figures.f, bounds.f), levels(figures.m, bounds.m)


def second_level(f: NDArray[np.int8] | np.int8, m: NDArray[np.int8] | np.int8, second_score: str) -> NDArray[np.int8] | np.int8:
    """Give the second score − 1: F, M, or the mean of both scores with a half rounded up."""
    if second_score == "frequency":
        return f
    return m if second_score == "money" else (f + m + 1) // 2
