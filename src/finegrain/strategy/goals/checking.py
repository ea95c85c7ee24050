"""Refuses what no goal can be: names, metrics, people, targets, days."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from finegrain.i18n import Phrase
from finegrain.strategy.errors import BadGoalError
from finegrain.strategy.goals.contract import METRICS

if TYPE_CHECKING:
    from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

LONGEST_NAME, LONGEST_OWNER, LONGEST_NOTE, LONGEST_EVENT = 100, 100, 2_000, 200
FEWEST_DAYS, MOST_DAYS = 7, 366
MOST_MINOR = 2**53
MOST_GOALS, MOST_FILTERS = 200, 20


def checked(goal: NewGoal) -> NewGoal:
    """Give a goal with the spaces around its name and its owner left out.

    Raises:
        BadGoalError: a field has a value that no goal can have; it tells what is allowed.
    """
    goal = replace(goal, name=goal.name.strip(), owner=goal.owner.strip())
    if not goal.name:
        raise BadGoalError(field=Phrase("name"), value="“”", allowed=_characters(LONGEST_NAME))
    _check_text(Phrase("name"), goal.name, LONGEST_NAME)
    _check_text(Phrase("owner"), goal.owner, LONGEST_OWNER)
    if len(goal.note) > LONGEST_NOTE or "\0" in goal.note:
        allowed = Phrase("at most {most} characters", most=LONGEST_NOTE)
        raise BadGoalError(field=Phrase("note"), value=f"“{goal.note[:50]}…”", allowed=allowed)
    check_measurable(goal)
    _check_target(goal)
    if goal.budget_minor is not None and not 0 <= goal.budget_minor <= MOST_MINOR:
        raise BadGoalError(field=Phrase("budget"), value=goal.budget_minor, allowed=Phrase("an amount of money, not below zero"))
    return goal


def check_measurable(goal: NewGoal) -> None:
    """Refuse what cannot be measured: a metric, people or days that no goal can have.

    Raises:
        BadGoalError: it tells what is allowed.
    """
    _check_metric(goal.metric)
    _check_whom(goal.whom)
    check_days(goal.days)


def check_days(days: int) -> None:
    """Refuse what no goal lasts.

    Raises:
        BadGoalError: it tells what is allowed.
    """
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        allowed = Phrase("a last day that makes {low} to {high} days", low=FEWEST_DAYS, high=MOST_DAYS)
        raise BadGoalError(field=Phrase("number of days"), value=days, allowed=allowed)


def check_room(count: int) -> None:
    """Refuse one more goal where there are 200.

    Raises:
        BadGoalError: there are.
    """
    if count >= MOST_GOALS:
        allowed = Phrase("at most {most} of them", most=MOST_GOALS)
        raise BadGoalError(field=Phrase("number of goals"), value=count + 1, allowed=allowed)


def _check_text(field: Phrase, text: str, most: int) -> None:
    if len(text) > most or (text and not text.isprintable()):
        raise BadGoalError(field=field, value=f"“{text[:most]}”", allowed=_characters(most))


def _characters(most: int) -> Phrase:
    return Phrase("1 to {most} printable characters", most=most)


def _check_metric(metric: Metric) -> None:
    if metric.name not in METRICS:
        raise BadGoalError(
            field=Phrase("metric"), value=f"“{metric.name}”", allowed=Phrase("one of {choices}", choices=", ".join(METRICS))
        )
    needs, takes = metric.name == "conversion", metric.name in {"conversion", "active_days", "retention"}
    if (needs and not metric.event) or (metric.event and not takes) or len(metric.event) > LONGEST_EVENT:
        allowed = Phrase("the name of an event to conversion; active_days and retention may have one, no other metric has")
        raise BadGoalError(field=Phrase("event"), value=f"“{metric.event[:LONGEST_EVENT]}”", allowed=allowed)
    if len(metric.filters) > (MOST_FILTERS if metric.event else 0):
        allowed = Phrase("up to {most} conditions, and none where no event is named", most=MOST_FILTERS)
        raise BadGoalError(field=Phrase("filters"), value=len(metric.filters), allowed=allowed)
    if (metric.name == "tier_share") != bool(metric.tier):
        allowed = Phrase("a tier such as rfm/important_value to tier_share, and to no other metric")
        raise BadGoalError(field=Phrase("tier"), value=f"“{metric.tier}”", allowed=allowed)


def _check_whom(whom: Whom) -> None:
    if bool(whom.tier) == bool(whom.segment):
        allowed = Phrase("either a tier such as rfm/important_value or a segment")
        raise BadGoalError(field=Phrase("people"), value=f"“{whom.tier}{whom.segment}”", allowed=allowed)


def _check_target(goal: NewGoal) -> None:
    unit = goal.metric.unit
    most, allowed = {
        "share": (1.0, Phrase("a share above 0 and up to 1")),
        "days": (float(goal.days), Phrase("a number of days above 0 and up to {most}", most=goal.days)),
        "minor": (float(MOST_MINOR), Phrase("an amount of money above zero, in minor units")),
    }[unit]
    none = goal.target == 0 and goal.metric.name != "tier_share"
    if none or not math.isfinite(goal.target) or not 0 <= goal.target <= most:
        raise BadGoalError(field=Phrase("target"), value=goal.target, allowed=allowed)
