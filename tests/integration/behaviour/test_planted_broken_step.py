"""The process diagnosis against known truth: it finds the planted broken step, and nothing where nothing is planted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.twins.shops import shop_world

from finegrain.simulate.causes import BROKEN_STEP, STEP_AFTER
from finegrain.simulate.laws import ShopLaws
from finegrain.simulate.plan import ShopPlan

if TYPE_CHECKING:
    from finegrain.behaviour.process.result import ProcessResult

SEEDS = range(701, 721)
"""None of them was looked at while the diagnosis was made; that was calibrated on the seeds from 2,000 up."""
PEOPLE, DAYS, AT_LEAST = 2_500, 200, 18


def _diagnoses(*, causes: bool) -> list[ProcessResult]:
    """Diagnose the purchase in shops that end in all seasons of a year."""
    plans = [
        ShopPlan(until=date(2024, 12, 31) - timedelta(days=37 * seed % 365), people=PEOPLE, days=DAYS, seed=seed, causes=causes)
        for seed in SEEDS
    ]
    worlds = (shop_world(plan) for plan in plans)
    return [world.service.process({"preset": "purchase", "period": "90d"}, world.end) for world in worlds]


@pytest.fixture(scope="module")
def planted() -> list[ProcessResult]:
    return _diagnoses(causes=True)


def first_finding(result: ProcessResult) -> tuple[str, str, str, str] | None:
    """Give the step, the next one, the property and its value of the finding that ranks first."""
    if not result.findings:
        return None
    point = result.findings[0]
    split = result.splits[point.split]
    steps = [step.name for step in result.steps[point.step - 1 : point.step + 1]]
    return steps[0], steps[1], split.property, split.groups[point.group].group.value


def test_the_planted_broken_step_ranks_first_on_its_platform(planted: list[ProcessResult]) -> None:
    truth = (BROKEN_STEP, STEP_AFTER, "platform", ShopLaws().broken_platform)
    assert [first_finding(result) for result in planted].count(truth) >= AT_LEAST


def test_a_shop_without_planted_causes_yields_no_finding() -> None:
    without = _diagnoses(causes=False)
    assert sum(not result.findings for result in without) >= AT_LEAST
    assert min(result.compared.made for result in without) >= 30


def test_the_gap_is_the_one_that_was_planted(planted: list[ProcessResult]) -> None:
    """Half of the purchases fail there, so that half as many go on as elsewhere; the intervals hold it 19 times in 20."""
    point = [result.findings[0] for result in planted]
    ratios = [one.here.conversion / one.others_conversion for one in point if one.here.conversion is not None]
    assert np.mean(ratios) == pytest.approx(1 - ShopLaws().broken_share, abs=0.03)
    held = [one.low <= -ShopLaws().broken_share * one.others_conversion <= one.high for one in point]
    assert sum(held) >= 17
