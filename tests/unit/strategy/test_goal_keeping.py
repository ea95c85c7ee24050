"""What was measured of the past is measured again when something arrives that happened before, and only then."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import START, FakePeople, Happening, happenings
from tests.twins.logs import FakeTraits, snapshot_of

from finegrain.behaviour.deeds.matched import MatchedEvents
from finegrain.strategy.goals.contract import Metric
from finegrain.strategy.goals.keeping import About, KeptTallies
from finegrain.strategy.goals.metrics import Meter, Past, Tally, Window
from finegrain.zones import Zone, to_us

if TYPE_CHECKING:
    from finegrain.audience.tiers.service import TierService

ZONE = Zone("Europe/Berlin")
WINDOW = Window(date(2024, 3, 30), date(2024, 4, 5))
METRICS = (Metric("conversion", "Page Viewed"), Metric("repeat_rate"), Metric("revenue_per_person"), Metric("active_days"))
EVERYBODY = np.array([1, 2, 3], np.int64)
ENDS = [ZONE.day_start(WINDOW.first + timedelta(days=number + 1)) for number in range(7)]
NOBODY, ONE = Tally(0, 0, 0), Tally(1, 1, 1)


def data(*times_us: int, people: tuple[int, ...] = (0,), revision: int = 0) -> Any:
    """Give a state of the data: events in order of arrival, and since when each person is known."""
    index = SimpleNamespace(
        people_watermark=(len(people), revision), known_us=np.array(people), person_ids=np.arange(len(people)) + 1
    )
    return SimpleNamespace(index=index, log=SimpleNamespace(time_us=np.array(times_us, dtype=np.int64)))


def asked(kept: KeptTallies, snapshot: Any, *moments: int) -> list[int]:
    """Ask for the tally of each moment; give those that were measured."""
    found: list[int] = []

    def measure(moment: int) -> Tally:
        found.append(moment)
        return ONE

    tallies = kept.at(snapshot)
    for moment in moments:
        tallies(About(1, (), moment), partial(measure, moment))
    return found


@pytest.mark.parametrize(
    ("later", "again"),
    [
        (data(5, 15), []),
        (data(5, 15, 30, 40), []),
        (data(5, 15, 30, 19), [20, 30]),
        (data(5, 15, 20), [30]),
        (data(5, 15, people=(0, 25)), [30]),
        (data(5, 15, people=(0, 9)), [10, 20, 30]),
        (data(5, 15, people=(0, 30)), []),
        (data(5, 15, revision=1), [10, 20, 30]),
        (data(5), [10, 20, 30]),
    ],
)
def test_what_holds_is_not_measured_again(later: Any, again: list[int]) -> None:
    kept = KeptTallies()
    assert asked(kept, data(5, 15), 10, 20, 30) == [10, 20, 30]
    assert asked(kept, later, 10, 20, 30) == again
    assert asked(kept, later, 10, 20, 30) == []


def test_what_an_older_state_measures_is_not_kept() -> None:
    kept = KeptTallies()
    older = kept.at(data(5))
    newer = kept.at(data(5, 7))
    assert older(About(1, (), 10), lambda: NOBODY) == NOBODY
    assert newer(About(1, (), 10), lambda: ONE) == ONE
    assert older(About(1, (), 10), lambda: NOBODY) == NOBODY


def test_so_many_are_kept_and_the_oldest_go() -> None:
    kept, one = KeptTallies(most=2), data(5)
    assert asked(kept, one, 10, 20, 30) == [10, 20, 30]
    assert asked(kept, one, 30, 20, 10) == [10]


def test_a_goal_that_is_gone_is_forgotten_and_no_other() -> None:
    kept, one = KeptTallies(), data(5)
    assert asked(kept, one, 10) == [10]
    kept.forget(2)
    assert asked(kept, one, 10) == []
    kept.forget(1)
    assert asked(kept, one, 10) == [10]


def measured(metric: Metric, log: list[Happening], kept: KeptTallies) -> list[Tally]:
    """Measure the course of a week, with what is kept."""
    snapshot = snapshot_of(log, FakePeople(dict.fromkeys("xyz", START)))
    meter = Meter(Past(snapshot, MatchedEvents(snapshot, FakeTraits(), ZONE)), cast("TierService", None), ZONE, metric, WINDOW)
    tallies = kept.at(snapshot)
    return [tallies(About(1, (), until_us), partial(meter.tally, EVERYBODY, until_us)) for until_us in map(to_us, ENDS)]


@given(happenings(), st.integers(0, 25), st.sampled_from(METRICS))
def test_with_what_is_kept_the_course_is_the_same(log: list[Happening], first: int, metric: Metric) -> None:
    kept = KeptTallies()
    measured(metric, log[:first], kept)
    assert measured(metric, log, kept) == measured(metric, log, KeptTallies())
