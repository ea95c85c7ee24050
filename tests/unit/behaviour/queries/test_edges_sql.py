"""The bucket of an instant in SQL against a search among the edges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.twins.logs import clickhouse_store

from finegrain.behaviour.queries.periods import MOST_BUCKETS, Days, cut
from finegrain.behaviour.queries.sql.edges import EdgesSql
from finegrain.behaviour.queries.sql.expressions import name
from finegrain.store.events.clickhouse.columns import DIALECT
from finegrain.zones import Zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Granularity


def reached(edges_us: NDArray[np.int64], times_us: NDArray[np.int64]) -> list[int]:
    """Ask the database how many edges lie at or before each instant."""
    edges = EdgesSql("bucket", edges_us)
    query = exp.select(exp.alias_(edges.reached(name("number")), "reached")).from_("numbers").order_by(name("place"))
    connection = clickhouse_store().connection
    numbers = "SELECT place, number FROM (SELECT {times:Array(Int64)} AS t) ARRAY JOIN t AS number, arrayEnumerate(t) AS place"
    text = f"WITH numbers AS ({numbers}) {query.sql(dialect=DIALECT)}"
    found: list[int] = connection.table(text, edges.parameters() | {"times": times_us.tolist()})["reached"].to_pylist()
    return found


@settings(max_examples=40)
@given(
    edges=st.lists(st.integers(-500, 500), min_size=1, max_size=12).map(sorted),
    times=st.lists(st.integers(-600, 600), max_size=30),
)
def test_an_instant_has_reached_the_edges_at_or_before_it(edges: list[int], times: list[int]) -> None:
    edges_us, times_us = np.array(edges, np.int64), np.array([*times, *edges], np.int64)
    assert reached(edges_us, times_us) == np.searchsorted(edges_us, times_us, side="right").tolist()


@pytest.mark.parametrize(
    ("zone", "first", "last", "granularity"),
    [
        ("Pacific/Apia", date(2011, 12, 28), date(2012, 1, 2), "day"),  # the 30th of December was left out
        ("Australia/Lord_Howe", date(2024, 4, 1), date(2024, 4, 30), "hour"),  # clocks go back by half an hour
        ("Europe/Berlin", date(2024, 1, 31), date(2024, 10, 1), "month"),  # one day each of the first and last month
        ("America/Sao_Paulo", date(2010, 1, 1), date(2023, 9, 9), "day"),  # 5,000 days, some of which begin at 1 o'clock
    ],
)
def test_civil_buckets_are_found_to_the_microsecond(zone: str, first: date, last: date, granularity: Granularity) -> None:
    edges_us = cut(Days(first, last), granularity, Zone(zone)).edges_us
    assert len(edges_us) - 1 <= MOST_BUCKETS
    times_us = (edges_us[:, None] + np.array([-1, 0, 1, 1_799_999_999])).ravel()[:: 1 + len(edges_us) // 500]
    assert reached(edges_us, times_us) == np.searchsorted(edges_us, times_us, side="right").tolist()
