"""What holds of both engines whatever is asked: they answer everything, and filters mean the same to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.twins.behaviour import FakePeople, Happening
from tests.twins.logs import (
    AS_OF,
    FIRST,
    PEOPLE,
    PERIOD,
    SQL_WORLDS,
    clickhouse_store,
    clickhouse_world,
    embedded_world,
)

from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.engine import QueryEngine
from finegrain.behaviour.queries.kinds import KINDS
from finegrain.behaviour.queries.matching import GroupNames
from finegrain.behaviour.queries.result import Group, groups_of
from finegrain.behaviour.queries.sql.engine import ClickHouseEngine
from finegrain.behaviour.queries.sql.ownership import CurrentOwners
from finegrain.errors import UnknownNameError

QUESTIONS = [name for name in vars(QueryEngine) if not name.startswith("_")]
DIAGNOSES = {"churn", "process"}
"""Answered from the index whatever the store."""
VALUES: list[Any] = [
    {"kind": "red", "price": 2.5, "day": "2024-03-30"},
    {"kind": "Red", "price": "12", "day": "2024-04-01T08:00:00+02:00"},
    {"kind": "blue", "price": "dear", "day": "soon"},
    {"price": True},
    {"kind": None},
]
CONDITIONS: list[tuple[str, Any]] = [
    ("is", "red"),
    ("is", ["red", 12]),
    ("is_not", 2.5),
    ("contains", "RED"),
    ("not_contains", "e"),
    ("matches", "^r"),
    ("gt", 1),
    ("gte", 12),
    ("lt", 2.5),
    ("lte", 2.5),
    ("between", [1, 3]),
    ("before", "2024-04-01"),
    ("after", "2024-03-30T00:00:00+01:00"),
    ("exists", None),
    ("not_exists", None),
]
LOG = [Happening("x", "A", FIRST + timedelta(days=1, hours=hour), properties=one) for hour, one in enumerate(VALUES)]


def test_sql_answers_what_kernels_answer() -> None:
    assert set(QUESTIONS) <= set(vars(EmbeddedEngine))
    assert set(QUESTIONS) - DIAGNOSES <= set(vars(ClickHouseEngine))


@pytest.mark.parametrize("property_name", ["kind", "price", "day"])
def test_each_operator_passes_the_same_events_on_both_engines(property_name: str) -> None:
    series = [{"event": "A", "filters": [{"property": property_name, "op": op, "value": value}]} for op, value in CONDITIONS]
    query = {"series": series, "period": PERIOD, "granularity": "day"}
    ours, theirs = (make(LOG).service.trends(query, AS_OF).to_dict() for make in (embedded_world, clickhouse_world))
    assert ours == theirs


@pytest.mark.parametrize("engine", SQL_WORLDS)
def test_a_trait_is_compared_as_a_number_now_and_in_the_past(engine: str) -> None:
    log = [Happening(who, "A", FIRST + timedelta(days=2)) for who in "xyz"]
    old = {"property": "age", "op": "gt", "value": 35, "of": "person"}
    past = {"property": "city", "op": "gt", "value": 1, "of": "person", "as_it_was": True}
    service = SQL_WORLDS[engine](log).service

    def counted(condition: dict[str, Any]) -> int:
        asked = {"steps": [{"event": "A", "filters": [condition]}, "A"], "period": PERIOD}
        return service.funnel(asked, AS_OF).total.steps[0].count

    assert (counted(old), counted(past)) == (1, 0)


def test_ids_that_nobody_registered_are_registered_before_a_query() -> None:
    clickhouse_world(LOG)
    people = FakePeople({who: FIRST for who in PEOPLE if who != "x"})
    store = clickhouse_store()
    CurrentOwners(store, people).bring_up_to_date()
    assert "x" in people.since
    assert store.owners.watermark() == people.watermark()
    again = CurrentOwners(store, people)
    again.bring_up_to_date()
    again.bring_up_to_date()
    assert store.owners.missing() == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_by_name(kind: str) -> None:
    assert KINDS[kind].query.__name__.endswith("Query")
    assert KINDS[kind].selection.__dataclass_fields__


def test_a_kind_with_a_list_of_its_own_and_one_whose_answer_holds_it() -> None:
    service = embedded_world(LOG).service
    steps = {"steps": ["A", "A"], "period": PERIOD}
    assert service.answer("funnel", steps, AS_OF).total.steps[0].count == 1
    assert service.people("funnel", steps, {"step": 1}, AS_OF).tolist() == [1]
    told = {"event": "A", "period": PERIOD}
    assert service.people("distribution", told, {}, AS_OF).tolist() == [1]


def test_without_a_breakdown_there_is_one_group_of_all() -> None:
    assert groups_of(GroupNames()) == (Group("all"),)


def test_a_kind_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UnknownNameError, match="funnel, retention"):
        embedded_world(LOG).service.answer("funel", {}, AS_OF)
