"""How long the five schemes take for a million people with ten million orders, beside the same definitions in DuckDB SQL."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.data import END_US, index_from_orders, make_orders
from benchmarks.figure import Figures, figure, seconds
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.audience.tiers.service import TierService
from finegrain.behaviour.facts import facts
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS
from finegrain.zones import MICROSECONDS_PER_DAY, Zone, from_us, to_us

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.result import TierResult
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.index import BehaviourIndex

SQL = Path(__file__).parent / "sql"
PEOPLE, ORDERS, ROUNDS = 1_000_000, 10_000_000, 5
AS_OF = from_us(END_US)
WINDOW_DAYS = 365
QUERIES: dict[SchemeName, tuple[str, dict[str, object]]] = {
    "rfm": ("tiers_rfm_eight", {"split": "mean"}),
    "activity": ("tiers_activity", {"new_days": 14, "silent_days": 30, "churned_days": 90, "buyers_only": True}),
    "value": ("tiers_value_revenue", {"high": 80, "mid": 95}),
    "frequency": ("tiers_frequency", {"lapsed_days": 90}),
    "lifecycle": (
        "tiers_lifecycle",
        {"typical_gap_days": 30, "rhythm_limit": 3, "mature_purchases": 4, "declining_factor": 2, "lost_factor": 4},
    ),
}
"""The statement of each scheme with the default thresholds."""


class StandingIndex:
    """An index that stands, without stores behind it; answers as ``IndexService`` does, and forgets on demand.

    Args:
        index: what everybody did.
    """

    def __init__(self, index: BehaviourIndex) -> None:
        self._index = index
        self._facts: dict[tuple[int, int], PersonFacts] = {}

    def forget(self) -> None:
        """Forget the answers kept, as after every new event."""
        self._facts.clear()

    def facts(self, as_of: datetime, window_days: int, _index: BehaviourIndex | None = None) -> PersonFacts:
        """Give everybody's facts, from memory when asked again."""
        key = (to_us(as_of), to_us(as_of) - window_days * MICROSECONDS_PER_DAY)
        if key not in self._facts:
            self._facts[key] = facts(self._index, *key)
        return self._facts[key]


def figures() -> Figures:
    """Measure ours and DuckDB's in turn, on the same orders, and compare the answers person by person."""
    index = index_from_orders(*make_orders(PEOPLE, ORDERS, rng=np.random.default_rng(20240601)), n_people=PEOPLE)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        ops = OpsStore(f"sqlite:///{folder}/ops.sqlite", MIGRATIONS)
        standing = StandingIndex(index)
        service = TierService(standing, ops, Zone("UTC"), "CNY")  # type: ignore[arg-type]
        load(connection, index)
        results = five_schemes(standing, service)
        five_statements(connection)
        compare(results, connection)
        rounds = [
            (seconds(lambda: five_schemes(standing, service)), seconds(lambda: five_statements(connection)))
            for _ in range(ROUNDS)
        ]
        ops.close()
    ours, theirs = (statistics.median(times) for times in zip(*rounds, strict=True))
    return {"tiers_1m_s": seconds_figure(ours), "tiers_vs_duckdb": ratio_figure(ours, theirs)}


def five_schemes(standing: StandingIndex, service: TierService) -> dict[SchemeName, TierResult]:
    """Compute the facts anew and all five schemes with default thresholds."""
    standing.forget()
    return {scheme: service.compute(scheme, AS_OF) for scheme in SCHEMES}


def load(connection: duckdb.DuckDBPyConnection, index: BehaviourIndex) -> None:
    """Give DuckDB the same orders as a native table in memory, in the same order as the index holds them."""
    person = np.repeat(index.person_ids, np.diff(index.order_offsets))
    times = pa.array(index.order_time_us, pa.timestamp("us"))
    arrow_orders = pa.table({"person_id": person, "time": times, "amount_minor": index.order_amount_minor})
    arrow_people = pa.table({"person_id": index.person_ids, "known_since": pa.array(index.known_us, pa.timestamp("us"))})
    for name, table in (("orders", arrow_orders), ("people", arrow_people)):
        connection.register("arrow_table", table)
        connection.execute(f"CREATE TABLE {name} AS FROM arrow_table")
        connection.unregister("arrow_table")


def five_statements(connection: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB make the facts anew and a table of everybody's tier for each scheme."""
    as_of = AS_OF.replace(tzinfo=None)
    start = from_us(END_US - WINDOW_DAYS * MICROSECONDS_PER_DAY).replace(tzinfo=None)
    connection.execute(statement("tiers_facts"), {"as_of": as_of, "window_start": start})
    for scheme, (name, parameters) in QUERIES.items():
        text = statement(name)
        known: dict[str, Any] = {**parameters, "as_of": as_of}
        used = {key: value for key, value in known.items() if f"${key}" in text}
        connection.execute(f"CREATE OR REPLACE TEMP TABLE tier_{scheme} AS {text}", used)


def statement(name: str) -> str:
    """Give the one statement of ``sql/name.sql``."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def compare(results: dict[SchemeName, TierResult], connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse to measure two computations that do not put everybody into the same tier."""
    for scheme, result in results.items():
        rows = connection.execute(f"SELECT tier FROM tier_{scheme} ORDER BY person_id").fetchnumpy()
        theirs = np.asarray(rows["tier"], dtype=np.str_)
        ours = np.array(result.assignment.keys)[result.assignment.codes]
        if not np.array_equal(ours, theirs):
            raise AssertionError(f"{scheme}: DuckDB's tiers differ from ours")


def seconds_figure(ours: float) -> dict[str, Any]:
    """Give our own time."""
    note = (
        f"Facts of {PEOPLE:,} people from {ORDERS:,} orders on a standing index, then the five schemes with default thresholds "
        "and the figures of every tier, by TierService.compute with nothing kept; kernels compiled before; "
        f"median of {ROUNDS} rounds."
    )
    return figure(ours, "s", "lower", "limit 3 s", note)


def ratio_figure(ours: float, theirs: float) -> dict[str, Any]:
    """Give DuckDB's time over ours."""
    note = (
        f"DuckDB {duckdb.__version__}: native in-memory table (person, time, amount) in the index's order, facts into a "
        "temporary table, then one temporary table (person, tier) a scheme, without the tiers' figures: "
        f"{theirs:.3g} s. Ours: the work of tiers_1m_s. Same definitions (benchmarks/sql), "
        "everybody's tier compared and equal, rounds in turn, medians; making the index and loading the table are not counted."
    )
    return figure(theirs / ours, "×", "higher", "DuckDB SQL", note)
