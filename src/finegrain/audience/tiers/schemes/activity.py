"""Activity: new, active, silent and churned, by the last event of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.contract import ExplainedFigure, Note, SchemeName, Threshold
from finegrain.audience.tiers.facts import DAY, before, days_since
from finegrain.audience.tiers.schemes.base import NO_ORDER, Scheme, TierLabel
from finegrain.audience.tiers.texts import days_text, purchases_text
from finegrain.behaviour.contract import NEVER
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts

NEW, ACTIVE, SILENT, CHURNED, NONE = range(5)
OWN_TIER = "own_tier"
TIERS = (
    TierLabel("new", N_("New"), N_("Became known only lately, and was seen since.")),
    TierLabel("active", N_("Active"), N_("Seen lately.")),
    TierLabel("silent", N_("Silent"), N_("Not seen for some time.")),
    TierLabel("churned", N_("Churned"), N_("Not seen for a long time.")),
    NO_ORDER,
)


@dataclass(frozen=True)
class ActivityBounds:
    """The three limits in days, and whether people without a purchase stand apart."""

    new_days: int
    silent_days: int
    churned_days: int
    buyers_only: bool


class ActivityScheme(Scheme[ActivityBounds]):
    """Who was seen lately, doing anything at all."""

    name: SchemeName = "activity"
    label: str = N_("Activity")
    description: str = N_("How long ago people were last seen doing anything at all.")
    declared: tuple[Threshold, ...] = (
        th.days("new_days", N_("New for"), 14, N_("Days since somebody became known during which they count as new.")),
        th.days("silent_days", N_("Silent from"), 30, N_("Days since the last event of any kind from which somebody is silent.")),
        th.days(
            "churned_days", N_("Churned from"), 90, N_("Days since the last event of any kind from which somebody has churned.")
        ),
        th.choice(
            "without_order",
            N_("People without a purchase"),
            {OWN_TIER: N_("in a tier of their own"), "by_activity": N_("by their activity, like everybody")},
            N_("Whether people who have not bought yet stand apart or are sorted by their activity too."),
        ),
    )

    def validate(self, values: Values) -> None:
        """Check that new ≤ silent < churned."""
        th.require_rising(values, "new_days", "silent_days", equal_allowed=True)
        th.require_rising(values, "silent_days", "churned_days")

    def tiers(self, values: Values) -> tuple[TierLabel, ...]:
        """Give the four tiers, and the one of people without a purchase where they stand apart."""
        return TIERS if values["without_order"] == OWN_TIER else TIERS[:NONE]

    def bounds(self, facts: PersonFacts, values: Values, currency: str) -> ActivityBounds:  # noqa: ARG002 - thresholds suffice
        """Take the thresholds as they are."""
        new, silent, churned = (int(values[name]) for name in ("new_days", "silent_days", "churned_days"))
        return ActivityBounds(new, silent, churned, values["without_order"] == OWN_TIER)

    def classify(self, facts: PersonFacts, bounds: ActivityBounds) -> NDArray[np.int8]:
        """Sort by the last event; who became known lately and is not silent is new."""
        seen = _last_seen(facts)
        codes = np.where(facts.known_since_us > before(facts, bounds.new_days), NEW, ACTIVE).astype(np.int8)
        codes[seen <= before(facts, bounds.silent_days)] = SILENT
        codes[seen <= before(facts, bounds.churned_days)] = CHURNED
        if bounds.buyers_only:
            codes[facts.purchases == 0] = NONE
        return codes

    def notes(self, bounds: ActivityBounds, currency: str) -> tuple[Note, ...]:  # noqa: ARG002 - no money in it
        """Say the three limits."""
        text = N_("New for {new} days, silent after {silent} days without any event, churned after {churned}.")
        return (Note(text, {"new": bounds.new_days, "silent": bounds.silent_days, "churned": bounds.churned_days}),)

    def figures(
        self,
        person: PersonFacts,
        bounds: ActivityBounds,
        currency: str,  # noqa: ARG002 - no money in it
    ) -> tuple[ExplainedFigure, ...]:
        """Give the days since the person became known and since the last event."""
        idle, age = (int(days_since(person, times)[0]) for times in (_last_seen(person), person.known_since_us))
        figures = [
            ExplainedFigure(_("Since the last event"), days_text(idle), _idle_verdict(idle, bounds)),
            ExplainedFigure(_("Known for"), days_text(max(age, 0)), _age_verdict(age, bounds)),
        ]
        if bounds.buyers_only:
            count = int(person.purchases[0])
            verdict = _("sorted by activity") if count else _("no purchase: a tier of their own")
            figures.insert(0, ExplainedFigure(_("Purchases"), purchases_text(count), verdict))
        return tuple(figures)

    def crossings(self, person: PersonFacts, bounds: ActivityBounds) -> tuple[int, ...]:
        """Give the moments at which the person stops being new, falls silent and churns."""
        known, seen = int(person.known_since_us[0]), int(_last_seen(person)[0])
        return (known + bounds.new_days * DAY, seen + bounds.silent_days * DAY, seen + bounds.churned_days * DAY)


def _last_seen(facts: PersonFacts) -> NDArray[np.int64]:
    """Give the last event, or for people without events when they became known."""
    return np.where(facts.last_event_us == NEVER, facts.known_since_us, facts.last_event_us)


def _idle_verdict(idle: int, bounds: ActivityBounds) -> str:
    if idle >= bounds.churned_days:
        return _("{limit} or more: churned", limit=days_text(bounds.churned_days))
    if idle >= bounds.silent_days:
        return _("{limit} or more: silent", limit=days_text(bounds.silent_days))
    return _("less than {limit}", limit=days_text(bounds.silent_days))


def _age_verdict(age: int, bounds: ActivityBounds) -> str:
    limit = days_text(bounds.new_days)
    return _("less than {limit}: new", limit=limit) if age < bounds.new_days else _("{limit} or more: not new", limit=limit)
