"""The tiers of RFM: the eight classes, and the eleven named segments with the map from scores to them."""

from __future__ import annotations

import numpy as np

from finegrain.audience.tiers.schemes.base import NO_ORDER, TierLabel
from finegrain.i18n import N_

EIGHT = (
    TierLabel("important_value", N_("Important value"), N_("R, F and M high: the best customers; keep them close.")),
    TierLabel(
        "important_development", N_("Important development"), N_("R and M high, F low: spend much; bring them back more often.")
    ),
    TierLabel(
        "important_retention",
        N_("Important retention"),
        N_("F and M high, R low: good customers who have not come lately; hold them."),
    ),
    TierLabel(
        "important_win_back", N_("Important win-back"), N_("Only M high: big spenders who are slipping away; win them back.")
    ),
    TierLabel("general_value", N_("General value"), N_("R and F high, M low: come often, spend little; raise the basket.")),
    TierLabel(
        "general_development", N_("General development"), N_("Only R high: bought lately; lead them to the next purchase.")
    ),
    TierLabel("general_retention", N_("General retention"), N_("Only F high: used to come often, spend little; remind them.")),
    TierLabel("general_win_back", N_("General win-back"), N_("R, F and M low: little to lose; spend little on them.")),
    NO_ORDER,
)
"""In the order of ``4·(M low) + 2·(R low) + (F low)``, then people without a purchase."""

SEGMENTS = (
    TierLabel("champions", N_("Champions"), N_("Bought most recently, buy often and spend the most.")),
    TierLabel("loyal", N_("Loyal customers"), N_("Buy often and respond well.")),
    TierLabel("potential_loyalists", N_("Potential loyalists"), N_("Recent customers who have bought a few times.")),
    TierLabel("new_customers", N_("New customers"), N_("Bought most recently, but hardly more than once.")),
    TierLabel("promising", N_("Promising"), N_("Bought lately, but little so far.")),
    TierLabel("need_attention", N_("Need attention"), N_("Middling in everything, and not seen lately.")),
    TierLabel("about_to_sleep", N_("About to sleep"), N_("Little bought, and some time ago; nearly asleep.")),
    TierLabel("at_risk", N_("At risk"), N_("Bought a fair amount, but long ago.")),
    TierLabel("cannot_lose", N_("Cannot lose them"), N_("Used to be among the best, and have not come back for long.")),
    TierLabel("hibernating", N_("Hibernating"), N_("Bought little, and long ago.")),
    TierLabel("lost", N_("Lost"), N_("Bought little, and longest ago.")),
    NO_ORDER,
)

_MAP = {  # R score → segments for FM scores 1, 2, 3, 4, 5
    5: ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    1: ("lost", "lost", "at_risk", "at_risk", "cannot_lose"),
}


def segment(r: int, fm: int) -> str:
    """Give the key of the segment for scores ``r`` and ``fm``, each 1–5."""
    return _MAP[r][fm - 1]


def _codes() -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    places = {tier.key: place for place, tier in enumerate(SEGMENTS)}
    return np.array([[places[segment(r, fm)] for fm in range(1, 6)] for r in range(1, 6)], dtype=np.int8)


SEGMENT_CODES = _codes()
"""``(5, 5) int8``: the place in ``SEGMENTS`` for R score − 1 and FM score − 1."""
