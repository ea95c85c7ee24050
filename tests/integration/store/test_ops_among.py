"""Membership in many values holds the rows that a list of parameters would, on each engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from finegrain.people import writing
from finegrain.people.tables import DistinctIdTable
from finegrain.store.ops import OpsStore
from finegrain.store.ops.among import among, among_named, listed
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

NAMES = ["a", "b", "B", "it's", 'quo"te', "back\\slash", "用户-1", "%_", "1", "null", "😀"]


@pytest.fixture
def session(ops_url: str) -> Iterator[Session]:
    """A transaction in which each of the names is known, in this order."""
    store = OpsStore(ops_url, MIGRATIONS)
    with store.session() as session:
        writing.register(session, NAMES, datetime(2024, 5, 1, tzinfo=UTC))
        yield session
    store.close()


@pytest.mark.parametrize("wanted", [NAMES, NAMES[3:6], ["a", "a", "nobody"], ["1"], []])
def test_texts_are_found_as_they_are(session: Session, wanted: list[str]) -> None:
    found = session.scalars(select(DistinctIdTable.distinct_id).where(among(DistinctIdTable.distinct_id, wanted)))
    assert sorted(found) == sorted(set(wanted) & set(NAMES))


def test_whole_numbers_are_found(session: Session) -> None:
    query = select(DistinctIdTable.distinct_id).where(among_named(DistinctIdTable.own_id, "wanted"))
    assert session.scalars(query, {"wanted": listed([1, 3, 2**62])}).all() == ["a", "B"]


def test_it_joins_with_other_conditions(session: Session) -> None:
    column = DistinctIdTable.distinct_id
    query = select(column).where(among(column, NAMES), ~among(column, NAMES[1:]), DistinctIdTable.own_id > 0)
    assert session.scalars(query).all() == ["a"]


def test_rows_are_deleted_by_it(session: Session) -> None:
    session.execute(delete(DistinctIdTable).where(among(DistinctIdTable.distinct_id, NAMES[1:])))
    assert session.scalars(select(DistinctIdTable.distinct_id)).all() == ["a"]


def test_ids_are_looked_up_in_the_index(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of so few rows whole, whatever the condition")
    query = select(DistinctIdTable.person_id).where(among(DistinctIdTable.distinct_id, ["a"]))
    text = str(query.compile(session.get_bind()))
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ('["a"]',)).all()
    assert any("SEARCH distinct_ids USING INDEX" in row[3] for row in plan)
