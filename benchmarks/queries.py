"""Behaviour queries on kernels against ClickHouse and DuckDB, over the same 20 M events, side by side, answers compared."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.events import END_US, NAMES, make_events, state_of
from benchmarks.figure import figure, seconds
from finegrain.behaviour.files import open_index, write_index
from finegrain.behaviour.index import array_names
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.service import QueryService
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.store.events.clickhouse.address import read_address
from finegrain.store.events.clickhouse.connection import Connection
from finegrain.store.sqlfiles import read_sql
from finegrain.zones import Zone, from_us

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.events import Columns
    from benchmarks.figure import Figures
    from finegrain.behaviour.building import IndexState

PEOPLE, EVENTS, ROUNDS, PART = 400_000, 20_000_000, 11, 5_000_000
STEPS = ("Product Viewed", "Product Added", "Checkout Started")
PERIOD = "2023-01-01..2023-03-31"
AS_OF = from_us(END_US)
FUNNEL = {"steps": STEPS, "period": PERIOD, "window": "7d"}
RETENTION = {"start": "App Opened", "returns": "App Opened", "period": PERIOD, "granularity": "day", "periods": 14}
PATHS = {"start": "Product Viewed", "scope": "window", "window": "1d", "period": PERIOD, "depth": 5, "most_nodes": 30}
TREND = {"series": ["*"], "period": PERIOD, "granularity": "day"}
_SQL = Path(__file__).parent / "sql" / "queries"
_SETTINGS = "SETTINGS optimize_aggregation_in_order = {in_order}, max_threads = 2"


def figures() -> Figures:
    """Measure the queries, and how the index is opened."""
    columns = make_events(PEOPLE, EVENTS, rng=np.random.default_rng(20240602))
    state = state_of(columns)
    service = service_over(state)
    with closing(click_house(columns)) as server, closing(duck_db(columns)) as duck:
        return {
            "funnel_vs_clickhouse": _funnel(service, server),
            "retention_vs_clickhouse": _retention(service, server),
            "paths_vs_clickhouse": _paths(service, server),
            "trend_vs_duckdb": _trend(service, duck),
            **_cold(state),
            "index_bytes_per_event": _size(state),
        }


def service_over(state: IndexState) -> QueryService:
    """Give the queries over an index; nothing is asked about traits or audiences."""
    nothing: Any = None
    snapshot = Snapshot(state.index, state.log, PropertyColumns(nothing, Path("nowhere")))
    engine = EmbeddedEngine(lambda: snapshot)
    return QueryService(engine, nothing, nothing, zone=Zone("UTC"), currency="CNY", session_minutes=30)


def click_house(columns: Columns) -> Connection:
    """Give a ClickHouse in this process with the events in the order that serves these queries best."""
    server = Connection(read_address("chdb://memory?database=bench"))
    names = ", ".join(f"'{name}' = {code}" for code, name in enumerate(NAMES))
    server.run(f"CREATE TABLE e (p UInt32, t Int64, n UInt32, e Enum8({names})) ENGINE = MergeTree ORDER BY (p, t, n)")
    for start in range(0, EVENTS, PART):
        part = slice(start, start + PART)
        rows = {
            "p": columns.person[part].astype(np.uint32),
            "t": columns.time_us[part],
            "n": np.arange(start, min(start + PART, EVENTS), dtype=np.uint32),
            "e": columns.event[part].astype(np.int8),
        }
        server.insert("e", pa.table(rows))
    server.run("OPTIMIZE TABLE e FINAL")
    return server


def duck_db(columns: Columns) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB with the events in a table of its own."""
    duck = duckdb.connect()
    duck.execute("SET enable_progress_bar = false")
    duck.execute("SET TimeZone = 'UTC'")
    table = pa.table(
        {"p": columns.person, "t": pa.array(columns.time_us).cast(pa.timestamp("us")), "e": columns.event.astype(np.int8)}
    )
    duck.register("made", table)
    duck.execute("CREATE TABLE e AS SELECT * FROM made")
    duck.unregister("made")
    return duck


def best_of(ours: Callable[[], Any], *theirs: Callable[[], Any]) -> tuple[float, list[float], Any, list[Any]]:
    """Run both in turn; give the best time of ours and of each of theirs, and the answers."""
    answers = [ours(), *(run() for run in theirs)]
    best = [float("inf")] * len(answers)
    for _ in range(ROUNDS):
        for place, run in enumerate((ours, *theirs)):
            best[place] = min(best[place], seconds(run))
    return best[0], best[1:], answers[0], answers[1:]


