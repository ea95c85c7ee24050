"""The churn diagnosis against known truth: it finds the planted lack of reach, and nothing where nothing is planted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.twins.shops import shop_world

from finegrain.simulate.plan import ShopPlan

if TYPE_CHECKING:
    from finegrain.behaviour.churn.result import ChurnResult

SEEDS = range(501, 521)
"""None of them was looked at while the diagnosis was made."""
PEOPLE, AT_LEAST = 10_000, 18


def _diagnoses(*, causes: bool) -> list[ChurnResult]:
    """Diagnose shops that end in all seasons of a year."""
    plans = [
        ShopPlan(until=date(2024, 12, 31) - timedelta(days=37 * seed % 365), people=PEOPLE, seed=seed, causes=causes)
        for seed in SEEDS
    ]
    worlds = (shop_world(plan) for plan in plans)
    return [world.service.churn({}, world.end) for world in worlds]


@pytest.fixture(scope="module")
def planted() -> list[ChurnResult]:
    return _diagnoses(causes=True)


def test_the_planted_lack_of_reach_ranks_first(planted: list[ChurnResult]) -> None:
    first = [result.findings[0].kind for result in planted if result.findings]
    assert first.count("unreached") >= AT_LEAST


def test_a_shop_without_planted_causes_yields_no_finding() -> None:
    without = _diagnoses(causes=False)
    assert sum(not result.findings for result in without) >= AT_LEAST
    assert min(sum(sign.q is not None for sign in result.signs) for result in without) >= 15


def test_the_people_behind_the_finding_were_truly_hardly_reached(planted: list[ChurnResult]) -> None:
    result = planted[0]
    place = next(place for place, sign in enumerate(result.signs) if sign.kind == "unreached")
    plan = ShopPlan(until=date.fromisoformat(result.asked.last), people=PEOPLE, seed=SEEDS[0])
    hardly = shop_world(plan).shop.world.population.reach.hardly
    silent = result.people("silent", sign=place, having=True)
    # Of people in 28 days with two messages or more, 30 % are hardly reached and get none with 0.89, the others with 0.07.
    assert hardly[silent - 1].mean() > 0.75
