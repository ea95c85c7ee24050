"""Forecasts against simulated truth: how often it lies inside the interval, over many seeds, and that the interval narrows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from finegrain.strategy.errors import BadGoalError
from finegrain.strategy.goals.backtesting import MOST_TESTS, past_errors, widened
from finegrain.strategy.goals.checking import MOST_GOALS, check_room
from finegrain.strategy.goals.contract import Goal, Metric, Whom
from finegrain.strategy.goals.estimates import mixture, student_t
from finegrain.strategy.goals.forecasting import DAYS_NEEDED, Forecast, forecast, ratio_forecast, steps_forecast
from finegrain.strategy.goals.metrics import Tally, Window
from finegrain.strategy.goals.people_models import buying_forecast, waiting_forecast
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from finegrain.strategy.goals.contract import MetricName
    from finegrain.strategy.goals.survey import Survey

SEEDS, DAYS = 200, 30
SLACK = 3 * sqrt(0.8 * 0.2 / SEEDS)
"""Three standard errors of a share of 0.8 over the seeds."""


def coverage(hits: Iterable[bool]) -> float:
    """Give the share of intervals that held the truth."""
    return float(np.mean(list(hits)))


# Student (1908) as tabulated by NIST, Engineering statistics handbook, 1.3.6.7.2: one-sided 0.90.
@pytest.mark.parametrize(("freedom", "value"), [(3, 1.638), (4, 1.533), (6, 1.440), (10, 1.372), (30, 1.310), (100, 1.290)])
def test_quantiles_of_student_are_the_published_ones(freedom: int, value: float) -> None:
    assert round(student_t(freedom), 3) == pytest.approx(value, abs=0.001)


def test_a_mixture_of_one_is_that_normal_distribution() -> None:
    middle, low, high = mixture(np.array([2.0]), np.array([10.0]), np.array([4.0]))
    # The upper tenth of the standard normal distribution begins at 1.28155.
    assert (middle, low, high) == pytest.approx((10.0, 10 - 2 * 1.28155, 10 + 2 * 1.28155), abs=1e-3)


def test_heavier_parts_of_a_mixture_count_more() -> None:
    assert mixture(np.array([3.0, 1.0]), np.array([0.0, 4.0]), np.array([0.1, 0.1]))[0] == pytest.approx(1.0)


@pytest.mark.parametrize("days_over", [7, 14, 25])
def test_steps_hold_the_truth_in_four_cases_of_five(days_over: int) -> None:
    hits = []
    for seed in range(SEEDS):
        steps = np.random.default_rng(seed).poisson(30.0, DAYS)
        found = steps_forecast([0, *np.cumsum(steps[:days_over]).tolist()], DAYS)
        hits.append(found.low <= steps.sum() <= found.high)
    assert coverage(hits) == pytest.approx(0.8, abs=SLACK)


@pytest.mark.parametrize("days_over", [7, 14, 25])
def test_ratios_hold_the_truth_in_four_cases_of_five(days_over: int) -> None:
    hits = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        orders = rng.poisson(20.0, DAYS) + 1
        revenue = np.array([int(rng.lognormal(8.0, 0.8, count).sum()) for count in orders])
        tops, bottoms = np.cumsum(revenue), np.cumsum(orders)
        found = ratio_forecast(tops[:days_over].tolist(), bottoms[:days_over].tolist(), DAYS)
        hits.append(found.low <= tops[-1] / bottoms[-1] <= found.high)
    assert coverage(hits) == pytest.approx(0.8, abs=SLACK)


@pytest.mark.parametrize("days_over", [7, 20])
def test_waiting_holds_the_truth_in_four_cases_of_five(days_over: int) -> None:
    # The truth is drawn anew for each seed: how eager people are, and how different from each other.
    hits = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        mean, likeness = 10 ** rng.uniform(-2.5, -0.7), 10 ** rng.uniform(0.3, 3.5)
        eager = rng.beta(mean * likeness, (1 - mean) * likeness, 1_000)
        waits = rng.geometric(np.maximum(eager, 1e-12))
        arrivals = np.bincount(np.minimum(waits, DAYS + 1), minlength=DAYS + 2)[1 : DAYS + 1]
        _value, low, high = waiting_forecast(arrivals[:days_over].tolist(), 1_000, DAYS)
        hits.append(low - 0.5 <= arrivals.sum() <= high + 0.5)
    assert coverage(hits) == pytest.approx(0.8, abs=SLACK)


@pytest.mark.parametrize("days_over", [7, 20])
def test_buying_holds_the_truth_in_four_cases_of_five(days_over: int) -> None:
    hits = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        shape, rate = 10 ** rng.uniform(-0.6, 0.8), 10 ** rng.uniform(-2, -0.7)
        rates = rng.gamma(shape, rate / shape, 1_000)
        so_far = rng.poisson(rates * days_over)
        in_all = so_far + rng.poisson(rates * (DAYS - days_over))
        none, once = int((so_far == 0).sum()), int((so_far == 1).sum())
        found = buying_forecast(none, once, 1_000 - none - once, days_over=days_over, days=DAYS)
        assert found is not None
        hits.append(found[1] <= (in_all > 1).sum() / (in_all > 0).sum() <= found[2])
    assert coverage(hits) == pytest.approx(0.8, abs=SLACK)


def test_days_that_vary_more_than_chance_widen_the_interval() -> None:
    even, uneven = [20] * 10, [0, 40] * 5
    narrow, wide = (waiting_forecast(arrivals, 1_000, DAYS) for arrivals in (even, uneven))
    assert wide[2] - wide[1] > 2 * (narrow[2] - narrow[1])


def test_without_a_buyer_there_is_no_repeat_rate_to_forecast() -> None:
    assert buying_forecast(100, 0, 0, days_over=10, days=DAYS) is None


def test_who_has_come_does_not_leave_again() -> None:
    _value, low, high = waiting_forecast([30, 0, 0, 0, 0, 0, 0], 30, DAYS)
    assert (low, high) == (30.0, 30.0)


def goal(name: MetricName = "active_days") -> Goal:
    """Give a goal of thirty days."""
    return Goal("g", Metric(name), Whom(tier="value/high"), 1.0, date(2024, 6, 1), date(2024, 6, 30))


def test_a_forecast_takes_a_whole_week() -> None:
    course = [Tally(day, 10, 10) for day in range(1, 8)]
    assert forecast(goal(), course[: DAYS_NEEDED - 1], Tally(0, 10, 10)) is None
    # A tenth of a day more each day, without any variation: three days in thirty.
    found = forecast(goal(), course, Tally(0, 10, 10))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 3.0, 3.0))


def test_a_forecast_stays_within_what_the_metric_can_be() -> None:
    course = [Tally(top, 10, 10) for top in (0, 4, 4, 5, 7, 7, 9)]
    found = forecast(goal("tier_share"), course, Tally(0, 10, 10))
    assert found is not None
    assert (found.value, found.high) == (1.0, 1.0)


PLAIN = Forecast(100.0, 95.0, 105.0, "daily_steps")


def test_past_errors_widen_the_interval_to_what_they_were() -> None:
    # Errors of 20 % each; the upper tenth of Student's t with 4 degrees of freedom begins at 1.533 (NIST).
    found = widened(PLAIN, [0.2, -0.2, 0.2, -0.2])
    assert (found.value, found.tests) == (100.0, 4)
    assert (found.low, found.high) == pytest.approx((100 - 30.66, 100 + 30.66), abs=0.02)


def test_small_past_errors_leave_the_models_interval() -> None:
    assert widened(PLAIN, [0.001] * 6) == replace(PLAIN, tests=6)


def test_two_past_errors_say_nothing() -> None:
    assert widened(PLAIN, [0.5, 0.5]) == PLAIN


@pytest.mark.parametrize(
    ("name", "method"), [("repeat_rate", "buying"), ("average_order_value", "ratio"), ("retention", "waiting")]
)
def test_each_metric_has_the_method_that_fits_it(name: MetricName, method: str) -> None:
    course = [Tally(day, 20, 40) for day in range(1, 9)]
    found = forecast(goal(name), course, Tally(0, 20, 40))
    assert found is not None
    assert (found.method, found.low <= found.value <= found.high) == (method, True)


class Quiet:
    """A survey of people who do nothing, in a past that reaches back to each stretch but the earliest."""

    goal = goal()
    zone = Zone("UTC")

    def earlier(self, times: int) -> Window:
        """Give the stretch."""
        return Window(self.goal.first_day - timedelta(days=30 * times), self.goal.last_day - timedelta(days=30 * times))

    def reaches_back_to(self, window: Window) -> bool:
        """Say whether anything had happened."""
        return window.first > self.earlier(MOST_TESTS).first

    def ends(self, window: Window) -> list[datetime]:
        """Give the ends of its days."""
        return [self.zone.day_start(window.first + timedelta(days=day + 1)) for day in range(30)]

    def tally(self, _window: Window, _people: object, _moment: datetime) -> Tally:
        """Measure nothing."""
        return Tally(0, 1, 1)


def test_a_forecast_of_nothing_has_no_relative_error() -> None:
    assert past_errors(cast("Survey", Quiet()), 8) == ()


def test_people_are_named_by_their_tier_or_their_segment() -> None:
    assert (Whom(tier="value/high").name, Whom(segment="vip").name) == ("value/high", "vip")


def test_there_is_room_for_two_hundred_goals() -> None:
    check_room(MOST_GOALS - 1)
    with pytest.raises(BadGoalError, match="number of goals is 201"):
        check_room(MOST_GOALS)
