"""The behaviour index: building it from the event store, and everybody's facts against the same in DuckDB SQL."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.data import END_US, START_US, index_from_orders, make_orders
from finegrain.behaviour.building import build
from finegrain.behaviour.facts import facts
from finegrain.behaviour.index import array_names
from finegrain.behaviour.service import IndexService
from finegrain.people.service import PeopleService
from finegrain.store.events import EVENT_SCHEMA, DuckDBEventStore
from finegrain.store.ops import OpsStore
from finegrain.store.sqlfiles import read_sql
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Orders = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]

_T = TypeVar("_T")
PEOPLE, ORDERS = 1_000_000, 10_000_000
BATCH = 500_000
TAIL, TAILS = 5_000, 5
AS_OF_US = END_US - 30 * 86_400_000_000
WINDOW_START_US = AS_OF_US - 365 * 86_400_000_000
_SQL = Path(__file__).parent / "sql"


def figures() -> dict[str, dict[str, Any]]:
    """Measure the index and the facts of 1 M people with 10 M orders."""
    orders = make_orders(PEOPLE, ORDERS, rng=np.random.default_rng(20240601))
    return build_figures(orders) | facts_figures(orders)


def facts_figures(orders: Orders) -> dict[str, dict[str, Any]]:
    """Measure the facts of everybody, side by side with a GROUP BY over a plain table of the same orders."""
    index = index_from_orders(*orders, n_people=PEOPLE)
    ours_s, ours = _best(lambda: facts(index, AS_OF_US, WINDOW_START_US))
    with closing(_plain_table(orders)) as connection:
        theirs_s, theirs = _best(lambda: _group_by(connection))
    bought = ours.purchases > 0
    by_person = np.argsort(theirs.pop("person"))
    for name, column in theirs.items():
        _agree(name, getattr(ours, name)[bought], column[by_person])
    against = f"DuckDB {duckdb.__version__}, GROUP BY over a plain table, same run, answers equal: {theirs_s:.3f} s"
    size = f"{PEOPLE:,} people, {ORDERS:,} orders, warm, best of 3."
    return {
        "facts_1m_s": _figure(ours_s, "s", "lower", "under 0.5 s", size),
        "facts_vs_duckdb": _figure(theirs_s / ours_s, "times faster", "higher", against, size),
    }


def build_figures(orders: Orders) -> dict[str, dict[str, Any]]:
    """Measure building the index from the event store and the people room, and opening the finished one."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (
            closing(DuckDBEventStore(home / "events.duckdb")) as events,
            closing(OpsStore(f"sqlite:///{home / 'ops.sqlite'}", (_people_migrations(),))) as ops,
        ):
            people = PeopleService(ops)
            _fill(events, people, orders)
            index_from_orders(orders[0][:9], orders[1][:9], orders[2][:9], n_people=PEOPLE)  # compiles the kernels
            build_s, first = _timed(IndexService(events, people, home / "index", "CNY").current)
            service = IndexService(events, people, home / "index", "CNY")
            open_s, again = _timed(service.current)
            found = facts(again, AS_OF_US, WINDOW_START_US)
            refresh_s = _refresh(service, events, people)
    expected = facts(index_from_orders(*orders, n_people=PEOPLE), AS_OF_US, WINDOW_START_US)
    _agree("people with events", np.array([first.orders, found.purchases.sum()]), np.array([ORDERS, expected.purchases.sum()]))
    _agree("revenue", found.revenue_minor.sum(), expected.revenue_minor.sum())
    note = f"{ORDERS:,} events of {PEOPLE:,} people from the DuckDB event store and SQLite, files written and verified."
    refresh_note = (
        f"{TAIL:,} events more than {ORDERS:,}, a tenth of them late, a tenth of new people, a fifth refunds of orders "
        f"that were there; median of {TAILS} tails, every array equal to an index built anew; writing the folder is not counted."
    )
    return {
        "index_build_10m_s": _figure(build_s, "s", "lower", "reported", note),
        "index_refresh_10m_s": _figure(refresh_s, "s", "lower", "under 2 s", refresh_note),
        "index_open_10m_s": _figure(open_s, "s", "lower", "building it anew", "Every byte's checksum verified."),
    }


