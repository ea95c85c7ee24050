"""The five schemes against their definitions written as plain SQL in ``benchmarks/sql``, run by DuckDB on made-up facts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.audience.tiers.schemes.rfm_tiers import segment
from finegrain.behaviour.contract import NEVER, PersonFacts
from finegrain.zones import MICROSECONDS_PER_DAY as DAY
from finegrain.zones import Zone

if TYPE_CHECKING:
    from finegrain.audience.tiers.result import TierResult

SQL = Path(__file__).parents[3] / "benchmarks" / "sql"
AS_OF_US = 20_000 * DAY
WINDOW_DAYS = 40

# Few distinct values, so that ties, bounds that are hit exactly, and negative revenue come up all the time.
moments = st.one_of(
    st.integers(0, 100).map(lambda days: AS_OF_US - 1 - days * DAY),
    st.integers(1, 100).map(lambda days: AS_OF_US - days * DAY),
    st.integers(1, 100 * DAY).map(lambda us: AS_OF_US - us),
)
amounts = st.one_of(st.integers(-2, 5), st.integers(-1000, 100_000))


@st.composite
def people(draw: st.DrawFn) -> dict[str, int]:
    """One person's facts, consistent within themselves."""
    purchases = draw(st.integers(0, 5))
    known, first, last, seen = sorted(draw(moments) for _ in range(4))
    first = last if purchases == 1 else first
    inside = draw(st.integers(1, max(purchases, 1))) if last >= AS_OF_US - WINDOW_DAYS * DAY else 0
    bought = purchases > 0
    return {
        "known_since_us": known,
        "last_event_us": seen if bought or draw(st.booleans()) else NEVER,
        "first_purchase_us": first if bought else NEVER,
        "last_purchase_us": last if bought else NEVER,
        "purchases": purchases,
        "revenue_minor": draw(amounts),
        "window_purchases": inside if bought else 0,
        "window_revenue_minor": draw(amounts),
    }


crowds = st.lists(people(), max_size=25)


def facts_of(rows: list[dict[str, int]]) -> PersonFacts:
    """Put the rows into arrays."""
    names = ("known_since_us", "last_event_us", "first_purchase_us", "last_purchase_us", "revenue_minor", "window_revenue_minor")
    arrays: dict[str, Any] = {name: np.array([row[name] for row in rows], dtype=np.int64) for name in names}
    arrays |= {name: np.array([row[name] for row in rows], dtype=np.int32) for name in ("purchases", "window_purchases")}
    ids = np.arange(10, 10 + len(rows), dtype=np.int64)
    return PersonFacts(as_of_us=AS_OF_US, window_start_us=AS_OF_US - WINDOW_DAYS * DAY, person_ids=ids, **arrays)


def by_sql(name: str, facts: PersonFacts, **parameters: object) -> list[str]:
    """Run one scheme's SQL over the facts; tiers in the order of person ids."""
    connection = _duckdb()
    connection.register("facts", _table(facts))
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    known = {**parameters, "as_of": _timestamp(AS_OF_US)}
    rows = connection.execute(text, {key: value for key, value in known.items() if f"${key}" in text}).fetchall()
    return [tier for _, tier in sorted(rows)]


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE map (r BIGINT, fm BIGINT, tier VARCHAR)")
    pairs = [(r, fm, segment(r, fm)) for r in range(1, 6) for fm in range(1, 6)]
    connection.executemany("INSERT INTO map VALUES (?, ?, ?)", pairs)
    return connection


def _timestamp(us: int) -> object:
    return pa.scalar(us, pa.timestamp("us")).as_py()


def _table(facts: PersonFacts) -> pa.Table:
    def times(values: np.ndarray[Any, Any]) -> pa.Array:
        return pa.array(values, pa.timestamp("us"), mask=values == NEVER)

    columns = {
        "person_id": facts.person_ids,
        "known_since": times(facts.known_since_us),
        "last_event": times(facts.last_event_us),
        "first_purchase": times(facts.first_purchase_us),
        "last_purchase": times(facts.last_purchase_us),
        "purchases": facts.purchases,
        "revenue": facts.revenue_minor,
        "window_purchases": facts.window_purchases,
        "window_revenue": facts.window_revenue_minor,
    }
    return pa.table(columns)


def ours(name: str, facts: PersonFacts, **given_values: object) -> TierResult:
    """Compute one scheme with some thresholds given."""
    scheme = scheme_named(name)
    return compute(scheme, facts, resolve(scheme, given_values), zone=Zone("UTC"), currency="CNY")


def tiers_of(result: TierResult) -> list[str]:
    """Give everybody's tier in the order of person ids."""
    return [result.assignment.keys[code] for code in result.assignment.codes.tolist()]


@given(rows=crowds, split=st.sampled_from(["mean", "median"]))
def test_eight_classes_equal_sql(rows: list[dict[str, int]], split: str) -> None:
    facts = facts_of(rows)
    result = ours("rfm", facts, view="eight", split=split, window_days=WINDOW_DAYS)
    assert tiers_of(result) == by_sql("tiers_rfm_eight", facts, split=split)


@given(rows=crowds, second=st.sampled_from(["frequency_money", "frequency", "money"]))
def test_named_segments_equal_sql(rows: list[dict[str, int]], second: str) -> None:
    facts = facts_of(rows)
    result = ours("rfm", facts, view="quintile", second_score=second, window_days=WINDOW_DAYS)
    assert tiers_of(result) == by_sql("tiers_rfm_quintile", facts, second_score=second)


@given(rows=crowds, days=st.lists(st.integers(1, 100), min_size=3, max_size=3, unique=True), alone=st.booleans())
def test_activity_equals_sql(rows: list[dict[str, int]], days: list[int], alone: bool) -> None:
    facts = facts_of(rows)
    limits = dict(zip(("new_days", "silent_days", "churned_days"), sorted(days), strict=True))
    result = ours("activity", facts, **limits, without_order="own_tier" if alone else "by_activity")
    assert tiers_of(result) == by_sql("tiers_activity", facts, **limits, buyers_only=alone)


@pytest.mark.parametrize(("method", "share"), [("revenue_share", "share"), ("people_share", "people")])
@given(rows=crowds, percents=st.lists(st.integers(0, 100), min_size=2, max_size=2, unique=True))
def test_value_equals_sql(method: str, share: str, rows: list[dict[str, int]], percents: list[int]) -> None:
    facts = facts_of(rows)
    high, mid = sorted(percents)
    result = ours("value", facts, method=method, **{f"high_{share}": high, f"mid_{share}": mid})
    assert tiers_of(result) == by_sql(f"tiers_value_{method.partition('_')[0]}", facts, high=high, mid=mid)


@given(rows=crowds, days=st.integers(1, 100))
def test_frequency_equals_sql(rows: list[dict[str, int]], days: int) -> None:
    facts = facts_of(rows)
    assert tiers_of(ours("frequency", facts, lapsed_days=days)) == by_sql("tiers_frequency", facts, lapsed_days=days)


@given(rows=crowds, gap=st.integers(1, 60), limit=st.integers(1, 5), mature=st.integers(3, 5), factor=st.integers(1, 5))
def test_lifecycle_equals_sql(rows: list[dict[str, int]], gap: int, limit: int, mature: int, factor: int) -> None:
    facts = facts_of(rows)
    thresholds = {
        "typical_gap_days": gap,
        "rhythm_limit": limit,
        "mature_purchases": mature,
        "declining_factor": factor,
        "lost_factor": factor + 1,
    }
    assert tiers_of(ours("lifecycle", facts, **thresholds)) == by_sql("tiers_lifecycle", facts, **thresholds)
