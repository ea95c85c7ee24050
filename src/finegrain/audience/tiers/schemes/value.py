"""Value: high, mid and low by net revenue, cut by the share of revenue that people bring or by the share of people."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.contract import ExplainedFigure, Note, SchemeName, Threshold
from finegrain.audience.tiers.cuts import levels, top_step_by_count, top_step_by_sum
from finegrain.audience.tiers.schemes.base import NO_ORDER, Scheme, TierLabel
from finegrain.audience.tiers.texts import purchases_text
from finegrain.i18n import N_, _, current_language
from finegrain.money import Money

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

LOW, NONE = 2, 3
BY_REVENUE = "revenue_share"
TIERS = (
    TierLabel("high", N_("High value"), N_("The few who bring most of the revenue.")),
    TierLabel("mid", N_("Mid value"), N_("The middle, who bring most of the rest.")),
    TierLabel("low", N_("Low value"), N_("The many who bring little each.")),
    NO_ORDER,
)
_BY_REVENUE, _BY_PEOPLE = (("method", BY_REVENUE),), (("method", "people_share"),)


@dataclass(frozen=True)
class ValueBounds:
    """From which net revenue, in minor units, somebody is of mid and of high value."""

    mid_minor: int
    high_minor: int
    method: str
    mid_percent: float
    high_percent: float


class ValueScheme(Scheme[ValueBounds]):
    """Who brings the revenue: ABC analysis over all purchases so far."""

    name: SchemeName = "value"
    label: str = N_("Purchase value")
    description: str = N_("Who brings the revenue: all purchases so far, net of refunds.")
    declared: tuple[Threshold, ...] = (
        th.choice(
            "method",
            N_("Cut by"),
            {BY_REVENUE: N_("share of revenue"), "people_share": N_("share of people")},
            N_("Whether a tier is a part of the revenue (ABC analysis) or a part of the buyers."),
        ),
        th.percent(
            "high_share",
            N_("High value brings"),
            80,
            N_("Share of revenue that the top people bring together; they are of high value."),
            only_when=_BY_REVENUE,
        ),
        th.percent(
            "mid_share",
            N_("High and mid value bring"),
            95,
            N_("Share of revenue that people of high and mid value bring together."),
            only_when=_BY_REVENUE,
        ),
        th.percent(
            "high_people",
            N_("High value are the top"),
            20,
            N_("Share of buyers, by revenue, who are of high value."),
            only_when=_BY_PEOPLE,
        ),
        th.percent(
            "mid_people",
            N_("High and mid value are the top"),
            50,
            N_("Share of buyers, by revenue, who are of high or mid value."),
            only_when=_BY_PEOPLE,
        ),
    )

    def validate(self, values: Values) -> None:
        """Check that high is part of high and mid."""
        th.require_rising(values, "high_share", "mid_share")
        th.require_rising(values, "high_people", "mid_people")

    def moving_bounds(self, values: Values) -> bool:  # noqa: ARG002 - both methods read the data
        """Both methods cut by what everybody brings."""
        return True

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:  # noqa: ARG002 - always the same
        """Give the four tiers."""
        return TIERS

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> ValueBounds:  # noqa: ARG002 - whole minor units
        """Find the revenue at which the shares are reached; nobody without positive revenue is above low."""
        method = str(values["method"])
        names = ("high_share", "mid_share") if method == BY_REVENUE else ("high_people", "mid_people")
        percents = [float(values[name]) for name in names]
        high, mid = _steps(facts.revenue_minor[facts.purchases > 0], method, percents)
        return ValueBounds(mid, high, method, percents[1], percents[0])

    def classify(self, facts: PersonFacts, bounds: ValueBounds) -> NDArray[np.int8]:
        """Compare each buyer's revenue with the two bounds."""
        codes = LOW - levels(facts.revenue_minor, (bounds.mid_minor, bounds.high_minor))
        codes[facts.purchases == 0] = NONE
        return codes

    def notes(self, bounds: ValueBounds, currency: str) -> tuple[Note, ...]:
        """Say from which revenue somebody is of high and mid value, and why."""
        if bounds.method == BY_REVENUE:
            text = N_("High value from {high} (together {high_percent}% of revenue), mid value from {mid} ({mid_percent}%).")
        else:
            text = N_("High value from {high} (the top {high_percent}% of buyers), mid value from {mid} ({mid_percent}%).")
        high, mid = Money(currency, bounds.high_minor), Money(currency, bounds.mid_minor)
        facts = {"high": high, "mid": mid, "high_percent": bounds.high_percent, "mid_percent": bounds.mid_percent}
        return (Note(text, facts),)

    def figures(self, person: PersonFacts, bounds: ValueBounds, currency: str) -> tuple[ExplainedFigure, ...]:
        """Give purchases and net revenue."""
        count, revenue = int(person.purchases[0]), int(person.revenue_minor[0])
        language = current_language()
        verdict = _("sorted by revenue") if count else _("no purchase: a tier of their own")
        figures = [ExplainedFigure(_("Purchases"), purchases_text(count), verdict)]
        if count:
            text = Money(currency, revenue).text(language)
            figures.append(ExplainedFigure(_("Net revenue"), text, _verdict(revenue, bounds, currency)))
        return tuple(figures)

    def crossings(self, person: PersonFacts, bounds: ValueBounds) -> tuple[int, ...]:  # noqa: ARG002 - time moves nobody
        """Give none: revenue so far does not fade."""
        return ()


def _steps(revenue: NDArray[np.int64], method: str, percents: list[float]) -> tuple[int, ...]:
    shares = [Fraction(str(percent)) / 100 for percent in percents]
    counted = revenue[revenue > 0] if method == BY_REVENUE else revenue
    if not len(counted):
        return (1,) * len(shares)
    steps = top_step_by_sum(counted, shares) if method == BY_REVENUE else top_step_by_count(counted, shares)
    return tuple(max(step, 1) for step in steps)


def _verdict(revenue: int, bounds: ValueBounds, currency: str) -> str:
    language = current_language()
    high, mid = (Money(currency, minor).text(language) for minor in (bounds.high_minor, bounds.mid_minor))
    if revenue >= bounds.high_minor:
        return _("{amount} or more: high value", amount=high)
    if revenue >= bounds.mid_minor:
        return _("from {mid} to below {high}: mid value", mid=mid, high=high)
    return _("less than {amount}: low value", amount=mid)
