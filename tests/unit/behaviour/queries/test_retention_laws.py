"""Retention's kernels against the slow twin, over made-up logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.logs import AS_OF, PEOPLE, PERIOD, World, clickhouse_world, embedded_world, event_logs
from tests.twins.questions import breakdowns, matchers, whom
from tests.twins.retention import TwinRetention

from finegrain.behaviour.queries.reading import read_query
from finegrain.behaviour.retention.contract import RetentionCell
from finegrain.behaviour.retention.grid import grid_of
from finegrain.behaviour.retention.query import RetentionQuery

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening
    from tests.twins.retention import Member

    from finegrain.behaviour.queries.scope import Scope


@st.composite
def retentions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions of every cohort, mode and granularity."""
    return {
        "start": draw(matchers),
        "returns": draw(matchers),
        "period": draw(st.sampled_from([PERIOD, "2024-03-31..2024-04-01", "all"])),
        "cohort": draw(st.sampled_from(["first_time", "recurring"])),
        "mode": draw(st.sampled_from(["on", "on_or_after"])),
        "granularity": draw(st.sampled_from(["hour", "day", "day", "week", "month", "quarter"])),
        "periods": draw(st.sampled_from([1, 2, 3, 30])),
        **draw(whom),
        **draw(breakdowns),
    }


def counted(query: RetentionQuery, scope: Scope, members: dict[Member, set[int]], groups: int) -> tuple[Any, Any]:
    """Count the twin's members by group, cohort and period."""
    starts = grid_of(query, scope).starts
    sizes = np.zeros((groups, len(starts)), np.int64)
    came = np.zeros((groups, len(starts), query.periods + 1), np.int64)
    for (_, group, start), periods in members.items():
        sizes[group, starts.index(start)] += 1
        came[group, starts.index(start), list(periods)] += 1
    return sizes, came


@given(log=event_logs(), query=retentions())
def test_every_cell_is_the_twins(log: list[Happening], query: dict[str, Any]) -> None:
    compare(embedded_world(log), log, query)


@settings(max_examples=20)
@given(log=event_logs(), query=retentions())
def test_sql_finds_the_same_cells(log: list[Happening], query: dict[str, Any]) -> None:
    compare(clickhouse_world(log), log, query)


def compare(here: World, log: list[Happening], query: dict[str, Any]) -> None:
    asked = read_query(RetentionQuery, query)
    scope = here.service.scope(asked, AS_OF)
    found = here.engine.retention(scope, asked)
    sizes, came = counted(asked, scope, TwinRetention(asked, scope).members(log), len(found.groups))
    assert found.sizes.tolist() == sizes.tolist()
    assert found.came.tolist() == came.tolist()


cells = st.builds(
    RetentionCell,
    st.integers(0, 1),
    st.sampled_from([None, 0, 1]),
    st.sampled_from(["returned", "lost"]),
    st.sampled_from([None, None, 0, 1]),
)


@given(log=event_logs(), query=retentions(), cell=cells)
def test_people_in_a_cell_are_the_twins(log: list[Happening], query: dict[str, Any], cell: RetentionCell) -> None:
    compare_people(embedded_world(log), log, query, cell)


@settings(max_examples=15)
@given(log=event_logs(), query=retentions(), cell=cells)
def test_sql_finds_the_same_people(log: list[Happening], query: dict[str, Any], cell: RetentionCell) -> None:
    compare_people(clickhouse_world(log), log, query, cell)


def compare_people(here: World, log: list[Happening], query: dict[str, Any], cell: RetentionCell) -> None:
    asked = read_query(RetentionQuery, {**query, "granularity": "day", "period": PERIOD})
    scope = here.service.scope(asked, AS_OF)
    found = here.engine.retention_people(scope, asked, cell)
    label = grid_of(asked, scope).starts[cell.cohort]
    people = [] if asked.unit == "groups" else TwinRetention(asked, scope).people(log, label, cell)
    assert found.tolist() == [PEOPLE.index(who) + 1 for who in people if who in PEOPLE]
