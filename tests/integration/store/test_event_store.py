"""The event store's contract, on every engine: each event once, in one commit, readable as typed columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finegrain.store.errors import EventStoreError, NewerWorkspaceError
from finegrain.store.events import EVENT_SCHEMA, DuckDBEventStore, PropertyColumn, empty_events

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.event_stores import Engine

    from finegrain.store.events import EventStore

TIME = datetime(2024, 1, 1)


def events(*message_ids: str, properties: dict[str, Any] | None = None, event: str = "Page Viewed") -> pa.Table:
    """A table with one event a message id."""
    row = {"distinct_id": "u1", "event": event, "time": TIME, "received_at": TIME, "source": "test", "historical": True}
    text = json.dumps(properties or {})
    return pa.Table.from_pylist([{**row, "message_id": key, "properties": text} for key in message_ids], schema=EVENT_SCHEMA)


@given(batches=st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_each_message_id_is_stored_once_whatever_the_batches(engine: Engine, batches: list[list[str]]) -> None:
    store = engine.open(engine.new_place())
    seen: set[str] = set()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key not in seen)
            seen.add(key)
        assert store.append(events(*batch)).tolist() == expected
    assert sum(store.event_counts().values()) == len(seen)
    store.close()


def test_events_are_known_after_reopening(engine: Engine, place: str) -> None:
    store = engine.open(place)
    store.append(events("a", "b"))
    store.close()
    again = engine.open(place)
    assert again.last_seq() == 2
    assert again.append(events("b", "c")).tolist() == [False, True]
    again.close()


def test_one_unreadable_event_leaves_the_store_as_it_was(store: EventStore) -> None:
    broken = events("a", "b").set_column(7, "properties", pa.array(["{}", "{broken"]))
    with pytest.raises(EventStoreError, match="Nothing was changed"):
        store.append(broken)
    assert store.event_counts() == {}
    assert store.append(events("a")).tolist() == [True]


def test_an_empty_batch_stores_nothing(store: EventStore) -> None:
    assert store.append(empty_events()).tolist() == []
    assert store.last_seq() == 0


@pytest.mark.parametrize(
    ("value", "text", "decimal", "number"),
    [
        (12.34, "12.34", Decimal("12.34"), 12.34),
        ("12.34", "12.34", Decimal("12.34"), 12.34),
        ("abc", "abc", None, None),
        (None, None, None, None),
        (True, "true", Decimal(1), 1.0),
        (576460752305.0, "576460752305.0", Decimal(576460752305), 576460752305.0),
        (12345678901234.5, "12345678901234.5", Decimal("12345678901234.5"), 12345678901234.5),
    ],
)
def test_a_property_is_read_as_the_type_asked_for(
    store: EventStore, value: object, text: str | None, decimal: Decimal | None, number: float | None
) -> None:
    store.append(events("a", properties={"x": value}))
    columns = [PropertyColumn("x", "text"), PropertyColumn("x", "decimal"), PropertyColumn("x", "number")]
    row = [store.scan(columns=[column]).read_all()["x"][0].as_py() for column in columns]
    assert row == [text, decimal, number]


def test_a_property_name_with_quotes_is_only_a_name(store: EventStore) -> None:
    name = """x'); DROP TABLE events; --"]"""
    store.append(events("a", properties={name: "here"}))
    assert store.scan(columns=[PropertyColumn(name, "text")]).read_all()[name].to_pylist() == ["here"]


def test_the_last_of_very_many_properties_is_read_as_the_first(store: EventStore) -> None:
    store.append(events("a", properties={f"p{number}": number for number in range(1500)}))
    columns = [PropertyColumn("p0", "number"), PropertyColumn("p1499", "number"), PropertyColumn("p1499", "text")]
    found = store.scan(columns=columns).read_all()
    assert [column[0].as_py() for column in found.columns[4:]] == [0.0, 1499.0, "1499"]


@pytest.mark.parametrize("year", [1, 1850, 1969, 2300, 9999])
def test_a_time_of_any_year_comes_back(store: EventStore, year: int) -> None:
    time = datetime(year, 2, 3, 4, 5, 6, 7)
    batch = events("a")
    store.append(batch.set_column(batch.schema.get_field_index("time"), "time", pa.array([time], pa.timestamp("us"))))
    assert store.scan().read_all()["time"].to_pylist() == [time]
    assert store.timeline(["u1"])[0].time == time.replace(tzinfo=UTC)


def test_scan_gives_arrivals_after_a_number_and_only_the_names_asked_for(store: EventStore) -> None:
    store.append(events("a", "b"))
    store.append(events("c", event="Order Completed"))
    assert store.scan(after_seq=1).read_all()["seq"].to_pylist() == [2, 3]
    assert store.scan(events=["Order Completed"]).read_all()["seq"].to_pylist() == [3]


def test_one_property_is_read_in_order_of_arrival(store: EventStore) -> None:
    for key in "abc":
        store.append(events(key, properties={"": key}))
    found = store.read_properties(PropertyColumn("", "text"), after_seq=1).read_all()
    assert found.schema.names == ["seq", "value"]
    assert found.to_pydict() == {"seq": [2, 3], "value": ["b", "c"]}


def test_timeline_pages_without_gap_or_repeat(store: EventStore) -> None:
    store.append(events(*"abcde"))
    first = store.timeline(["u1"], limit=2)
    rest = store.timeline(["u1"], before_seq=first[-1].seq, limit=10)
    assert [row.message_id for row in first + rest] == list("edcba")
    assert first[0].time == TIME.replace(tzinfo=UTC)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    DuckDBEventStore(tmp_path / "events.duckdb").close()
    with duckdb.connect(str(tmp_path / "events.duckdb")) as connection:
        connection.execute("INSERT INTO schema_version VALUES (9999)")
    with pytest.raises(NewerWorkspaceError, match="9999"):
        DuckDBEventStore(tmp_path / "events.duckdb")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(EventStoreError, match=r"events\.duckdb"):
        DuckDBEventStore(tmp_path / "events.duckdb")