def against(
    server: Connection, name: str, service: Callable[[], Any], same: Callable[[Any, list[tuple[Any, ...]]], bool]
) -> dict[str, Any]:
    """Give how many times faster an answer is than ClickHouse's, with the best of its settings."""
    texts = [f"{read_sql(_SQL, name).rstrip().rstrip(';')} {_SETTINGS.format(in_order=in_order)}" for in_order in (0, 1)]
    ours_s, theirs_s, ours, theirs = best_of(service, *((lambda text=text: server.rows(text)) for text in texts))
    if not all(same(ours, rows) for rows in theirs):
        raise AssertionError(f"{name}: the answers differ: {ours!r} against {theirs}")
    version = server.value("SELECT version()")
    note = (
        f"{EVENTS:,} events of {PEOPLE:,} people; the whole answer of QueryService, {ours_s:.3f} s, against the bare counts of "
        f"ClickHouse {version} in process, 2 threads, MergeTree by person and time, {min(theirs_s):.3f} s; best of {ROUNDS}, "
        "in turn."
    )
    return figure(min(theirs_s) / ours_s, "×", "higher", "ClickHouse, answers equal", note)


def _funnel(service: QueryService, server: Connection) -> dict[str, Any]:
    def same(result: Any, rows: list[tuple[Any, ...]]) -> bool:
        levels = dict(rows)
        counted = [sum(count for level, count in levels.items() if level >= step) for step in (1, 2, 3)]
        return [step.count for step in result.total.steps] == counted

    return against(server, "funnel", lambda: service.funnel(FUNNEL, AS_OF), same)


def _retention(service: QueryService, server: Connection) -> dict[str, Any]:
    def same(result: Any, rows: list[tuple[Any, ...]]) -> bool:
        counted = {(first, period): count for first, period, count in rows}
        ours = {
            (place, period): count
            for place, cohort in enumerate(result.total.cohorts)
            for period, count in enumerate((cohort.size, *cohort.counts[1:]))
            if count
        }
        return ours == counted

    return against(server, "retention", lambda: service.retention(RETENTION, AS_OF), same)


def _paths(service: QueryService, server: Connection) -> dict[str, Any]:
    def same(result: Any, rows: list[tuple[Any, ...]]) -> bool:
        nodes = result.total.nodes
        edges = {
            (nodes[one.source].position, nodes[one.source].name, nodes[one.target].name): one.count for one in result.total.edges
        }
        return edges == {(position, source, target): count for position, source, target, count in rows}

    return against(server, "paths", lambda: service.paths(PATHS, AS_OF), same)


def _trend(service: QueryService, duck: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    text = read_sql(_SQL, "trend")
    ours_s, (theirs_s,), ours, (theirs,) = best_of(lambda: service.trends(TREND, AS_OF), lambda: duck.execute(text).fetchall())
    counted = list(ours.total.lines[0].values)
    if counted != [row[1] for row in theirs]:
        raise AssertionError(f"trend: the answers differ: {counted} against {theirs}")
    note = f"Events by day, {EVENTS:,} events: {ours_s:.4f} s against {theirs_s:.4f} s; best of {ROUNDS}, in turn."
    return figure(theirs_s / ours_s, "×", "higher", f"DuckDB {duckdb.__version__}, answers equal", note)


def _cold(state: IndexState) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        write_index(state, Path(folder))

        def ask() -> None:
            opened = open_index(Path(folder), 1)
            if opened is None:
                raise AssertionError("the index does not open")
            service_over(opened).funnel(FUNNEL, AS_OF)

        cold_s = seconds(ask)
    note = f"Opening an index of {EVENTS:,} events with every byte's checksum verified, then a funnel; kernels compiled before."
    return {"cold_query_20m_s": figure(cold_s, "s", "lower", "limit 3 s", note)}


def _size(state: IndexState) -> dict[str, Any]:
    held = sum(getattr(state.index, name).nbytes for name in array_names())
    held += sum(getattr(state.log, name).nbytes for name in ("who", "time_us", "event"))
    note = f"Arrays of index and log in memory, {EVENTS:,} events of {PEOPLE:,} people without orders, texts of ids left out."
    return figure(held / EVENTS, "bytes", "lower", "reported", note)
