"""Both engines read the same from any properties: each column of a scan, each document, each census."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integration.store.test_event_store import events

from finegrain.store.events import PropertyColumn, PropertyType

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from tests.servers.event_stores import ChDBEngine, DuckDBEngine

    from finegrain.store.events import EventStore

TYPES: tuple[PropertyType, ...] = ("text", "decimal", "number", "boolean")
NAMES = (
    "a",
    "seq",
    "p0",
    "价格",
    "a.b",
    'quo"te',
    "back`tick",
    "b[]",
    "c:d",
    "^e",
    "per%cent",
    "a%2Eb",
    "",
    " ",
    "it's",
    "x\\y",
    "_",
    "-",
)
WORDS = (
    "true",
    "No",
    "yEs",
    "y",
    "inf",
    "nan",
    " 12 ",
    "1_000",
    "1e5",
    "-0",
    "007",
    "+5",
    ".5",
    "5.",
    "0x10",
    "2024-01-01",
    "12.3456785",
)
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | floats
    | st.decimals(-(10**9), 10**9, places=7, allow_nan=False).map(float)
    | text
    | st.sampled_from(WORDS)
    | floats.map(str)
    | st.integers().map(str)
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=5)
documents = st.dictionaries(st.sampled_from(NAMES) | text, values, max_size=6)


@pytest.fixture(scope="module")
def stores(duckdb_engine: DuckDBEngine, chdb_engine: ChDBEngine) -> Iterator[tuple[EventStore, EventStore]]:
    """One store on each engine, which get the same events."""
    stores = (duckdb_engine.open(duckdb_engine.new_place()), chdb_engine.open(chdb_engine.new_place()))
    yield stores
    for store in stores:
        store.close()


def stored(stores: tuple[EventStore, EventStore], given_documents: list[str]) -> int:
    """Append events with these documents to both, and give the number of the last one before."""
    before = stores[0].last_seq()
    batch = events(*(f"{before}-{place}" for place in range(len(given_documents))))
    batch = batch.set_column(batch.schema.get_field_index("properties"), "properties", [given_documents])
    assert [store.append(batch).all() for store in stores] == [True, True]
    return before


def read(store: EventStore, name: str, after: int) -> tuple[pa.Schema, list[str]]:
    """Read a property as each type; what is shown tells 0.0 from -0.0."""
    found = store.scan(columns=[PropertyColumn(name, type_) for type_ in TYPES], after_seq=after).read_all()
    return found.schema.remove_metadata(), [repr(column.to_pylist()) for column in found.columns]


@given(logs=st.lists(documents, min_size=1, max_size=8))
@example(logs=[{"a": word} for word in WORDS])
@example(
    logs=[{"a": value} for value in (1e20, 1e-7, 0.1234565, -0.0, 2**63, 2**64, -(2**63) - 1, 5e-324, 1e308, 123456789.123456)]
)
@example(logs=[{"a": value} for value in ([1, "a", None, 2.5, {"y": "q'z"}], {"b": 1, "a": [True]}, [], {}, "[1,2]")])
@example(logs=[{"a": {"b": 1}, "a.b": 2}, {"a.b": 3, "a%2Eb": 4}, {"a": [{"b": 1}]}])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_both_engines_read_the_same(stores: tuple[EventStore, EventStore], logs: list[dict[str, Any]]) -> None:
    after = stored(stores, [json.dumps(document, ensure_ascii=False) for document in logs])
    for name in {name for document in logs for name in document} | {"missing"}:
        ours, theirs = (read(store, name, after) for store in stores)
        assert ours == theirs


@given(logs=st.lists(documents, min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_both_engines_keep_the_same_documents_and_count_the_same(
    stores: tuple[EventStore, EventStore], logs: list[dict[str, Any]]
) -> None:
    after = stored(stores, [json.dumps(document, ensure_ascii=False) for document in logs])
    ours, theirs = (store.timeline(["u1"], limit=len(logs)) for store in stores)
    assert repr(ours) == repr(theirs)
    first, second = (store.census(after, after + len(logs)) for store in stores)
    assert list(first.events) == list(second.events)
    assert list(first.properties) == list(second.properties)


@pytest.mark.parametrize(
    "document",
    ['{"a": 1, "a": "2"}', '{"a": 1e400}', '{"a": 12345678901234567890123}', '{"a":1.0 , "b" : 1E2}', "[1]", "5"],
)
def test_both_engines_read_the_same_from_unusual_json(stores: tuple[EventStore, EventStore], document: str) -> None:
    after = stored(stores, [document])
    for name in ("a", "b"):
        ours, theirs = (read(store, name, after) for store in stores)
        assert ours == theirs
