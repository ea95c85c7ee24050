"""The kernels of intervals against the slow twin, over made-up logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.intervals import TwinIntervals
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, WORLDS, World, clickhouse_world, embedded_world, event_logs
from tests.twins.questions import breakdowns, matchers, whom

from finegrain.behaviour.intervals.query import IntervalQuery
from finegrain.behaviour.intervals.result import interval_result
from finegrain.behaviour.queries.reading import read_query

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of every way of closing."""
    return {
        "start": draw(matchers),
        "end": draw(matchers),
        "window": draw(st.sampled_from(["1h", "1d", "30d"])),
        "closing": draw(st.sampled_from(["latest", "every"])),
        "period": draw(st.sampled_from([PERIOD, "2024-03-31..2024-04-01", "all"])),
        **draw(whom),
        **draw(breakdowns),
    }


@given(log=event_logs(), query=questions())
def test_everybodys_intervals_are_the_twins(log: list[Happening], query: dict[str, Any]) -> None:
    compare(embedded_world(log), log, query)


@settings(max_examples=25)
@given(log=event_logs(), query=questions())
def test_sql_finds_the_same_intervals(log: list[Happening], query: dict[str, Any]) -> None:
    compare(clickhouse_world(log), log, query)


def compare(here: World, log: list[Happening], query: dict[str, Any]) -> None:
    asked = read_query(IntervalQuery, query)
    scope = here.service.scope(asked, AS_OF)
    found = here.engine.intervals(scope, asked)
    twin = TwinIntervals(asked, scope).rows(log)
    rows = list(zip(found.start_us.tolist(), found.length_us.tolist(), found.group.tolist(), strict=True))
    assert sorted(rows) == sorted(row for mine in twin.values() for row in mine)
    if asked.unit == "people":
        assert rows == [row for who in PEOPLE for row in twin[who]]
        assert found.person_id.tolist() == [place for place, who in enumerate(PEOPLE, start=1) for _ in twin[who]]


@pytest.mark.parametrize("engine", WORLDS)
@given(log=event_logs(), query=questions())
def test_each_number_is_a_list_and_parts_add_up(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here = WORLDS[engine](log)
    asked = read_query(IntervalQuery, {**query, "unit": "people"})
    scope = here.service.scope(asked, AS_OF)
    result = interval_result(asked, scope, here.engine.intervals(scope, asked))
    for place, one in [(None, result.total), *enumerate(result.groups)]:
        assert one.actors == len(result.people(group=place))
        assert list(one.actors_by_bar) == [len(result.people(bar, place)) for bar in range(len(one.time.counts))]
        assert sum(one.time.counts) == one.time.count == sum(bucket.intervals for bucket in one.over_time)
    assert not result.groups or sum(one.time.count for one in result.groups) == result.total.time.count


@given(lengths=st.lists(st.integers(0, 10**9), min_size=1), share=st.sampled_from([0.5, 0.9]))
def test_a_percentile_of_a_bucket_is_numpys(lengths: list[int], share: float) -> None:
    from finegrain.behaviour.intervals.result import _percentile

    assert _percentile(np.sort(np.array(lengths)), share) == pytest.approx(np.percentile(lengths, 100 * share))
