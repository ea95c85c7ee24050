"""The kernels of distributions against the slow twin, over made-up logs, and natural breaks against all ways to cut."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.distribution import TwinDistribution
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, WORLDS, World, clickhouse_world, embedded_world, event_logs
from tests.twins.questions import breakdowns, matchers, whom

from finegrain.behaviour.distribution.breaks import natural_breaks
from finegrain.behaviour.distribution.query import DistributionQuery
from finegrain.behaviour.distribution.result import distribution_result
from finegrain.behaviour.queries.reading import read_query

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of every measure, with and without those who did nothing."""
    measure = draw(st.sampled_from(["events", "days", "sum"]))
    asked = {
        "event": draw(matchers),
        "measure": measure,
        "property": "price" if measure == "sum" else "",
        "period": draw(st.sampled_from([PERIOD, "2024-03-31..2024-04-01", "all"])),
        "breaks": draw(st.sampled_from([[], [2], [0, 1, 3]])),
        "bars": 2,
        **draw(whom),
        **draw(breakdowns),
    }
    return {**asked, "zero": asked["unit"] == "people" and draw(st.booleans())}


@given(log=event_logs(), query=questions())
def test_everybody_is_measured_as_by_the_twin(log: list[Happening], query: dict[str, Any]) -> None:
    compare(embedded_world(log), log, query)


@settings(max_examples=25)
@given(log=event_logs(), query=questions())
def test_sql_measures_everybody_the_same(log: list[Happening], query: dict[str, Any]) -> None:
    compare(clickhouse_world(log), log, query)


def compare(here: World, log: list[Happening], query: dict[str, Any]) -> None:
    asked = read_query(DistributionQuery, query)
    scope = here.service.scope(asked, AS_OF)
    found = here.engine.distribution(scope, asked)
    twin = TwinDistribution(asked, scope)
    total, split = twin.total(log), twin.split(log) if asked.breakdown else {}
    assert sorted(found.total.value.tolist()) == sorted(total.values())
    parts = sorted(zip(found.split.group.tolist(), found.split.value.tolist(), strict=True))
    assert parts == sorted((group, value) for (_, group), value in split.items())
    assert int(found.left_out.sum()) == twin.left_out(log)
    if asked.unit == "people":
        assert dict(zip(found.total.person_id.tolist(), found.total.value.tolist(), strict=True)) == {
            PEOPLE.index(who) + 1: value for who, value in total.items()
        }


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_each_number_is_a_list_and_bars_add_up(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here = WORLDS[engine](log)
    asked = read_query(DistributionQuery, {**query, "unit": "people"})
    scope = here.service.scope(asked, AS_OF)
    result = distribution_result(asked, scope, here.engine.distribution(scope, asked))
    for place, one in [(None, result.total), *enumerate(result.groups)]:
        assert one.count == len(result.people(group=place)) == sum(bar.count for bar in one.bars)
        assert [bar.count for bar in one.bars] == [len(result.people(bar, place)) for bar in range(len(one.bars))]


def apart(values: list[float], breaks: tuple[float, ...]) -> float:
    """Give the sum of squared differences from the means of the bars."""
    bars = np.searchsorted(np.array(breaks), values, side="right")
    parts = [np.array(values)[bars == bar] for bar in range(len(breaks) + 1)]
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts if len(part)))


@given(values=st.lists(st.integers(-5, 30).map(float), max_size=12), bars=st.integers(2, 4))
def test_no_other_cut_is_better_than_the_natural_one(values: list[float], bars: int) -> None:
    distinct = sorted(set(values))
    found = natural_breaks(np.array(values), bars)
    assert len(found) == max(0, min(bars, len(distinct)) - 1)
    others = itertools.combinations(distinct[1:], len(found))
    assert apart(values, found) == pytest.approx(min(apart(values, other) for other in others), abs=1e-6)


@given(seed=st.integers(0, 99))
def test_a_cut_of_many_values_is_nearly_the_best(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=3_000)
    two = natural_breaks(values, 2)
    best = min(apart(values.tolist(), (float(one),)) for one in np.quantile(values, np.linspace(0.3, 0.7, 41)))
    assert apart(values.tolist(), two) <= best * 1.001
