"""Life-cycle stage: acquired, nurtured, mature, declining and lost, by each buyer's own rhythm of buying.

A buyer's *rhythm* is the time that one more purchase may take: the mean of the gaps between their own purchases and one
gap that is typical of the population, ``rhythm = (typical gap + last purchase − first purchase) / purchases``. One typical
gap among the own ones keeps people with one or two purchases near the population, and lets regulars set their own pace.
It is kept between ``typical gap / rhythm_limit`` and ``typical gap × rhythm_limit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.contract import ExplainedFigure, Note, SchemeName, Threshold
from finegrain.audience.tiers.facts import DAY, days_since
from finegrain.audience.tiers.schemes.base import NO_ORDER, Scheme, TierLabel
from finegrain.audience.tiers.texts import days_text, number_text, purchases_text
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

ACQUIRED, NURTURED, MATURE, DECLINING, LOST, NONE = range(6)
HUNDREDTHS = 100
TIERS = (
    TierLabel("acquired", N_("Acquired"), N_("Bought for the first time; the second purchase is not overdue.")),
    TierLabel("nurtured", N_("Nurtured"), N_("Bought again, is forming the habit.")),
    TierLabel("mature", N_("Mature"), N_("Buys regularly, in their own rhythm.")),
    TierLabel("declining", N_("Declining"), N_("The next purchase is overdue by their own rhythm.")),
    TierLabel("lost", N_("Lost"), N_("The next purchase is overdue for so long that it is not expected any more.")),
    NO_ORDER,
)


@dataclass(frozen=True)
class LifecycleBounds:
    """The thresholds as whole numbers: µs and hundredths."""

    typical_gap_days: int
    limit_hundredths: int
    declining_hundredths: int
    lost_hundredths: int
    mature_purchases: int


class LifecycleScheme(Scheme[LifecycleBounds]):
    """Where a buyer stands between the first purchase and being lost."""

    name: SchemeName = "lifecycle"
    label: str = N_("Life-cycle stage")
    description: str = N_("Where people stand between their first purchase and being lost, by their own rhythm of buying.")
    declared: tuple[Threshold, ...] = (
        th.days("typical_gap_days", N_("Typical gap"), 30, N_("Days that typically pass between two purchases of one person.")),
        th.times(
            "rhythm_limit",
            N_("Own rhythm within"),
            3,
            N_("How many times faster or slower than typical somebody's own rhythm may count."),
            minimum=1,
            maximum=5,
        ),
        th.purchases("mature_purchases", N_("Mature from"), 4, N_("Purchases from which a buyer is mature."), minimum=3),
        th.times(
            "declining_factor",
            N_("Declining after"),
            2,
            N_("How many times the own rhythm may pass without a purchase before somebody is declining."),
            minimum=1,
            maximum=20,
        ),
        th.times(
            "lost_factor",
            N_("Lost after"),
            4,
            N_("How many times the own rhythm may pass without a purchase before somebody is lost."),
            minimum=1,
            maximum=20,
        ),
    )

    def validate(self, values: Values) -> None:
        """Check that declining comes before lost."""
        th.require_rising(values, "declining_factor", "lost_factor")

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:  # noqa: ARG002 - always the same
        """Give the five stages and the tier of people without a purchase."""
        return TIERS

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> LifecycleBounds:  # noqa: ARG002 - thresholds suffice
        """Take the thresholds, factors to the hundredth."""
        names = ("rhythm_limit", "declining_factor", "lost_factor")
        limit, declining, lost = (round(float(values[name]) * HUNDREDTHS) for name in names)
        return LifecycleBounds(int(values["typical_gap_days"]), limit, declining, lost, int(values["mature_purchases"]))

    def classify(self, facts: PersonFacts, bounds: LifecycleBounds) -> NDArray[np.int8]:
        """Sort by purchases, then by how many rhythms have passed since the last one."""
        codes = np.full(len(facts.purchases), NURTURED, dtype=np.int8)
        codes[facts.purchases == 1] = ACQUIRED
        codes[facts.purchases >= bounds.mature_purchases] = MATURE
        passed, rhythm = _passed_us(facts), rhythm_us(facts, bounds)
        codes[passed >= _grace(rhythm, bounds.declining_hundredths)] = DECLINING
        codes[passed >= _grace(rhythm, bounds.lost_hundredths)] = LOST
        codes[facts.purchases == 0] = NONE
        return codes

    def notes(self, bounds: LifecycleBounds, currency: str) -> tuple[Note, ...]:  # noqa: ARG002 - no money in it
        """Say the typical gap and the factors."""
        text = N_(
            "Typical gap {gap} days; own rhythm at most {limit} times faster or slower; "
            "declining after {declining} rhythms without a purchase, lost after {lost}."
        )
        factors = (bounds.limit_hundredths, bounds.declining_hundredths, bounds.lost_hundredths)
        limit, declining, lost = (_times_text(factor) for factor in factors)
        return (Note(text, {"gap": bounds.typical_gap_days, "limit": limit, "declining": declining, "lost": lost}),)

    def figures(
        self,
        person: PersonFacts,
        bounds: LifecycleBounds,
        currency: str,  # noqa: ARG002 - no money in it
    ) -> tuple[ExplainedFigure, ...]:
        """Give purchases, rhythm, and the time since the last purchase measured in rhythms."""
        count = int(person.purchases[0])
        if not count:
            return (ExplainedFigure(_("Purchases"), purchases_text(0), _("no purchase: a tier of their own")),)
        return (
            ExplainedFigure(_("Purchases"), purchases_text(count), _stage(count, bounds)),
            _rhythm_figure(person, bounds),
            _recency_figure(person, bounds),
        )

    def crossings(self, person: PersonFacts, bounds: LifecycleBounds) -> tuple[int, ...]:
        """Give the moments at which a buyer starts to decline and is lost."""
        if not person.purchases[0]:
            return ()
        rhythm, last = rhythm_us(person, bounds), int(person.last_purchase_us[0])
        return tuple(last + int(_grace(rhythm, h)[0]) for h in (bounds.declining_hundredths, bounds.lost_hundredths))


def rhythm_us(facts: PersonFacts, bounds: LifecycleBounds) -> NDArray[np.int64]:
    """Give each buyer's rhythm, ``(n,) int64`` whole microseconds; the typical gap for people without a purchase."""
    gap = bounds.typical_gap_days * DAY
    own = (gap + facts.last_purchase_us - facts.first_purchase_us) // np.maximum(facts.purchases, 1)
    slowest, fastest = gap * bounds.limit_hundredths // HUNDREDTHS, gap * HUNDREDTHS // bounds.limit_hundredths
    rhythm: NDArray[np.int64] = np.clip(own, fastest, slowest)
    return rhythm


