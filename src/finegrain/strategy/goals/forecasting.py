"""Where a goal is heading: its value on the last day, with an interval, from the days that are over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.strategy.goals.estimates import INTERVAL_SHARE, student_t
from finegrain.strategy.goals.people_models import buying_forecast, waiting_forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.metrics import Tally

Method = Literal["daily_steps", "ratio", "waiting", "buying"]
DAYS_NEEDED = 7
"""Days that must be over before a goal is forecast: a whole week, because the days of a week differ."""
RECENT_DAYS = 14
"""Days whose mean step goes on: whole weeks, and few, because people who are followed from a day on do less and less."""


@dataclass(frozen=True)
class Forecast:
    """The value to be expected on the goal's last day.

    Attributes:
        value: the expected value, in the metric's unit.
        low, high: in four cases of five the value will lie between them.
        method: ``daily_steps``, ``ratio``, ``waiting`` or ``buying``; see ``forecast``.
        tests: on how many stretches of the past the width was tested, see ``backtesting``; 0 where the past is too short, and the
            interval holds only if people go on as in the days so far.
        share: how often the value will lie in the interval, 0.8.
    """

    value: float
    low: float
    high: float
    method: Method
    tests: int = 0
    share: float = INTERVAL_SHARE

    def to_dict(self) -> dict[str, Any]:
        """Give the forecast as JSON values."""
        return dict(vars(self))


def forecast(goal: Goal, course: Sequence[Tally], start: Tally) -> Forecast | None:
    """Forecast a goal, by the method that fits its metric.

    * ``waiting``: ``conversion`` and ``retention``, see ``waiting_forecast``.
    * ``buying``: ``repeat_rate``, see ``buying_forecast``.
    * ``ratio``: ``average_order_value``, see ``ratio_forecast``.
    * ``daily_steps``: ``revenue_per_person``, ``active_days`` and ``tier_share``, see ``steps_forecast``.

    Args:
        goal: what is forecast.
        course: the tallies at the end of each day that is over, all of the same people.
        start: their tally at the start of the first day.

    Returns:
        None before ``DAYS_NEEDED`` days are over, or where the metric has no value yet.
    """
    if len(course) < DAYS_NEEDED or course[-1].value is None:
        return None
    match goal.metric.name:
        case "conversion" | "retention":
            found: Forecast | None = _waiting(course, goal.days)
        case "repeat_rate":
            found = _buying(course[-1], len(course), goal.days)
        case "average_order_value":
            found = ratio_forecast([tally.top for tally in course], [tally.bottom for tally in course], goal.days)
        case _:
            found = _steps(course, start, goal.days)
    return found and bounded(goal, found)


def bounded(goal: Goal, found: Forecast) -> Forecast:
    """Keep a forecast within what its metric can be: shares in 0–1, days up to those of the goal."""
    top = {"share": 1.0, "days": float(goal.days), "minor": float("inf")}[goal.metric.unit]
    bottom = float("-inf") if goal.metric.unit == "minor" else 0.0
    value, low, high = (min(max(one, bottom), top) for one in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def steps_forecast(values: Sequence[float], days: int) -> Forecast:
    """Forecast by the mean daily step of the last two weeks: the steps to come are as those, each day's by itself.

    The interval is that for the mean of ``m`` future observations after ``k`` past ones of a normal distribution,
    ``x̄ ± t(k − 1) · s · √(1/m + 1/k)`` (Hahn & Meeker 1991, Statistical Intervals, chapter 4), times ``m``.

    Args:
        values: the value at the start, and at the end of each day that is over, at least 4 of them.
        days: how many days there are in all.
    """
    steps = np.diff(np.array(values, dtype=np.float64))[-RECENT_DAYS:]
    k, m = len(steps), days - len(values) + 1
    middle = float(values[-1] + m * steps.mean())
    half = student_t(k - 1) * float(steps.std(ddof=1)) * (m * (1 + m / k)) ** 0.5
    return Forecast(middle, middle - half, middle + half, "daily_steps")


def ratio_forecast(tops: Sequence[int], bottoms: Sequence[int], days: int) -> Forecast:
    """Forecast a ratio of two sums that both go on growing: it stays what it is, within what the days vary.

    The days' residuals ``top − ratio · bottom`` give the variance of a ratio of sums (Cochran 1977, Sampling Techniques, section
    6.4): after ``k`` of ``N = k + m`` days it moves by ``s · √(m (1 + m/k)) / (N · mean bottom)`` times Student's t.

    Args:
        tops: the upper sum at the end of each of ``k`` days that are over, at least 4.
        bottoms: the lower sum likewise; the last one above zero.
        days: how many days there are in all.
    """
    ratio = tops[-1] / bottoms[-1]
    residuals = np.diff(np.array(tops, np.float64), prepend=0.0) - ratio * np.diff(np.array(bottoms, np.float64), prepend=0.0)
    k, m = len(tops), days - len(tops)
    half = student_t(k - 1) * float(residuals.std(ddof=1)) * (m * (1 + m / k)) ** 0.5 / (days * bottoms[-1] / k)
    return Forecast(ratio, ratio - half, ratio + half, "ratio")


def _steps(course: Sequence[Tally], start: Tally, days: int) -> Forecast:
    return steps_forecast([tally.value or 0.0 for tally in (start, *course)], days)


def _waiting(course: Sequence[Tally], days: int) -> Forecast:
    people = course[-1].bottom
    value, low, high = waiting_forecast(np.diff([0, *(tally.top for tally in course)]).tolist(), people, days)
    return Forecast(value / people, low / people, high / people, "waiting")


def _buying(now: Tally, days_over: int, days: int) -> Forecast | None:
    found = buying_forecast(now.people - now.bottom, now.bottom - now.top, now.top, days_over=days_over, days=days)
    return None if found is None else Forecast(*found, method="buying")
