"""The metrics of goals against their slow twin, on days around a change of clocks, and on empty and zero."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import START, FakePeople, Happening, happenings
from tests.twins.goals import twin_tally
from tests.twins.logs import FakeTraits, snapshot_of

from finegrain.behaviour.deeds.matched import MatchedEvents
from finegrain.strategy.goals.contract import Metric
from finegrain.strategy.goals.metrics import Meter, Past, Tally, Window
from finegrain.zones import Zone, to_us

if TYPE_CHECKING:
    from finegrain.audience.tiers.service import TierService

ZONE = Zone("Europe/Berlin")
KNOWN: dict[str, datetime] = dict.fromkeys(("x", "y", "z", "quiet"), START)
FIRST, LAST = date(2024, 3, 31), date(2024, 4, 3)
"""Four days, of which the first has 23 hours in Berlin."""
METRICS = (
    Metric("conversion", "Page Viewed"), Metric("conversion", "Never Happens"), Metric("repeat_rate"),
    Metric("revenue_per_person"), Metric("average_order_value"), Metric("active_days"), Metric("active_days", "Page Viewed"),
    Metric("retention"), Metric("retention", "Order Completed"),
)  # fmt: skip


class Tiers:
    """A scheme of one's own with one tier, which holds persons 1 and 9."""

    def own_rules(self, _scheme: str) -> tuple[tuple[str, ...], tuple[()]]:
        """Say that it is one."""
        return ("high",), ()

    def compute(self, scheme: str, as_of: datetime, *, index: Any) -> Any:
        """Give the people of the tier."""
        del as_of, index
        return SimpleNamespace(people=lambda key: np.array({"value/high": [1, 9]}[f"{scheme}/{key}"]))


def meter_of(log: list[Happening], metric: Metric) -> Meter:
    """Give the code under test."""
    snapshot = snapshot_of(log, FakePeople(dict(KNOWN)))
    past = Past(snapshot, MatchedEvents(snapshot, FakeTraits(), ZONE))
    return Meter(past, cast("TierService", Tiers()), ZONE, metric, Window(FIRST, LAST))


def measured(log: list[Happening], metric: Metric, people: list[int], until: datetime) -> Tally:
    """Measure some people once."""
    return meter_of(log, metric).tally(np.array(people, np.int64), to_us(until))


@given(happenings(), st.sampled_from(METRICS), st.integers(1, 4), st.lists(st.integers(24, 300), min_size=2, max_size=5))
def test_few_people_who_come_again_are_measured_alone_and_alike(
    log: list[Happening], metric: Metric, person: int, hours: list[int]
) -> None:
    moments = [START + timedelta(hours=each) for each in hours]
    meter, ids = meter_of(log, metric), np.array([person], np.int64)
    assert [meter.tally(ids, to_us(each)) for each in moments] == [measured(log, metric, [person], each) for each in moments]


@given(happenings(), st.sampled_from(METRICS), st.sets(st.sampled_from(list(KNOWN))), st.integers(24, 300))
def test_a_metric_is_what_its_twin_counts(log: list[Happening], metric: Metric, who: set[str], hours: int) -> None:
    until = max(START + timedelta(hours=hours), ZONE.day_start(FIRST))
    names = sorted(who)
    days = [FIRST + timedelta(days=number) for number in range(4)]
    tally = measured(log, metric, [list(KNOWN).index(name) + 1 for name in names], until)
    assert (tally.top, tally.bottom) == twin_tally(log, KNOWN, names, metric, days=days, until=until, zone=ZONE)
    assert tally.people == len(names)


@pytest.mark.parametrize("metric", [*METRICS, Metric("tier_share", tier="value/high")])
def test_nobody_has_no_value(metric: Metric) -> None:
    tally = measured([Happening("x", "Page Viewed", START + timedelta(days=3))], metric, [], START + timedelta(days=9))
    assert tally.value is None


def test_a_share_in_a_tier_is_of_all_the_people() -> None:
    assert measured([], Metric("tier_share", tier="value/high"), [1, 2, 3, 4], START + timedelta(days=9)).value == 0.25


@pytest.mark.parametrize(("metric", "value"), [("repeat_rate", None), ("average_order_value", None), ("revenue_per_person", 0)])
def test_without_an_order_there_is_no_rate_and_no_revenue(metric: Any, value: float | None) -> None:
    assert measured([], Metric(metric), [1, 2], START + timedelta(days=9)).value == value