def _grace(rhythm: NDArray[np.int64], hundredths: int) -> NDArray[np.int64]:
    grace: NDArray[np.int64] = rhythm * hundredths // HUNDREDTHS
    return grace


def _passed_us(facts: PersonFacts) -> NDArray[np.int64]:
    return np.int64(facts.as_of_us) - np.where(facts.purchases > 0, facts.last_purchase_us, facts.as_of_us)


def _stage(count: int, bounds: LifecycleBounds) -> str:
    if count == 1:
        return _("first purchase: acquired")
    limit = purchases_text(bounds.mature_purchases)
    mature = count >= bounds.mature_purchases
    return _("{limit} or more: mature", limit=limit) if mature else _("less than {limit}: nurtured", limit=limit)


def _rhythm_figure(person: PersonFacts, bounds: LifecycleBounds) -> ExplainedFigure:
    rhythm = int(rhythm_us(person, bounds)[0]) / DAY
    text = _("own gaps, and one typical gap of {gap}", gap=days_text(bounds.typical_gap_days))
    return ExplainedFigure(_("Rhythm of buying"), _("{days} days", days=number_text(rhythm)), text)


def _recency_figure(person: PersonFacts, bounds: LifecycleBounds) -> ExplainedFigure:
    rhythm, passed = int(rhythm_us(person, bounds)[0]), int(_passed_us(person)[0])
    lost, declining = (rhythm * h // HUNDREDTHS for h in (bounds.lost_hundredths, bounds.declining_hundredths))
    days = days_text(int(days_since(person, person.last_purchase_us)[0]))
    if passed >= lost:
        verdict = _("{times} rhythms or more: lost", times=_times_text(bounds.lost_hundredths))
    elif passed >= declining:
        verdict = _("{times} rhythms or more: declining", times=_times_text(bounds.declining_hundredths))
    else:
        verdict = _("less than {times} rhythms: on time", times=_times_text(bounds.declining_hundredths))
    return ExplainedFigure(_("Since the last purchase"), days, verdict)


def _times_text(hundredths: int) -> str:
    return f"{hundredths / HUNDREDTHS:g}"