def _refresh(service: IndexService, events: DuckDBEventStore, people: PeopleService) -> float:
    """Give the median time in which the index takes in a tail, once it has taken in a first one."""
    rng, times = np.random.default_rng(20240602), []
    for number in range(TAILS + 1):
        tail = _tail(number, rng)
        events.append(tail)
        ids, seen_us = tail["distinct_id"].to_pylist(), tail["time"].cast(pa.int64()).to_pylist()
        people.register(ids, [from_us(us) for us in seen_us])
        times.append(_timed(service.current)[0])
    ours, built = service.current(), build(events, people, "CNY").index
    for name in array_names():
        _agree(name, getattr(ours, name), getattr(built, name))
    service.close()
    return statistics.median(times[1:])


def _tail(number: int, rng: np.random.Generator) -> pa.Table:
    person = rng.integers(0, PEOPLE, TAIL).astype(np.int32)
    person[: TAIL // 10] = PEOPLE + number * TAIL + np.arange(TAIL // 10)
    time_us = np.sort(END_US + number * 3_600_000_000 + rng.integers(0, 3_600_000_000, TAIL))
    time_us[-TAIL // 10 :] -= rng.integers(0, 300 * 86_400_000_000, TAIL // 10)
    made = _event_table((person, time_us, rng.integers(1, 100_000, TAIL)), slice(0, TAIL))
    # Every fifth event is a refund of an order that was there.
    first = ORDERS + number * TAIL
    order = np.where(np.arange(TAIL) % 5, np.arange(first, first + TAIL), rng.integers(0, ORDERS, TAIL))
    names = pa.array(np.where(np.arange(TAIL) % 5, "Order Completed", "Order Refunded"), pa.string())
    properties = pa.array([f'{{"order_id":"order-{one}","total":10}}' for one in order.tolist()], pa.string())
    message_ids = pa.array([str(one) for one in range(first, first + TAIL)], pa.string())
    columns = {"message_id": message_ids, "event": names, "properties": properties}
    for name, column in columns.items():
        made = made.set_column(EVENT_SCHEMA.get_field_index(name), EVENT_SCHEMA.field(name), column)
    return made


def _fill(events: DuckDBEventStore, people: PeopleService, orders: Orders) -> None:
    for start in range(0, ORDERS, BATCH):
        events.append(_event_table(orders, slice(start, start + BATCH)))
    ids = [f"user-{code}" for code in range(PEOPLE)]
    people.register(ids, from_us(START_US))


def _event_table(orders: Orders, rows: slice) -> pa.Table:
    person, time_us, amount = (column[rows] for column in orders)
    number = pa.array(np.arange(rows.start, rows.start + len(person))).cast(pa.string())
    cents = pc.utf8_lpad(pa.array(amount % 100).cast(pa.string()), 2, "0")
    total = pc.binary_join_element_wise(pa.array(amount // 100).cast(pa.string()), cents, ".")
    instants = pa.array(time_us).cast(pa.timestamp("us"))
    columns = {
        "message_id": number,
        "distinct_id": pc.binary_join_element_wise("user-", pa.array(person).cast(pa.string()), ""),
        "event": pa.repeat("Order Completed", len(person)),
        "time": instants,
        "received_at": instants,
        "source": pa.repeat("bench", len(person)),
        "historical": pa.repeat(pa.scalar(value=True), len(person)),
        "properties": pc.binary_join_element_wise('{"order_id":"order-', number, '","total":', total, "}", ""),
    }
    return pa.table(columns, schema=EVENT_SCHEMA)


def _plain_table(orders: Orders) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    batch = pa.table(dict(zip(("person", "time_us", "amount_minor"), map(pa.array, orders), strict=True)))
    connection.register("batch", batch)
    connection.execute("CREATE TABLE orders AS SELECT * FROM batch")
    return connection


def _group_by(connection: duckdb.DuckDBPyConnection) -> dict[str, NDArray[np.int64]]:
    parameters = {"as_of_us": AS_OF_US, "window_start_us": WINDOW_START_US}
    return cast("dict[str, NDArray[np.int64]]", connection.execute(read_sql(_SQL, "facts"), parameters).fetchnumpy())


def _people_migrations() -> Path:
    import finegrain

    return Path(finegrain.__file__).parent / "people" / "migrations"


def _best(run: Callable[[], _T], times: int = 3) -> tuple[float, _T]:
    run()
    return min((_timed(run) for _ in range(times)), key=lambda pair: pair[0])


def _timed(run: Callable[[], _T]) -> tuple[float, _T]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _agree(name: str, ours: Any, theirs: Any) -> None:
    if not np.array_equal(ours, theirs):
        raise AssertionError(f"{name} differs: {ours} against {theirs}")


def _figure(value: float, unit: str, better: str, against: str, note: str) -> dict[str, Any]:
    return {"value": round(value, 4), "unit": unit, "better": better, "against": against, "note": note}
