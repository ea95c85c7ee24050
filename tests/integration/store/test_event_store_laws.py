"""The event store against a list in memory, under threads, and killed in the middle of its work."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finegrain.store.events import EVENT_SCHEMA, PropertyColumn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.event_stores import Engine

    from finegrain.store.events import EventStore

START = datetime(2024, 1, 1)
NAMES = ("Page Viewed", "Order Completed", "订单")
WHOLE = st.integers(-(2**63), 2**63 - 1)
SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=5) | st.lists(WHOLE, max_size=2)


class Fact(NamedTuple):
    """One event as the list in memory has it."""

    who: str
    event: str
    minute: int
    properties: dict[str, Any]


facts = st.builds(
    Fact,
    st.sampled_from("xyz"),
    st.sampled_from(NAMES),
    st.integers(0, 50),
    st.dictionaries(st.sampled_from(["amount", "页面", "a.b", 'quo"te']), SCALARS),
)
logs = st.lists(facts, max_size=20)


def table(log: list[Fact], first: int = 0) -> pa.Table:
    """Give the events for the store, their message ids numbered from ``first`` on."""
    rows = [
        {
            "message_id": f"m{first + place}",
            "distinct_id": fact.who,
            "event": fact.event,
            "time": START + timedelta(minutes=fact.minute),
            "received_at": START,
            "source": "test",
            "historical": True,
            "properties": json.dumps(fact.properties, ensure_ascii=False),
        }
        for place, fact in enumerate(log)
    ]
    return pa.Table.from_pylist(rows, EVENT_SCHEMA)


def fresh(engine: Engine, log: list[Fact]) -> EventStore:
    """Give a store of its own that holds the log."""
    store = engine.open(engine.new_place())
    store.append(table(log))
    return store


few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(log=logs, after=st.integers(0, 20), names=st.none() | st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
def test_a_scan_gives_what_a_list_would(engine: Engine, log: list[Fact], after: int, names: list[str] | None) -> None:
    store = fresh(engine, log)
    found = store.scan(events=names, after_seq=after).read_all()
    expected = [(seq, fact) for seq, fact in enumerate(log, 1) if seq > after and (names is None or fact.event in names)]
    assert found["seq"].to_pylist() == [seq for seq, _fact in expected]
    assert found["distinct_id"].to_pylist() == [fact.who for _seq, fact in expected]
    assert found["time"].to_pylist() == [START + timedelta(minutes=fact.minute) for _seq, fact in expected]
    store.close()


@few
@given(log=logs)
def test_properties_come_back_as_they_were_given(engine: Engine, log: list[Fact]) -> None:
    store = fresh(engine, log)
    rows = {row.message_id: row for row in store.timeline(list("xyz"), limit=100)}
    assert {key: row.properties for key, row in rows.items()} == {f"m{place}": fact.properties for place, fact in enumerate(log)}
    assert {row.time.tzinfo for row in rows.values()} <= {UTC}
    store.close()


@few
@given(log=logs)
def test_one_property_may_be_of_any_type_and_is_read_where_it_fits(engine: Engine, log: list[Fact]) -> None:
    store = fresh(engine, log)
    found = store.scan(columns=[PropertyColumn("amount", "number")]).read_all()["amount"].to_pylist()
    for value, fact in zip(found, log, strict=True):
        given_value = fact.properties.get("amount")
        if isinstance(given_value, int) and not isinstance(given_value, bool):
            assert value == float(given_value)
        elif given_value is None or isinstance(given_value, list):
            assert value is None
    store.close()


@few
@given(log=logs, who=st.lists(st.sampled_from("xyz"), min_size=1, unique=True), limit=st.integers(1, 7))
def test_pages_of_a_timeline_join_to_the_whole(engine: Engine, log: list[Fact], who: list[str], limit: int) -> None:
    store = fresh(engine, log)
    whole, pages = store.timeline(who, limit=100), store.timeline(who, limit=limit)
    while page := store.timeline(who, before_seq=pages[-1].seq, limit=limit) if pages else []:
        pages += page
    assert pages == whole
    assert len(whole) == sum(fact.who in who for fact in log)
    store.close()


@few
@given(log=logs)
def test_counts_by_name_are_those_of_the_log_most_frequent_first(engine: Engine, log: list[Fact]) -> None:
    store = fresh(engine, log)
    counts = store.event_counts()
    assert counts == {name: sum(fact.event == name for fact in log) for name in {fact.event for fact in log}}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    store.close()


def test_several_threads_append_and_read_without_losing_an_event(store: EventStore) -> None:
    def write(part: int) -> int:
        new = store.append(table([Fact("x", "Page Viewed", part, {})] * 50, first=part * 25))
        return int(new.sum())

    with ThreadPoolExecutor(4) as threads:
        stored = list(threads.map(write, range(8)))
        seen = list(threads.map(lambda _n: store.scan().read_all().num_rows, range(8)))
    # Neighbouring parts share half of their ids, so 8 parts of 50 hold 225 different ones.
    assert sum(stored) == 225
    assert set(seen) == {225}
    assert store.last_seq() == max(store.scan().read_all()["seq"].to_pylist())


def test_a_reader_sees_the_events_of_the_moment_at_which_it_began(store: EventStore) -> None:
    store.append(table([Fact("x", "Page Viewed", 0, {})] * 10))
    reader = store.scan()
    store.append(table([Fact("x", "Page Viewed", 0, {})] * 10, first=10))
    assert reader.read_all().num_rows == 10
    assert store.scan().read_all().num_rows == 20


APPENDING = """
import sys
from tests.servers.event_stores import open_by_name
from tests.integration.store.test_event_store_laws import Fact, table
store = open_by_name(sys.argv[1], sys.argv[2])
for batch in range(10_000):
    store.append(table([Fact("x", "Page Viewed", batch % 50, {"batch": batch})] * 20, first=batch * 20))
    print(store.last_seq(), flush=True)
"""


COUNTING = """
import sys
from tests.servers.event_stores import open_by_name
store = open_by_name(sys.argv[1], sys.argv[2])
print(store.last_seq(), store.scan().read_all().num_rows)
store.close()
"""


@pytest.mark.parametrize("batches", [1, 4, 9])
@pytest.mark.parametrize(("name", "form"), [("duckdb", "{}/events.duckdb"), ("chdb", "chdb://{}/engine")])
def test_what_was_acknowledged_is_there_after_sigkill(tmp_path: Path, batches: int, name: str, form: str) -> None:
    place = form.format(tmp_path)
    command = [sys.executable, "-c", APPENDING, name, place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _batch in range(batches)][-1]
        process.kill()
    counted = subprocess.run([sys.executable, "-c", COUNTING, name, place], capture_output=True, text=True, check=True)
    last_seq, events = map(int, counted.stdout.split())
    assert acknowledged == 20 * batches
    assert last_seq >= acknowledged
    assert last_seq % 20 == 0
    assert events == last_seq
