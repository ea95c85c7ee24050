"""What the demo shop begins with: useful segments, and a goal for each stage of life, under names in the workspace's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from math import floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

import finegrain as fg
from finegrain.errors import InputError
from finegrain.i18n import N_, _, speaking, translate

if TYPE_CHECKING:
    from finegrain.workspace import Workspace

SCHEME = "lifecycle"
GOAL_DAYS, DAYS_OVER = 30, 14
"""How long the goals last, and how many of their days are over: so that there is a course to look at, and a forecast."""
FEWEST_PEOPLE = 100
_UNKNOWN = "unknown_in_rule"


class Starter(NamedTuple):
    """A segment: name and description, marked for translation, and its rule as JSON values."""

    name: str
    description: str
    rule: dict[str, Any]


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(rules)}


SEGMENTS: tuple[Starter, ...] = (
    Starter(
        N_("Lapsing regulars"),
        N_("Bought three times or more, and nothing for 45 to 120 days: the last good moment to win them back."),
        _all(
            {"orders": "purchases", "value": 3},
            {"orders": "days_since_last_purchase", "op": "between", "value": [45, 120]},
        ),
    ),
    Starter(
        N_("New, without a second order"),
        N_("First order within 60 days, and no second one yet: the second makes the habit."),
        _all({"first_time": "Order Completed", "period": "60d"}, {"orders": "purchases", "op": "is", "value": 1}),
    ),
    Starter(
        N_("Birthday soon"),
        N_("Birthday within the next 14 days: a greeting, and a gift for the best."),
        {"trait": "birthday", "op": "anniversary", "value": 14},
    ),
    Starter(
        N_("Coupon hunters"),
        N_("Used three coupons or more in half a year: they come for the price, and wait for the next coupon."),
        _all({"event": "Coupon Applied", "value": 3, "period": "180d"}, {"orders": "purchases", "value": 2}),
    ),
    Starter(
        N_("High value, not reached in 7 days"),
        N_("Bring most of the revenue, and no message has arrived for a week."),
        _all({"tier": "value/high"}, {"messages": "delivered", "op": "is", "value": 0, "period": "7d"}),
    ),
    Starter(
        N_("Cart left for 24 hours"),
        N_("Put something into the cart within three days, and did not order within 24 hours."),
        {"after": "Product Added", "then": "Order Completed", "within": "24h", "happened": False, "period": "3d"},
    ),
    Starter(
        N_("Looks much, never bought"),
        N_("Viewed five products or more within 30 days, and has never ordered."),
        _all({"event": "Product Viewed", "value": 5, "period": "30d"}, {"orders": "purchases", "op": "is", "value": 0}),
    ),
    Starter(
        N_("Began to decline"),
        N_("Moved from nurtured or mature to declining within 30 days: overdue by their own rhythm."),
        {"moved": SCHEME, "was": ["nurtured", "mature"], "now": ["declining"], "period": "30d"},
    ),
    Starter(
        N_("Best customers, active"),
        N_("Recent, frequent and of high value, and here lately: first to hear of what is new."),
        _all({"tier": "rfm/important_value"}, {"tier": "activity/active"}),
    ),
    Starter(
        N_("Silent buyers to reach by SMS"),
        N_("Bought before, silent or churned, and reachable by SMS."),
        _all({"tier": ["activity/silent", "activity/churned"]}, {"orders": "purchases"}, {"reachable": "sms"}),
    ),
)

_REVENUE = (fg.Metric("revenue_per_person"), N_("Revenue per person"))
_CONVERSION = (fg.Metric("conversion", "Order Completed"), N_("Conversion"))
_ANY_SHARE = 1.0
"""The target until the forecast is known."""


def add_segments(workspace: Workspace) -> int:
    """Keep the segments that are not there yet, and whose events, traits and tiers there are; give how many were kept."""
    language = workspace.settings.language
    there = {segment.name for segment in workspace.segments.all()}
    kept = 0
    for starter in SEGMENTS:
        name, description = translate(starter.name, language), translate(starter.description, language)
        if name not in there:
            kept += _keep(workspace, name, description, starter.rule)
    return kept


def _keep(workspace: Workspace, name: str, description: str, rule: dict[str, Any]) -> bool:
    try:
        workspace.segments.save_rule(name, rule, description=description)
    except InputError as error:
        # A small shop has not seen everything; what nobody did in it is no segment of it either.
        if error.code != _UNKNOWN:
            raise
        return False
    return True


def add_goals(workspace: Workspace) -> int:
    """Set a goal for each stage of life that is not there yet, as if two weeks ago; give how many were set.

    Where the data suggest a goal, it is that one: what comparable people reached. Where they do not, it is to hold what the same
    people are on the way to. There is none for fewer than a hundred people.
    """
    with speaking(workspace.settings.language):
        began = _began(workspace)
        suggested = {one.tier: one for one in workspace.goals.suggest(SCHEME, began, days=GOAL_DAYS).suggestions}
        there = {goal.whom.tier for goal in workspace.goals.all()}
        kept = 0
        for tier in workspace.tiers(SCHEME, began).tiers:
            name, found = f"{SCHEME}/{tier.key}", suggested.get(f"{SCHEME}/{tier.key}")
            if name in there:
                continue
            if found is not None:
                workspace.goals.add(found.goal(), began)
                kept += 1
            elif tier.people >= FEWEST_PEOPLE:
                kept += _add_forecast(workspace, began, tier.key, _(tier.name))
        return kept


def _began(workspace: Workspace) -> datetime:
    # Today is not over yet; where the data stopped, it is the day after them.
    return workspace.zone.day_start(workspace.zone.day_of(workspace.as_of()) - timedelta(days=DAYS_OVER))


def _add_forecast(workspace: Workspace, began: datetime, key: str, name: str) -> bool:
    """Set a goal whose target is its own forecast; give whether there is one."""
    metric, label = _REVENUE if key == "mature" else _CONVERSION
    first = workspace.zone.day_of(began)
    whom = fg.Whom(tier=f"{SCHEME}/{key}")
    new = fg.NewGoal(f"{name} · {_(label)}", metric, whom, _ANY_SHARE, first, first + timedelta(days=GOAL_DAYS - 1))
    goal = workspace.goals.add(new, began)
    forecast = workspace.goals.progress(goal.id, workspace.as_of()).forecast
    if forecast is None or forecast.value <= 0:
        workspace.goals.delete(goal.id)
        return False
    workspace.goals.change(goal.id, target=rounded_down(forecast.value))
    return True


def rounded_down(value: float) -> float:
    """Give a value above zero as people write a target: the two first digits that count, and no more than it is.

    Examples:
        >>> rounded_down(0.36270645), rounded_down(17809.66), rounded_down(0.1)
        (0.36, 17000.0, 0.1)
    """
    unit = Decimal(10) ** (floor(log10(value)) - 1)
    return float(Decimal(str(value)) // unit * unit)
