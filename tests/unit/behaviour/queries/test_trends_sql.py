"""Trends, life-cycles and stickiness by SQL against the kernels, array for array, over made-up logs."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.logs import AS_OF, clickhouse_world, embedded_world, event_logs
from tests.unit.behaviour.queries.test_trends_laws import lasting, places, trends

from finegrain.behaviour.queries.reading import read_query
from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery, TrendsQuery

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening
    from tests.twins.logs import World

Place = tuple[int | None, int | None]
logs = event_logs(most=25)


def check_same(found: Any, wanted: Any) -> None:
    """Compare what two engines found, field by field: every number, in the same order and of the same kind."""
    assert type(found) is type(wanted)
    if isinstance(found, np.ndarray):
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)
    elif isinstance(found, tuple):
        for one, other in zip(found, wanted, strict=True):
            check_same(one, other)
    elif is_dataclass(found):
        for field in fields(found):
            check_same(getattr(found, field.name), getattr(wanted, field.name))
    else:
        assert found == wanted


def both(log: list[Happening]) -> tuple[World, World]:
    return clickhouse_world(log), embedded_world(log)


def within(place: Place, buckets: int, groups: Any) -> Place:
    """Give a bucket and a group that are there."""
    bucket, group = place
    there = len(groups) if groups.broken_down else 0
    return (None if bucket is None else bucket % buckets), (None if group is None or not there else group % there)


@settings(max_examples=15)
@given(log=logs, query=trends(), place=places, before=st.booleans())
def test_sql_finds_the_same_trends_and_the_people_behind_them(
    log: list[Happening], query: dict[str, Any], place: Place, *, before: bool
) -> None:
    (sql, kernels), asked = both(log), read_query(TrendsQuery, query)
    scope = sql.service.scope(asked, AS_OF)
    wanted = kernels.engine.trends(scope, asked)
    check_same(sql.engine.trends(scope, asked), wanted)
    bucket, group = within(place, 1, wanted.groups)
    selection = TrendSelection(1, bucket, group, before)
    check_same(sql.engine.trends_people(scope, asked, selection), kernels.engine.trends_people(scope, asked, selection))


@settings(max_examples=10)
@given(log=logs, query=lasting(), place=places)
def test_sql_finds_the_same_lives_and_the_people_who_live_them(log: list[Happening], query: dict[str, Any], place: Place) -> None:
    (sql, kernels), asked = both(log), read_query(LifecycleQuery, query)
    scope = sql.service.scope(asked, AS_OF)
    wanted = kernels.engine.lifecycle(scope, asked)
    check_same(sql.engine.lifecycle(scope, asked), wanted)
    bucket, group = within(place, wanted.new.shape[1], wanted.groups)
    for state in ("new", "returning", "resurrected", "dormant"):
        selection = LifecycleSelection(state, bucket or 0, group)
        people = kernels.engine.lifecycle_people(scope, asked, selection)
        check_same(sql.engine.lifecycle_people(scope, asked, selection), people)


@settings(max_examples=10)
@given(log=logs, query=lasting(), place=places)
def test_sql_finds_the_same_habits_and_the_people_who_have_them(
    log: list[Happening], query: dict[str, Any], place: Place
) -> None:
    (sql, kernels), asked = both(log), read_query(StickinessQuery, query)
    scope = sql.service.scope(asked, AS_OF)
    wanted = kernels.engine.stickiness(scope, asked)
    check_same(sql.engine.stickiness(scope, asked), wanted)
    _, group = within(place, 1, wanted.groups)
    selection = StickinessSelection(1, group)
    check_same(sql.engine.stickiness_people(scope, asked, selection), kernels.engine.stickiness_people(scope, asked, selection))
