"""Goals that are looked at again: what is over is not measured again, unless something changed that decides it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.clients.goals import AS_OF, FIRST_BUYERS, june

import finegrain as fg
from finegrain.behaviour.queries.contract import Filter
from finegrain.people.contract import Link, TraitChange
from finegrain.strategy.goals.contract import Metric, Whom
from finegrain.strategy.goals.metrics import Meter

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.strategy.goals.contract import NewGoal
    from finegrain.workspace import Workspace

BUY = Metric("conversion", "Order Completed")
FOUR = Whom(segment="four")


@pytest.fixture
def four(shop: Workspace) -> Workspace:
    """The shop with a list of the buyers of May, a rule, and a scheme of its own."""
    shop.segments.save("four", [shop.people.find(one).id for one in ("ann", "ben", "cat", "dan")])
    shop.segments.save_rule("often", fg.rule.orders("purchases", at_least=2))
    shop.schemes.save("mine", [("often", "Often", fg.rule.orders("purchases", at_least=2))])
    shop.people.set_traits([TraitChange("dan", {"plan": "gold"}, AS_OF)])
    return shop


def last(shop: Workspace, goal: NewGoal) -> tuple[float | None, int]:
    """Give value and people of the last day that is over, of a goal that is set if it is not."""
    made = shop.goals.named(goal.name) or shop.goals.add(goal, AS_OF)
    day = shop.goals.progress(made.id, AS_OF).course[-1]
    return day.value, day.people


def test_a_board_opened_again_measures_nothing(four: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    share = Metric("tier_share", tier="value/high")
    for name, metric, whom in (("a", BUY, FIRST_BUYERS), ("b", share, FOUR), ("c", BUY, Whom(segment="often", frozen=False))):
        four.goals.add(june(name, metric, 0.9, whom), AS_OF)
    before = four.goals.board(AS_OF)
    monkeypatch.setattr(Meter, "tally", None)
    assert four.goals.board(AS_OF) == before


def test_a_goal_that_takes_the_number_of_a_deleted_one_is_measured_itself(four: Workspace) -> None:
    buy, money = june("buy", BUY, 0.9, FOUR), june("money", Metric("revenue_per_person"), 9_000, FOUR)
    assert last(four, buy) == (0.5, 4)
    number = four.goals.all()[0].id
    assert four.goals.progress(number, AS_OF).forecast is not None
    four.goals.delete(number)
    assert last(four, money) == (4_500, 4)  # 180 yuan of four people


def test_an_order_that_comes_in_late_counts_on_its_day(shop: Workspace, tmp_path: Path) -> None:
    goal = shop.goals.add(june("again", BUY, 0.75), AS_OF)
    assert shop.goals.progress(goal.id, AS_OF).value == 0.5
    (tmp_path / "late.csv").write_text("order_id,user_id,ordered_at,amount\n9,cat,2024-06-04 10:00,10\n", encoding="utf-8")
    shop.import_orders(tmp_path / "late.csv")
    course = shop.goals.progress(goal.id, AS_OF).course
    assert [day.value for day in course[:6]] == [0.0, 0.25, 0.25, 0.5, 0.75, 0.75]  # ann on 2, cat on 4, ben on 5 June


@pytest.mark.parametrize("scheme", ["frequency", "activity", "lifecycle", "rfm", "value", "mine"])
def test_the_share_of_few_people_in_a_tier_is_as_everybody_is_sorted(four: Workspace, scheme: str) -> None:
    four.people.register([f"guest{number}" for number in range(20)], AS_OF)  # so that the four are few, and looked at alone
    ids = four.segments.members("four")
    for key in four.tiering.keys(scheme):
        goal = four.goals.add(june(key, Metric("tier_share", tier=f"{scheme}/{key}"), 0.9, FOUR), AS_OF)
        for day in four.goals.progress(goal.id, AS_OF).course:
            inside = four.tiering.compute(scheme, four.zone.day_start(day.day + timedelta(days=1))).people(key)
            assert day.value == len(np.intersect1d(inside, ids)) / 4


def test_other_thresholds_measure_a_share_anew(four: Workspace) -> None:
    share = june("share", Metric("tier_share", tier="value/high"), 0.9, FOUR)
    # Of 1,080 yuan eve, ann and ben brought the first four fifths, eve alone the first tenth; she is none of the four.
    assert last(four, share) == (0.5, 4)
    four.tiering.save_thresholds("value", {"high_share": 10})
    assert last(four, share) == (0.0, 4)


def test_another_rule_measures_a_share_in_a_tier_of_ones_own_anew(four: Workspace) -> None:
    share = june("share", Metric("tier_share", tier="mine/often"), 0.9, FOUR)
    assert last(four, share) == (0.5, 4)
    four.schemes.save("mine", [("often", "Often", fg.rule.orders("purchases", at_least=3))], replace=True)
    assert last(four, share) == (0.25, 4)  # ann alone bought three times


def test_another_rule_measures_its_live_people_anew(four: Workspace) -> None:
    live = june("live", BUY, 0.9, Whom(segment="often", frozen=False))
    assert last(four, live) == (1.0, 2)
    four.segments.save_rule("often", fg.rule.orders("purchases", at_least=1), replace=True)
    assert last(four, live) == (0.6, 5)  # ann, ben and eve bought in June


def test_who_becomes_known_is_in_a_rule_also_as_of_days_that_are_over(four: Workspace) -> None:
    four.segments.save_rule("none", fg.rule.orders("purchases", at_most=0))
    live = june("none", BUY, 0.9, Whom(segment="none", frozen=False))
    assert last(four, live) == (None, 0)  # everybody has bought
    four.people.register(["zoe"], AS_OF)
    assert last(four, live) == (0.0, 1)


def test_another_trait_measures_conditions_on_traits_anew(four: Workspace) -> None:
    gold = june("gold", Metric("conversion", "Order Completed", filters=(Filter("plan", "exists", of="person"),)), 0.9, FOUR)
    assert last(four, gold) == (0.0, 4)  # dan has the trait, and did not buy in June
    four.people.set_traits([TraitChange("ann", {"plan": "gold"}, AS_OF)])
    assert last(four, gold) == (0.25, 4)


def test_people_who_turn_out_to_be_one_are_measured_anew(four: Workspace) -> None:
    buy = june("buy", BUY, 0.9, FOUR)
    assert last(four, buy) == (0.5, 4)
    four.people.link([Link("identify", "cat", "dan", AS_OF, to_login=True)])
    assert last(four, buy) == (2 / 3, 3)
