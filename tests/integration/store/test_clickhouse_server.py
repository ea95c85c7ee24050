"""The store before a ClickHouse over HTTP: what is sent, and connections that are lost in the middle of an insert."""

from __future__ import annotations

import base64
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from tests.integration.store.test_event_store import events
from tests.servers.clickhouse import ClickHouseServer, Fault

from finegrain.store.errors import EventStoreError, NewerWorkspaceError
from finegrain.store.events import PropertyColumn
from finegrain.store.events.clickhouse import ClickHouseEventStore
from finegrain.store.events.errors import OldClickHouseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.event_stores import ChDBEngine

_databases = count()


@pytest.fixture
def server(chdb_engine: ChDBEngine) -> Iterator[ClickHouseServer]:
    """A server before the engine of this process."""
    server = ClickHouseServer(chdb_engine.folder)
    yield server
    server.stop()


@pytest.fixture
def store(server: ClickHouseServer) -> Iterator[ClickHouseEventStore]:
    """An empty store on the server."""
    store = ClickHouseEventStore(server.url(f"http{next(_databases)}"), threads=1)
    yield store
    store.close()


def test_events_come_back_over_http_as_they_went_in(store: ClickHouseEventStore) -> None:
    store.append(events("a", "b", properties={"price": "12.50", "a.b": [1, None], "when": "2024-01-01"}))
    columns = [PropertyColumn("price", "decimal"), PropertyColumn("a.b", "text"), PropertyColumn("when", "text")]
    rows = store.scan(columns=columns).read_all().to_pylist()
    assert [row["seq"] for row in rows] == [1, 2]
    assert (str(rows[0]["price"]), rows[0]["a.b"], rows[0]["when"]) == ("12.500000", "[1, NULL]", "2024-01-01")
    assert store.timeline(["u1"], limit=1)[0].properties == {"price": "12.50", "a.b": [1, None], "when": "2024-01-01"}
    assert store.volumes([0, 2**52]) == {"Page Viewed": [2]}


@pytest.mark.parametrize("faults", [["lost before"], ["lost after"], ["lost after", "lost after"], ["lost before", "lost after"]])
def test_an_insert_whose_answer_was_lost_counts_once(
    server: ClickHouseServer, store: ClickHouseEventStore, faults: list[Fault]
) -> None:
    store.append(events("a"))
    server.faults = faults
    assert store.append(events("a", "b", "c")).tolist() == [False, True, True]
    assert store.append(events("a", "b", "c", "d")).tolist() == [False, False, False, True]
    assert store.scan().read_all()["seq"].to_pylist() == [1, 2, 3, 4]


def test_an_insert_that_never_arrived_is_told_and_can_be_sent_again(
    server: ClickHouseServer, store: ClickHouseEventStore
) -> None:
    server.faults = ["lost before"] * 4
    with pytest.raises(EventStoreError, match="Nothing was changed"):
        store.append(events("a"))
    server.faults = []
    assert store.append(events("a")).tolist() == [True]
    assert store.scan().read_all()["seq"].to_pylist() == [1]


def test_an_insert_goes_as_one_block_that_is_not_stored_twice(server: ClickHouseServer, store: ClickHouseEventStore) -> None:
    store.append(events("a"))
    sent = server.inserts[-1]
    assert int(sent["min_insert_block_size_rows"]) > 10**9
    assert int(sent["min_insert_block_size_bytes"]) > 10**12
    assert sent["insert_deduplication_token"] == sent["query_id"]
    assert sent["async_insert"] == "0"


def test_a_large_batch_is_stored_as_one_part(store: ClickHouseEventStore) -> None:
    """Of more rows than the 65,409 that the engine takes into a block by itself."""
    many = events("a").take(pa.array([0] * 70_000))
    many = many.set_column(0, many.schema.field(0), [[f"m{number}" for number in range(70_000)]])
    assert store.append(many).all()
    parts = "SELECT count() FROM system.parts WHERE table = 'events' AND database = currentDatabase()"
    assert store.connection.value(parts) == 1


def test_another_folder_is_refused_while_one_is_open(store: ClickHouseEventStore, tmp_path: Path) -> None:
    assert store.last_seq() == 0
    with pytest.raises(EventStoreError, match="chdb://"):
        ClickHouseEventStore(f"chdb://{tmp_path}/other")


@pytest.mark.parametrize(
    ("missing", "address", "extra"),
    [("clickhouse_connect", "clickhouse://127.0.0.1/shop", "clickhouse"), ("chdb", "chdb://memory", "chdb")],
)
def test_a_missing_driver_is_told_with_how_to_install_it(missing: str, address: str, extra: str) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None
from finegrain.store.events.clickhouse import ClickHouseEventStore
ClickHouseEventStore({address!r})
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert f"pip install 'finegrain[{extra}]'" in ran.stderr.splitlines()[-1]


def test_a_store_of_a_newer_version_is_refused(store: ClickHouseEventStore) -> None:
    store.connection.run("INSERT INTO schema_version VALUES (9999)")
    with pytest.raises(NewerWorkspaceError, match="9999"):
        ClickHouseEventStore(f"{store.address}")


def test_a_server_too_old_for_json_is_refused_with_both_versions(server: ClickHouseServer) -> None:
    server.version = "24.8.1.1"
    with pytest.raises(OldClickHouseError, match=r"24\.8\.1\.1.*25\.3 or newer"):
        ClickHouseEventStore(server.url("old"))


def test_user_and_password_are_decoded_and_sent(server: ClickHouseServer) -> None:
    ClickHouseEventStore(server.url("login", "ops:pass%20word%40@")).close()
    assert base64.b64decode(server.login.removeprefix("Basic ")) == b"ops:pass word@"
