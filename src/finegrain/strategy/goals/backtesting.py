"""How far forecasts of a goal's kind were off in the past, and intervals that are as wide as that.

The models of ``forecasting`` know of chance, not of change: seasons, people who drift away, a tier whose people are found at a
high or a low of theirs. What they miss shows where they are asked about days that are long over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from finegrain.strategy.goals.estimates import student_t
from finegrain.strategy.goals.forecasting import forecast
from finegrain.strategy.goals.survey import People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.strategy.goals.forecasting import Forecast
    from finegrain.strategy.goals.metrics import Window
    from finegrain.strategy.goals.survey import Survey

MOST_TESTS, FEWEST_TESTS = 6, 3


def past_errors(survey: Survey, days_over: int) -> tuple[float, ...]:
    """Give the relative errors of the forecasts that would have been made in the past, after as many days.

    The past are up to six stretches as long as the goal, one just before the other, the last one just before the goal. Asked
    about are those whom the goal's tier held then, at the stretch's start, or for live people after as many days as are over; of
    a segment the people of today.

    Returns:
        ``(actual − forecast) / forecast`` of each stretch, the latest first; stretches from before the first event, or without a
        value, are left out.
    """
    windows = [survey.earlier(times) for times in range(1, MOST_TESTS + 1)]
    found = [_error(survey, window, days_over) for window in windows if survey.reaches_back_to(window)]
    return tuple(error for error in found if error is not None)


def widened(found: Forecast, errors: Sequence[float]) -> Forecast:
    """Give a forecast whose interval is at least as wide as the past errors say.

    That is Student's t of as many degrees of freedom as there are errors, times their root mean square, which counts a bias as an
    error, too: the empirical limits of Williams & Goodman (1971), A simple method for the construction of empirical confidence
    limits for economic forecasts, with a normal distribution in place of the observed one because the errors are few.

    Args:
        found: the forecast of a model.
        errors: relative ones; fewer than three say nothing, and the forecast stays as it is.
    """
    if len(errors) < FEWEST_TESTS:
        return found
    typical = (sum(error**2 for error in errors) / len(errors)) ** 0.5
    half = student_t(len(errors)) * typical * abs(found.value)
    return replace(found, low=min(found.low, found.value - half), high=max(found.high, found.value + half), tests=len(errors))


def _error(survey: Survey, window: Window, days_over: int) -> float | None:
    ends, start = survey.ends(window), survey.zone.day_start(window.first)
    people = People("held", start if survey.goal.whom.frozen else ends[days_over - 1])
    first, *course, last = (survey.tally(window, people, moment) for moment in (start, *ends[:days_over], ends[-1]))
    found = forecast(survey.goal, course, first)
    if found is None or last.value is None or not found.value:
        return None
    return (last.value - found.value) / found.value
