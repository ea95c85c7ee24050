"""Each event once, whatever is in memory and what only on disk, and whatever the disk does."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finegrain.store.events import EVENT_SCHEMA
from finegrain.store.events.errors import BadEventsError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.event_stores import Engine

    from finegrain.store.events import EventStore

START = datetime(2024, 1, 1)
BATCH = st.tuples(
    st.integers(0, 3), st.lists(st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 9)), max_size=6), st.booleans()
)
"""Days since the batch before, its events as message id and age in days, and whether the store is reopened first."""


def batch(received_at: datetime, rows: list[tuple[str, int]], properties: str = "{}") -> pa.Table:
    """Give events that arrive together, each of which happened so many days before."""
    fixed = {"distinct_id": "u1", "event": "A", "received_at": received_at, "source": "test", "historical": False}
    return pa.Table.from_pylist(
        [{**fixed, "message_id": key, "time": received_at - timedelta(days=age), "properties": properties} for key, age in rows],
        schema=EVENT_SCHEMA,
    )


@given(batches=st.lists(BATCH, max_size=8), window_events=st.sampled_from([3, 1000]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_an_id_counts_once_within_the_window_and_beyond_it_for_old_events(
    engine: Engine, batches: list[tuple[int, list[tuple[str, int]], bool]], window_events: int
) -> None:
    """With a window of two days. Beyond it an id counts again only for an event that says it happened within the window."""
    place = engine.new_place()
    store = engine.open(place, window_days=2, window_events=window_events)
    now, arrived = START, dict[str, datetime]()
    for days, rows, reopened in batches:
        now += timedelta(days=days)
        if reopened:
            store.close()
            store = engine.open(place, window_days=2, window_events=window_events)
        stored = store.append(batch(now, rows)).tolist()
        for (key, _), new in zip(rows, stored, strict=True):
            assert not (new and key in arrived and now - arrived[key] < timedelta(days=2)), "counted twice within the window"
            assert new or key in arrived, "lost"
            arrived[key] = now if new else arrived[key]
    store.close()


def test_the_same_history_again_adds_nothing_after_years(store: EventStore) -> None:
    happened = START - timedelta(days=100)
    for received_at in (START, START + timedelta(days=800)):
        age = (received_at - happened).days
        stored = store.append(batch(received_at, [(f"m{number}", age) for number in range(50)]))
        assert stored.sum() == (50 if received_at == START else 0)
        store.append(batch(received_at, [(f"other {received_at}", 0)]))


@pytest.mark.parametrize("properties", ["{broken", "null", ""])
def test_values_that_cannot_be_stored_are_told_apart_from_a_bad_disk(store: EventStore, properties: str) -> None:
    with pytest.raises(BadEventsError):
        store.append(batch(START, [("a", 0)], properties))
    assert store.append(batch(START, [("a", 0)])).tolist() == [True]


_FULL_DISK = """
import json, resource, sys
from datetime import datetime
from pathlib import Path
from finegrain.store.errors import EventStoreError
from finegrain.store.events import DuckDBEventStore
from tests.integration.store.test_event_store_window import batch, START

store = DuckDBEventStore(Path(sys.argv[1]))
if sys.argv[2] == "checkpoint":
    store._connection.execute("SET checkpoint_threshold = '1KB'")
told, unlimited = {}, resource.RLIM_INFINITY
for number in range(30):
    if number == 10:
        largest = max(path.stat().st_size for path in Path(sys.argv[1]).parent.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, unlimited))
    if number == 20:
        resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
    try:
        told[number] = int(store.append(batch(START, [(f"{number}-{place}", 0) for place in range(500)], '{"text": "x"}')).sum())
    except EventStoreError as error:
        told[number] = str(error)
again = {number: int(store.append(batch(START, [(f"{number}-{place}", 0) for place in range(500)])).sum()) for number in told}
print(json.dumps([told, again, sum(store.event_counts().values())]))
store.close()
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system has no limit on the size of files")
@pytest.mark.parametrize("failing", ["commit", "checkpoint"])
def test_a_full_disk_is_told_and_the_store_works_again_when_space_returns(tmp_path: Path, failing: str) -> None:
    command = [sys.executable, "-c", _FULL_DISK, str(tmp_path / "events.duckdb"), failing]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    )
    told, again, total = json.loads(ran.stdout)
    refused = {number for number, outcome in told.items() if outcome != 500}
    assert bool(refused) == (failing == "commit")  # after a failed checkpoint the events are safe in the log beside the file
    assert refused <= {str(number) for number in range(10, 20)}
    assert all("Nothing was changed" in told[number] for number in refused)
    assert {number for number, new in again.items() if new} <= refused
    assert total == 30 * 500
