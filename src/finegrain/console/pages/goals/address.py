"""Where the goals pages are, and what a link to the wizard fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.suggesting import GoalSuggestion

PATH = "/goals"
WIZARD = f"{PATH}/new"


def goal_url(goal: Goal) -> str:
    """Give the address of the page of a goal."""
    return f"{PATH}/{goal.id}"


def suggestion_url(suggestion: GoalSuggestion) -> str:
    """Give the address of the wizard, filled in with a suggestion."""
    metric = suggestion.metric
    query = {
        "tier": suggestion.tier,
        "metric": metric.name,
        "event": metric.event,
        "target": repr(suggestion.target),
        "first": suggestion.first_day.isoformat(),
        "last": suggestion.last_day.isoformat(),
    }
    return f"{WIZARD}?{urlencode({name: value for name, value in query.items() if value}, quote_via=quote)}"
