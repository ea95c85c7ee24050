"""In which state a goal is: each rule on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from finegrain.strategy.goals.contract import Goal, Metric, Whom
from finegrain.strategy.goals.forecasting import Forecast
from finegrain.strategy.goals.progress import AT_RISK, OUT_OF_REACH, DayValue, judge

FIRST = date(2024, 6, 1)
REVENUE = Goal("g", Metric("revenue_per_person"), Whom(tier="value/high"), 100.0, FIRST, FIRST + timedelta(days=9), baseline=80.0)
SHARE = replace(REVENUE, metric=Metric("tier_share", tier="activity/churned"), target=0.2, baseline=0.3)


def course(days: int, value: float | None) -> tuple[DayValue, ...]:
    """Give so many days, each of one value."""
    return tuple(DayValue(FIRST + timedelta(days=number), value, 10) for number in range(days))


def heading(value: float, half: float = 0.0) -> Forecast:
    """Give a forecast with an interval of so much on either side."""
    return Forecast(value, value - half, value + half, "daily_steps")


def test_a_goal_of_which_no_day_is_over_is_not_begun() -> None:
    assert judge(REVENUE, (), None)[0] == "not_begun"


@pytest.mark.parametrize(("value", "state"), [(100.0, "reached"), (99.9, "missed"), (None, "missed")])
def test_at_the_end_the_value_decides(value: float | None, state: str) -> None:
    assert judge(REVENUE, course(10, value), None)[0] == state


def test_what_can_fall_again_is_not_reached_before_the_end() -> None:
    assert judge(REVENUE, course(8, 120.0), heading(150.0))[0] == "on_track"


@pytest.mark.parametrize(("frozen", "state"), [(True, "reached"), (False, "on_track")])
def test_what_cannot_fall_again_is_reached_at_once(*, frozen: bool, state: str) -> None:
    goal = replace(REVENUE, metric=Metric("active_days"), target=3.0, whom=Whom(tier="value/high", frozen=frozen))
    assert judge(goal, course(8, 3.0), heading(4.0))[0] == state


def test_a_few_days_are_too_early_and_the_reason_counts_them() -> None:
    state, reason = judge(REVENUE, course(3, 10.0), None)
    assert (state, reason.text()) == ("too_early", "3 of 10 days are over; a forecast takes 7.")


def test_without_a_value_it_stays_too_early() -> None:
    assert judge(REVENUE, course(8, None), None)[0] == "too_early"


@pytest.mark.parametrize(("value", "half", "reason"), [(90.0, 15.0, AT_RISK), (90.0, 5.0, OUT_OF_REACH)])
def test_a_forecast_below_the_target_is_at_risk_and_says_how_far(value: float, half: float, reason: str) -> None:
    state, why = judge(REVENUE, course(8, 60.0), heading(value, half))
    assert (state, why.template) == ("at_risk", reason)


@pytest.mark.parametrize(("value", "state"), [(0.15, "on_track"), (0.2, "on_track"), (0.25, "at_risk")])
def test_a_share_that_is_to_fall_is_on_track_below_its_target(value: float, state: str) -> None:
    assert judge(SHARE, course(8, 0.28), heading(value))[0] == state


def test_a_share_that_may_still_fall_enough_is_within_the_interval() -> None:
    assert judge(SHARE, course(8, 0.28), heading(0.25, 0.1))[1].template == AT_RISK
