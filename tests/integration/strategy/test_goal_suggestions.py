"""Suggested goals over orders whose figures are counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.clients.goals import AS_OF

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.i18n import speaking
from finegrain.strategy.errors import BadGoalError
from finegrain.strategy.goals.contract import Metric, Whom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finegrain.strategy.goals.suggesting import GoalSuggestionResult
    from finegrain.workspace import Workspace


def order_lines() -> Iterator[str]:
    """Give orders of 100 yuan: 200 people once in May, a fifth of whom again in June; 120 twice, three fifths again; 50 later."""
    yield "user_id,ordered_at,amount"
    for number in range(200):
        yield f"once{number},2024-05-15 10:00,100"
        if number % 5 == 0:
            yield f"once{number},2024-06-05 10:00,100"
    for number in range(120):
        yield from (f"twice{number},2024-05-{day} 10:00,100" for day in (10, 20))
        if number % 5 < 3:
            yield f"twice{number},2024-06-06 10:00,100"
    yield from (f"late{number},2024-06-07 10:00,100" for number in range(50))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A shop with these orders."""
    folder = tmp_path_factory.mktemp("suggestions")
    (folder / "orders.csv").write_text("\n".join(order_lines()), encoding="utf-8")
    with fg.open(folder / "shop", clock=SettableClock(AS_OF), zone="Asia/Shanghai", currency="CNY") as workspace:
        workspace.import_orders(folder / "orders.csv")
        yield workspace


@pytest.fixture(scope="module")
def found(shop: Workspace) -> GoalSuggestionResult:
    return shop.goals.suggest("frequency", AS_OF, days=10)


def test_a_suggestion_starts_from_what_comparable_people_did(found: GoalSuggestionResult) -> None:
    (one,) = found.suggestions
    assert (one.tier, one.metric, one.people) == ("frequency/first", Metric("conversion", "Order Completed"), 210)
    # A fifth of those who had bought once by 1 June, not of those who have now: the 50 of June all bought in these ten days.
    assert one.expected == pytest.approx(0.2)


def test_its_target_lies_a_quarter_of_the_way_to_the_next_tier_and_is_worth_the_orders_gained(
    found: GoalSuggestionResult,
) -> None:
    (one,) = found.suggestions
    # 0.2 + (0.6 − 0.2) / 4; a tenth of 210 people who spend 100 yuan each.
    assert one.target == pytest.approx(0.3)
    assert one.worth_minor == 210_000
    assert [note.text() for note in one.reasons] == [
        "Only 20.0% of the people who were in this tier 10 days ago have bought since: an order is the first to gain.",
        "A quarter of the way to the next tier up, “Repeat”, whose people reached 60.0%.",
    ]


def test_tiers_without_a_suggestion_say_why(found: GoalSuggestionResult) -> None:
    assert found.notes == (
        "“Repeat”: no comparable people reached noticeably more, so nothing is suggested.",
        "“Long without purchase”: nobody is in it now.",
        "“Never bought”: nobody is in it now.",
    )


def test_a_suggestion_can_be_set_as_it_is(shop: Workspace, found: GoalSuggestionResult) -> None:
    goal = shop.goals.add(found.suggestions[0].goal(), AS_OF)
    assert (goal.name, goal.whom, goal.size) == ("First purchase · Conversion", Whom(tier="frequency/first"), 210)
    assert (goal.first_day, goal.last_day) == (date(2024, 6, 11), date(2024, 6, 20))
    assert goal.baseline == pytest.approx(found.suggestions[0].expected)


def test_suggestions_speak_the_readers_language(found: GoalSuggestionResult) -> None:
    with speaking("zh_CN"):
        told = found.to_dict()["suggestions"][0]
    assert (told["tier_name"], "复购" in told["reasons"][1]) == ("首次购买", True)


def test_a_past_that_is_too_short_is_called_thin(shop: Workspace) -> None:
    result = shop.goals.suggest("frequency", AS_OF, days=60)
    assert (result.suggestions, len(result.notes)) == ((), 1)
    assert "the data are thin" in result.notes[0].lower()


def test_a_goal_of_two_days_is_not_suggested(shop: Workspace) -> None:
    with pytest.raises(BadGoalError, match="number of days is 2"):
        shop.goals.suggest("frequency", AS_OF, days=2)


FIRST_DAYS = [date(2024, 6, 1) - timedelta(days=10 * back) for back in range(6)]
"""Of six stretches of ten days before 11 June, the latest first."""


def stretch_lines(again: list[int], price: Callable[[int, bool], int]) -> Iterator[str]:
    """Give the orders of 120 people who bought twice in March: once in every stretch, and the first so many a second time."""
    yield "user_id,ordered_at,amount"
    for number in range(120):
        yield from (f"p{number},2024-03-{day} 10:00,100" for day in (30, 31))
        for back, first in enumerate(FIRST_DAYS):
            twice = number < again[back]
            yield from (
                f"p{number},{first + timedelta(days=day)} 10:00,{price(back, twice)}" for day in ((2, 5) if twice else (2,))
            )


def suggested(folder: Path, lines: Iterator[str]) -> GoalSuggestionResult:
    """Suggest goals of ten days over some orders."""
    (folder / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    with fg.open(folder / "shop", clock=SettableClock(AS_OF), zone="Asia/Shanghai", currency="CNY") as workspace:
        workspace.import_orders(folder / "orders.csv")
        return workspace.goals.suggest("frequency", AS_OF, days=10)


def test_where_few_buy_twice_the_best_quarter_of_stretches_is_the_target(tmp_path: Path) -> None:
    found = suggested(tmp_path, stretch_lines([12, 48, 48, 12, 12, 12], lambda _back, _twice: 100))
    (one,) = found.suggestions
    assert (one.metric, one.expected, one.target) == (Metric("repeat_rate"), 0.1, 0.4)
    # Three in ten of 120 people, each of whom then spends 100 yuan more.
    assert one.worth_minor == 360_000
    assert "the best quarter of 6 stretches" in one.reasons[1].text()


@pytest.mark.parametrize(("again", "cheap"), [([12, 48, 48, 12, 12, 12], 10), ([12] * 6, 100)])
def test_what_brings_less_or_never_was_more_is_not_suggested(tmp_path: Path, again: list[int], cheap: int) -> None:
    found = suggested(tmp_path, stretch_lines(again, lambda _back, twice: cheap if twice else 100))
    assert found.suggestions == ()
    assert "“Repeat”: no comparable people reached noticeably more" in found.notes[0]


def test_where_most_buy_twice_what_they_spend_is_to_grow(tmp_path: Path) -> None:
    (one,) = suggested(tmp_path, stretch_lines([120] * 6, lambda back, _twice: 200 if back in {1, 2} else 100)).suggestions
    assert (one.metric, one.expected, one.target) == (Metric("revenue_per_person"), 20_000, 40_000)
    assert one.worth_minor == 20_000 * 120


def test_a_few_people_are_too_few_and_without_an_order_nothing_is_said(tmp_path: Path) -> None:
    few = suggested(tmp_path, iter(list(stretch_lines([0] * 6, lambda _back, _twice: 100))[: 1 + 50 * 8]))
    assert "“Repeat”: the data are thin, 50 people were in it 10 days ago" in few.notes[0]
    with fg.open(tmp_path / "empty", clock=SettableClock(AS_OF)) as workspace:
        assert workspace.goals.suggest("frequency", AS_OF).notes == ("Nobody has ordered anything yet.",)
