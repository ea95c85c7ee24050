"""Forecasts that are asked about the past: a shop in which each stretch ends as no model can know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace

FIRST, LAST = date(2024, 6, 4), date(2024, 6, 11)
AS_OF = datetime(2024, 6, 11, tzinfo=UTC)
"""Seven of the goal's eight days are over."""
GOAL = NewGoal("spend", Metric("revenue_per_person"), Whom(segment="ann"), 90_000, FIRST, LAST)
SINCE = date(2024, 4, 10)


def order_lines() -> Iterator[str]:
    """Give an order of 100 yuan a day, and 500 on the last day of each stretch of eight days before the goal."""
    yield "user_id,ordered_at,amount"
    for number in range((date(2024, 6, 10) - SINCE).days + 1):
        day = SINCE + timedelta(days=number)
        last = day < FIRST and (FIRST - day).days % 8 == 1
        yield f"ann,{day} 10:00,{500 if last else 100}"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """A shop with one buyer, who is a segment."""
    (tmp_path / "orders.csv").write_text("\n".join(order_lines()), encoding="utf-8")
    with fg.open(tmp_path / "shop", clock=SettableClock(AS_OF), zone="UTC", currency="CNY") as workspace:
        workspace.import_orders(tmp_path / "orders.csv")
        workspace.segments.save("ann", [workspace.people.find("ann").id])
        yield workspace


def test_the_interval_is_as_wide_as_six_stretches_were_off(shop: Workspace) -> None:
    progress = shop.goals.progress(shop.goals.add(GOAL, AS_OF).id, AS_OF)
    assert progress.value == 70_000
    assert progress.forecast is not None
    # Each stretch was forecast at 800 yuan and came to 1,200: half of 800 more. Student's t with 6 degrees: 1.440 (NIST).
    assert progress.forecast.value == pytest.approx(80_000)
    assert progress.forecast.tests == 6
    assert progress.forecast.high == pytest.approx(80_000 * (1 + 1.440 / 2), abs=20)


def test_a_target_within_that_interval_is_at_risk_and_not_out_of_reach(shop: Workspace) -> None:
    progress = shop.goals.progress(shop.goals.add(GOAL, AS_OF).id, AS_OF)
    assert (progress.state, "lies within the interval" in progress.reason.text()) == ("at_risk", True)


def test_stretches_before_the_first_event_test_nothing(shop: Workspace) -> None:
    longer = NewGoal("long", GOAL.metric, GOAL.whom, 900_000, FIRST, LAST + timedelta(days=12))
    found = shop.goals.progress(shop.goals.add(longer, AS_OF).id, AS_OF).forecast
    assert found is not None
    assert found.tests == 0  # of twenty days only two fit since 10 April


def test_a_rule_is_asked_as_of_each_day(shop: Workspace) -> None:
    shop.segments.save_rule("often", fg.rule.orders("purchases", at_least=58))
    goal = shop.goals.add(NewGoal("live", GOAL.metric, Whom(segment="often", frozen=False), 90_000, FIRST, LAST), AS_OF)
    # 52 orders by the end of May, and one on each day of June: the 58th on 6 June.
    assert [day.people for day in shop.goals.progress(goal.id, AS_OF).course] == [0, 0, 1, 1, 1, 1, 1]
    assert goal.baseline is None
