"""How far a goal is: its value at the end of each day that is over, where it is heading, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from finegrain.audience.tiers.contract import Note
from finegrain.i18n import N_
from finegrain.strategy.goals.backtesting import widened
from finegrain.strategy.goals.forecasting import DAYS_NEEDED, bounded, forecast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from finegrain.strategy.goals.contract import Goal, MetricName
    from finegrain.strategy.goals.forecasting import Forecast
    from finegrain.strategy.goals.metrics import Tally
    from finegrain.strategy.goals.survey import Survey

State = Literal["not_begun", "too_early", "on_track", "at_risk", "reached", "missed", "not_measured"]
STATE_LABELS: Mapping[State, str] = {
    "not_begun": N_("Not begun"),
    "too_early": N_("Too early to say"),
    "on_track": N_("On track"),
    "at_risk": N_("At risk of missing"),
    "reached": N_("Reached"),
    "missed": N_("Missed"),
    "not_measured": N_("Cannot be measured"),
}
_KEPT: frozenset[MetricName] = frozenset({"conversion", "retention", "active_days"})
"""Metrics that cannot fall again while the people stay the same."""
_OF_SOME: frozenset[MetricName] = frozenset({"repeat_rate", "average_order_value", "retention"})
"""Metrics that are not divided by all the people, but by what some of them did."""

SEGMENT_GONE = N_("The segment “{segment}” is gone, and the goal is for whoever it holds each day.")
NOT_BEGUN = N_("The first day is not over yet.")
TOO_EARLY = N_("{over} of {days} days are over; a forecast takes {needed}.")
NO_VALUE = N_("There is nothing to divide by yet, so there is no value.")
KEPT = N_("The target is reached, and the value cannot fall any more.")
ENDED_REACHED = N_("All days are over, and the value reaches the target.")
ENDED_MISSED = N_("All days are over, and the value does not reach the target.")
ON_TRACK = N_("The value to be expected on the last day reaches the target.")
AT_RISK = N_("The value to be expected on the last day does not reach the target, which lies within the interval.")
OUT_OF_REACH = N_("The target lies outside the interval of what is to be expected on the last day.")

NOBODY_AT_START = N_("There is no baseline: nobody was in it at the start of {day}.")
NOBODY_AT_END = N_("There is no baseline: nobody was in it at the end of {day}.")
NOTHING_DIVIDED = N_("There is no baseline: from {first} to {last} there was nothing to divide by.")


@dataclass(frozen=True)
class DayValue:
    """The goal's value at the end of one day, over all its days so far.

    Attributes:
        day: the civil day.
        value: in the metric's unit; None where there is nothing to divide by.
        people: how many people were looked at.
    """

    day: date
    value: float | None
    people: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"day": self.day.isoformat(), "value": self.value, "people": self.people}


@dataclass(frozen=True)
class Progress:
    """How far a goal is as of a moment.

    Attributes:
        goal: which one.
        as_of: the moment, aware, in UTC. A day that is not over by then is not part of the course.
        course: the value at the end of each day that is over, oldest first.
        forecast: the value to be expected on the last day; None where it is too early, or all days are over.
        state: see ``judge``; ``not_measured`` on a board where the segment of live people is gone.
        reason: why it is in that state.
    """

    goal: Goal
    as_of: datetime
    course: tuple[DayValue, ...]
    forecast: Forecast | None
    state: State
    reason: Note

    @property
    def value(self) -> float | None:
        """The value at the end of the last day that is over; None before the first one is, or where there is no value."""
        return self.course[-1].value if self.course else None

    def to_dict(self) -> dict[str, Any]:
        """Give the progress as JSON values; the reason in the reader's language."""
        return {
            "goal": self.goal.to_dict(),
            "as_of": self.as_of.isoformat(),
            "state": self.state,
            "reason": self.reason.text(),
            "value": self.value,
            "people": self.course[-1].people if self.course else self.goal.size,
            "forecast": self.forecast and self.forecast.to_dict(),
            "course": [day.to_dict() for day in self.course],
        }


def baseline_gap(goal: Goal) -> Note | None:
    """Say why a goal has no baseline; None where it has one."""
    if goal.baseline is not None:
        return None
    if goal.metric.name in _OF_SOME:
        return Note(NOTHING_DIVIDED, {"first": goal.baseline_first, "last": goal.baseline_last})
    if goal.whom.frozen:
        return Note(NOBODY_AT_START, {"day": goal.baseline_first})
    return Note(NOBODY_AT_END, {"day": goal.baseline_last})


def progress_of(survey: Survey, as_of: datetime, errors: Callable[[int], Sequence[float]]) -> Progress:
    """Measure a goal at the end of each of its days that is over, and forecast it.

    What is forecast is the figure of the people whom it is for at the end of the last of these days, as it grew over all of them:
    that live people come and go also moves the value, but how the same people go on is what can be told.

    Args:
        survey: measures the goal.
        as_of: the present, aware.
        errors: gives the relative errors of past forecasts after so many days; see ``backtesting``.
    """
    goal = survey.goal
    ends = survey.ends(survey.window)[: survey.days_over(as_of)]
    tallies = [survey.tally(survey.window, survey.own(end), end) for end in ends]
    course = tuple(DayValue(survey.day(place), tally.value, tally.people) for place, tally in enumerate(tallies))
    found = _forecast(survey, tallies, errors) if 0 < len(ends) < goal.days else None
    state, reason = judge(goal, course, found)
    return Progress(goal, as_of, course, found, state, reason)


def _forecast(survey: Survey, tallies: Sequence[Tally], errors: Callable[[int], Sequence[float]]) -> Forecast | None:
    ends = survey.ends(survey.window)[: len(tallies)]
    people = survey.own(ends[-1])
    start, *course = (
        survey.tally(survey.window, people, moment) for moment in (survey.zone.day_start(survey.goal.first_day), *ends)
    )
    found = forecast(survey.goal, course, start)
    return found and bounded(survey.goal, widened(found, errors(len(ends))))


def judge(goal: Goal, course: tuple[DayValue, ...], found: Forecast | None) -> tuple[State, Note]:
    """Say in which state a goal is, and why: the first of these that holds.

    * ``not_begun``: not one of its days is over.
    * ``reached`` or ``missed``: all its days are over; a goal without a value is missed.
    * ``reached``: the value reaches the target, and cannot fall again: conversion, retention and active days of frozen people.
    * ``too_early``: there is no forecast.
    * ``on_track``: the forecast reaches the target.
    * ``at_risk``: it does not.

    Args:
        goal: which one.
        course: the days that are over.
        found: the forecast; None where there is none.
    """
    if not course:
        return "not_begun", Note(NOT_BEGUN)
    value = course[-1].value
    there = value is not None and goal.reaches(value)
    if len(course) == goal.days:
        return ("reached", Note(ENDED_REACHED)) if there else ("missed", Note(ENDED_MISSED))
    if there and goal.whom.frozen and goal.metric.name in _KEPT:
        return "reached", Note(KEPT)
    return _expected(goal, len(course), found)


def _expected(goal: Goal, days_over: int, found: Forecast | None) -> tuple[State, Note]:
    if found is None:
        needed = {"over": days_over, "days": goal.days, "needed": DAYS_NEEDED}
        return "too_early", Note(TOO_EARLY, needed) if days_over < DAYS_NEEDED else Note(NO_VALUE)
    if goal.reaches(found.value):
        return "on_track", Note(ON_TRACK)
    best = found.low if goal.falling else found.high
    return "at_risk", Note(AT_RISK if goal.reaches(best) else OUT_OF_REACH)
